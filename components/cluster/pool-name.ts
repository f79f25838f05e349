import { createHash } from "node:crypto";

/** Longest name of a Linux pool. @see https://learn.microsoft.com/azure/aks/create-node-pools */
const longest = 12;
const hashLength = 4;

/** Longest prefix that leaves room for the hash. */
export const longestPoolPrefix = longest - hashLength;

/** Everything about a pool that Azure never changes once it is there. All plain: it decides the pool's name. */
export interface FixedPoolFields {
    vmSize: string;
    /** Name of the subnet; the id follows from it. */
    subnet: string;
    zones: readonly string[];
    osSku: string;
    osDiskType: string;
    osDiskSizeGib: number;
    kubeletDiskType: string;
    maxPods: number;
    fips: boolean;
    hostEncryption: boolean;
    ultraSsd: boolean;
    nodePublicIp: boolean;
    secureBoot: boolean;
    virtualTpm: boolean;
    kubeletConfig?: Readonly<Record<string, unknown>>;
    linuxOsConfig?: Readonly<Record<string, unknown>>;
    scaleSetPriority: string;
    spotMaxPrice?: number;
    scaleSetEvictionPolicy?: string;
    gpuDriver?: string;
    gpuInstanceProfile?: string;
    capacityReservationGroupId?: string;
    hostGroupId?: string;
    proximityPlacementGroupId?: string;
    snapshotId?: string;
    podSubnet?: string;
    workloadRuntime?: string;
    messageOfTheDay?: string;
    /** On spot machines AKS does not change taints either: pulumi/pulumi-azure-native#959. */
    spotTaints?: readonly string[];
}

/**
 * Name of a pool: what it is for, and four characters that follow from its fixed fields. So a change of one is a new
 * pool, made before the old one goes. azure-native would preview most such changes as an update, and Azure would refuse
 * them half-way through.
 * @throws Error when the prefix is not 1 to 8 of a-z0-9 from a letter on.
 */
export function poolName(prefix: string, fields: FixedPoolFields): string {
    const faults = poolPrefixFaults("prefix", prefix);
    if (faults.length > 0) throw new Error(faults.join("; "));
    return prefix + hash(fields);
}

/** What is wrong with a pool's prefix; empty when nothing is. */
export function poolPrefixFaults(field: string, prefix: string): string[] {
    if (/^[a-z][a-z0-9]{0,7}$/.test(prefix)) return [];
    return [
        `${field} must be 1 to ${longestPoolPrefix} characters of a-z and 0-9 from a letter on ` +
            `(a pool's name ends at ${longest}, ${hashLength} of which tell its generations apart), got "${prefix}"`,
    ];
}

function hash(fields: FixedPoolFields): string {
    const digest = createHash("sha256").update(canonical(fields)).digest("hex");
    return (Number.parseInt(digest.slice(0, 12), 16) % 36 ** hashLength).toString(36).padStart(hashLength, "0");
}

/** JSON with sorted keys, names of sizes in lower case, and nothing for what is unset: a field added later with no value changes no name. */
function canonical(value: unknown, key = ""): string {
    if (Array.isArray(value)) return `[${value.map((item) => canonical(item)).join(",")}]`;
    if (typeof value === "object" && value !== null)
        return `{${Object.entries(value)
            .filter(([, item]) => item !== undefined)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([name, item]) => `${name}:${canonical(item, name)}`)
            .join(",")}}`;
    return JSON.stringify(key === "vmSize" && typeof value === "string" ? value.toLowerCase() : value);
}
