import { Vault as AzureVault } from "@pulumi/azure-native/keyvault/vault";
import * as pulumi from "@pulumi/pulumi";
import { PrivateLink, type PrivateLinkPlace } from "../network/private-link";
import type { LogSource } from "../observability/log-source";
import { together } from "../hooks";
import { resourceName } from "../names";
import { renamedOptions, shown } from "../options";
import type { Placement } from "../placement";
import { refuse, refuseChanges } from "../refuse";
import { heldName } from "../soft-delete";
import { wholeNumberFault } from "../units";

/** Arguments of {@link Vault}. */
export interface VaultArgs extends Placement {
    tenantId: string;
    /** Premium keeps keys in hardware modules, standard in software. */
    sku: "standard" | "premium";
    /** Days until a deleted vault or key is gone for good, 7 to 90. Until then its name is taken. */
    softDeleteRetentionDays: number;
    /** What it is there for; decides its name. @default "keys" */
    holds?: "keys" | "secretsOfWorkspace";
    /** Tells several of a kind apart, in a few letters; part of its name. @default - the only one */
    instance?: string;
    /** Part of the vault's name; counts up when the name is held by a deleted vault. @default 1 */
    generation?: number;
    /** Where its endpoint goes. @default - none: each network makes an endpoint of its own to it */
    privateLink?: PrivateLinkPlace;
    /**
     * Public IPv4 addresses that may come in, for a vault that is there before any network is. Empty it once there is one.
     * @default - none
     */
    openTo?: readonly string[];
}

/**
 * Key vault, mostly for the platform's own keys: roles instead of access policies, purge protection, reached only through a
 * private endpoint and by Azure services that it trusts. It is private from its first request on: nothing it will
 * hold was ever reachable from outside, and keys are made through Resource Manager, which needs no way in.
 * @see https://learn.microsoft.com/azure/key-vault/general/network-security
 * @throws pulumi.ResourceError naming every argument that is out of range.
 */
export class Vault extends pulumi.ComponentResource {
    readonly vaultId: pulumi.Output<string>;
    /** Known without Azure's answer. */
    readonly vaultName: string;
    /** Resolves once the vault can be reached from inside. */
    readonly vaultUri: pulumi.Output<string>;
    /** The same, for services that Azure trusts: they need no endpoint. */
    readonly trustedUri: pulumi.Output<string>;
    /** Holds hardware keys. */
    readonly hardware: boolean;
    /** The vault alone: who makes keys through Resource Manager needs no endpoint, and must not wait for it. */
    readonly resource: pulumi.Resource;
    /** What of it logs. */
    readonly logSources: readonly LogSource[];

    constructor(name: string, args: VaultArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:encryption:Vault", name, shown(args), opts);
        const { naming, location, resourceGroupName, tags, tenantId, sku, softDeleteRetentionDays, privateLink } = args;
        const { openTo = [] } = args;
        refuse(this, [wholeNumberFault("softDeleteRetentionDays", softDeleteRetentionDays, 7, 90)]);
        const { instance, generation = 1 } = args;
        const parts = { ...naming, location, generation, ...(instance !== undefined && { instance }) };
        const kind = args.holds === "secretsOfWorkspace" ? "workspaceVault" : "vault";
        this.vaultName = resourceName(kind, parts);
        this.hardware = sku === "premium";

        const vault = new AzureVault(
            name,
            {
                ...{ vaultName: this.vaultName, resourceGroupName, location, tags },
                properties: {
                    tenantId,
                    sku: { family: "A", name: sku },
                    enableRbacAuthorization: true,
                    enableSoftDelete: true,
                    softDeleteRetentionInDays: softDeleteRetentionDays,
                    // Disks, registry and storage refuse keys of a vault without it.
                    enablePurgeProtection: true,
                    publicNetworkAccess: openTo.length > 0 ? "Enabled" : "Disabled",
                    // The services that use the keys come in as trusted ones:
                    // https://learn.microsoft.com/azure/key-vault/general/overview-vnet-service-endpoints
                    networkAcls: {
                        defaultAction: "Deny",
                        bypass: "AzureServices",
                        ipRules: openTo.map((address) => ({ value: address })),
                        virtualNetworkRules: [],
                    },
                    enabledForDeployment: false,
                    enabledForDiskEncryption: false,
                    enabledForTemplateDeployment: false,
                },
            },
            renamedOptions(this, "keyvault:Vault", {
                ...together(refuseChanges(name, frozen), heldName(name, kind, parts)),
            }),
        );
        const link =
            privateLink &&
            new PrivateLink(
                `${name}-link`,
                {
                    ...{ naming, location, resourceGroupName, tags, privateLink },
                    ...{ target: "vault", targetId: vault.id, targetName: this.vaultName },
                },
                { parent: this },
            );

        this.resource = vault;
        this.logSources = [{ kind: "Microsoft.KeyVault/vaults", name, id: vault.id }];
        this.vaultId = vault.id;
        this.trustedUri = vault.properties.apply(({ vaultUri }) => vaultUri);
        this.vaultUri = pulumi.all([this.trustedUri, link?.ready]).apply(([uri]) => uri);
        this.registerOutputs({ vaultId: this.vaultId, vaultUri: this.vaultUri });
    }
}

/** @see https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview */
const frozen = [
    { path: "location", instead: "raise the vault's generation and move its users over" },
    { path: "properties.tenantId", instead: "keys cannot change tenant; make a new environment" },
    {
        path: "properties.softDeleteRetentionInDays",
        instead: "it is set once, when the vault is made; put it back, or raise the vault's generation",
    },
    { path: "properties.enablePurgeProtection", instead: "once on, it cannot be turned off" },
    { path: "properties.enableSoftDelete", instead: "once on, it cannot be turned off" },
];
