import { Workspace as AzureWorkspace } from "@pulumi/azure-native/machinelearningservices/workspace";
import * as pulumi from "@pulumi/pulumi";
import type { AccessRowName } from "../../facts/access-table";
import type { OwnKey } from "../encryption/key";
import type { Vault } from "../encryption/vault";
import { Access } from "../governance/access";
import { together } from "../hooks";
import { resourceName, shortName } from "../names";
import { PrivateLink, type PrivateLinkPlace } from "../network/private-link";
import { renamedOptions, shown } from "../options";
import type { LogSource } from "../observability/log-source";
import type { Placement } from "../placement";
import { refuse, refuseChanges } from "../refuse";
import { heldName } from "../soft-delete";
import type { Storage } from "../storage/storage";

/** Arguments of {@link Workspace}. */
export interface WorkspaceArgs extends Placement {
    /** Encrypts what Azure keeps for the workspace; its identity is the workspace's. */
    key: OwnKey;
    /** Holds artifacts. Blobs and files, no folders of their own, and open to the services that storage trusts. */
    storage: Storage;
    /** Holds the workspace's secrets and nothing else. */
    vault: Vault;
    /**
     * Object id of Azure Cosmos DB's service principal in the directory, different in each: what
     * `az ad sp show --id a232010e-820c-4083-83bb-3ace5fc29d0b --query id` says.
     */
    cosmosDbObjectId: string;
    privateLink: PrivateLinkPlace;
    /** How long to wait for the identity's roles to apply, in seconds. */
    rolePropagationSeconds: number;
    /** Team whose own it is. @default - everybody's */
    team?: string;
    /** Part of the workspace's name; counts up when the name is held by a deleted one. @default 1 */
    generation?: number;
}

/**
 * Azure ML workspace for tracking with MLflow and for assets, and nothing more: no registry, no compute and no network of
 * Azure's making; training and serving run on the cluster. Reached only through a private endpoint, encrypted with our
 * own key in the classic way: metadata lies in a Cosmos DB, a search service and a storage account in a resource group
 * that Azure makes and manages in the subscription. That group counts in cost and quota, and goes with the workspace.
 * @see https://learn.microsoft.com/azure/machine-learning/concept-customer-managed-keys
 * @throws pulumi.ResourceError when storage is not of the kind that Azure ML takes.
 */
export class Workspace extends pulumi.ComponentResource {
    readonly workspaceId: pulumi.Output<string>;
    /** Known without Azure's answer. */
    readonly workspaceName: string;
    /** What `mlflow.set_tracking_uri` takes. Resolves once its private DNS records exist. */
    readonly trackingUri: pulumi.Output<string>;
    /** What of it logs. */
    readonly logSources: readonly LogSource[];
    /** Resource group of what Azure keeps for the workspace. */
    readonly managedGroupName: pulumi.Output<string>;

    constructor(name: string, args: WorkspaceArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:machine-learning:Workspace", name, shown(args), opts);
        const { naming, location, resourceGroupName, tags, key, storage, vault, privateLink } = args;
        refuse(this, storageFaults(storage));
        const { team, generation = 1 } = args;
        const parts = { ...naming, location, generation, ...(team !== undefined && { instance: shortName(team) }) };
        this.workspaceName = resourceName("workspace", parts);
        const access = this.access(name, args);
        // A workspace made before its identity may do its work stays behind as failed.
        const ready = pulumi.all(access.map((role) => role.ready));
        const identityId = pulumi.all([key.identity.id, ready]).apply(([id]) => id);

        const workspace = new AzureWorkspace(
            name,
            {
                ...{ workspaceName: this.workspaceName, resourceGroupName, location, tags },
                ...{ kind: "Default", sku: { name: "Basic", tier: "Basic" } },
                friendlyName: [naming.workload, naming.environment, ...(team === undefined ? [] : [team])].join(" "),
                description: "Runs, metrics and assets (MLflow). Training and serving run on the cluster.",
                identity: { type: "UserAssigned", userAssignedIdentities: [identityId] },
                primaryUserAssignedIdentity: identityId,
                ...{ storageAccount: storage.accountId, keyVault: vault.vaultId },
                // With account keys off there is no other way.
                systemDatastoresAuthMode: "Identity",
                publicNetworkAccess: "Disabled",
                managedNetwork: { isolationMode: "Disabled" },
                v1LegacyMode: false,
                // Less of what runs goes to Microsoft for diagnosis. Set for life.
                hbiWorkspace: true,
                encryption: {
                    status: "Enabled",
                    identity: { userAssignedIdentity: identityId },
                    // With a version: Azure ML does not follow rotation, a new version is an update of the workspace.
                    keyVaultProperties: { keyVaultArmId: key.vaultId, keyIdentifier: key.keyUriWithVersion },
                },
            },
            renamedOptions(this, "machinelearningservices:Workspace", {
                ...together(refuseChanges(name, frozen), heldName(name, "workspace", parts)),
            }),
        );
        const link = new PrivateLink(
            `${name}-link`,
            {
                ...{ naming, location, resourceGroupName, tags, privateLink },
                ...{ target: "workspace", targetId: workspace.id, targetName: this.workspaceName },
            },
            { parent: this },
        );

        this.logSources = [{ kind: "Microsoft.MachineLearningServices/workspaces", name, id: workspace.id }];
        this.workspaceId = workspace.id;
        this.trackingUri = pulumi.all([workspace.mlFlowTrackingUri, link.ready]).apply(([uri]) => uri);
        this.managedGroupName = workspace.serviceProvisionedResourceGroup;
        this.registerOutputs({ workspaceId: this.workspaceId, trackingUri: this.trackingUri });
    }

    private access(name: string, { key, storage, vault, cosmosDbObjectId, ...args }: WorkspaceArgs): Access[] {
        const own = key.identity.principalId;
        const grants: [AccessRowName, pulumi.Input<string>, pulumi.Input<string>][] = [
            ["workspace-cosmos-key", cosmosDbObjectId, key.keyId],
            ["workspace-account", own, storage.accountId],
            ["workspace-blobs", own, storage.accountId],
            ["workspace-vault", own, vault.vaultId],
            ["workspace-secrets", own, vault.vaultId],
        ];
        return grants.map(
            ([row, principalId, scope]) =>
                new Access(
                    row.replace(/^workspace/, name),
                    {
                        ...{ row, principalId, scope, subscriptionId: args.naming.subscriptionId },
                        propagationSeconds: args.rolePropagationSeconds,
                    },
                    { parent: this },
                ),
        );
    }
}

/** @see https://learn.microsoft.com/azure/machine-learning/how-to-manage-workspace */
function storageFaults({ endpoints, accountName }: Storage): (string | false)[] {
    return (["blob", "file"] as const).map(
        (service) =>
            endpoints[service] === undefined && `storage must have the service ${service}, ${accountName} has not`,
    );
}

const fresh = "raise the workspace's generation for a new one, which begins without runs and assets";
const frozen = [
    ...["location", "storageAccount", "keyVault", "hbiWorkspace", "kind", "encryption.status"].map((path) => ({
        path,
        instead: `it is set when a workspace is made; ${fresh}`,
    })),
    { path: "encryption.keyVaultProperties.keyVaultArmId", instead: `another key must be of the same vault; ${fresh}` },
    { path: "enableDataIsolation", instead: `it is set when a workspace is made; ${fresh}` },
    { path: "enableServiceSideCMKEncryption", instead: "a preview that takes no key of a private vault" },
];
