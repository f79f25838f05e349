import { isAtOrBelow } from "../../azure/ids";
import type { DataRole, StorageFacts } from "./storage-facts";

/** What somebody wants to do with what lies in an account. */
export interface DataRequest {
    service: "blob" | "queue";
    method: string;
    /** Full id of the account. */
    account: string;
    /** Container or queue; missing for the account as a whole. */
    name?: string;
}

/**
 * Data actions of the built-in roles, as far as they are told apart by the request's method.
 * @see https://learn.microsoft.com/azure/storage/blobs/authorize-access-azure-active-directory
 */
const lets: Readonly<Record<DataRole, { service: DataRequest["service"]; writes: boolean }>> = {
    storageBlobDataReader: { service: "blob", writes: false },
    storageBlobDataContributor: { service: "blob", writes: true },
    storageBlobDataOwner: { service: "blob", writes: true },
    storageQueueDataContributor: { service: "queue", writes: true },
};

/** Does a role assignment of the principal let it, at the container or above? */
export function mayDo(principalId: string, request: DataRequest, { roleAssignments }: StorageFacts): boolean {
    const { service, method, account, name } = request;
    const parts = { blob: "blobServices/default/containers", queue: "queueServices/default/queues" };
    const asked = name === undefined ? account : `${account}/${parts[service]}/${name}`;
    const reads = method === "GET" || method === "HEAD";
    return roleAssignments.some(
        ({ principalId: holder, role, scope }) =>
            holder.toLowerCase() === principalId.toLowerCase() &&
            lets[role].service === service &&
            (reads || lets[role].writes) &&
            isAtOrBelow(asked, scope),
    );
}
