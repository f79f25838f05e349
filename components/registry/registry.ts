import { Registry as AzureRegistry } from "@pulumi/azure-native/containerregistry/registry";
import * as pulumi from "@pulumi/pulumi";
import type { CustomerManagedKey } from "../encryption/customer-managed-key";
import { PrivateLink, type PrivateLinkPlace } from "../network/private-link";
import type { LogSource } from "../observability/log-source";
import { together } from "../hooks";
import { resourceName } from "../names";
import { renamedOptions, shown } from "../options";
import type { Placement } from "../placement";
import { refuseChanges } from "../refuse";
import { heldName } from "../soft-delete";

/** Arguments of {@link Registry}. */
export interface RegistryArgs extends Placement {
    key: CustomerManagedKey;
    privateLink: PrivateLinkPlace;
    /** Keeps copies in three zones; only in regions that have them, and only from the first day on. */
    zoneRedundant: boolean;
    /** Part of the registry's name; counts up for a new registry. @default 1 */
    generation?: number;
}

/**
 * Container registry encrypted with our own key, reached only through a private endpoint, with no admin user.
 * Built on API 2023-01-01-preview, which azure-native ships.
 * @see https://learn.microsoft.com/azure/container-registry/tutorial-customer-managed-keys
 */
export class Registry extends pulumi.ComponentResource {
    readonly registryId: pulumi.Output<string>;
    /** Known without Azure's answer. */
    readonly registryName: string;
    /** Host name to push to and pull from. Resolves once its private DNS records exist. */
    readonly loginServer: pulumi.Output<string>;
    /** What of it logs. */
    readonly logSources: readonly LogSource[];

    constructor(name: string, args: RegistryArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:registry:Registry", name, shown(args), opts);
        const { naming, location, resourceGroupName, tags, key, privateLink, zoneRedundant } = args;
        const parts = { ...naming, location, generation: args.generation ?? 1 };
        this.registryName = resourceName("registry", parts);

        const registry = new AzureRegistry(
            name,
            {
                ...{ registryName: this.registryName, resourceGroupName, location, tags },
                // The only tier with private endpoints, own keys and zones.
                sku: { name: "Premium" },
                adminUserEnabled: false,
                anonymousPullEnabled: false,
                publicNetworkAccess: "Disabled",
                networkRuleBypassOptions: "AzureServices",
                networkRuleSet: { defaultAction: "Deny", ipRules: [] },
                // Layers come from a host of the registry's own instead of storage shared with everyone: with that,
                // a firewall need not open *.blob.core.windows.net, through which data could leave.
                dataEndpointEnabled: true,
                zoneRedundancy: zoneRedundant ? "Enabled" : "Disabled",
                identity: {
                    type: "UserAssigned",
                    userAssignedIdentities: key.identity.id.apply((id) => ({ [id]: {} })),
                },
                encryption: {
                    status: "enabled",
                    // No version in the URL, or the registry would stay on it after a rotation.
                    keyVaultProperties: { keyIdentifier: key.keyUri, identity: key.identity.clientId },
                },
                policies,
            },
            renamedOptions(this, "containerregistry:Registry", {
                ...together(refuseChanges(name, frozen), heldName(name, "registry", parts)),
            }),
        );
        const link = new PrivateLink(
            `${name}-link`,
            {
                ...{ naming, location, resourceGroupName, tags, privateLink },
                ...{ target: "registry", targetId: registry.id, targetName: this.registryName },
            },
            { parent: this },
        );

        this.logSources = [{ kind: "Microsoft.ContainerRegistry/registries", name, id: registry.id }];
        this.registryId = registry.id;
        this.loginServer = pulumi.all([registry.loginServer, link.ready]).apply(([host]) => host);
        this.registerOutputs({ registryId: this.registryId, loginServer: this.loginServer });
    }
}

const policies = {
    // Images do not leave by import or export. Azure takes this only with public access off.
    exportPolicy: { status: "disabled" },
    // Deletes untagged images for good, which are those that pods pull by digest:
    // https://learn.microsoft.com/azure/container-registry/container-registry-retention-policy
    retentionPolicy: { status: "disabled", days: 7 },
    // A preview that cannot be combined with retention, and keeps leaked images pullable by digest until purged:
    // https://learn.microsoft.com/azure/container-registry/container-registry-soft-delete-policy
    softDeletePolicy: { status: "disabled", retentionDays: 7 },
    // Only tokens made for registries are taken, not those for all of Azure's API. Nodes of older AKS versions knew
    // no other (kubernetes-sigs/cloud-provider-azure#8592).
    azureADAuthenticationAsArmPolicy: { status: "disabled" },
    // Content trust and customer-managed keys exclude each other.
    trustPolicy: { type: "Notary", status: "disabled" },
    // Would hold back each new image until a scanner lets it go; images are scanned before they are pushed.
    quarantinePolicy: { status: "disabled" },
};

const fresh =
    "copy the images elsewhere and raise the registry's generation, which makes a new one and deletes this one";
const frozen = [
    { path: "location", instead: fresh },
    { path: "zoneRedundancy", instead: fresh },
    { path: "sku.name", instead: "private endpoints, zones and own keys exist in Premium alone" },
    { path: "encryption.status", instead: `own keys are set when a registry is made and never turned off; ${fresh}` },
];
