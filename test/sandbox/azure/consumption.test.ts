import { sandboxSubscriptionId } from "../../../sandbox/azure/azure";
import type { Properties } from "../../../sandbox/azure/resource-type";
import { answer, groupId, layered, Platform } from "./platform";

let platform: Platform;
beforeEach(async () => {
    platform = await Platform.open();
});
afterEach(() => {
    platform.close();
});

const notification = { enabled: true, operator: "GreaterThan", threshold: 80, contactEmails: ["a@example.com"] };
const usual: Properties = {
    ...{ scope: `/subscriptions/${sandboxSubscriptionId}`, budgetName: "budget", amount: 100 },
    ...{ category: "Cost", timeGrain: "Monthly", timePeriod: { startDate: "2026-11-01T00:00:00Z" } },
    notifications: { most: notification },
};
const put = (over: Properties = {}) => platform.azure.put("azure-native:consumption:Budget", layered(usual, over));
const told = (over: Properties): Properties => ({ notifications: { most: over } });
const many = (count: number): Properties => ({
    notifications: Object.fromEntries(Array.from({ length: count }, (_, index) => [`n${index}`, notification])),
});

const asked: [string, Properties, string][] = [
    ["of the subscription", {}, "accepted"],
    ["of a group", { scope: groupId }, "accepted"],
    ["of a group that is not there", { scope: `${groupId}-x` }, "ResourceGroupNotFound"],
    ["with a point in its name", { budgetName: "a.b" }, "400"],
    ["of nothing", { amount: 0 }, "400"],
    ["from the second on", { timePeriod: { startDate: "2026-11-02T00:00:00Z" } }, "400"],
    ["from no day on", { timePeriod: { startDate: "soon" } }, "400"],
    ["from before there were budgets", { timePeriod: { startDate: "2017-05-01T00:00:00Z" } }, "400"],
    ["from far ahead", { timePeriod: { startDate: "2028-01-01T00:00:00Z" } }, "400"],
    ["that ends before it begins", { timePeriod: { endDate: "2026-10-01T00:00:00Z" } }, "400"],
    ["with four more notifications", many(4), "accepted"],
    ["with five more notifications", many(5), "400"],
    ["with a threshold of 1001 %", told({ threshold: 1001 }), "400"],
    ["that tells nobody", told({ contactEmails: [] }), "400"],
    ["that tells a role", told({ contactEmails: [], contactRoles: ["Owner"] }), "accepted"],
    ["that tells 51", told({ contactEmails: Array.from({ length: 51 }, (_, i) => `a${i}@example.com`) }), "400"],
    [
        "that tells an action group of nobody's",
        told({ contactGroups: [`${groupId}/providers/Microsoft.Insights/actionGroups/a`] }),
        "400",
    ],
    [
        "that filters by one of one",
        { filter: { and: [{ tags: { name: "a", operator: "In", values: ["b"] } }] } },
        "400",
    ],
];
test.each(asked)("a budget %s", async (_, over, code) => {
    expect(await answer(put(over))).toBe(code);
});

test("the amount can change, its beginning cannot", async () => {
    await put();
    expect(await answer(put({ amount: 200 }))).toBe("accepted");
    expect(await answer(put({ timePeriod: { startDate: "2026-12-01T00:00:00Z" } }))).toBe("400");
});
