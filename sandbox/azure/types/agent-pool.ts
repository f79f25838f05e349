import { vmSize } from "../../../facts/vm-sizes";
import { stableHex } from "../guid";
import { ancestorId, isAtOrBelow, nameOf } from "../ids";
import { isObject, merged, same, valueAt } from "../properties";
import { refusal } from "../refusal";
import type { Properties, Refusal, Request, ResourceType, Rule, Stored, Subscription } from "../resource-type";
import { poolNetworkRefusal } from "./cluster-network";
import { fullVersion, runningVersion, skewRefusal, versionFault } from "./kubernetes-version";
import { poolRules } from "./pool-rules";
import type { Pool } from "./pool-view";
import { amount, flag, onDelete, onUpdate, onWrite, records, regionOf, text, texts } from "./reading";

export const clusterToken = "azure-native:containerservice:ManagedCluster";
export const poolToken = "azure-native:containerservice:AgentPool";
export const clusterPath =
    "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.ContainerService/managedClusters/{resourceName}";

const learn = "https://learn.microsoft.com/azure/aks";
const multiplePools = `${learn}/create-node-pools`;
const rotation = "https://github.com/Azure/terraform-azurerm-aks/pull/680";

const pinned = (code: string, source: string, ...paths: string[]) => paths.map((path) => ({ path, code, source }));

/**
 * What a pool cannot change in place. azurerm rotates a pool on the same list; `enableFIPS` and `osSKU` are not on it, as
 * AKS has learnt to update them.
 */
export const fixedPoolProperties: ResourceType["immutable"] = [
    ...pinned("PropertyChangeNotAllowed", `${learn}/resize-node-pool`, "vmSize"),
    ...pinned("PropertyChangeNotAllowed", `${learn}/reliability-availability-zones-configure`, "availabilityZones"),
    ...pinned("PropertyChangeNotAllowed", `${learn}/gpu-multi-instance`, "gpuInstanceProfile"),
    ...pinned("PropertyChangeNotAllowed", `${learn}/aks-managed-gpu-nodes`, "gpuProfile.driver"),
    ...pinned("PropertyChangeNotAllowed", `${learn}/enable-host-encryption`, "enableEncryptionAtHost"),
    ...pinned(
        "PropertyChangeNotAllowed",
        `${learn}/spot-node-pool`,
        "scaleSetPriority",
        "scaleSetEvictionPolicy",
        "spotMaxPrice",
    ),
    ...pinned("CannotChangeOSDiskType", rotation, "osDiskType"),
    ...pinned("CannotChangeKubeletDisk", rotation, "kubeletDiskType"),
    ...pinned("CustomKubeletConfigOrCustomLinuxOSConfigCanNotBeChanged", rotation, "kubeletConfig", "linuxOSConfig"),
    ...pinned(
        ...(["PropertyChangeNotAllowed", rotation, "osDiskSizeGB", "maxPods", "vnetSubnetID", "podSubnetID"] as const),
        ...["enableNodePublicIP", "nodePublicIPPrefixID", "enableUltraSSD", "capacityReservationGroupID"],
        ...["hostGroupID", "creationData", "proximityPlacementGroupID", "osType", "type", "workloadRuntime"],
    ),
];

/** A pool of a cluster, wherever it was asked for. */
export interface LivePool {
    name: string;
    profile: Properties;
}

/** All pools of a cluster: those inline in it, and those that are resources. */
export function livePools(azure: Subscription, clusterId: string): LivePool[] {
    const cluster = azure.find(clusterId);
    const own = azure.list(poolToken).filter((pool) => isAtOrBelow(pool.id, clusterId));
    const names = new Set(own.map((pool) => nameOf(pool.id)));
    const inline = records(cluster?.outputs, "agentPoolProfiles");
    return [
        ...inline
            .filter((profile) => !names.has(text(profile, "name") ?? ""))
            .map((profile) => ({ name: text(profile, "name") ?? "", profile })),
        ...own.map((pool) => ({ name: nameOf(pool.id), profile: pool.outputs })),
    ];
}

/** First refusal of a pool, inline or not. */
export function poolRefusal(pool: Pool): Refusal | undefined {
    for (const { refuse } of poolRules) {
        const refused = refuse(pool);
        if (refused) return refused;
    }
    return undefined;
}

