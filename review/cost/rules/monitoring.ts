import { assumptions, daysAMonth, hoursAMonth } from "../assumptions";
import { holds, mapsAt, numberAt, textAt } from "../../model/inputs";
import { combined, exactly, times, type Range } from "../range";
import { item, type Item, type Priced, type Rule } from "../rule";
import type { ValueMap } from "../../model/value";

const table = "azure-native:operationalinsights:Table";

/** GB a day: a part of the cap where there is one, so that nobody is surprised beyond it. */
function gbADay(workspace: ValueMap): Range {
    const cap = numberAt(workspace, "workspaceCapping.dailyQuotaGb") ?? -1;
    return cap > 0 ? times(assumptions.logShare, cap) : assumptions.logs;
}

/** Days that are paid for are those beyond the first 31. */
const freeDays = 31;

function logItems({ inputs }: Priced, all: readonly Priced[]): Item[] {
    const capped = (numberAt(inputs, "workspaceCapping.dailyQuotaGb") ?? -1) > 0;
    const assumed = capped ? ("logShare" as const) : ("logs" as const);
    const tables = all.filter(({ type }) => type === table).map((each) => each.inputs);
    const hasBasic = tables.some((each) => textAt(each, "plan") === "Basic");
    const day = gbADay(inputs);
    const basic = hasBasic ? combined(day, assumptions.basicLogs, (gb, share) => gb * share) : exactly(0);
    const analytics = combined(day, basic, (gb, less) => gb - less);
    const keptDays = Math.max(0, (numberAt(inputs, "retentionInDays") ?? 30) - freeDays);
    const archiveDays = Math.max(
        0,
        ...tables.map((each) => {
            return (numberAt(each, "totalRetentionInDays") ?? 0) - (numberAt(each, "retentionInDays") ?? 0);
        }),
    );
    const archived = combined(analytics, assumptions.archivedLogs, (gb, share) => gb * share * archiveDays);
    return [
        item("logs:analytics", times(analytics, daysAMonth), assumed),
        ...(hasBasic ? [item("logs:basic", times(basic, daysAMonth), assumed, "basicLogs")] : []),
        ...(keptDays > 0 ? [item("logs:retention", times(analytics, keptDays), assumed)] : []),
        ...(archiveDays > 0 ? [item("logs:archive", archived, assumed, "archivedLogs")] : []),
    ];
}

function grafanaItems({ inputs }: Priced): Item[] {
    const zones = holds(inputs, "properties.zoneRedundancy", (value) => value === "Enabled");
    return [
        item("grafana:hour", exactly(hoursAMonth)),
        // What is not known before the update is taken to be there but for the least.
        ...(zones === false
            ? []
            : [item("grafana:zones", { ...exactly(hoursAMonth), ...(zones === "unknown" && { low: 0 }) })]),
        item("grafana:user", assumptions.grafanaUsers, "grafanaUsers"),
    ];
}

/** Prices differ by how often a query runs. */
function queryItems({ inputs }: Priced): Item[] {
    if (holds(inputs, "enabled", (value) => value === false) === true) return [];
    const minutes = minutesOf(textAt(inputs, "evaluationFrequency") ?? "PT15M");
    const every = [15, 10, 5].find((each) => minutes >= each) ?? 1;
    return [item(`alert:log-${every}`, exactly(1))];
}

function minutesOf(period: string): number {
    const [, days = "0", hours = "0", minutes = "0"] = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/.exec(period) ?? [];
    return Number(days) * 1440 + Number(hours) * 60 + Number(minutes);
}

const metricItems = ({ inputs }: Priced): Item[] => [
    item("alert:metric", exactly(Math.max(1, mapsAt(inputs, "criteria.allOf").length))),
];

export const monitoringRules: Readonly<Record<string, Rule>> = {
    "azure-native:operationalinsights:Workspace": { group: "logs and metrics", items: logItems },
    "azure-native:monitor:AzureMonitorWorkspace": {
        group: "logs and metrics",
        items: () => [item("metrics:samples", times(assumptions.samples, 1 / 10), "samples")],
    },
    "azure-native:dashboard:Grafana": { group: "logs and metrics", items: grafanaItems },
    "azure-native:monitor:MetricAlert": { group: "logs and metrics", items: metricItems },
    "azure-native:monitor:ScheduledQueryRule": { group: "logs and metrics", items: queryItems },
};
