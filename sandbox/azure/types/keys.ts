import { roleDefinitions } from "../../../facts/role-definitions";
import { nameOf, sameId } from "../ids";
import { valuesAt } from "../properties";
import type { Stored, Subscription } from "../resource-type";
import { text, texts } from "./reading";

export const vaultToken = "azure-native:keyvault:Vault";
export const keyToken = "azure-native:keyvault:Key";

/** Roles whose holders may do what a consumer of a key does with it. */
const rolesFor = {
    // https://learn.microsoft.com/azure/key-vault/general/rbac-guide lists the data actions of each role.
    wrap: [
        roleDefinitions.keyVaultCryptoServiceEncryptionUser,
        roleDefinitions.keyVaultCryptoUser,
        roleDefinitions.keyVaultCryptoOfficer,
        roleDefinitions.keyVaultAdministrator,
    ],
    // Crypto Service Encryption User wraps and unwraps only; encrypting and decrypting takes Crypto User.
    encrypt: [
        roleDefinitions.keyVaultCryptoUser,
        roleDefinitions.keyVaultCryptoOfficer,
        roleDefinitions.keyVaultAdministrator,
    ],
} as const;

/** The parts of a key's URL. */
export interface KeyUri {
    vaultUri: string;
    name: string;
    version?: string;
}

/** Takes `https://vault.vault.azure.net/keys/name[/version]` apart. */
export function parseKeyUri(uri: string): KeyUri | undefined {
    const match = /^(https:\/\/[^/]+)\/keys\/([A-Za-z0-9-]{1,127})(?:\/([0-9a-f]{32}))?\/?$/.exec(uri);
    const [, vaultUri, name, version] = match ?? [];
    if (vaultUri === undefined || name === undefined) return undefined;
    return { vaultUri: `${vaultUri.toLowerCase()}/`, name, ...(version === undefined ? {} : { version }) };
}

/** `https://vault.vault.azure.net/` of a vault. */
export function vaultUri(vaultId: string): string {
    return `https://${nameOf(vaultId).toLowerCase()}.vault.azure.net/`;
}

/** The vault of this subscription that answers at a URL. */
export function findVault(azure: Subscription, uri: string): Stored | undefined {
    const wanted = uri.toLowerCase().replace(/\/*$/, "/");
    return azure.list(vaultToken).find((vault) => vaultUri(vault.id) === wanted);
}

/** A consumer's wish to use a key. */
export interface KeyUse {
    uri: string;
    /** Object id of the consumer's identity; undefined when it has none. */
    principalId: string | undefined;
    operation: keyof typeof rolesFor;
    /** A private endpoint of the consumer's own reaches the vault, so that its firewall does not matter. */
    privately?: boolean;
    /** The consumer takes keys of vaults without purge protection too. */
    unprotected?: boolean;
}

/** Why a key cannot be used; each consumer has its own words and code for it. */
export interface KeyFault {
    kind: "malformed" | "noVault" | "unprotected" | "noKey" | "disabled" | "notRsa" | "firewall" | "forbidden";
    text: string;
}

/**
 * What stands between a consumer and a key, if anything. A managed HSM's key (`*.managedhsm.azure.net`) is taken as it
 * is: the sandbox has no managed HSM to ask.
 * @see https://learn.microsoft.com/azure/key-vault/general/overview-vnet-service-endpoints#trusted-services
 */
export function keyFault(azure: Subscription, use: KeyUse): KeyFault | undefined {
    const parts = parseKeyUri(use.uri);
    if (!parts) return { kind: "malformed", text: `'${use.uri}' is not a key identifier` };
    if (parts.vaultUri.endsWith(".managedhsm.azure.net/")) return undefined;
    const vault = findVault(azure, parts.vaultUri);
    if (!vault) return { kind: "noVault", text: `the key vault '${parts.vaultUri}' was not found` };
    if (!use.unprotected && !protectedFromPurge(vault)) {
        return { kind: "unprotected", text: `the key vault '${nameOf(vault.id)}' has no purge protection` };
    }
    const key = azure.find(`${vault.id}/keys/${parts.name}`);
    const versions = key && [text(key.outputs, "keyUriWithVersion"), ...texts(key.outputs, "previousVersions")];
    const known = parts.version === undefined || versions?.some((uri) => uri?.endsWith(`/${parts.version ?? ""}`));
    if (!key || known !== true) return { kind: "noKey", text: `the key '${use.uri}' was not found` };
    if (valuesAt(key.outputs, "attributes.enabled")[0] === false) {
        return { kind: "disabled", text: `the key '${use.uri}' is disabled` };
    }
    const kty = text(key.outputs, "kty") ?? text(key.inputs, "properties.kty") ?? "RSA";
    if (!kty.startsWith("RSA")) return { kind: "notRsa", text: `the key '${use.uri}' is of type ${kty}, not RSA` };
    if (!use.privately && closedTo(vault)) {
        return {
            kind: "firewall",
            text: `the firewall of the key vault '${nameOf(vault.id)}' does not let the caller in`,
        };
    }
    return use.principalId !== undefined && mayUse(azure, vault, key, use.principalId, use.operation)
        ? undefined
        : { kind: "forbidden", text: `the identity may not ${use.operation} with the key '${use.uri}'` };
}

export function protectedFromPurge(vault: Stored): boolean {
    return valuesAt(vault.outputs, "properties.enablePurgeProtection")[0] === true;
}

/** Are trusted Azure services shut out? The bypass holds with public access disabled too. */
function closedTo(vault: Stored): boolean {
    const open = text(vault.outputs, "properties.publicNetworkAccess") !== "Disabled";
    const allowed = text(vault.outputs, "properties.networkAcls.defaultAction") !== "Deny";
    const bypass = text(vault.outputs, "properties.networkAcls.bypass") ?? "AzureServices";
    return !(open && allowed) && bypass !== "AzureServices";
}

/** Is the vault reached from any network, with no firewall in the way? */
export function openToAll(vault: Stored): boolean {
    const open = text(vault.outputs, "properties.publicNetworkAccess") !== "Disabled";
    return open && text(vault.outputs, "properties.networkAcls.defaultAction") !== "Deny";
}

function mayUse(azure: Subscription, vault: Stored, key: Stored, principalId: string, operation: KeyUse["operation"]) {
    if (valuesAt(vault.outputs, "properties.enableRbacAuthorization")[0] === true) {
        return azure.hasRole(principalId, rolesFor[operation], key.id);
    }
    const needed = operation === "wrap" ? ["get", "wrapkey", "unwrapkey"] : ["encrypt", "decrypt"];
    const policies = valuesAt(vault.outputs, "properties.accessPolicies.[]");
    return policies.some((policy) => {
        const granted = texts(policy, "permissions.keys").map((permission) => permission.toLowerCase());
        return sameId(text(policy, "objectId") ?? "", principalId) && needed.every((one) => granted.includes(one));
    });
}
