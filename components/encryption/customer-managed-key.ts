import * as pulumi from "@pulumi/pulumi";
import type { ManagedIdentity } from "./managed-identity";

/** A key of ours with an identity that may use it. Reads the same in every component that encrypts. */
export interface CustomerManagedKey {
    /** URL without a version: whoever takes it follows rotation. */
    keyUri: pulumi.Output<string>;
    /** URL of one version, for the few who take no other: disk encryption sets and the cluster's secrets. */
    keyUriWithVersion: pulumi.Output<string>;
    /** URL of the vault, with a closing slash. */
    vaultUri: pulumi.Output<string>;
    keyName: pulumi.Output<string>;
    /** Full resource id of the vault. */
    vaultId: pulumi.Output<string>;
    /** Full resource id of the key; roles on it are given there. Undefined for a managed HSM, which has roles of its own. */
    keyId: pulumi.Output<string> | undefined;
    identity: ManagedIdentity;
}

/** A key that is already there, such as a managed HSM's. */
export interface ExistingKey {
    /** URL with a version, e.g. `https://corp.managedhsm.azure.net/keys/ml/0123...`. */
    keyUriWithVersion: string;
    /** Full resource id of the vault or managed HSM. */
    vaultId: string;
    /** An identity that may already get, wrap and unwrap the key: its roles are kept where the key is. */
    identity: { id: string; clientId: string; principalId: string };
}

/** Takes a key that is already there instead of making one. @throws Error naming every fault of the description. */
export function existingKey(field: string, existing: ExistingKey): CustomerManagedKey {
    const faults = existingKeyFaults(field, existing);
    if (faults.length > 0) throw new Error(faults.join("; "));
    const { keyUriWithVersion, vaultId, identity } = existing;
    const url = new URL(keyUriWithVersion);
    const [, , keyName = ""] = url.pathname.split("/");
    return {
        keyUri: pulumi.output(`${url.origin}/keys/${keyName}`),
        keyUriWithVersion: pulumi.output(keyUriWithVersion),
        vaultUri: pulumi.output(`${url.origin}/`),
        keyName: pulumi.output(keyName),
        vaultId: pulumi.output(vaultId),
        keyId: isManagedHsm(vaultId) ? undefined : pulumi.output(`${vaultId}/keys/${keyName}`),
        identity: {
            id: pulumi.output(identity.id),
            clientId: pulumi.output(identity.clientId),
            principalId: pulumi.output(identity.principalId),
        },
    };
}

const isManagedHsm = (vaultId: string): boolean => /\/managedHSMs\//i.test(vaultId);

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** What is wrong with the description of a key; empty when nothing is. */
export function existingKeyFaults(field: string, { keyUriWithVersion, vaultId, identity }: ExistingKey): string[] {
    const host = isManagedHsm(vaultId) ? "managedhsm" : "vault";
    const url = new RegExp(`^https://[a-z0-9-]+\\.${host}\\.azure\\.net/keys/[A-Za-z0-9-]+/[0-9a-f]{32}$`);
    const checks: [boolean, string][] = [
        [
            url.test(keyUriWithVersion),
            `keyUriWithVersion must be https://<name>.${host}.azure.net/keys/<key>/<version>, got "${keyUriWithVersion}"`,
        ],
        [
            /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.KeyVault\/(vaults|managedHSMs)\/[^/]+$/i.test(
                vaultId,
            ),
            `vaultId must be the full id of a vault or managed HSM, got "${vaultId}"`,
        ],
        [
            /\/providers\/Microsoft\.ManagedIdentity\/userAssignedIdentities\/[^/]+$/i.test(identity.id),
            `identity.id must be the full id of a user-assigned identity, got "${identity.id}"`,
        ],
        [guid.test(identity.clientId), `identity.clientId must be a GUID, got "${identity.clientId}"`],
        [guid.test(identity.principalId), `identity.principalId must be a GUID, got "${identity.principalId}"`],
    ];
    return checks.filter(([holds]) => !holds).map(([, fault]) => `${field}.${fault}`);
}
