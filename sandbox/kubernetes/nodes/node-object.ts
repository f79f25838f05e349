import type { V1Node } from "@kubernetes/client-node";
import { formatAddress, parseBlock } from "../../azure/cidr";
import { stableHex } from "../../azure/guid";
import { nodeCapacity } from "./capacity";
import type { FleetDescription, NodePool, Taint } from "./description";

/** A machine of a pool, whether it is a node yet or not. */
export interface Machine {
    pool: string;
    /** Number in its scale set: never given twice. */
    instance: number;
    zone: string;
}

/** Annotations between the controller, kwok's stages and whoever tries something. */
export const annotation = {
    /** On a node: it is taken away, as Azure takes spot machines. */
    evict: "sandbox.mlplatform/evict",
    /** On a pod: its images are on its node. */
    pulled: "sandbox.mlplatform/pulled",
    /** On a pod, from the controller: it runs as processes of this machine, and kwok leaves it alone. */
    local: "sandbox.mlplatform/local",
    /** On such a pod: ports of this machine's loopback by the pod's own, as JSON. */
    ports: "sandbox.mlplatform/ports",
    /** On a pod, from the controller: real time until it ends by itself. */
    runsFor: "sandbox.mlplatform/runs-for",
    /** On a pod, from the controller: real time that it takes to stop. */
    stopsAfter: "sandbox.mlplatform/stops-after",
    /** On a pod, asked for: seconds until it ends by itself. Jobs' pods do so in any case. */
    runSeconds: "sandbox.mlplatform/run-seconds",
    /** On a pod, asked for: seconds from the end of its preStop hook until it has stopped. */
    stopSeconds: "sandbox.mlplatform/stop-seconds",
    /** On a pod, asked for: `crash`, its containers fail, or `unready`, they never become ready. */
    fails: "sandbox.mlplatform/fails",
} as const;

/** Label with the pool's name, by which AKS tells its nodes. */
export const poolNameLabel = "kubernetes.azure.com/agentpool";

/** Name of the pool's scale set: AKS puts the pool and digits of the cluster in. */
export const scaleSetName = (cluster: FleetDescription["cluster"], pool: string): string =>
    `aks-${pool}-${clusterDigits(cluster)}-vmss`;

const clusterDigits = ({ subscriptionId, name }: FleetDescription["cluster"]): string =>
    String(parseInt(stableHex(`${subscriptionId}/${name}`, 12), 16) % 1e8).padStart(8, "0");

/** Name of a machine: its scale set's and its number there, in six digits of base 36. */
export const machineName = (cluster: FleetDescription["cluster"], { pool, instance }: Machine): string =>
    `${scaleSetName(cluster, pool)}${instance.toString(36).padStart(6, "0")}`;

/** Number of a machine in its scale set, by its name. */
export const instanceOf = (name: string): number => parseInt(name.slice(-6), 36);

/**
 * Labels that AKS puts on every node of the pool, and the pool's own.
 * @see https://learn.microsoft.com/azure/aks/use-labels
 */
export function nodeLabels(fleet: FleetDescription, pool: NodePool, zone: string): Record<string, string> {
    const { cluster } = fleet;
    return {
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/os": "linux",
        "node.kubernetes.io/instance-type": pool.size.name,
        "topology.kubernetes.io/region": cluster.location,
        "topology.kubernetes.io/zone": zone,
        agentpool: pool.name,
        [poolNameLabel]: pool.name,
        "kubernetes.azure.com/cluster": cluster.nodeResourceGroup,
        "kubernetes.azure.com/mode": pool.mode.toLowerCase(),
        "kubernetes.azure.com/role": "agent",
        "kubernetes.azure.com/os-sku": pool.osSku,
        ...(pool.spot && { "kubernetes.azure.com/scalesetpriority": "spot" }),
        // GPU nodes have this one without asking: https://learn.microsoft.com/azure/aks/use-nvidia-gpu
        ...(pool.size.gpus && { accelerator: "nvidia" }),
        ...pool.labels,
    };
}

/** Taints of the pool's nodes: its own, and AKS's on spot. */
export function nodeTaints({ spot, taints }: NodePool): Taint[] {
    const key = "kubernetes.azure.com/scalesetpriority";
    const own = spot && !taints.some((taint) => taint.key === key);
    return [...taints, ...(own ? [{ key, value: "spot", effect: "NoSchedule" }] : [])];
}

/** The node of a machine, as its kubelet would register it. Its addresses follow from the slot, free among all nodes. */
export function nodeObject(fleet: FleetDescription, pool: NodePool, machine: Machine, slot: number): V1Node {
    const name = machineName(fleet.cluster, machine);
    const podCidr = `${addressIn(fleet.cluster.podCidr ?? aksPodCidr, slot * 256)}/24`;
    const { subscriptionId, nodeResourceGroup } = fleet.cluster;
    const scaleSet = `/subscriptions/${subscriptionId}/resourceGroups/${nodeResourceGroup}/providers/Microsoft.Compute/virtualMachineScaleSets/${scaleSetName(fleet.cluster, pool.name)}`;
    return {
        apiVersion: "v1",
        kind: "Node",
        metadata: { name, labels: { ...nodeLabels(fleet, pool, machine.zone), "kubernetes.io/hostname": name } },
        spec: {
            podCIDR: podCidr,
            podCIDRs: [podCidr],
            providerID: `azure://${scaleSet}/virtualMachines/${machine.instance}`,
            taints: nodeTaints(pool),
        },
        status: {
            ...nodeCapacity(pool),
            addresses: [
                { type: "InternalIP", address: addressIn(fleet.cluster.nodeCidr ?? aksNodeCidr, slot + 4) },
                { type: "Hostname", address: name },
            ],
            nodeInfo: {
                ...{ architecture: "amd64", operatingSystem: "linux", osImage: osImages[pool.osSku] ?? pool.osSku },
                ...{ kubeletVersion: `v${pool.version}`, kubeProxyVersion: "", kernelVersion: "5.15.0-azure" },
                containerRuntimeVersion: "containerd://2.0.0-sandbox",
                ...{ bootID: name, machineID: name, systemUUID: name },
            },
        },
    };
}

const osImages: Readonly<Record<string, string>> = {
    Ubuntu: "Ubuntu 22.04 LTS",
    AzureLinux: "Microsoft Azure Linux 3.0",
};

/** What AKS takes where nothing is said: https://learn.microsoft.com/azure/aks/azure-cni-overlay */
const aksPodCidr = "10.244.0.0/16";
const aksNodeCidr = "10.224.0.0/16";

/** The address at that distance from the block's first. */
const addressIn = (cidr: string, offset: number): string => formatAddress(firstOf(cidr) + offset);

const firstOf = (cidr: string): number => {
    const block = parseBlock(cidr);
    if (block === undefined) throw new RangeError(`"${cidr}" is no block of addresses`);
    return block.first;
};

/** Slot of a node: the distance of its block of pod addresses from the first. */
export function slotOf(fleet: FleetDescription, podCidr: string): number {
    return (firstOf(podCidr) - firstOf(fleet.cluster.podCidr ?? aksPodCidr)) / 256;
}
