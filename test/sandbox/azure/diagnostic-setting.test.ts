import { loggedKind, loggedKinds, type LoggedKindName } from "../../../facts/diagnostic-categories";
import type { Properties } from "../../../sandbox/azure/resource-type";
import { logCategoriesOf } from "../../../sandbox/azure/types/log-categories";
import { answer, idOf, location, Platform } from "./platform";

let platform: Platform;
const vaultId = idOf("Microsoft.KeyVault/vaults/kv-ml-dev-1");
const workspaceId = idOf("Microsoft.OperationalInsights/workspaces/log-ml");
beforeEach(async () => {
    platform = await Platform.open();
    await platform.put("operationalinsights:Workspace", { location, workspaceName: "log-ml" });
    await platform.put("keyvault:Vault");
});
afterEach(() => {
    platform.close();
});

const put = (over: Properties = {}) =>
    platform.azure.put("azure-native:monitor:DiagnosticSetting", {
        ...{ name: "platform", resourceUri: vaultId, workspaceId },
        logs: [{ category: "AuditEvent", enabled: true }],
        ...over,
    });

test("lies below what it watches, and goes with it", async () => {
    const { id } = await put({ metrics: [{ category: "AllMetrics", enabled: true }] });
    expect(id).toBe(`${vaultId}/providers/Microsoft.Insights/diagnosticSettings/platform`);
    await platform.azure.delete(vaultId);
    expect(platform.azure.get(id)).toBeUndefined();
});

test("watches a part of an account that is always there", async () => {
    await platform.put("storage:StorageAccount");
    const resourceUri = `${idOf("Microsoft.Storage/storageAccounts/stmldev1")}/queueServices/default`;
    expect(await answer(put({ resourceUri, logs: [{ category: "StorageWrite", enabled: true }] }))).toBe("accepted");
});

test.each<[string, Properties, string]>([
    ["of what is not there", { resourceUri: `${vaultId}2` }, "ResourceNotFound"],
    ["without a place for the logs", { workspaceId: undefined }, "BadRequest"],
    ["into a workspace that is not there", { workspaceId: `${workspaceId}2` }, "ResourceNotFound"],
    ["of nothing", { logs: [{ category: "AuditEvent", enabled: false }] }, "BadRequest"],
    ["of a category of another type", { logs: [{ category: "kube-audit", enabled: true }] }, "BadRequest"],
    [
        "of a category and a group at once",
        { logs: [{ category: "AuditEvent", categoryGroup: "audit", enabled: true }] },
        "BadRequest",
    ],
])("is refused %s", async (_, over, code) => {
    expect(await answer(put(over))).toBe(code);
});

test("copies no metrics of a type that lets none be copied", async () => {
    await platform.put("network:NetworkSecurityGroup", { location, networkSecurityGroupName: "nsg" });
    const resourceUri = idOf("Microsoft.Network/networkSecurityGroups/nsg");
    const logs = [{ category: "NetworkSecurityGroupEvent", enabled: true }];
    expect(await answer(put({ resourceUri, logs, metrics: [{ category: "AllMetrics", enabled: true }] }))).toBe(
        "BadRequest",
    );
    expect(await answer(put({ resourceUri, logs }))).toBe("accepted");
});

test("sends a category to one workspace once", async () => {
    await put();
    await expect(put({ name: "again" })).rejects.toThrow(
        `Data sink '${workspaceId}' is already used in diagnostic setting 'platform' for category 'AuditEvent'.`,
    );
    expect(await answer(put({ name: "again" }))).toBe("Conflict");
});

test("is one of five at most", async () => {
    for (const name of ["a", "b", "c", "d", "e"])
        await put({ name, workspaceId: undefined, storageAccountId: `/subscriptions/other/${name}` });
    expect(await answer(put({ name: "f" }))).toBe("BadRequest");
});

test.each(Object.keys(loggedKinds) as LoggedKindName[])("every category that is known of %s is Azure's", (kind) => {
    const { categories, metrics } = loggedKind(kind);
    const documented = logCategoriesOf(kind);
    expect(Object.keys(categories).filter((category) => !documented?.logs.includes(category))).toEqual([]);
    expect(documented?.metrics).toBe(metrics);
});
