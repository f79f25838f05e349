import type { StorageAccountArgs } from "@pulumi/azure-native/storage/storageAccount";
import * as pulumi from "@pulumi/pulumi";
import type { CustomerManagedKey } from "../encryption/customer-managed-key";
import type { Frozen } from "../refuse";
import type { Immutability, StorageFeatures } from "./features";

type Settings = Omit<StorageAccountArgs, "accountName" | "resourceGroupName" | "location" | "tags">;

/** What every account of ours has in common, and what its features add. */
export function accountSettings(
    features: StorageFeatures,
    key: CustomerManagedKey,
    openTo: readonly string[] = [],
): Settings {
    const account = { enabled: true, keyType: "Account" };
    return {
        kind: "StorageV2",
        sku: { name: `Standard_${features.redundancy}` },
        accessTier: "Hot",
        isHnsEnabled: features.hierarchicalNamespace ?? false,

        allowSharedKeyAccess: false,
        defaultToOAuthAuthentication: true,
        isLocalUserEnabled: false,
        isSftpEnabled: false,
        allowBlobPublicAccess: false,
        allowCrossTenantReplication: false,
        allowedCopyScope: "AAD",
        publicNetworkAccess: openTo.length > 0 ? "Enabled" : "Disabled",
        // Stated in full: azure-native resets a rule set that is left out to the weakest one.
        networkRuleSet: {
            ...{ defaultAction: "Deny", bypass: features.trustsAzureServices === true ? "AzureServices" : "None" },
            ...{ ipRules: entries(openTo), virtualNetworkRules: [] },
        },
        minimumTlsVersion: "TLS1_2",
        enableHttpsTrafficOnly: true,

        identity: { type: "UserAssigned", userAssignedIdentities: [key.identity.id] },
        encryption: {
            keySource: "Microsoft.Keyvault",
            // No version, so that the account follows rotation.
            keyVaultProperties: { keyName: key.keyName, keyVaultUri: key.vaultUri },
            encryptionIdentity: { encryptionUserAssignedIdentity: key.identity.id },
            requireInfrastructureEncryption: true,
            // Queues and tables follow our key only if they are told so when the account is made:
            // https://learn.microsoft.com/azure/storage/common/account-encryption-key-create
            services: { blob: account, file: account, queue: account, table: account },
        },
        ...(features.immutability && { immutableStorageWithVersioning: immutable(features.immutability) }),
    };
}

const entries = (addresses: readonly string[]): { iPAddressOrRange: string; action: "Allow" }[] =>
    addresses.map((iPAddressOrRange) => ({ iPAddressOrRange, action: "Allow" }));

/** On the account and not per container: a container's policy is locked by a call that no deployment can make. */
function immutable({ retentionDays, locked }: Immutability): StorageAccountArgs["immutableStorageWithVersioning"] {
    return {
        enabled: true,
        immutabilityPolicy: {
            immutabilityPeriodSinceCreationInDays: retentionDays,
            state: locked ? "Locked" : "Unlocked",
            // The ledger grows by appending, which an immutable blob must allow for.
            allowProtectedAppendWrites: true,
        },
    };
}

const fresh = "copy the data to another account and raise the generation, which makes a new one and deletes this one";

/** What Azure never changes on an account that is there. */
export const frozen: readonly Frozen[] = [
    { path: "location", instead: fresh },
    { path: "kind", instead: fresh },
    // Some conversions are possible, as a request of their own that takes days:
    // https://learn.microsoft.com/azure/storage/common/redundancy-migration
    { path: "sku.name", instead: `ask Azure for a conversion and state the outcome here, or ${fresh}` },
    { path: "isHnsEnabled", instead: fresh },
    { path: "encryption.requireInfrastructureEncryption", instead: fresh },
    { path: "encryption.services.queue.keyType", instead: fresh },
    { path: "encryption.services.table.keyType", instead: fresh },
    { path: "immutableStorageWithVersioning.enabled", instead: fresh },
    { path: "enableNfsV3", instead: fresh },
    { path: "dnsEndpointType", instead: fresh },
];

/** The same for a container. */
export const frozenInContainer: readonly Frozen[] = [
    { path: "defaultEncryptionScope", instead: "copy what it holds into a container of another name" },
    { path: "immutableStorageWithVersioning.enabled", instead: "copy what it holds into a container of another name" },
];

const policyPath = "immutableStorageWithVersioning.immutabilityPolicy";

/**
 * Resource option that refuses what cannot be done with a locked policy, in the preview already. Azure makes a policy
 * unlocked and then locks it, and there is no way back: so locking is a change of its own, which people can see and
 * sign. After that it can be made longer and nothing else.
 * @see https://learn.microsoft.com/azure/storage/blobs/immutable-time-based-retention-policy-overview
 */
export function guardPolicy(name: string): Pick<pulumi.CustomResourceOptions, "hooks"> {
    const refuseLocked: pulumi.ResourceHookFunction = ({ newInputs }) => {
        if (policyOf(newInputs).state === "Locked")
            throw new Error(
                `${name}: ${policyPath}.state must be Unlocked when the account is made, got Locked; lock it in a change of its own`,
            );
    };
    const keepLocked: pulumi.ResourceHookFunction = ({ oldInputs, newInputs }) => {
        const [before, after] = [policyOf(oldInputs), policyOf(newInputs)];
        if (before.state !== "Locked") return;
        const days = "immutabilityPeriodSinceCreationInDays";
        const kept = ["state", "allowProtectedAppendWrites"].every((field) => before[field] === after[field]);
        if (!kept || Number(after[days]) < Number(before[days]))
            throw new Error(
                `${name}: ${policyPath} is locked, it can be made longer and nothing else, got ${show(before)} -> ${show(after)}`,
            );
    };
    const hook = (suffix: string, check: pulumi.ResourceHookFunction): pulumi.ResourceHook =>
        new pulumi.ResourceHook(`${name}-${suffix}`, check, { onDryRun: true });
    return {
        hooks: {
            beforeCreate: [hook("locked-creation", refuseLocked)],
            beforeUpdate: [hook("locked-policy", keepLocked)],
        },
    };
}

/** The account's policy in inputs that the engine hands over untyped. */
function policyOf(inputs: Record<string, unknown> | undefined): Record<string, unknown> {
    const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
    const found = policyPath
        .split(".")
        .reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), inputs);
    return isRecord(found) ? found : {};
}

const show = (policy: Record<string, unknown>): string => JSON.stringify(policy);
