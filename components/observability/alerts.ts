import { PrometheusRuleGroup } from "@pulumi/azure-native/alertsmanagement/prometheusRuleGroup";
import { ActionGroup } from "@pulumi/azure-native/monitor/actionGroup";
import { ActivityLogAlert } from "@pulumi/azure-native/monitor/activityLogAlert";
import { MetricAlert } from "@pulumi/azure-native/monitor/metricAlert";
import { ScheduledQueryRule } from "@pulumi/azure-native/monitor/scheduledQueryRule";
import * as pulumi from "@pulumi/pulumi";
import type { MeasuredKind } from "../../facts/platform-metrics";
import { resourceName } from "../names";
import { childOptions, shown } from "../options";
import type { Placement } from "../placement";
import { refuse } from "../refuse";
import {
    activityRules,
    logRules,
    metricRules,
    prometheusRules,
    type ActivityRule,
    type AlertText,
    type LogRule,
    type MetricRule,
    type PrometheusRule,
    type Severity,
} from "./alert-rules";

/** Whom alerts go to. */
export interface Receivers {
    /** E-mail addresses for what cannot wait, severities 0 and 1. */
    critical: readonly string[];
    /** E-mail addresses for the rest. */
    warning: readonly string[];
    /** HTTPS address that takes every alert in the common schema, such as a pager's; often holds a secret. @default - none */
    webhookUri?: string;
}

/** A resource whose metrics are watched. */
export interface Measured {
    kind: MeasuredKind;
    name: string;
    id: pulumi.Input<string>;
}

/** Arguments of {@link Alerts}. */
export interface AlertsArgs extends Placement {
    receivers: Receivers;
    /** Rules beyond this severity are not made: in an environment that may fail, only what is worth looking at. */
    upToSeverity: Severity;
    measured: readonly Measured[];
    logWorkspaceId: pulumi.Input<string>;
    metricsWorkspaceId: pulumi.Input<string>;
    cluster: { id: pulumi.Input<string>; name: string };
    /** Full ids of the platform's resource groups. */
    groupIds: readonly pulumi.Input<string>[];
}

type Urgency = "critical" | "warning";

/**
 * Alert rules from `alert-rules.ts` and the two groups of receivers that they go to. A rule's description says what it
 * means and what to do.
 * @see https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-overview
 * @throws pulumi.ResourceError naming every receiver that is none.
 */
export class Alerts extends pulumi.ComponentResource {
    /** Action groups, for budgets and others that have something to say. */
    readonly actionGroupIds: Readonly<Record<Urgency, pulumi.Output<string>>>;

    constructor(name: string, args: AlertsArgs, opts?: pulumi.ComponentResourceOptions) {
        const { receivers, ...open } = args;
        super("mlplatform:observability:Alerts", name, shown(open), opts);
        refuse(this, receiverFaults("receivers", receivers));
        const groups = { critical: this.group("critical", args), warning: this.group("warning", args) };
        this.actionGroupIds = { critical: groups.critical.id, warning: groups.warning.id };

        const kept = <R extends AlertText>(rules: readonly R[]): R[] =>
            rules.filter(({ severity }) => severity <= args.upToSeverity);
        for (const rule of kept(metricRules))
            for (const one of args.measured.filter(({ kind }) => kind === rule.kind)) this.metric(rule, one, args);
        for (const rule of kept(logRules)) this.log(rule, args);
        for (const rule of kept(activityRules)) this.activity(rule, args);
        for (const group of ["nodes", "gpus"] as const)
            this.prometheus(
                group,
                kept(prometheusRules).filter((rule) => rule.group === group),
                args,
            );
        this.registerOutputs({ actionGroupIds: this.actionGroupIds });
    }

    private told(severity: Severity): pulumi.Output<string> {
        return this.actionGroupIds[severity <= 1 ? "critical" : "warning"];
    }

    private group(urgency: Urgency, { naming, location, resourceGroupName, tags, receivers }: AlertsArgs): ActionGroup {
        const { webhookUri } = receivers;
        return new ActionGroup(
            `alerts-${urgency}`,
            {
                actionGroupName: resourceName("actionGroup", { ...naming, location, instance: urgency }),
                // In no region: it works when ours does not.
                ...{ resourceGroupName, location: "global", tags, enabled: true },
                // Begins every text message; at most 12 characters.
                groupShortName: `${naming.workload}${urgency.slice(0, 4)}`,
                emailReceivers: receivers[urgency].map((emailAddress) => ({
                    ...{ name: emailAddress, emailAddress, useCommonAlertSchema: true },
                })),
                webhookReceivers:
                    webhookUri === undefined
                        ? []
                        : [{ name: "webhook", serviceUri: pulumi.secret(webhookUri), useCommonAlertSchema: true }],
            },
            childOptions(this, "monitor:ActionGroup"),
        );
    }