/** What a pool would change that it cannot. */
export function fixedPoolRefusal(before: Properties, after: Properties): Refusal | undefined {
    const changed = fixedPoolProperties.find(({ path }) => {
        const [was, asked] = [valueAt(before, path), valueAt(after, path)];
        return !same(lowered(was), lowered(asked));
    });
    const message = `Changing property 'agentPoolProfile.${changed?.path ?? ""}' is not allowed.`;
    return changed && refusal(400, changed.code, message);
}

const lowered = (value: unknown): unknown => (typeof value === "string" ? value.toLowerCase() : value);

function poolOf({ id, inputs, previous, azure }: Request): Pool | undefined {
    const cluster = azure.find(ancestorId(id, 1));
    if (!cluster) return undefined;
    const location = regionOf(cluster.inputs);
    return { name: nameOf(id), profile: inputs, previous: previous?.outputs, cluster: cluster.inputs, location, azure };
}

/** The rules of all pools as rules of the resource. */
const sharedRules: readonly Rule[] = poolRules.map(({ source, refuse }) =>
    onWrite(source, (request) => {
        const pool = poolOf(request);
        return pool && refuse(pool);
    }),
);

const pool: ResourceType = {
    token: poolToken,
    path: `${clusterPath}/agentPools/{agentPoolName}`,
    name: {
        pattern: /^[a-z][a-z0-9]{0,11}$/,
        rule: "1 to 12 lower-case letters and digits, beginning with a letter; 6 at most for Windows",
        code: "InvalidParameter",
        source: `${learn}/use-system-pools#limitations`,
    },
    forceNew: ["gpuInstanceProfile", "vmSize", "networkProfile.nodePublicIPTags"],
    immutable: fixedPoolProperties,
    rules: [
        onWrite(`${learn}/use-system-pools`, ({ id, azure, previous }) => {
            const pools = livePools(azure, ancestorId(id, 1));
            const inline = !previous && pools.some(({ name }) => name === nameOf(id));
            return (
                inline && refusal(409, "Conflict", `Agent pool '${nameOf(id)}' already exists in the managed cluster.`)
            );
        }),
        onWrite(`${learn}/quotas-skus-regions`, ({ id, azure, previous }) => {
            const full = !previous && livePools(azure, ancestorId(id, 1)).length >= 100;
            return full && refusal(400, "MaxAgentPoolCountReached", "A managed cluster takes 100 agent pools.");
        }),
        ...sharedRules,
        onWrite(`${learn}/supported-kubernetes-versions`, (request) => {
            const [version, cluster] = [text(request.inputs, "orchestratorVersion"), poolOf(request)?.cluster];
            if (version === undefined || !cluster || version === text(request.previous?.inputs, "orchestratorVersion"))
                return undefined;
            const longTerm = text(cluster, "supportPlan") === "AKSLongTermSupport";
            const fault = versionFault(version, longTerm);
            return (
                fault !== undefined &&
                refusal(400, "AgentPoolK8sVersionNotSupported", `Agent pool '${nameOf(request.id)}' ${fault}`)
            );
        }),
        onWrite(multiplePools, ({ id, inputs, azure }) => {
            const control = text(azure.find(ancestorId(id, 1))?.outputs, "currentKubernetesVersion");
            const version = text(inputs, "orchestratorVersion");
            return version !== undefined && control !== undefined && skewRefusal(version, control);
        }),
        onUpdate(`${learn}/upgrade-aks-cluster (code unverified)`, ({ inputs }, previous) => {
            const [before, after] = [
                text(previous.outputs, "currentOrchestratorVersion"),
                text(inputs, "orchestratorVersion"),
            ];
            const back =
                before !== undefined && after !== undefined && skewRefusal(before, fullVersion(after)) !== undefined;
            const message = `Downgrading agent pool from ${before ?? ""} to ${after ?? ""} is not allowed.`;
            return back && refusal(400, "AgentPoolUpgradeVersionNotAllowed", message);
        }),
        onWrite(`${learn}/configure-azure-cni`, (request) => {
            const pool = poolOf(request);
            return pool && poolNetworkRefusal(pool, livePools(request.azure, ancestorId(request.id, 1)));
        }),
        // Text: https://github.com/Azure/AKS/issues/1602
        onUpdate(`${learn}/use-system-pools`, ({ id, inputs, azure }) => {
            const others = livePools(azure, ancestorId(id, 1)).filter(({ name }) => name !== nameOf(id));
            const last =
                text(inputs, "mode") !== "System" && !others.some(({ profile }) => text(profile, "mode") === "System");
            return last && refusal(400, "MustDefineAtLeastOneSystemPool", "Must define at least one system pool.");
        }),
        // Text: https://github.com/Azure/AKS/issues/2560. With the whole cluster, its last pool goes too.
        onDelete(`${learn}/delete-node-pool`, ({ id, azure, previous }) => {
            if (!azure.find(ancestorId(id, 1)) || text(previous?.outputs, "mode") !== "System") return undefined;
            const others = livePools(azure, ancestorId(id, 1)).filter(({ name }) => name !== nameOf(id));
            const last = !others.some(({ profile }) => text(profile, "mode") === "System");
            return last && refusal(400, "OperationNotAllowed", "There has to be at least one system agent pool.");
        }),
    ],
    outputs: ({ id, inputs, azure, previous }) => {
        const cluster = azure.find(ancestorId(id, 1));
        const type = "Microsoft.ContainerService/managedClusters/agentPools";
        return { ...poolOutputs(nameOf(id), inputs, cluster, previous?.outputs), type };
    },
    exclusiveOn: (id) => ancestorId(id, 1),
};

