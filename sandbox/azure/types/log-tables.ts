/** A table that Azure itself writes. */
export interface LogTable {
    plans: readonly ("Analytics" | "Basic" | "Auxiliary")[];
}

const every = ["Analytics", "Basic", "Auxiliary"] as const;
const upToBasic = ["Analytics", "Basic"] as const;

/**
 * Tables of Azure's own services that the sandbox knows, with the plans that each takes.
 * @see https://learn.microsoft.com/azure/azure-monitor/reference/tables-index
 */
export const logTables: Readonly<Record<string, LogTable>> = {
    AKSAuditAdmin: { plans: upToBasic },
    AZKVAuditLogs: { plans: upToBasic },
    ContainerLogV2: { plans: upToBasic },
    StorageBlobLogs: { plans: every },
};

/** Names of tables that users, search jobs and restores make; all others are Azure's. */
export const isOwnTable = (name: string): boolean => /_(CL|SRCH|RST)$/.test(name);