    private metric(rule: MetricRule, on: Measured, args: AlertsArgs): void {
        const { naming, location, resourceGroupName, tags } = args;
        const { kind, metric, aggregation, operator, threshold, windowMinutes, severity } = rule;
        const instance = `${rule.name}-${on.name}`;
        new MetricAlert(
            instance,
            {
                ruleName: resourceName("alertRule", { ...naming, location, instance }),
                ...{ resourceGroupName, location: "global", tags, enabled: true, autoMitigate: true },
                ...{ description: described(rule), severity, scopes: [on.id] },
                ...{ evaluationFrequency: windowMinutes === 60 ? "PT15M" : "PT5M", windowSize: iso(windowMinutes) },
                criteria: {
                    odataType: "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
                    allOf: [
                        {
                            ...{ criterionType: "StaticThresholdCriterion", name: "beyond", metricNamespace: kind },
                            ...{ metricName: metric, timeAggregation: aggregation, operator, threshold },
                        },
                    ],
                },
                actions: [{ actionGroupId: this.told(severity) }],
            },
            childOptions(this, "monitor:MetricAlert", { replaceOnChanges: ["scopes"], deleteBeforeReplace: true }),
        );
    }

    private log(rule: LogRule, { naming, location, resourceGroupName, tags, logWorkspaceId }: AlertsArgs): void {
        const { name, query, severity, windowMinutes } = rule;
        new ScheduledQueryRule(
            name,
            {
                ruleName: resourceName("alertRule", { ...naming, location, instance: name }),
                ...{ resourceGroupName, location, tags, enabled: true, kind: "LogAlert", displayName: name },
                ...{ description: described(rule), severity, scopes: [logWorkspaceId] },
                ...{ evaluationFrequency: iso(windowMinutes), windowSize: iso(windowMinutes), autoMitigate: false },
                criteria: {
                    allOf: [
                        {
                            ...{ query, timeAggregation: "Count", operator: "GreaterThan", threshold: 0 },
                            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 },
                        },
                    ],
                },
                // Tables that nobody has written to yet are not there to be checked.
                skipQueryValidation: true,
                actions: { actionGroups: [this.told(severity)] },
            },
            childOptions(this, "monitor:ScheduledQueryRule"),
        );
    }

    private activity(rule: ActivityRule, { naming, location, resourceGroupName, tags, groupIds }: AlertsArgs): void {
        const { name, severity, category, field, on } = rule;
        const choices = field?.values.map((equals) => ({ field: field.name, equals })) ?? [];
        new ActivityLogAlert(
            name,
            {
                activityLogAlertName: resourceName("alertRule", { ...naming, location, instance: name }),
                ...{ resourceGroupName, location: "global", tags, enabled: true, description: described(rule) },
                scopes: on === "groups" ? [...groupIds] : [`/subscriptions/${naming.subscriptionId}`],
                condition: {
                    allOf: [
                        { field: "category", equals: category },
                        ...(choices.length > 1 ? [{ anyOf: choices }] : choices),
                    ],
                },
                actions: { actionGroups: [{ actionGroupId: this.told(severity) }] },
            },
            childOptions(this, "monitor:ActivityLogAlert"),
        );
    }

    private prometheus(group: PrometheusRule["group"], rules: readonly PrometheusRule[], args: AlertsArgs): void {
        const { naming, location, resourceGroupName, tags, metricsWorkspaceId, cluster } = args;
        new PrometheusRuleGroup(
            `alerts-${group}`,
            {
                ruleGroupName: resourceName("alertRule", { ...naming, location, instance: group }),
                ...{ resourceGroupName, location, tags, enabled: true, interval: "PT1M" },
                description: `Alerts on ${group} of the cluster`,
                // Metrics carry the cluster's name: only those of ours.
                ...{ scopes: [metricsWorkspaceId, cluster.id], clusterName: cluster.name },
                rules: rules.map((rule) => ({
                    ...{ alert: rule.name, expression: rule.expression, enabled: true, severity: rule.severity },
                    ...{ for: iso(rule.forMinutes), annotations: { description: described(rule) } },
                    resolveConfiguration: { autoResolved: true, timeToResolve: "PT10M" },
                    actions: [{ actionGroupId: this.told(rule.severity) }],
                })),
            },
            childOptions(this, "alertsmanagement:PrometheusRuleGroup"),
        );
    }
}

const described = ({ why, remedy }: AlertText): string => `${why} What to do: ${remedy}`;
const iso = (minutes: number): string => {
    if (minutes % 1440 === 0) return `P${minutes / 1440}D`;
    return minutes % 60 === 0 ? `PT${minutes / 60}H` : `PT${minutes}M`;
};

/** What is wrong with receivers; empty when nothing is. The webhook is not repeated, as it may hold a secret. */
export function receiverFaults(field: string, { critical, warning, webhookUri }: Receivers): string[] {
    const wrong = (name: Urgency, emails: readonly string[]): (string | false)[] => [
        ...emails.map(
            (email, index) =>
                !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(email) &&
                `${field}.${name}[${index}] must be an e-mail address, got "${email}"`,
        ),
        ...emails.map(
            (email, index) =>
                emails.indexOf(email) < index && `${field}.${name} must name each address once, got "${email}" again`,
        ),
    ];
    return [
        ...wrong("critical", critical),
        ...wrong("warning", warning),
        webhookUri !== undefined &&
            !/^https:\/\/[^/\s]+\S*$/.test(webhookUri) &&
            `${field}.webhookUri must begin with https://`,
    ].filter((fault) => typeof fault === "string");
}
