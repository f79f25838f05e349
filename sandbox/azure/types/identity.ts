import { stableGuid } from "../guid";
import { isAtOrBelow, parentId, sameId } from "../ids";
import { refusal } from "../refusal";
import type { Properties, Request, ResourceType, Stored } from "../resource-type";
import { authorizationTypes } from "./authorization";
import { regional, tagged } from "./common-rules";
import { onCreate, onWrite, text, texts } from "./reading";

const considerations = "https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations";
const identityPath =
    "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}";

const userAssignedIdentity: ResourceType = {
    token: "azure-native:managedidentity:UserAssignedIdentity",
    path: identityPath,
    name: {
        pattern: /^[A-Za-z0-9][A-Za-z0-9_-]{2,127}$/,
        rule: '3 to 128 letters, digits, "-" or "_"; begins with a letter or digit',
        code: "InvalidResourceName",
        source: "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules; code unverified",
    },
    // From `x-ms-mutability` in the specification: location can be read and given at creation only.
    forceNew: ["location"],
    immutable: [],
    rules: [...regional, tagged],
    outputs: principal,
};

/**
 * An identity that is made again is another principal: its roles do not come back, and a role assignment of the same
 * name is refused. So the ids depend on the moment of creation too.
 */
function principal({ id, azure, previous }: Request): Properties {
    if (previous) {
        const { clientId, principalId, tenantId } = previous.outputs;
        return { clientId, principalId, tenantId };
    }
    const made = String(azure.now());
    return {
        clientId: stableGuid(id, `client ${made}`),
        principalId: stableGuid(id, `principal ${made}`),
        tenantId: azure.tenantId,
    };
}

const federatedToken = "azure-native:managedidentity:FederatedIdentityCredential";
/** Per identity. */
const maxCredentials = 20;

function siblings({ azure, id }: Request): Stored[] {
    const identity = parentId(id) ?? "";
    return azure.list(federatedToken).filter((other) => isAtOrBelow(other.id, identity) && !sameId(other.id, id));
}

const federatedIdentityCredential: ResourceType = {
    token: federatedToken,
    path: `${identityPath}/federatedIdentityCredentials/{federatedIdentityCredentialResourceName}`,
    name: {
        pattern: /^[A-Za-z0-9][A-Za-z0-9_-]{2,119}$/,
        rule: '3 to 120 letters, digits, "-" or "_"; begins with a letter or digit',
        code: "BadRequest",
        source: `${considerations}#errors; code unverified`,
    },
    forceNew: [],
    immutable: [],
    rules: [
        {
            on: ["create", "update", "delete"],
            source: "https://github.com/Azure/bicep-registry-modules/issues/1447",
            refuse: ({ azure, id }) => {
                const identity = parentId(id) ?? "";
                const running = azure.inProgress(identity).filter((other) => !sameId(other, id));
                if (!running.some((other) => !sameId(other, identity))) return undefined;
                return refusal(
                    409,
                    "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity",
                    `Too many Federated Identity Credentials are written concurrently for the managed identity '${identity}'. Concurrent Federated Identity Credentials writes under the same managed identity are not supported.`,
                );
            },
        },
        onWrite(`${considerations}#errors; code unverified`, ({ inputs }) => {
            const complete = text(inputs, "issuer") !== undefined && text(inputs, "subject") !== undefined;
            const message = "Federated Identity Credential from HTTP body has empty properties";
            return !complete && refusal(400, "BadRequest", message);
        }),
        onWrite(`${considerations}#errors; code unverified`, ({ inputs }) => {
            const message = "Federated identity credentials must have exactly one audience.";
            return texts(inputs, "audiences").length !== 1 && refusal(400, "BadRequest", message);
        }),
        onWrite(`${considerations} (issuer is a URL); code unverified`, ({ inputs }) => {
            const issuer = text(inputs, "issuer") ?? "";
            const message = `Federated Identity Credential issuer '${issuer}' is not a valid HTTPS URL.`;
            return !/^https:\/\/[^\s/]+/.test(issuer) && refusal(400, "BadRequest", message);
        }),
        onWrite(
            `${considerations} (issuer, subject and audience: 600 characters each); code unverified`,
            ({ inputs }) => {
                const all = [text(inputs, "issuer"), text(inputs, "subject"), ...texts(inputs, "audiences")];
                const long = all.find((value = "") => value.length > 600);
                return (
                    long !== undefined &&
                    refusal(
                        400,
                        "BadRequest",
                        `Federated Identity Credential value '${long.slice(0, 40)}...' is too long.`,
                    )
                );
            },
        ),
        onWrite(`${considerations}#errors; https://github.com/Azure/bicep-types-az/issues/2029`, (request) => {
            const same = (path: string, other: Stored) => text(other.inputs, path) === text(request.inputs, path);
            const taken = siblings(request).some((other) => same("issuer", other) && same("subject", other));
            const message = "Issuer and subject combination already exists for this Managed Identity.";
            return taken && refusal(409, "Conflict", message);
        }),
        onCreate(`${considerations} (at most ${maxCredentials}); code unverified`, (request) => {
            const message = `Too many Federated Identity Credentials: at most ${maxCredentials} per managed identity.`;
            return siblings(request).length >= maxCredentials && refusal(400, "BadRequest", message);
        }),
    ],
    outputs: () => ({}),
};

export const identityTypes: readonly ResourceType[] = [
    userAssignedIdentity,
    federatedIdentityCredential,
    ...authorizationTypes,
];
