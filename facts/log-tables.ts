/** A table of Log Analytics, as Azure documents it. */
export interface LogTable {
    /** Can its rows be kept under the Basic plan: cheap to write, paid by query, interactive for 30 days. */
    basicPlan: boolean;
    source: string;
}

const reference = "https://learn.microsoft.com/azure/azure-monitor/reference/tables";

/** Read on 24 November 2026 from MicrosoftDocs/azure-monitor-docs, articles/azure-monitor/reference/tables. */
export const logTables = {
    ContainerLogV2: { basicPlan: true, source: `${reference}/containerlogv2` },
    AKSAuditAdmin: { basicPlan: true, source: `${reference}/aksauditadmin` },
    StorageBlobLogs: { basicPlan: true, source: `${reference}/storagebloblogs` },
    AZKVAuditLogs: { basicPlan: true, source: `${reference}/azkvauditlogs` },
    AKSControlPlane: { basicPlan: true, source: `${reference}/akscontrolplane` },
    DCRLogErrors: { basicPlan: false, source: `${reference}/dcrlogerrors` },
    _LogOperation: { basicPlan: false, source: "https://learn.microsoft.com/azure/azure-monitor/logs/daily-cap" },
} as const satisfies Readonly<Record<string, LogTable>>;

export type LogTableName = keyof typeof logTables;

/**
 * Days of interactive retention of a table under the Basic plan, no more and no less; what is kept longer is an archive.
 * @see https://learn.microsoft.com/azure/azure-monitor/logs/data-retention-configure
 */
export const basicRetentionDays = 30;
