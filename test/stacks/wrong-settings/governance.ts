import { prod } from "../good-settings";
import { without, wrong, type WrongSettings } from "./row";

export const wrongGovernance: readonly WrongSettings[] = [
    without("mlplatform:cosmosDbObjectId"),
    wrong(
        "Cosmos DB by name",
        { cosmosDbObjectId: "Azure Cosmos DB" },
        'mlplatform:cosmosDbObjectId must be a GUID such as 8c4ef2b1-..., and not the one of zeros, got "Azure Cosmos DB"',
    ),
    { ...without("mlplatform:groups", prod), message: "mlplatform:groups.operations must be set in prod" },
    wrong(
        "prod without the group that pays",
        { groups: { operations: "66666666-0000-4000-8000-000000000001" } },
        "mlplatform:groups.finance must be set in prod: the object id of a group of the directory",
        prod,
    ),
    without("mlplatform:budget", prod),
    wrong(
        "a budget of nothing for nobody",
        { budget: { amount: 0, emails: [] } },
        "mlplatform:budget.amount must be more than 0, got 0",
    ),
    wrong(
        "a budget that nobody hears of",
        { budget: { amount: 1, emails: ["finance"] } },
        'mlplatform:budget.emails must be e-mail addresses, got "finance"',
    ),
    wrong(
        "a budget from a month on",
        { budget: { amount: 1, emails: ["a@b.c"], startDate: "2026-01-01" } },
        "mlplatform:budget.startDate is not a field",
    ),
    wrong(
        "policies that only report in prod",
        { policyMode: "report" },
        'mlplatform:policyMode must be enforce in prod, got "report"',
        prod,
    ),
    wrong("policies half on", { policyMode: "warn" }, "mlplatform:policyMode must be one of enforce, report"),
    wrong(
        "a group by name",
        { groups: { security: "Security Officers" } },
        'mlplatform:groups.security must be a GUID such as 8c4ef2b1-..., and not the one of zeros, got "Security Officers"',
    ),
    wrong(
        "a group of nobody's",
        { groups: { interns: "66666666-0000-4000-8000-000000000001" } },
        "mlplatform:groups.interns is not a field",
    ),
];
