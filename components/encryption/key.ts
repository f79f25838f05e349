import { Key as AzureKey } from "@pulumi/azure-native/keyvault/key";
import * as pulumi from "@pulumi/pulumi";
import { accessRow, type AccessRowName } from "../../facts/access-table";
import { Access } from "../governance/access";
import { resourceName } from "../names";
import { renamedOptions, shown } from "../options";
import type { Placement } from "../placement";
import { refuse, refuseChanges } from "../refuse";
import { isoDays, wholeNumberFault } from "../units";
import type { CustomerManagedKey } from "./customer-managed-key";
import { managedIdentity } from "./managed-identity";
import type { Vault } from "./vault";

/** What has a key of its own: rows `key-...` of the access table. */
export type KeyUse = AccessRowName extends infer Row ? (Row extends `key-${infer Use}` ? Use : never) : never;

/** A key made here: roles on it can be given. */
export type OwnKey = CustomerManagedKey & { keyId: pulumi.Output<string> };

/** Arguments of {@link Key}. */
export interface KeyArgs extends Placement {
    vault: Vault;
    /** What the key encrypts; part of the names of key and identity. */
    use: KeyUse;
    /** `RSA-HSM` lives in hardware, for which the vault must be premium. */
    type: "RSA" | "RSA-HSM";
    sizeBits: 3072 | 4096;
    /** Days after which a new version of the key is made, 7 to `expiryDays` - 7. */
    rotationDays: number;
    /** Days a version is valid, 28 to 3650. */
    expiryDays: number;
    /** Tells several of one use apart; part of the names of key and identity. @default - the only one */
    instance?: string;
    /** Part of the key's name; counts up for a new key in place of one that cannot be changed. @default 1 */
    generation?: number;
    /** How long to wait for the identity's role to apply, in seconds. */
    rolePropagationSeconds: number;
}

/**
 * Customer-managed key with the identity that may use it, and nothing else. Services wrap a data key of their own with it;
 * the cluster's KMS plugin encrypts with it. Its identity's role, a row of the access table, says which. What it hands out resolves once the
 * identity's role applies: a service that tries the key earlier is refused, and some are then stuck.
 * @see https://learn.microsoft.com/azure/key-vault/keys/about-keys
 * @throws pulumi.ResourceError naming every argument that is out of range.
 */
export class Key extends pulumi.ComponentResource {
    readonly key: OwnKey;

    constructor(name: string, args: KeyArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:encryption:Key", name, shown(args), opts);
        const { naming, location, resourceGroupName, tags, vault, use, type, sizeBits, generation = 1 } = args;
        const row = `key-${use}` as const;
        const keyOps = accessRow(row).role === "keyVaultCryptoUser" ? ["encrypt", "decrypt"] : ["wrapKey", "unwrapKey"];
        refuse(this, keyFaults(args));
        const parts = [use, args.instance, generation === 1 ? undefined : String(generation)];
        const instance = parts.filter((part) => part !== undefined).join("-");
        const keyName = resourceName("key", { ...naming, location, instance });

        const key = new AzureKey(
            name,
            {
                ...{ keyName, vaultName: vault.vaultName, resourceGroupName, tags },
                properties: {
                    kty: type,
                    keySize: sizeBits,
                    keyOps,
                    attributes: { enabled: true },
                    rotationPolicy: {
                        attributes: { expiryTime: isoDays(args.expiryDays) },
                        lifetimeActions: [
                            { action: { type: "rotate" }, trigger: { timeAfterCreate: isoDays(args.rotationDays) } },
                        ],
                    },
                },
            },
            renamedOptions(this, "keyvault:Key", {
                ...refuseChanges(name, frozen),
                // Resource Manager makes keys and never changes one: it answers such a request with the key as it is.
                // So tags stay as they were made, and everything else is refused.
                ignoreChanges: ["tags"],
                dependsOn: [vault.resource],
            }),
        );
        const identity = managedIdentity(`${name}-identity`, instance, args, this);
        const access = new Access(
            `${name}-access`,
            {
                ...{ row, scope: key.id, principalId: identity.principalId },
                subscriptionId: naming.subscriptionId,
                propagationSeconds: args.rolePropagationSeconds,
            },
            { parent: this },
        );

        const usable = <T>(output: pulumi.Output<T>): pulumi.Output<T> =>
            pulumi.all([output, access.ready]).apply(([value]) => value as T);
        this.key = {
            keyUri: usable(key.keyUri),
            keyUriWithVersion: usable(key.keyUriWithVersion),
            vaultUri: usable(vault.trustedUri),
            keyName: usable(key.name),
            vaultId: vault.vaultId,
            keyId: key.id,
            identity,
        };
        this.registerOutputs({ keyUri: this.key.keyUri });
    }
}

function keyFaults({ vault, type, rotationDays, expiryDays }: KeyArgs): (string | false | undefined)[] {
    // A rotation must lie at least a week from both ends of the key's life:
    // https://learn.microsoft.com/azure/key-vault/keys/how-to-configure-key-rotation
    return [
        type === "RSA-HSM" && !vault.hardware && `type "RSA-HSM" needs a premium vault, got a standard one`,
        wholeNumberFault("expiryDays", expiryDays, 28, 3650),
        wholeNumberFault("rotationDays", rotationDays, 7, Math.max(7, expiryDays - 7)),
    ];
}

const instead = "Resource Manager never changes a key; raise the key's generation for a new one";
const frozen = ["properties.kty", "properties.keySize", "properties.keyOps", "properties.rotationPolicy"].map(
    (path) => ({
        path,
        instead,
    }),
);
