/** A table that Azure itself writes. */
export interface LogTable {
    plans: readonly ("Analytics" | "Basic" | "Auxiliary")[];
    /** Columns beside those of every table, as far as queries read them. */
    columns: readonly string[];
}

const every = ["Analytics", "Basic", "Auxiliary"] as const;
const upToBasic = ["Analytics", "Basic"] as const;

/** Columns of every table. @see https://learn.microsoft.com/azure/azure-monitor/logs/log-standard-columns */
export const standardColumns = [
    ...["TimeGenerated", "Type", "TenantId", "SourceSystem", "_ResourceId", "_SubscriptionId"],
    ...["_IsBillable", "_BilledSize"],
];

/**
 * Tables of Azure's own services that the sandbox knows, with the plans that each takes.
 * @see https://learn.microsoft.com/azure/azure-monitor/reference/tables-index
 */
export const logTables: Readonly<Record<string, LogTable>> = {
    AKSAuditAdmin: { plans: upToBasic, columns: ["Level", "RequestUri", "User", "Verb"] },
    AKSControlPlane: { plans: upToBasic, columns: ["Category", "Level", "Message", "PodName", "Stream"] },
    AZKVAuditLogs: {
        plans: upToBasic,
        columns: ["CallerIPAddress", "DurationMs", "Id", "OperationName", "ResultSignature", "ResultType"],
    },
    ContainerLogV2: {
        plans: upToBasic,
        columns: ["Computer", "ContainerName", "LogMessage", "LogSource", "PodName", "PodNamespace"],
    },
    DCRLogErrors: {
        plans: ["Analytics"],
        columns: ["ClientRequestId", "CorrelationId", "InputStreamId", "Message", "OperationName"],
    },
    StorageBlobLogs: { plans: every, columns: ["AccountName", "CallerIpAddress", "OperationName", "StatusCode"] },
    _LogOperation: { plans: ["Analytics"], columns: ["Category", "Detail", "Level", "Operation"] },
};

/** Names of tables that users, search jobs and restores make; all others are Azure's. */
export const isOwnTable = (name: string): boolean => /_(CL|SRCH|RST)$/.test(name);
