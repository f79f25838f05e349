import {
    activityRules,
    logRules,
    metricRules,
    prometheusRules,
    type AlertText,
} from "../../../components/observability/alert-rules";
import { Alerts, receiverFaults, type AlertsArgs } from "../../../components/observability/alerts";
import { basicTables } from "../../../components/observability/log-analytics";
import { logTables } from "../../../facts/log-tables";
import { platformMetrics, type PlatformMetric } from "../../../facts/platform-metrics";
import { prometheusMetrics } from "../../../facts/prometheus-metrics";
import { kqlNames } from "../../../sandbox/azure/kql";
import { promqlMetrics } from "../../../sandbox/azure/promql";
import { logTables as documentedTables, standardColumns } from "../../../sandbox/azure/types/log-tables";
import { metricNames, prometheusNames } from "../../../sandbox/azure/types/metric-names";
import { all, only, value } from "../../mocks";
import { place } from "../place";

const rules: readonly AlertText[] = [...metricRules, ...logRules, ...activityRules, ...prometheusRules];

// Against two tables of documented names: the program's own, with sources, and the sandbox's, which knows nothing of it.
describe("every rule asks for what there is:", () => {
    test.each(metricRules.map((rule) => [rule.name, rule] as const))("%s", (_, { kind, metric, aggregation }) => {
        const known: Readonly<Record<string, PlatformMetric>> = platformMetrics[kind];
        expect(known[metric]?.aggregations).toContain(aggregation);
        expect(known[metric]?.source).toMatch(/^https:\/\/learn\.microsoft\.com\/.*supported-metrics/);
        expect(metricNames[kind.toLowerCase()]).toContain(metric);
    });

    test.each(logRules.map((rule) => [rule.name, rule] as const))("%s", (_, { query }) => {
        const { table, columns } = kqlNames(query);
        expect(Object.keys(logTables)).toContain(table);
        const known = [...(documentedTables[table]?.columns ?? []), ...standardColumns];
        expect(columns.filter((column) => !known.includes(column))).toEqual([]);
        // Rules cannot query a table under the Basic plan.
        expect(basicTables).not.toContain(table);
    });

    test.each(prometheusRules.map((rule) => [rule.name, rule] as const))("%s", (_, { expression }) => {
        const names = promqlMetrics(expression);
        expect(names.length).toBeGreaterThan(0);
        for (const name of names) {
            expect(prometheusMetrics[name]).toMatch(/^https:\/\//);
            expect(prometheusNames).toContain(name);
        }
    });
});

test("every rule has a name of its own, says why it matters and what to do, and where it is from", () => {
    expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length);
    for (const { why, remedy, source } of rules) {
        for (const text of [why, remedy]) expect(text).toMatch(/^[A-Z`k].*\.$/);
        expect(source).toMatch(/^https:\/\//);
    }
});

const args: AlertsArgs = {
    ...place,
    receivers: { critical: ["night@example.com"], warning: ["day@example.com"], webhookUri: "https://pager/key" },
    ...{ upToSeverity: 3, logWorkspaceId: "/logs", metricsWorkspaceId: "/metrics", groupIds: ["/platform", "/data"] },
    measured: [{ kind: "Microsoft.KeyVault/vaults", name: "vault", id: "/vault" }],
    cluster: { id: "/aks", name: "aks" },
};
const made = async (change: Partial<AlertsArgs> = {}): Promise<void> => {
    await value(new Alerts("alerts", { ...args, ...change }).actionGroupIds.critical);
    await new Promise((done) => setTimeout(done, 100));
};

test("what cannot wait goes to other people than the rest", async () => {
    await made();
    const [critical, warning] = all("monitor:ActionGroup").map(({ inputs }) => inputs);
    expect(critical).toMatchObject({ location: "global", groupShortName: "mlpcrit" });
    expect(critical?.emailReceivers).toMatchObject([{ emailAddress: "night@example.com", useCommonAlertSchema: true }]);
    expect(warning?.emailReceivers).toMatchObject([{ emailAddress: "day@example.com" }]);
    expect(only("monitor:ScheduledQueryRule", "expiry").inputs.actions).toEqual({
        actionGroups: ["/id/alerts-critical"],
    });
    expect(only("monitor:ScheduledQueryRule", "quota").inputs.actions).toEqual({
        actionGroups: ["/id/alerts-warning"],
    });
});

test("metrics are watched of what is there, and only of that", async () => {
    await made();
    expect(all("monitor:MetricAlert").map(({ name }) => name)).toEqual([
        "vault-availability-vault",
        "vault-saturation-vault",
    ]);
    expect(only("monitor:MetricAlert", "vault-availability-vault").inputs).toMatchObject({
        ...{ scopes: ["/vault"], severity: 1, windowSize: "PT15M", evaluationFrequency: "PT5M" },
        criteria: {
            allOf: [{ metricNamespace: "Microsoft.KeyVault/vaults", metricName: "Availability", threshold: 99 }],
        },
    });
});

test("Prometheus watches our cluster alone, in groups of at most twenty rules", async () => {
    await made();
    for (const { inputs } of all("alertsmanagement:PrometheusRuleGroup")) {
        expect(inputs).toMatchObject({ scopes: ["/metrics", "/aks"], clusterName: "aks" });
        expect((inputs.rules as object[]).length).toBeLessThanOrEqual(20);
    }
});

test("health of services is asked of the subscription, all else of the platform's groups", async () => {
    await made();
    expect(only("monitor:ActivityLogAlert", "service-health").inputs.scopes).toEqual([
        `/subscriptions/${place.naming.subscriptionId}`,
    ]);
    expect(only("monitor:ActivityLogAlert", "endpoint-connection-changed").inputs).toMatchObject({
        scopes: ["/platform", "/data"],
        condition: { allOf: [{ field: "category", equals: "Administrative" }, { anyOf: [{}, {}, {}, {}, {}, {}] }] },
    });
});

test("an environment that may fail is told of less", async () => {
    await made({ upToSeverity: 1 });
    const severities = [...all("monitor:MetricAlert"), ...all("monitor:ScheduledQueryRule")].map(
        ({ inputs }) => inputs.severity,
    );
    expect(new Set(severities)).toEqual(new Set([1]));
});

test.each([
    [{ warning: ["operations"] }, 'receivers.warning[0] must be an e-mail address, got "operations"'],
    [
        { critical: ["a@example.com", "a@example.com"] },
        'receivers.critical must name each address once, got "a@example.com" again',
    ],
    // The address may hold a secret, which must not be in an error.
    [{ webhookUri: "http://pager/key" }, "receivers.webhookUri must begin with https://"],
])("refuses %j", (change, message) => {
    const receivers = { ...args.receivers, ...change };
    expect(receiverFaults("receivers", receivers)).toEqual([message]);
    expect(() => new Alerts("alerts", { ...args, receivers })).toThrow(message);
});
