import { roleDefinitions } from "../../../facts/role-definitions";
import { stableGuid } from "../guid";
import { nameOf, sameId } from "../ids";
import { valuesAt } from "../properties";
import { refusal } from "../refusal";
import type { Properties, Request, ResourceType, Stored, Subscription } from "../resource-type";
import { onCreate, onUpdate, onWrite, text } from "./reading";

const builtInRoles = "https://learn.microsoft.com/azure/role-based-access-control/built-in-roles";
const troubleshooting = "https://learn.microsoft.com/azure/role-based-access-control/troubleshooting";
const assignmentsApi = "https://learn.microsoft.com/rest/api/authorization/role-assignments/create";

/**
 * Built-in roles that the platform does not grant itself but an operator may, beside those of facts/role-definitions.
 * @see https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
 */
const furtherRoles = [
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9", // User Access Administrator
    "f58310d9-a9f6-439a-9e8d-f62e7b41a168", // Role Based Access Control Administrator
    "ed7f3fbd-7b88-4dd4-9017-9adb7ce333f8", // Azure Kubernetes Service Contributor Role
    "e40ec5ca-96e0-45a2-b4ff-59039f2c2b59", // Managed Identity Contributor
    "befefa01-2a29-4197-83a8-272ff33ce314", // DNS Zone Contributor
    "a4417e6f-fecd-4de8-b567-7b0420556985", // Key Vault Certificates Officer
    "17d1049b-9a84-46fb-8f53-869881c3d3ab", // Storage Account Contributor
    "0c867c2a-1d8c-454a-a3db-ab2ea1bdc8bb", // Storage File Data SMB Share Contributor
    "c6a89b2d-59bc-44d0-9896-0f6e12d7b80a", // Storage Queue Data Message Sender
    "8a0f0c08-91a1-4084-bc3d-661d67233fed", // Storage Queue Data Message Processor
    "c2f4ef07-c644-48eb-af81-4b1b4947fb11", // AcrDelete
    "6cef56e8-d556-48e5-a04f-b8e64114680f", // AcrImageSigner
    "43d0d8ad-25c7-4714-9337-8ba259a9fe05", // Monitoring Reader
    "749f88d5-cbae-40b8-bcfc-e573ddc772fa", // Monitoring Contributor
    "92aaf0da-9dab-42b6-94a3-d43ce8d16293", // Log Analytics Contributor
    "9980e02c-c2be-4d73-94e8-173b1dc7cf3c", // Virtual Machine Contributor
];
const knownRoles = new Set([...Object.values<string>(roleDefinitions), ...furtherRoles]);

const roleGuid = (value: unknown): string => nameOf(text(value, "roleDefinitionId") ?? "").toLowerCase();
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const roleAssignmentToken = "azure-native:authorization:RoleAssignment";

/** Until a new principal is known everywhere; deployments wait about that long. */
const replicationMilliseconds = 60_000;

/** The resource whose identity, user-assigned or its own, is this principal. */
function holderOf(azure: Subscription, principalId: string): Stored | undefined {
    const own = ({ outputs }: Stored) =>
        ["principalId", "identity.principalId"].flatMap((path) => valuesAt(outputs, path)).includes(principalId);
    return azure.list().find((resource) => resource.token !== roleAssignmentToken && own(resource));
}

const notUpdatable = refusal(
    400,
    "RoleAssignmentUpdateNotPermitted",
    "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
);

