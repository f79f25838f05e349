import { Table } from "@pulumi/azure-native/operationalinsights/table";
import { Workspace } from "@pulumi/azure-native/operationalinsights/workspace";
import * as pulumi from "@pulumi/pulumi";
import type { LogTableName } from "../../facts/log-tables";
import { resourceName } from "../names";
import { childOptions, shown } from "../options";
import type { Placement } from "../placement";
import { refuse } from "../refuse";
import { wholeNumberFault } from "../units";
import type { LogSource } from "./log-source";

/** How much is logged and for how long. */
export interface LogRetention {
    /** Days in which logs can be queried at once, 30 to 730. */
    retentionDays: number;
    /** Days until audit logs are gone for good, at least `retentionDays`, at most 4383; beyond those they are an archive. */
    auditDays: number;
    /** GiB a day after which Azure takes no more until the next day, from 1 on: a runaway container must not cost a month. */
    dailyCapGib: number;
}

/** Arguments of {@link LogAnalytics}. */
export interface LogAnalyticsArgs extends Placement, LogRetention {}

/** Who did what: the tables that an auditor asks for. */
export const auditTables: readonly LogTableName[] = ["AKSAuditAdmin", "AZKVAuditLogs"];
/** Written much and read seldom: what containers print. No alert rule reads it, as rules cannot query the Basic plan. */
export const basicTables: readonly LogTableName[] = ["ContainerLogV2"];

/**
 * Log Analytics workspace that takes logs from Azure's own services, and everything else through a private link scope
 * alone. Encrypted with Microsoft's key: one of our own needs a dedicated cluster that is paid by at least 100 GB a day.
 * @see https://learn.microsoft.com/azure/azure-monitor/logs/customer-managed-keys
 * @throws pulumi.ResourceError naming every argument that is out of range.
 */
export class LogAnalytics extends pulumi.ComponentResource {
    readonly workspaceId: pulumi.Output<string>;
    /** Known without Azure's answer. */
    readonly workspaceName: string;
    /** What of it logs. */
    readonly logSources: readonly LogSource[];

    constructor(name: string, args: LogAnalyticsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:observability:LogAnalytics", name, shown(args), opts);
        refuse(this, retentionFaults("", args));
        const { naming, location, resourceGroupName, tags, retentionDays, dailyCapGib } = args;
        this.workspaceName = resourceName("logWorkspace", { ...naming, location });
        const workspace = new Workspace(
            name,
            {
                ...{ workspaceName: this.workspaceName, resourceGroupName, location, tags },
                sku: { name: "PerGB2018" },
                retentionInDays: retentionDays,
                workspaceCapping: { dailyQuotaGb: dailyCapGib },
                publicNetworkAccessForIngestion: "Disabled",
                publicNetworkAccessForQuery: "Disabled",
                features: {
                    // Agents and people come with their Entra identity, not with the workspace's keys.
                    disableLocalAuth: true,
                    // Whoever may read a resource may read its logs, and no more.
                    enableLogAccessUsingOnlyResourcePermissions: true,
                },
            },
            childOptions(this, "operationalinsights:Workspace"),
        );
        for (const table of auditTables)
            this.table(name, args, workspace, table, {
                ...{ plan: "Analytics", retentionInDays: retentionDays, totalRetentionInDays: args.auditDays },
            });
        for (const table of basicTables) this.table(name, args, workspace, table, { plan: "Basic" });
        this.workspaceId = workspace.id;
        this.logSources = [{ kind: "Microsoft.OperationalInsights/workspaces", name, id: workspace.id }];
        this.registerOutputs({ workspaceId: this.workspaceId });
    }

    private table(
        name: string,
        { resourceGroupName }: LogAnalyticsArgs,
        workspace: Workspace,
        tableName: LogTableName,
        kept: { plan: "Analytics" | "Basic"; retentionInDays?: number; totalRetentionInDays?: number },
    ): void {
        new Table(
            `${name}-${tableName}`,
            { resourceGroupName, workspaceName: workspace.name, tableName, ...kept },
            // Azure's own tables are there with the workspace and go with it: a delete of one is refused.
            childOptions(this, "operationalinsights:Table", { retainOnDelete: true }),
        );
    }
}

/** Archives end after whole years beyond two. */
const archiveYears = [1095, 1460, 1826, 2191, 2556, 2922, 3288, 3653, 4018, 4383];

/**
 * What is wrong with how much is logged and kept; empty when nothing is.
 * @see https://learn.microsoft.com/azure/azure-monitor/logs/data-retention-configure
 */
export function retentionFaults(prefix: string, { retentionDays, auditDays, dailyCapGib }: LogRetention): string[] {
    return [
        wholeNumberFault(`${prefix}retentionDays`, retentionDays, 30, 730),
        wholeNumberFault(`${prefix}auditDays`, auditDays, Math.max(30, retentionDays), 4383),
        auditDays > 730 &&
            auditDays <= 4383 &&
            !archiveYears.includes(auditDays) &&
            `${prefix}auditDays must be one of ${archiveYears.join(", ")} beyond 730, got ${auditDays}`,
        wholeNumberFault(`${prefix}dailyCapGib`, dailyCapGib, 1, 10_000),
    ].filter((fault) => typeof fault === "string");
}
