import { Diagnostics, settingsOf } from "../../../components/observability/diagnostics";
import { loggedKind, loggedKinds, type LoggedKindName } from "../../../facts/diagnostic-categories";
import { only } from "../../mocks";

const kinds = Object.keys(loggedKinds) as LoggedKindName[];
const vault = { kind: "Microsoft.KeyVault/vaults", name: "vault", id: "/vault" } as const;

const settled = (): Promise<void> => new Promise((done) => setTimeout(done, 50));

test("a source gets one setting, with the categories of its kind", async () => {
    new Diagnostics("diagnostics", { workspaceId: "/logs", sources: [vault], detail: true });
    await settled();
    expect(only("monitor:DiagnosticSetting").inputs).toEqual({
        name: "platform",
        resourceUri: "/vault",
        workspaceId: "/logs",
        logs: [
            { category: "AuditEvent", enabled: true },
            { category: "AzurePolicyEvaluationDetails", enabled: true },
        ],
        metrics: [{ category: "AllMetrics", enabled: true }],
        logAnalyticsDestinationType: "Dedicated",
    });
});

test("where logs are to be few, categories of much volume and copies of metrics are left out", () => {
    const names = ({ logs }: ReturnType<typeof settingsOf>): string[] => logs.map(({ category }) => category);
    expect(names(settingsOf("Microsoft.ContainerService/managedClusters", false))).toEqual([
        "kube-audit-admin",
        "guard",
        "cluster-autoscaler",
    ]);
    expect(settingsOf("Microsoft.ContainerService/managedClusters", false).metrics).toEqual([]);
    // What the audit log without reads holds is not paid for twice.
    expect(names(settingsOf("Microsoft.ContainerService/managedClusters", true))).not.toContain("kube-audit");
    expect(names(settingsOf("Microsoft.Storage/storageAccounts/blobServices", false))).toEqual([
        "StorageWrite",
        "StorageDelete",
    ]);
});

test("no two sources share a name, as their settings would", () => {
    expect(() => new Diagnostics("diagnostics", { workspaceId: "/l", sources: [vault, vault], detail: true })).toThrow(
        'sources must each have a name of its own, got "vault" again',
    );
});

test.each(kinds)("%s logs something in every environment", (kind) => {
    expect(settingsOf(kind, false).logs.length).toBeGreaterThan(0);
});

test.each(kinds)("%s names the page of its categories", (kind) => {
    expect(loggedKind(kind).source).toMatch(/^https:\/\/learn\.microsoft\.com\/.*supported-logs\/microsoft-/);
});
