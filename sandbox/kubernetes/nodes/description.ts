import { vmSize, type VmSize } from "../../../facts/vm-sizes";

/** What the sandbox's Azure says about a cluster's machines. Plain, so that it can lie in a file. */
export interface FleetDescription {
    cluster: {
        name: string;
        location: string;
        subscriptionId: string;
        /** Group that AKS keeps the machines in. */
        nodeResourceGroup: string;
        /** Block that pods' addresses come from, a /24 for each node. @default AKS's own */
        podCidr?: string;
        /** Block of the nodes' subnet. @default AKS's own */
        nodeCidr?: string;
        /** Settings of the autoscaler as the cluster has them; empty for AKS's defaults. */
        autoScalerProfile: Readonly<Record<string, unknown>>;
    };
    /** Pools as Azure shows them, inline ones too. */
    pools: readonly { name: string; profile: Readonly<Record<string, unknown>> }[];
    /** vCPUs that this cluster's pools may use, by quota family: the limit without what others use. */
    vcpuQuota: Readonly<Record<string, number>>;
    /** References of the images in the platform's registry, by digest and by tag: `server/repository@sha256:...`. */
    images: readonly string[];
}

/** A taint as Kubernetes has it. */
export interface Taint {
    key: string;
    value?: string;
    effect: string;
}

/** A pool as the controller works with it. */
export interface NodePool {
    name: string;
    size: VmSize;
    mode: "System" | "User";
    /** Full version of its nodes, such as 1.36.2. */
    version: string;
    osSku: string;
    osDiskGib: number;
    maxPods: number;
    /** Names of zones as nodes carry them; "0" alone for a pool without. */
    zones: readonly string[];
    spot: boolean;
    labels: Readonly<Record<string, string>>;
    taints: readonly Taint[];
    /** Bounds of the autoscaler. The same number twice for a pool that it leaves alone. */
    minCount: number;
    maxCount: number;
    migProfile?: string;
    /** AKS installs the GPUs' driver; without, no GPU is offered whatever runs. */
    driver: boolean;
    /** Extra nodes during an upgrade: a number or percent of the pool. */
    maxSurge: string;
    maxUnavailable: string;
    drainTimeoutMinutes: number;
}

/** The pools of a description. Sizes that the table does not know are left out, by name. */
export function poolsOf(fleet: FleetDescription): { pools: NodePool[]; unknown: string[] } {
    const pools: NodePool[] = [];
    const unknown: string[] = [];
    for (const { name, profile } of fleet.pools) {
        const size = vmSize(text(profile.vmSize) ?? "");
        if (size === undefined) unknown.push(`pool ${name}: vmSize "${text(profile.vmSize) ?? ""}" is not known`);
        else pools.push(poolOf(name, profile, size, fleet.cluster.location));
    }
    return { pools, unknown };
}

function poolOf(name: string, profile: Readonly<Record<string, unknown>>, size: VmSize, location: string): NodePool {
    const zones = texts(profile.availabilityZones).map((zone) => `${location}-${zone}`);
    const autoscaled = profile.enableAutoScaling === true;
    const count = whole(profile.count) ?? 1;
    const upgrade = record(profile.upgradeSettings);
    const migProfile = text(profile.gpuInstanceProfile);
    return {
        ...{ name, size, mode: profile.mode === "System" ? "System" : "User" },
        version: text(profile.currentOrchestratorVersion) ?? text(profile.orchestratorVersion) ?? "1.36.0",
        osSku: text(profile.osSKU) ?? "Ubuntu",
        osDiskGib: whole(profile.osDiskSizeGB) ?? 128,
        maxPods: whole(profile.maxPods) ?? 110,
        zones: zones.length > 0 ? zones.sort() : ["0"],
        spot: profile.scaleSetPriority === "Spot",
        labels: Object.fromEntries(
            Object.entries(record(profile.nodeLabels)).filter(
                (entry): entry is [string, string] => typeof entry[1] === "string",
            ),
        ),
        taints: texts(profile.nodeTaints).map(taintOf),
        minCount: autoscaled ? (whole(profile.minCount) ?? 0) : count,
        maxCount: autoscaled ? (whole(profile.maxCount) ?? count) : count,
        ...(migProfile !== undefined && { migProfile }),
        driver: record(profile.gpuProfile).driver !== "None",
        maxSurge: text(upgrade.maxSurge) ?? "10%",
        maxUnavailable: text(upgrade.maxUnavailable) ?? "0",
        drainTimeoutMinutes: whole(upgrade.drainTimeoutInMinutes) ?? 30,
    };
}

/** `key=value:Effect` as Kubernetes has it. */
export function taintOf(written: string): Taint {
    const [pair = "", effect = "NoSchedule"] = written.split(":");
    const [key = "", value] = pair.split("=");
    return { key, ...(value !== undefined && { value }), effect };
}

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
const whole = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);
const texts = (value: unknown): string[] =>
    Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
const record = (value: unknown): Readonly<Record<string, unknown>> =>
    typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
