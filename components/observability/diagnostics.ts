import { DiagnosticSetting } from "@pulumi/azure-native/monitor/diagnosticSetting";
import * as pulumi from "@pulumi/pulumi";
import { loggedKind, type LoggedKindName } from "../../facts/diagnostic-categories";
import { childOptions, shown } from "../options";
import { refuse } from "../refuse";
import type { LogSource } from "./log-source";

/** Arguments of {@link Diagnostics}. */
export interface DiagnosticsArgs {
    /** Log Analytics workspace that takes the logs. */
    workspaceId: pulumi.Input<string>;
    sources: readonly LogSource[];
    /** Keeps categories of much volume and copies metrics, too. Alert rules read metrics where they are, without a copy. */
    detail: boolean;
}

/**
 * One diagnostic setting for each source: the categories that `facts/diagnostic-categories.ts` has for its kind.
 *
 * They go before what they belong to: a setting that is left behind comes back with the next resource of that name.
 * @see https://learn.microsoft.com/azure/azure-monitor/platform/diagnostic-settings
 * @throws pulumi.ResourceError naming every source that is listed twice.
 */
export class Diagnostics extends pulumi.ComponentResource {
    constructor(name: string, args: DiagnosticsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:observability:Diagnostics", name, shown({ detail: args.detail }), opts);
        const names = args.sources.map((source) => source.name);
        refuse(
            this,
            names.map(
                (one, index) =>
                    names.indexOf(one) < index && `sources must each have a name of its own, got "${one}" again`,
            ),
        );
        for (const { kind, name: source, id } of args.sources) {
            new DiagnosticSetting(
                `${source}-logs`,
                { name: "platform", resourceUri: id, workspaceId: args.workspaceId, ...settingsOf(kind, args.detail) },
                childOptions(this, "monitor:DiagnosticSetting", { deleteBeforeReplace: true }),
            );
        }
        this.registerOutputs({});
    }
}

/** What a kind of resource logs. */
export function settingsOf(
    name: LoggedKindName,
    detail: boolean,
): {
    logs: { category: string; enabled: true }[];
    metrics: { category: string; enabled: true }[];
    logAnalyticsDestinationType?: string;
} {
    const kind = loggedKind(name);
    const uses = detail ? ["always", "detail"] : ["always"];
    const kept = Object.entries(kind.categories).filter(([, use]) => uses.includes(use));
    return {
        logs: kept.map(([category]) => ({ category, enabled: true })),
        metrics: kind.metrics && detail ? [{ category: "AllMetrics", enabled: true }] : [],
        ...(kind.ownTables && { logAnalyticsDestinationType: "Dedicated" }),
    };
}
