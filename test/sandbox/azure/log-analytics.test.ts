import type { Properties } from "../../../sandbox/azure/resource-type";
import { answer, idOf, location, Platform } from "./platform";

let platform: Platform;
beforeEach(async () => {
    platform = await Platform.open();
});
afterEach(() => {
    platform.close();
});

const workspaceId = idOf("Microsoft.OperationalInsights/workspaces/log-ml");
const put = (over: Properties = {}) =>
    platform.put("operationalinsights:Workspace", { location, workspaceName: "log-ml", ...over });
const table = (over: Properties = {}) =>
    platform.put("operationalinsights:Table", { workspaceName: "log-ml", tableName: "ContainerLogV2", ...over });

test("answers with its id for agents and with Azure's defaults", async () => {
    await put();
    expect(platform.seen(workspaceId, "customerId")).toMatch(/^[0-9a-f-]{36}$/);
    expect(platform.seen(workspaceId, "retentionInDays")).toBe(30);
    expect(platform.seen(workspaceId, "publicNetworkAccessForIngestion")).toBe("Enabled");
});

test.each<[string, Properties, string]>([
    ["a name of three letters", { workspaceName: "log" }, "InvalidResourceName"],
    ["29 days", { retentionInDays: 29 }, "InvalidParameter"],
    ["a cap of nothing", { workspaceCapping: { dailyQuotaGb: 0 } }, "InvalidParameter"],
    ["a commitment that is none", { sku: { name: "CapacityReservation" } }, "InvalidParameter"],
    [
        "a commitment without its tier",
        { sku: { name: "PerGB2018", capacityReservationLevel: 100 } },
        "InvalidParameter",
    ],
])("refuses %s", async (_, over, code) => {
    expect(await answer(put(over))).toBe(code);
});

describe("once deleted", () => {
    test("it comes back under its name with its id, for fourteen days", async () => {
        await put();
        const before = platform.seen(workspaceId, "customerId");
        await platform.azure.delete(workspaceId);
        expect(await answer(put({ location: "westeurope" }))).toBe("Conflict");
        expect(await answer(put())).toBe("accepted");
        expect(platform.seen(workspaceId, "customerId")).toBe(before);
    });

    test("after that its name is free for any region", async () => {
        await put();
        await platform.azure.delete(workspaceId);
        await platform.clock.wait(15 * 86_400_000);
        expect(await answer(put({ location: "westeurope" }))).toBe("accepted");
    });
});

describe("a table", () => {
    beforeEach(() => put());

    test.each<[string, Properties, string]>([
        ["that Azure does not have", { tableName: "ContainerLogV9" }, "InvalidParameter"],
        ["under a plan that is not its own", { plan: "Auxiliary" }, "InvalidParameter"],
        ["under Basic with a retention", { plan: "Basic", retentionInDays: 90 }, "InvalidParameter"],
        ["kept for less in all than at hand", { retentionInDays: 90, totalRetentionInDays: 30 }, "InvalidParameter"],
        ["kept for two years and a day", { totalRetentionInDays: 731 }, "InvalidParameter"],
    ])("%s is refused", async (_, over, code) => {
        expect(await answer(table(over))).toBe(code);
    });

    test("changes its plan once a week", async () => {
        await table({ plan: "Basic" });
        expect(await answer(table({ plan: "Analytics" }))).toBe("InvalidParameter");
        await platform.clock.wait(8 * 86_400_000);
        expect(await answer(table({ plan: "Analytics" }))).toBe("accepted");
    });

    test("of Azure's goes with its workspace, not before", async () => {
        const { id } = await table({ plan: "Basic", totalRetentionInDays: 1095 });
        expect(await answer(platform.azure.delete(id))).toBe("InvalidOperation");
        expect(await answer(platform.azure.delete(workspaceId))).toBe("accepted");
    });
});
