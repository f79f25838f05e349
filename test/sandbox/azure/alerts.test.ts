import { kqlNames } from "../../../sandbox/azure/kql";
import { promqlMetrics } from "../../../sandbox/azure/promql";
import type { Properties } from "../../../sandbox/azure/resource-type";
import { sandboxSubscriptionId } from "../../../sandbox/azure/azure";
import { answer, groupId, idOf, layered, location, Platform } from "./platform";

let platform: Platform;
beforeEach(async () => {
    platform = await Platform.open();
    await platform.put("keyvault:Vault");
    await platform.put("operationalinsights:Workspace", { location, workspaceName: "log-ml" });
    await platform.put("monitor:AzureMonitorWorkspace", { location, azureMonitorWorkspaceName: "amw-ml" });
});
afterEach(() => {
    platform.close();
});

const vaultId = idOf("Microsoft.KeyVault/vaults/kv-ml-dev-1");
const nowhere = idOf("Microsoft.Insights/actionGroups/none");

/** Puts a resource of a kind: what is usual of it with `over` on top. */
const puts = (kind: string, base: Properties) => (over: Properties) => answer(platform.put(kind, layered(base, over)));

describe("an action group", () => {
    const put = puts("monitor:ActionGroup", {
        ...{ location: "global", actionGroupName: "ag", groupShortName: "mlp", enabled: true },
    });
    const email = (name: string, emailAddress: string): Properties => ({ name, emailAddress });

    test.each<[string, Properties, string]>([
        ["as it should be", {}, "accepted"],
        ["in a region", { location }, "LocationNotAvailableForResourceType"],
        ["with a long name for texts", { groupShortName: "thirteen-long" }, "BadRequest"],
        ["with an address that is none", { emailReceivers: [email("a", "a")] }, "BadRequest"],
        ["with two of a name", { emailReceivers: [email("a", "a@b.com"), email("a", "b@b.com")] }, "BadRequest"],
    ])("%s", async (_, over, code) => {
        expect(await put(over)).toBe(code);
    });
});

describe("a metric alert", () => {
    const criterion = {
        ...{ criterionType: "StaticThresholdCriterion", name: "beyond", metricNamespace: "Microsoft.KeyVault/vaults" },
        ...{ metricName: "Availability", timeAggregation: "Average", operator: "LessThan", threshold: 99 },
    };
    const criteria = (over: Properties = {}): Properties => ({
        odataType: "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
        allOf: [{ ...criterion, ...over }],
    });
    const put = puts("monitor:MetricAlert", {
        ...{ location: "global", ruleName: "alert", enabled: true, severity: 1, scopes: [vaultId] },
        ...{ evaluationFrequency: "PT5M", windowSize: "PT15M", criteria: criteria() },
    });

    test.each<[string, Properties, string]>([
        ["as it should be", {}, "accepted"],
        [
            "on a metric that the vault has not",
            { criteria: criteria({ metricName: "SNATPortUtilization" }) },
            "BadRequest",
        ],
        [
            "on a metric of another type",
            { criteria: criteria({ metricNamespace: "Microsoft.Network/azureFirewalls" }) },
            "BadRequest",
        ],
        ["on what is not there", { scopes: [`${vaultId}2`] }, "BadRequest"],
        ["that tells nobody who is there", { actions: [{ actionGroupId: nowhere }] }, "BadRequest"],
        ["over less than it is asked", { windowSize: "PT1M" }, "BadRequest"],
        ["of severity 5", { severity: 5 }, "BadRequest"],
    ])("%s", async (_, over, code) => {
        expect(await put(over)).toBe(code);
    });

    test("watches a service of an account, which is always there", async () => {
        const { id } = await platform.put("storage:StorageAccount");
        const metricNamespace = "Microsoft.Storage/storageAccounts/blobServices";
        const blobs = { scopes: [`${id}/blobServices/default`], criteria: criteria({ metricNamespace }) };
        expect(await put(blobs)).toBe("accepted");
    });

    test("stays with what it watches", async () => {
        await platform.put("keyvault:Vault", { vaultName: "kv-ml-dev-2" });
        await put({});
        expect(await put({ scopes: [idOf("Microsoft.KeyVault/vaults/kv-ml-dev-2")] })).toBe("BadRequest");
    });
});

