import type * as pulumi from "@pulumi/pulumi";
import { gpuUses, migProfiles } from "../components/cluster/gpu-pool";
import { flag, list, number, object, oneOf, optional, record, text, type Parsed } from "./parse";
import { StackContract, type Pending } from "./stack-contract";

/** Counts up when a field changes its meaning or goes away; fields may be added without. */
export const foundationContractVersion = 1;

const account = object({ id: text(), name: text(), endpoints: record(text()) });

const workspaceFields = {
    workspaceId: text(),
    workspaceName: text(),
    /** What `mlflow.set_tracking_uri` takes. */
    trackingUri: text(),
    /** Account that holds the artifacts of runs. */
    storageAccountId: text(),
    storageAccountName: text(),
};
const workspace = object(workspaceFields);
export type WorkspaceContract = Parsed<typeof workspace>;

const nodePool = object({
    prefix: text(),
    /** In Azure. */
    name: text(),
    mode: oneOf(["System", "User"]),
    vmSize: text(),
    zones: list(text()),
    minCount: number(0, 1000),
    maxCount: number(1, 1000),
    maxPods: number(10, 250),
    spot: flag,
    /** Is the OS disk on the nodes' host, and not a disk of its own? */
    ephemeralDisk: flag,
    /** As `key=value:effect`. AKS adds that of spot machines itself. */
    taints: list(text()),
    /** Of pools with GPUs alone. */
    use: optional(oneOf(gpuUses)),
    migProfile: optional(oneOf(migProfiles)),
});

/** What the foundation promises to the stacks above it. */
export const foundationContract = new StackContract(
    {
        contractVersion: number(foundationContractVersion, foundationContractVersion),
        environment: text(),
        workload: text(),
        location: text(),
        subscriptionId: text(),
        tenantId: text(),
        resourceGroups: object({ platform: text(), data: text() }),
        /** From its config, with owner and cost centre: what is made above carries them too. */
        tags: record(text(/^[^]*$/)),
        network: object({
            virtualNetworkId: text(),
            subnetIds: object({
                nodes: text(),
                apiServer: text(),
                privateEndpoints: text(),
                ingress: text(),
                agents: text(),
            }),
            /** Addresses by subnet, and those of pods and services in the cluster. */
            blocks: object({
                ...{ nodes: text(), apiServer: text(), privateEndpoints: text(), ingress: text(), agents: text() },
                ...{ pods: text(), services: text() },
            }),
            /** What the outside sees. */
            egressIpAddresses: list(text()),
            /** What on-premises connects to and forwards names to; empty where nothing does. */
            vpnIpAddresses: list(text()),
            resolverIpAddresses: list(text()),
        }),
        vault: object({ id: text(), name: text(), uri: text() }),
        registry: object({ id: text(), name: text(), loginServer: text() }),
        storage: object({
            /** What is trained on, labelled and predicted. */
            work: account,
            /** Models and the ledger: written once. */
            records: account,
        }),
        machineLearning: object({
            /** The one for all who have none of their own. */
            ...workspaceFields,
            /** Those of single teams, by team. */
            teams: record(workspace),
        }),
        diskEncryptionSetId: text(),
        /** CI machines inside the network; empty without. */
        runner: object({ scaleSetId: optional(text()) }),
        cluster: object({
            id: text(),
            name: text(),
            /** Host name of the API server, resolved inside the network. */
            privateFqdn: text(),
            /** What federated credentials of workloads name as their issuer. */
            oidcIssuerUrl: text(),
            nodeResourceGroup: text(),
            kubernetesVersion: text(),
            kubeletPrincipalId: text(),
            /** Azure names of pools by their prefix in config. */
            pools: record(text()),
            nodePools: list(nodePool),
        }),
        monitoring: object({
            /** Log Analytics workspace that everything logs to: ours or the one from config. */
            logWorkspaceId: text(),
            /** Azure Monitor workspace of the cluster's metrics. */
            metricsWorkspaceId: text(),
            /** Where it answers queries of Prometheus' kind. */
            metricsQueryUrl: text(),
            /** Whoever has something to say says it to one of these. */
            actionGroupIds: object({ critical: text(), warning: text() }),
            /** Opens inside the network only. */
            grafanaUrl: text(),
            /** Ids that the hub's team has yet to put into its private link scope. */
            leftToScope: list(text()),
        }),
    },
    `not a foundation of contract ${foundationContractVersion}`,
);

export type FoundationContract = ReturnType<(typeof foundationContract)["read"]>;

/** The foundation's outputs, in the version that is spoken here. */
export const foundationOutputs = (
    values: Pending<Omit<FoundationContract, "contractVersion">>,
): Record<string, pulumi.Output<unknown>> =>
    foundationContract.outputs({ contractVersion: foundationContractVersion, ...values });
