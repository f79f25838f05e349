import { vmSize } from "../../../facts/vm-sizes";
import { assumptions, hoursAMonth, type AssumptionName } from "../assumptions";
import { holds, isMap, mapsAt, numberAt, textAt } from "../../model/inputs";
import { combined, exactly, nothing, sum, times, type Range } from "../range";
import { allOf, item, type Item, type Priced, type Rule } from "../rule";
import type { ValueMap } from "../../model/value";
import { diskItem } from "./disks";

/** How many of a pool's machines are there, and what they are. */
interface Pool {
    vmSize: string;
    spot: boolean;
    nodes: Range;
    gpu: boolean;
}

const agentPool = "azure-native:containerservice:AgentPool";
const unknownSize = "the size of its machines is not known before the update";
/** Azure compares sizes ignoring case; the table's writing is the price list's. */
const knownName = (size: string): string => vmSize(size)?.name ?? size;

/** A pool by its inputs, in a resource of its own or in its cluster's. */
function poolOf(inputs: ValueMap): Pool | string {
    const size = textAt(inputs, "vmSize");
    if (size === undefined) return unknownSize;
    const gpu = vmSize(size)?.gpus !== undefined;
    const spot = textAt(inputs, "scaleSetPriority") === "Spot";
    const scales = holds(inputs, "enableAutoScaling", (value) => value === true) === true;
    if (!scales) return { vmSize: knownName(size), spot, gpu, nodes: exactly(numberAt(inputs, "count") ?? 1) };
    const [least, most] = [numberAt(inputs, "minCount") ?? 0, numberAt(inputs, "maxCount") ?? 0];
    const between = times(assumptions[gpu ? "gpuNodes" : "nodes"], most - least);
    return {
        vmSize: knownName(size),
        spot,
        gpu,
        nodes: combined(exactly(least), between, (left, right) => left + right),
    };
}

function poolItems(inputs: ValueMap): Item[] | string {
    const pool = poolOf(inputs);
    if (typeof pool === "string") return pool;
    const { low, high } = pool.nodes;
    const assumed: AssumptionName[] = low === high ? [] : [pool.gpu ? "gpuNodes" : "nodes"];
    const machine = item(`${pool.spot ? "spot" : "vm"}:${pool.vmSize}`, times(pool.nodes, hoursAMonth), ...assumed);
    // An ephemeral disk is part of its machine.
    if (textAt(inputs, "osDiskType") === "Ephemeral") return [machine];
    const disk = diskItem("P", numberAt(inputs, "osDiskSizeGB") ?? 128, pool.nodes, ...assumed);
    return allOf([machine, disk]);
}

const slaMeters: Readonly<Record<string, readonly string[]>> = {
    Free: [],
    Standard: ["aks:Standard"],
    Premium: ["aks:Premium"],
};

/** The cluster itself, the pools that are part of it, and what watches it. */
function clusterItems({ inputs }: Priced, all: readonly Priced[]): Item[] | string {
    const tier = textAt(inputs, "sku.tier") ?? "Free";
    const sla = slaMeters[tier];
    if (sla === undefined) return `nothing is known of the tier ${tier}`;
    const parts = mapsAt(inputs, "agentPoolProfiles");
    const pools = parts.map(poolItems);
    const reason = pools.find((each) => typeof each === "string");
    if (reason !== undefined) return reason;
    const balancer = textAt(inputs, "networkProfile.loadBalancerSku")?.toLowerCase() === "standard";
    return [
        ...[...sla, ...(balancer ? ["balancer:rules"] : [])].map((meter) => item(meter, exactly(hoursAMonth))),
        ...pools.flatMap((each) => (typeof each === "string" ? [] : each)),
        ...defenderItems(inputs, [...parts, ...all.filter(({ type }) => type === agentPool).map((one) => one.inputs)]),
    ];
}

/** Defender is billed by the vCPUs of all pools. */
function defenderItems(cluster: ValueMap, pools: readonly ValueMap[]): Item[] {
    const watched = holds(cluster, "securityProfile.defender", isMap);
    if (watched === false) return [];
    const vCpus = sum(
        pools.map(poolOf).map((pool) => {
            return typeof pool === "string" ? nothing : times(pool.nodes, vmSize(pool.vmSize)?.vCpus ?? 0);
        }),
    );
    const quantity = times(vCpus, hoursAMonth);
    // Whether it is on may be known only once the cluster is there: then it is not, at the least.
    return [item("defender:vcore", watched === true ? quantity : { ...quantity, low: 0 }, "nodes", "gpuNodes")];
}

function scaleSetItems({ inputs }: Priced): Item[] | string {
    const size = textAt(inputs, "sku.name");
    if (size === undefined) return unknownSize;
    const capacity = numberAt(inputs, "sku.capacity") ?? 0;
    const meter = `vm:${knownName(size)}`;
    // Without machines of its own, somebody else's scaler brings one when there is work.
    if (capacity === 0) return [item(meter, assumptions.runnerHours, "runnerHours")];
    const machines = item(meter, exactly(capacity * hoursAMonth));
    const disk = "virtualMachineProfile.storageProfile.osDisk";
    if (textAt(inputs, `${disk}.diffDiskSettings.option`) === "Local") return [machines];
    return allOf([machines, diskItem("P", numberAt(inputs, `${disk}.diskSizeGB`) ?? 32, exactly(capacity))]);
}

export const machineRules: Readonly<Record<string, Rule>> = {
    [agentPool]: { group: "machines", items: ({ inputs }) => poolItems(inputs) },
    "azure-native:containerservice:ManagedCluster": { group: "machines", items: clusterItems },
    "azure-native:compute:VirtualMachineScaleSet": { group: "machines", items: scaleSetItems },
};
