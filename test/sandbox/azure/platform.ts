import { roleDefinitionId } from "../../../facts/role-definitions";
import type { RoleName } from "../../../facts/role-definitions";
import { Azure, sandboxSubscriptionId, sandboxTenantId } from "../../../sandbox/azure/azure";
import { ManualClock } from "../../../sandbox/azure/clock";
import { stableGuid } from "../../../sandbox/azure/guid";
import { isObject, valueAt } from "../../../sandbox/azure/properties";
import type { Properties, Stored } from "../../../sandbox/azure/resource-type";

export const group = "rg-ml";
export const groupId = `/subscriptions/${sandboxSubscriptionId}/resourceGroups/${group}`;
export const location = "swedencentral";
export const networkId = `${groupId}/providers/Microsoft.Network/virtualNetworks/vnet`;
export const idOf = (path: string): string => `${groupId}/providers/${path}`;
export const subnetId = (name: string): string => `${networkId}/subnets/${name}`;

/** An identity as consumers of it are given it. */
export interface Identity {
    id: string;
    clientId: string;
    principalId: string;
}

const defaults: Readonly<Record<string, Properties>> = {
    "network:VirtualNetwork": {
        location,
        virtualNetworkName: "vnet",
        addressSpace: { addressPrefixes: ["10.1.0.0/16"] },
    },
    "network:Subnet": { virtualNetworkName: "vnet" },
    "keyvault:Vault": {
        location,
        vaultName: "kv-ml-dev-1",
        properties: {
            tenantId: sandboxTenantId,
            sku: { family: "A", name: "premium" },
            enableRbacAuthorization: true,
            enablePurgeProtection: true,
            softDeleteRetentionInDays: 7,
            publicNetworkAccess: "Disabled",
            networkAcls: { defaultAction: "Deny", bypass: "AzureServices" },
        },
    },
    "keyvault:Key": { vaultName: "kv-ml-dev-1", keyName: "key", properties: { kty: "RSA-HSM", keySize: 3072 } },
    "compute:DiskEncryptionSet": { location, diskEncryptionSetName: "des" },
    "containerregistry:Registry": { location, registryName: "crmldev1", sku: { name: "Premium" } },
    "storage:StorageAccount": { location, accountName: "stmldev1", kind: "StorageV2", sku: { name: "Standard_ZRS" } },
    "storage:BlobServiceProperties": { accountName: "stmldev1", blobServicesName: "default" },
    "storage:FileServiceProperties": { accountName: "stmldev1", fileServicesName: "default" },
    "storage:BlobContainer": { accountName: "stmldev1", containerName: "models" },
    "storage:BlobContainerImmutabilityPolicy": {
        accountName: "stmldev1",
        containerName: "models",
        immutabilityPolicyName: "default",
        immutabilityPeriodSinceCreationInDays: 30,
    },
    "storage:ManagementPolicy": { accountName: "stmldev1", managementPolicyName: "default" },
    "containerservice:MaintenanceConfiguration": { resourceName: "aks" },
};

/** `over` on top of `base`, object by object; undefined takes away what was there. */
export function layered(base: Properties, over: Properties): Properties {
    const all = { ...base, ...over };
    const pairs = Object.entries(all).map(([key, value]): [string, unknown] => {
        const below = base[key];
        return [key, isObject(below) && isObject(value) ? layered(below, value) : value];
    });
    return Object.fromEntries(pairs.filter(([, value]) => value !== undefined));
}

/** A subscription with a group, and short ways to what a machine-learning platform is made of. */
export class Platform {
    readonly clock = new ManualClock(Date.UTC(2026, 10, 23));
    readonly azure = Azure.open({ store: ":memory:", clock: this.clock });

    static async open(): Promise<Platform> {
        const platform = new Platform();
        await platform.azure.put("azure-native:resources:ResourceGroup", { resourceGroupName: group, location });
        return platform;
    }

    /** Puts a resource of a kind (`keyvault:Vault`): what is usual of it, with `over` on top, object by object. */
    put(kind: string, over: Properties = {}): Promise<Stored> {
        const inputs = layered({ resourceGroupName: group, ...defaults[kind] }, over);
        return this.azure.put(`azure-native:${kind}`, inputs);
    }

    async identity(name: string): Promise<Identity> {
        const { id, outputs } = await this.put("managedidentity:UserAssignedIdentity", {
            location,
            resourceName: name,
        });
        return { id, clientId: String(outputs.clientId), principalId: String(outputs.principalId) };
    }

    /** Grants a role and waits until it works. */
    async grant({ principalId }: Identity, role: RoleName, scope: string, seconds = 61): Promise<void> {
        await this.azure.put("azure-native:authorization:RoleAssignment", {
            scope,
            principalId,
            principalType: "ServicePrincipal",
            roleAssignmentName: stableGuid(scope, principalId + role),
            roleDefinitionId: roleDefinitionId(sandboxSubscriptionId, role),
        });
        await this.clock.wait(seconds * 1000);
    }

    /** Vault and key, and an identity that may use it. */
    async keyFor(name: string, vault: Properties = {}, key: Properties = {}): Promise<OwnKey> {
        const identity = await this.identity(name);
        const { id: vaultId } = await this.put("keyvault:Vault", vault);
        const { id, outputs } = await this.put("keyvault:Key", key);
        await this.grant(identity, "keyVaultCryptoServiceEncryptionUser", id);
        return {
            identity,
            vaultId,
            keyId: id,
            uri: String(outputs.keyUri),
            versioned: String(outputs.keyUriWithVersion),
        };
    }

    /** What is stored at a path of a resource. */
    seen(id: string, path: string): unknown {
        return valueAt(this.azure.get(id)?.outputs, path);
    }

    close(): void {
        this.azure.close();
    }
}

export interface OwnKey {
    identity: Identity;
    vaultId: string;
    keyId: string;
    /** Without version. */
    uri: string;
    versioned: string;
}

/** Azure's code, or `accepted`: for tables of both. */
export async function answer(request: Promise<unknown>): Promise<string> {
    try {
        await request;
        return "accepted";
    } catch (error) {
        if (error instanceof Error && "code" in error) return String(error.code);
        throw error;
    }
}