const roleAssignment: ResourceType = {
    token: roleAssignmentToken,
    path: "/{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
    name: {
        pattern: guid,
        rule: "The role assignment ID must be a GUID",
        code: "InvalidRoleAssignmentId",
        source: assignmentsApi,
    },
    forceNew: ["principalId", "scope"],
    immutable: [],
    rules: [
        onWrite(`${assignmentsApi} (principalId); code: Azure CLI issues`, ({ inputs }) => {
            const principalId = text(inputs, "principalId") ?? "";
            const message = `The Principal ID '${principalId}' is not valid. Principal ID must be a GUID.`;
            return !guid.test(principalId) && refusal(400, "InvalidPrincipalId", message);
        }),
        onWrite(builtInRoles, ({ inputs }) => {
            const role = roleGuid(inputs);
            const message = `The specified role definition with ID '${role}' does not exist.`;
            return !knownRoles.has(role) && refusal(400, "RoleDefinitionDoesNotExist", message);
        }),
        onCreate(`${troubleshooting} (PrincipalNotFound)`, ({ inputs, azure }) => {
            if (text(inputs, "principalType") !== undefined) return undefined;
            const principalId = text(inputs, "principalId") ?? "";
            const holder = holderOf(azure, principalId);
            if (holder && azure.now() - holder.createdAt >= replicationMilliseconds) return undefined;
            const message = `Principal ${principalId.replaceAll("-", "")} does not exist in the directory ${azure.tenantId}. Check that you have the correct principal ID. If you are creating this principal and then immediately assigning a role, this error might be related to a replication delay. In this case, set the role assignment principalType property to a value, such as ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype`;
            return refusal(400, "PrincipalNotFound", message);
        }),
        onCreate("https://github.com/Azure/modern-web-app-pattern-dotnet/pull/129", ({ inputs, azure }) => {
            const principalId = text(inputs, "principalId") ?? "";
            const asked = text(inputs, "principalType") ?? "ServicePrincipal";
            if (asked === "ServicePrincipal" || !holderOf(azure, principalId)) return undefined;
            const message = `The PrincipalId '${principalId.replaceAll("-", "")}' has type 'ServicePrincipal' , which is different from specified PrinciaplType '${asked}'.`;
            return refusal(400, "UnmatchedPrincipalType", message);
        }),
        onCreate(`${troubleshooting} (role assignment name is not unique)`, ({ azure, id }) => {
            const others = azure.list(roleAssignmentToken).filter((other) => !sameId(other.id, id));
            return others.some((other) => sameId(nameOf(other.id), nameOf(id))) && notUpdatable;
        }),
        onCreate(`${troubleshooting} (RoleAssignmentExists)`, ({ azure, id, inputs }) => {
            const twin = azure.list(roleAssignmentToken).find((other) => {
                const scopes = [other.inputs, inputs].map((value) => scopeOf(value));
                const principals = [other.inputs, inputs].map((value) => text(value, "principalId") ?? "");
                return (
                    !sameId(other.id, id) &&
                    sameId(scopes[0] ?? "", scopes[1] ?? "") &&
                    sameId(principals[0] ?? "", principals[1] ?? "") &&
                    roleGuid(other.inputs) === roleGuid(inputs)
                );
            });
            if (!twin) return undefined;
            const message = `The role assignment already exists. The ID of the existing role assignment is ${nameOf(twin.id).replaceAll("-", "")}.`;
            return refusal(409, "RoleAssignmentExists", message);
        }),
        onUpdate(`${troubleshooting} (RoleAssignmentUpdateNotPermitted)`, ({ inputs }, previous) => {
            const same = (path: string) => sameId(text(inputs, path) ?? "", text(previous.inputs, path) ?? "");
            return !(same("principalId") && roleGuid(inputs) === roleGuid(previous.inputs)) && notUpdatable;
        }),
    ],
    outputs: assignmentOutputs,
};

/** A scope as an id: azure-native takes it with and without the first slash. */
function scopeOf(value: unknown): string {
    return `/${(text(value, "scope") ?? "").replace(/^\/+|\/+$/g, "")}`;
}

function assignmentOutputs({ inputs, azure, previous }: Request): Properties {
    const now = new Date(azure.now()).toISOString();
    const createdBy = stableGuid(azure.tenantId, "operator");
    return {
        scope: scopeOf(inputs),
        principalType: text(inputs, "principalType") ?? "ServicePrincipal",
        createdOn: previous?.outputs.createdOn ?? now,
        updatedOn: now,
        createdBy,
        updatedBy: createdBy,
    };
}

const lockPage = "https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources";

const managementLock: ResourceType = {
    token: "azure-native:authorization:ManagementLockByScope",
    path: "/{scope}/providers/Microsoft.Authorization/locks/{lockName}",
    name: {
        pattern: /^[^<>%&\\?/]{0,89}[^<>%&\\?/. ]$/,
        rule: '1 to 90 characters without "<>%&\\?/"; does not end with "." or a space',
        code: "InvalidLockName",
        source: "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules; code unverified",
    },
    forceNew: [],
    immutable: [],
    rules: [
        onWrite(`${lockPage}; code unverified`, ({ inputs }) => {
            const level = text(inputs, "level") ?? "";
            const message = `The lock level '${level}' is invalid. Valid levels are CanNotDelete and ReadOnly.`;
            return !["CanNotDelete", "ReadOnly"].includes(level) && refusal(400, "InvalidLockLevel", message);
        }),
        onWrite(
            "https://learn.microsoft.com/rest/api/resources/management-locks/create-or-update-by-scope (notes: at most 512 characters); code unverified",
            ({ inputs }) => {
                const length = (text(inputs, "notes") ?? "").length;
                const message = `The lock notes have ${length} characters, at most 512 are allowed.`;
                return length > 512 && refusal(400, "InvalidLockNotes", message);
            },
        ),
    ],
    outputs: () => ({}),
};

export const authorizationTypes: readonly ResourceType[] = [roleAssignment, managementLock];
