import { Budget, type BudgetArgs } from "../../../components/governance/budget";
import { only, value } from "../../mocks";
import { place } from "../place";

const { naming, location } = place;
const args: BudgetArgs = {
    ...{ naming, location, amount: 5000, emails: ["finance@example.com"], today: new Date("2026-11-24") },
    counted: { resourceGroupNames: ["rg-platform", "rg-nodes"] },
};
const built = async (more: Partial<BudgetArgs> = {}): Promise<ReturnType<typeof only>> => {
    await value(new Budget("budget", { ...args, ...more }).budgetId);
    return only("consumption:Budget");
};

test("counts all groups of the platform, month by month, for the whole subscription", async () => {
    const { inputs } = await built();
    expect(inputs).toMatchObject({
        ...{ scope: `/subscriptions/${naming.subscriptionId}`, budgetName: "budget-mlp-dev-sdc" },
        ...{ category: "Cost", timeGrain: "Monthly", amount: 5000 },
        timePeriod: { startDate: "2026-11-01T00:00:00Z" },
        filter: { dimensions: { name: "ResourceGroupName", operator: "In", values: ["rg-platform", "rg-nodes"] } },
    });
});

test("tells at half, at most and at all of it, and when all is to be expected", async () => {
    const { inputs } = await built({ actionGroupIds: ["/group"] });
    const told = Object.values(inputs.notifications as Record<string, Record<string, unknown>>);
    expect(told.map(({ threshold, thresholdType }) => `${String(threshold)} ${String(thresholdType)}`).sort()).toEqual([
        ...["100 Actual", "100 Forecasted", "50 Actual", "80 Actual"],
    ]);
    for (const one of told)
        expect(one).toMatchObject({ contactEmails: ["finance@example.com"], contactGroups: ["/group"], enabled: true });
});

test("a team's counts what carries its tag, tells at its own percentages, and at the hard cap those who can act", async () => {
    const { inputs } = await built({
        ...{ instance: "team-vision", counted: { tag: { name: "team", value: "vision" } }, alertPercents: [60] },
        hardCap: { percent: 120, actionGroupIds: ["/critical"] },
    });
    expect(inputs).toMatchObject({
        budgetName: "budget-mlp-dev-sdc-team-vision",
        filter: { tags: { name: "team", operator: "In", values: ["vision"] } },
        notifications: {
            spent60: { threshold: 60, thresholdType: "Actual", contactGroups: [] },
            hardCap: { threshold: 120, thresholdType: "Actual", contactGroups: ["/critical"] },
        },
    });
});

test("stays with the month in which it was made, whenever it is deployed again", async () => {
    expect((await built({ today: new Date("2027-03-31T23:59:59Z") })).options.ignoreChanges).toEqual([
        "timePeriod.startDate",
    ]);
});

test("names every fault at once", () => {
    const wrong = { ...args, amount: -1, emails: ["me"] };
    expect(() => new Budget("budget", wrong)).toThrow(/amount must be more than 0, got -1; emails must be .* got "me"/);
    expect(() => new Budget("budget", { ...args, emails: [] })).toThrow("emails must be 1 to 50 addresses, got 0");
});
