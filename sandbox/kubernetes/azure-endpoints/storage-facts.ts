import { roleDefinitions } from "../../../facts/role-definitions";
import type { Azure } from "../../azure/azure";
import { nameOf } from "../../azure/ids";
import { text } from "../../azure/types/reading";

const dataRoles = [
    ...(["storageBlobDataReader", "storageBlobDataContributor", "storageBlobDataOwner"] as const),
    "storageQueueDataContributor",
] as const;
/** A built-in role of Azure that holds for what lies in storage. */
export type DataRole = (typeof dataRoles)[number];

/** What the sandbox's Azure says of storage, for the process that plays what lies in it. */
export interface StorageFacts {
    /** Full ids. */
    accounts: readonly string[];
    containers: readonly string[];
    roleAssignments: readonly { principalId: string; role: DataRole; scope: string }[];
}

export function storageFacts(azure: Azure): StorageFacts {
    const ids = (token: string): string[] => azure.list(token).map(({ id }) => id);
    return {
        accounts: ids("azure-native:storage:StorageAccount"),
        containers: ids("azure-native:storage:BlobContainer"),
        roleAssignments: azure.list("azure-native:authorization:RoleAssignment").flatMap(({ inputs }) => {
            const [principalId, scope] = [text(inputs, "principalId"), text(inputs, "scope")];
            const role = roleOf(text(inputs, "roleDefinitionId") ?? "");
            return principalId === undefined || scope === undefined || !role ? [] : [{ principalId, role, scope }];
        }),
    };
}

function roleOf(roleDefinitionId: string): DataRole | undefined {
    return dataRoles.find((role) => roleDefinitionId.toLowerCase().endsWith(`/${roleDefinitions[role]}`));
}

/** The account of that name. */
export const accountIn = ({ accounts }: StorageFacts, name: string): string | undefined =>
    accounts.find((id) => nameOf(id) === name);