describe("a log alert", () => {
    const criteria = (query: string): Properties => ({
        allOf: [{ query, timeAggregation: "Count", operator: "GreaterThan", threshold: 0 }],
    });
    const put = puts("monitor:ScheduledQueryRule", {
        ...{ location, ruleName: "alert", severity: 1, evaluationFrequency: "PT1H", windowSize: "PT1H" },
        scopes: [idOf("Microsoft.OperationalInsights/workspaces/log-ml")],
        criteria: criteria('AZKVAuditLogs | where OperationName == "SecretGet"'),
    });

    test.each<[string, Properties, string]>([
        ["as it should be", {}, "accepted"],
        ["on a table of ours", { criteria: criteria("Mine_CL | where Anything > 1") }, "accepted"],
        ["on a table that Azure does not have", { criteria: criteria("Audits | count") }, "BadRequest"],
        [
            "on a column that the table does not have",
            { criteria: criteria("AZKVAuditLogs | where Operation > 1") },
            "BadRequest",
        ],
        ["that cannot be read", { criteria: criteria("AZKVAuditLogs | where (OperationName") }, "BadRequest"],
        ["asked every seven minutes", { evaluationFrequency: "PT7M" }, "BadRequest"],
        ["that is muted and resolves by itself", { autoMitigate: true, muteActionsDuration: "PT1H" }, "BadRequest"],
    ])("%s", async (_, over, code) => {
        expect(await put(over)).toBe(code);
    });
});

describe("an alert on the activity log", () => {
    const condition = (category: string): Properties => ({ allOf: [{ field: "category", equals: category }] });
    const put = puts("monitor:ActivityLogAlert", {
        ...{ location: "global", activityLogAlertName: "alert", scopes: [groupId], actions: { actionGroups: [] } },
        condition: condition("ResourceHealth"),
    });

    test.each<[string, Properties, string]>([
        ["as it should be", {}, "accepted"],
        ["on the subscription", { scopes: [`/subscriptions/${sandboxSubscriptionId}`] }, "accepted"],
        ["on a group that is not there", { scopes: [`${groupId}2`] }, "BadRequest"],
        ["on a category of nobody's", { condition: condition("Weather") }, "BadRequest"],
    ])("%s", async (_, over, code) => {
        expect(await put(over)).toBe(code);
    });
});

describe("a group of Prometheus's rules", () => {
    const rule = { alert: "node", expression: "up == 0", severity: 1 };
    const put = puts("alertsmanagement:PrometheusRuleGroup", {
        ...{ location, ruleGroupName: "nodes", interval: "PT1M", rules: [rule] },
        scopes: [idOf("Microsoft.Monitor/accounts/amw-ml")],
    });

    test.each<[string, Properties, string]>([
        ["as it should be", {}, "accepted"],
        ["without a workspace", { scopes: [groupId] }, "BadRequest"],
        ["in another region than its workspace", { location: "westeurope" }, "BadRequest"],
        ["asked once an hour", { interval: "PT1H" }, "BadRequest"],
        ["of 21 rules", { rules: Array.from({ length: 21 }, () => rule) }, "BadRequest"],
        ["that records and alerts", { rules: [{ ...rule, record: "node" }] }, "BadRequest"],
        ["that cannot be read", { rules: [{ ...rule, expression: "sum(up" }] }, "BadRequest"],
        ["of severity 5", { rules: [{ ...rule, severity: 5 }] }, "BadRequest"],
        [
            "that tells nobody who is there",
            { rules: [{ ...rule, actions: [{ actionGroupId: nowhere }] }] },
            "BadRequest",
        ],
    ])("%s", async (_, over, code) => {
        expect(await put(over)).toBe(code);
    });
});

test.each<[string, string, string[]]>([
    ["AZKVAuditLogs", "AZKVAuditLogs", []],
    ['T | where A == "B | C" and tolower(D) has "x"', "T", ["A", "D"]],
    ["T | extend X = A * 2 | where X > 1d and B.inner in~ ('Y')", "T", ["A", "B"]],
    ["T | summarize Count = count() by A, bin(TimeGenerated, 5m) | where Count > 3", "T", ["A", "TimeGenerated"]],
    ["T // all of it\n| where A between (ago(1d) .. now()) | project-away B | order by A desc", "T", ["A", "B"]],
])("columns of %j", (query, table, columns) => {
    expect(kqlNames(query)).toEqual({ table, columns });
});

test.each([
    ["", "a query begins with the name of one table"],
    ["T | wher A", "'wher' is no operator"],
    ["T | where A)", "a bracket is closed that was not opened"],
    ["T | where A == §", "cannot read the query at §"],
])("no query of logs: %j", (query, message) => {
    expect(() => kqlNames(query)).toThrow(message);
});

test.each<[string, string[]]>([
    ['max by (cluster, node) (kube_node{condition="Ready",status=~"false|unknown"}) == 1', ["kube_node"]],
    ["1 - avg(rate(node_cpu_seconds_total[5m])) without (cpu) > 0.95", ["node_cpu_seconds_total"]],
    ["a * on(pod) group_left(node) b offset 5m unless c", ["a", "b", "c"]],
    ['level:rule:sum / ignoring(x) {__name__=~"a|b"} # both', ["level:rule:sum"]],
])("metrics of %j", (query, metrics) => {
    expect(promqlMetrics(query)).toEqual(metrics);
});

test.each([
    ["sum(up", "')' is missing"],
    ["up)", "')' closes nothing"],
    ["up == §", "cannot read the query at §"],
])("no query of Prometheus: %j", (query, message) => {
    expect(() => promqlMetrics(query)).toThrow(message);
});