const spotTaint = "kubernetes.azure.com/scalesetpriority=spot:NoSchedule";

/** What AKS answers for a pool on top of what was asked: defaults, versions, and what it adds to spot nodes. */
export function poolOutputs(
    name: string,
    profile: Properties,
    cluster: Pick<Stored, "id" | "inputs"> | undefined,
    previous?: Properties,
): Properties {
    const control = fullVersion(text(cluster?.inputs, "kubernetesVersion") ?? "1.36");
    const version = text(profile, "orchestratorVersion") ?? text(previous, "orchestratorVersion") ?? control;
    const overlay = text(cluster?.inputs, "networkProfile.networkPluginMode") === "overlay";
    const podSlots = { azure: overlay ? 250 : 30, kubenet: 110, none: 110 }[
        text(cluster?.inputs, "networkProfile.networkPlugin") ?? "azure"
    ];
    const spot = text(profile, "scaleSetPriority") === "Spot";
    const gpu = vmSize(text(profile, "vmSize") ?? "")?.gpus !== undefined;
    const taints = texts(profile, "nodeTaints");
    return merged(
        {
            osDiskSizeGB: 128,
            osDiskType: "Managed",
            kubeletDiskType: "OS",
            maxPods: podSlots ?? 110,
            type: "VirtualMachineScaleSets",
            mode: "User",
            osType: "Linux",
            osSKU: "Ubuntu",
            enableAutoScaling: flag(profile, "enableAutoScaling"),
            enableFIPS: false,
            enableEncryptionAtHost: false,
            enableNodePublicIP: false,
            enableUltraSSD: false,
            scaleDownMode: "Delete",
            ...(spot
                ? { scaleSetEvictionPolicy: "Delete", spotMaxPrice: -1 }
                : { upgradeSettings: { maxSurge: "10%", maxUnavailable: "0" } }),
            ...(gpu ? { gpuProfile: { driver: "Install" } } : {}),
        },
        {
            ...Object.fromEntries(Object.entries(profile).filter(([, value]) => value !== undefined)),
            count: amount(profile, "count") ?? amount(previous, "count"),
            orchestratorVersion: version,
            currentOrchestratorVersion: runningVersion(version, text(previous, "currentOrchestratorVersion")),
            nodeImageVersion:
                text(previous, "nodeImageVersion") ??
                `AKSUbuntu-2204gen2containerd-202611.${stableHex(name, 2).replace(/\D/g, "1")}.0`,
            powerState: { code: "Running" },
            provisioningState: "Succeeded",
            // AKS puts both on every spot node, and a GET shows them.
            ...(spot && !taints.includes(spotTaint) ? { nodeTaints: [...taints, spotTaint] } : {}),
            ...(spot
                ? {
                      nodeLabels: {
                          ...(isObject(profile.nodeLabels) ? profile.nodeLabels : {}),
                          "kubernetes.azure.com/scalesetpriority": "spot",
                      },
                  }
                : {}),
        },
    );
}

export const poolTypes: readonly ResourceType[] = [pool];
