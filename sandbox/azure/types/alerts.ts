import { kqlNames } from "../kql";
import { nameOf, parseId } from "../ids";
import { promqlMetrics } from "../promql";
import { refusal } from "../refusal";
import type { NameRule, Properties, Refusal, ResourceType, Rule } from "../resource-type";
import { first, globalOnly, isMissing, regional, strings, tagged } from "./common-rules";
import { isOwnTable, logTables, standardColumns } from "./log-tables";
import { metricNames } from "./metric-names";
import { amount, flag, onWrite, records, regionOf, text, texts } from "./reading";

const learn = "https://learn.microsoft.com/azure/azure-monitor/alerts";
const insights = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Insights";
const name: NameRule = {
    pattern: /^[^*#&+:<>?@%{}/\\]{0,259}[^*#&+:<>?@%{}/\\. ]$/,
    rule: "1 to 260 characters, none of * # & + : < > ? @ % { } / and backslash, not ending with a dot or a space",
    code: "BadRequest",
    source: "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftinsights (code unverified)",
};
const badRequest = (message: string): Refusal => refusal(400, "BadRequest", message);
const fails = (read: () => void): string | undefined => {
    try {
        read();
        return undefined;
    } catch (fault) {
        if (fault instanceof SyntaxError) return fault.message;
        throw fault;
    }
};

/** Action groups and what is watched must be there. */
const existing = (paths: readonly string[], source: string): Rule =>
    onWrite(source, ({ inputs, azure }) =>
        first(
            paths.flatMap((path) => strings(inputs, path)),
            (id) => {
                const own = id.toLowerCase() === `/subscriptions/${azure.subscriptionId}`;
                // Services of an account are always there.
                const whole = id.replace(/\/(blob|file|queue|table)Services\/default$/i, "");
                return !own && isMissing(azure, whole) ? badRequest(`'${id}' could not be found.`) : undefined;
            },
        ),
    );

const severe = onWrite(`${learn}/alerts-overview (code unverified)`, ({ inputs }) => {
    const severity = amount(inputs, "severity") ?? 3;
    return !(severity >= 0 && severity <= 4) && badRequest(`Severity must be 0 to 4, got ${severity}.`);
});

const groups = `${learn}/action-groups`;
const actionGroup: ResourceType = {
    token: "azure-native:monitor:ActionGroup",
    path: `${insights}/actionGroups/{actionGroupName}`,
    name,
    forceNew: ["location"],
    immutable: [],
    rules: [
        ...globalOnly,
        tagged,
        onWrite(`${groups} (code unverified)`, ({ inputs }) => {
            const short = text(inputs, "groupShortName") ?? "";
            return short.length > 12 && badRequest(`groupShortName takes 12 characters, got ${short.length}.`);
        }),
        onWrite(`${groups} (code unverified)`, ({ inputs }) => {
            const kinds = ["emailReceivers", "webhookReceivers"];
            const names = kinds.flatMap((kind) => strings(inputs, `${kind}.[].name`));
            const twin = names.find((one, index) => names.indexOf(one) < index);
            return twin !== undefined && badRequest(`Receiver names must be unique, '${twin}' is not.`);
        }),
        onWrite(`${groups} (code unverified)`, ({ inputs }) => {
            const wrong = strings(inputs, "emailReceivers.[].emailAddress").find((one) => !/^\S+@\S+\.\S+$/.test(one));
            return wrong !== undefined && badRequest(`'${wrong}' is not a valid e-mail address.`);
        }),
    ],
    outputs: () => ({}),
};

const frequencies = ["PT1M", "PT5M", "PT15M", "PT30M", "PT1H"];
const windows = [...frequencies, "PT6H", "PT12H", "P1D"];
const metricPage = `${learn}/alerts-create-metric-alert-rule`;
const metricAlert: ResourceType = {
    token: "azure-native:monitor:MetricAlert",
    path: `${insights}/metricAlerts/{ruleName}`,
    name,
    forceNew: ["location"],
    immutable: [{ path: "scopes", code: "BadRequest", source: `${metricPage} (code unverified)` }],
    rules: [
        ...globalOnly,
        tagged,
        severe,
        existing(["scopes.[]"], `${metricPage} (code unverified)`),
        existing(["actions.[].actionGroupId"], `${groups} (code unverified)`),
        onWrite(`${metricPage} (code unverified)`, ({ inputs }) => {
            const [every, over] = [text(inputs, "evaluationFrequency") ?? "", text(inputs, "windowSize") ?? ""];
            const fits =
                frequencies.includes(every) &&
                windows.includes(over) &&
                windows.indexOf(over) >= windows.indexOf(every);
            return !fits && badRequest(`A window of ${over} cannot be evaluated every ${every}.`);
        }),
        // Text: https://github.com/Azure/azure-cli/issues/10198
        onWrite("https://learn.microsoft.com/azure/azure-monitor/reference/metrics-index", ({ inputs }) => {
            const [scope = ""] = texts(inputs, "scopes");
            const type = parseId(scope)?.type.toLowerCase() ?? "";
            return first(records(inputs, "criteria.allOf"), (criterion) => {
                if (flag(criterion, "skipMetricValidation")) return undefined;
                const [space, metric] = [text(criterion, "metricNamespace"), text(criterion, "metricName") ?? ""];
                const known = metricNames[type];
                const missing = known?.includes(metric) === false || (space ?? type).toLowerCase() !== type;
                const message = `Couldn't find a metric named ${metric}. Make sure the name is correct and that it is emitted by ${type} under ${space ?? type}.`;
                return missing ? badRequest(message) : undefined;
            });
        }),
    ],
    outputs: () => ({}),
};

/** What is wrong with a query of logs; undefined when nothing is. */
function queryFault(query: string): string | undefined {
    const broken = fails(() => kqlNames(query));
    if (broken !== undefined) return broken;
    const { table, columns } = kqlNames(query);
    if (isOwnTable(table)) return undefined;
    const known = Object.hasOwn(logTables, table) ? logTables[table] : undefined;
    if (known === undefined) return `'where' operator: Failed to resolve table or column expression named '${table}'`;
    const missing = columns.find((column) => ![...known.columns, ...standardColumns].includes(column));
    return missing === undefined
        ? undefined
        : `'where' operator: Failed to resolve column or scalar expression named '${missing}'`;
}

const logPage = `${learn}/alerts-create-log-alert-rule`;
const logFrequencies = [
    "PT1M",
    "PT5M",
    "PT10M",
    "PT15M",
    "PT30M",
    "PT45M",
    "PT1H",
    "PT2H",
    "PT3H",
    "PT4H",
    "PT5H",
    "PT6H",
    "P1D",
];
const scheduledQuery: ResourceType = {
    token: "azure-native:monitor:ScheduledQueryRule",
    path: `${insights}/scheduledQueryRules/{ruleName}`,
    name,
    forceNew: ["location"],
    immutable: [],
    rules: [
        ...regional,
        tagged,
        severe,
        existing(["scopes.[]"], `${logPage} (code unverified)`),
        existing(["actions.actionGroups.[]"], `${groups} (code unverified)`),
        onWrite(`${logPage} (code unverified)`, ({ inputs }) => {
            const every = text(inputs, "evaluationFrequency") ?? "";
            return !logFrequencies.includes(every) && badRequest(`A query cannot be run every '${every}'.`);
        }),
        onWrite(`${logPage} (code unverified)`, ({ inputs }) => {
            const both = flag(inputs, "autoMitigate") && text(inputs, "muteActionsDuration") !== undefined;
            return both && badRequest("Actions cannot be muted where alerts resolve by themselves.");
        }),
        // Azure checks it at once, or, with `skipQueryValidation`, when the rule first runs: here always.
        onWrite(
            "https://learn.microsoft.com/azure/azure-monitor/reference/tables-index (code unverified)",
            ({ inputs }) =>
                first(strings(inputs, "criteria.allOf.[].query"), (query) => {
                    const fault = queryFault(query);
                    return fault === undefined ? undefined : badRequest(`The query has errors: ${fault}`);
                }),
        ),
    ],
    outputs: ({ inputs }) => ({ location: regionOf(inputs) }),
};

const activityPage = `${learn}/alerts-create-activity-log-alert-rule`;
const categories = [
    ...["Administrative", "ServiceHealth", "ResourceHealth", "Alert", "Autoscale", "Recommendation"],
    ...["Security", "Policy"],
];
const activityAlert: ResourceType = {
    token: "azure-native:monitor:ActivityLogAlert",
    path: `${insights}/activityLogAlerts/{activityLogAlertName}`,
    name,
    forceNew: ["location"],
    immutable: [],
    rules: [
        ...globalOnly,
        tagged,
        existing(["scopes.[]"], `${activityPage} (code unverified)`),
        existing(["actions.actionGroups.[].actionGroupId"], `${groups} (code unverified)`),
        onWrite(`${activityPage} (code unverified)`, ({ inputs }) => {
            const named = records(inputs, "condition.allOf").find(({ field }) => field === "category");
            const category = text(named, "equals") ?? "";
            const message = `The condition must name one of the categories ${categories.join(", ")}, got '${category}'.`;
            return !categories.includes(category) && badRequest(message);
        }),
    ],
    outputs: () => ({ location: "global" }),
};

const prometheusPage = `${learn}/prometheus-alerts`;
const minutesOf = (period: string): number => {
    const [, hours = "0", minutes = "0"] = /^PT(?:(\d+)H)?(?:(\d+)M)?$/.exec(period) ?? [];
    return Number(hours) * 60 + Number(minutes);
};
const each = (source: string, refuse: (rule: Properties) => string | undefined | false): Rule =>
    onWrite(source, ({ inputs }) =>
        first(records(inputs, "rules"), (rule) => {
            const fault = refuse(rule);
            return typeof fault === "string" ? badRequest(fault) : undefined;
        }),
    );
const prometheusGroup: ResourceType = {
    token: "azure-native:alertsmanagement:PrometheusRuleGroup",
    path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.AlertsManagement/prometheusRuleGroups/{ruleGroupName}",
    name,
    forceNew: ["location"],
    immutable: [],
    rules: [
        ...regional,
        tagged,
        existing(["scopes.[]"], `${prometheusPage} (code unverified)`),
        existing(["rules.[].actions.[].actionGroupId"], `${groups} (code unverified)`),
        onWrite(`${prometheusPage} (a group is in its workspace's region; code unverified)`, ({ inputs, azure }) => {
            const account = texts(inputs, "scopes").find((scope) =>
                /\/providers\/Microsoft\.Monitor\/accounts\//i.test(scope),
            );
            if (account === undefined) return badRequest("The scopes must hold an Azure Monitor workspace.");
            const region = regionOf(azure.find(account)?.inputs);
            const message = `The workspace is in ${region}, the group in ${regionOf(inputs)}.`;
            return region !== "" && region !== regionOf(inputs) && badRequest(message);
        }),
        onWrite(`${prometheusPage} (interval of 1 to 15 minutes; code unverified)`, ({ inputs }) => {
            const minutes = minutesOf(text(inputs, "interval") ?? "PT1M");
            return !(minutes >= 1 && minutes <= 15) && badRequest("The interval must be 1 to 15 minutes.");
        }),
        onWrite(`${prometheusPage} (at most 20 rules; code unverified)`, ({ inputs }) => {
            const count = records(inputs, "rules").length;
            return (count < 1 || count > 20) && badRequest(`A group has 1 to 20 rules, got ${count}.`);
        }),
        each(`${prometheusPage} (code unverified)`, (rule) => {
            const both = (text(rule, "alert") === undefined) === (text(rule, "record") === undefined);
            return both && "A rule either alerts or records.";
        }),
        each(`${prometheusPage} (wording unverified)`, (rule) => {
            const expression = text(rule, "expression") ?? "";
            const fault = fails(() => promqlMetrics(expression));
            return fault !== undefined && `The expression of '${text(rule, "alert") ?? ""}' has errors: ${fault}`;
        }),
        each(`${prometheusPage} (code unverified)`, (rule) => {
            const severity = amount(rule, "severity") ?? 3;
            return !(severity >= 0 && severity <= 4) && `Severity must be 0 to 4, got ${severity}.`;
        }),
    ],
    outputs: ({ id, inputs }) => ({
        location: regionOf(inputs),
        clusterName: text(inputs, "clusterName") ?? nameOf(id),
    }),
};

export const alertTypes: readonly ResourceType[] = [
    actionGroup,
    metricAlert,
    scheduledQuery,
    activityAlert,
    prometheusGroup,
];
