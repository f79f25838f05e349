import type { containerservice } from "@pulumi/azure-native/types/input";
import { vmSize, type VmSize } from "../../facts/vm-sizes";
import { wholeNumberFault } from "../units";
import type { FixedPoolFields } from "./pool-name";

/** What every pool can be told, whoever runs on it. */
export interface PoolShape {
    /** 1 to 8 of a-z0-9 from a letter on; the pool's name is this and a hash of its fixed fields. */
    prefix: string;
    /** A size that `facts/vm-sizes.ts` knows. */
    vmSize: string;
    /** Zones to spread over; empty where the region or the size has none. */
    zones: readonly string[];
    minCount: number;
    maxCount: number;
    /** @default - as large as fits the host, at most 128 GiB; 128 GiB of managed disk where none fits */
    osDiskSizeGib?: number;
    /** Pods per node, 10 to 250. @default 110 */
    maxPods?: number;
    labels?: Readonly<Record<string, string>>;
    taints?: readonly string[];
    /** An operating system with validated cryptography only. @default false */
    fips?: boolean;
    /** Machines that can be taken away at any time. Never for online serving. @default false */
    spot?: boolean;
    /** Most to pay for a spot machine an hour, in US dollars; -1 is up to the regular price. @default -1 */
    spotMaxPrice?: number;
    /** Machines set aside for us. Full resource id. @default - none */
    capacityReservationGroupId?: string;
}

/** The pool's autoscaled bounds and machine. */
export type AgentPoolProperties = Partial<containerservice.ManagedClusterAgentPoolProfileArgs>;

const defaultOsDiskGib = 128;
/** Least that AKS takes. */
const leastOsDiskGib = 30;

/** The size by name. @throws Error when the table does not hold it. */
export function knownSize(name: string): VmSize {
    const size = vmSize(name);
    if (size === undefined) throw new Error(`vmSize must be one of facts/vm-sizes.ts, got "${name}"`);
    return size;
}

/**
 * Ephemeral disks are encrypted on the host, faster and free; managed ones take over where they do not fit.
 * @see https://learn.microsoft.com/azure/aks/concepts-storage
 */
export function osDisk(size: VmSize, askedGib?: number): Pick<FixedPoolFields, "osDiskType" | "osDiskSizeGib"> {
    const fitting = Math.min(defaultOsDiskGib, size.ephemeralOsDiskGib);
    const gib = askedGib ?? (fitting >= leastOsDiskGib ? fitting : defaultOsDiskGib);
    if (gib <= size.ephemeralOsDiskGib) return { osDiskType: "Ephemeral", osDiskSizeGib: gib };
    return { osDiskType: "Managed", osDiskSizeGib: gib };
}

/** The fixed fields that follow from a shape. Hardening is in here, not in the shape. */
export function fixedFields(shape: PoolShape, subnet: string): FixedPoolFields {
    const size = knownSize(shape.vmSize);
    const spot = shape.spot ?? false;
    // Neither GPU drivers nor FIPS images boot with it: https://learn.microsoft.com/azure/aks/use-trusted-launch
    const trustedLaunch = size.gpus === undefined && !shape.fips;
    return {
        ...{ vmSize: size.name, subnet, zones: [...shape.zones].sort() },
        osSku: "Ubuntu", // GPU pools on Azure Linux get no automatic security patches: aks/use-nvidia-gpu
        ...osDisk(size, shape.osDiskSizeGib),
        kubeletDiskType: "OS",
        maxPods: shape.maxPods ?? 110,
        fips: shape.fips ?? false,
        hostEncryption: true,
        ...{ ultraSsd: false, nodePublicIp: false },
        ...{ secureBoot: trustedLaunch, virtualTpm: trustedLaunch },
        scaleSetPriority: spot ? "Spot" : "Regular",
        ...(spot && { spotMaxPrice: shape.spotMaxPrice ?? -1, scaleSetEvictionPolicy: "Delete" }),
        ...(spot && shape.taints && { spotTaints: shape.taints }),
        ...(shape.capacityReservationGroupId && { capacityReservationGroupId: shape.capacityReservationGroupId }),
    };
}

/** What Azure is told about the fixed fields. */
export function fixedProperties(fields: FixedPoolFields): AgentPoolProperties {
    return {
        vmSize: fields.vmSize,
        ...(fields.zones.length > 0 && { availabilityZones: [...fields.zones] }),
        ...{ type: "VirtualMachineScaleSets", osType: "Linux", osSKU: fields.osSku },
        ...{
            osDiskType: fields.osDiskType,
            osDiskSizeGB: fields.osDiskSizeGib,
            kubeletDiskType: fields.kubeletDiskType,
        },
        ...{ maxPods: fields.maxPods, enableFIPS: fields.fips, enableEncryptionAtHost: fields.hostEncryption },
        ...{ enableUltraSSD: fields.ultraSsd, enableNodePublicIP: fields.nodePublicIp },
        securityProfile: { enableSecureBoot: fields.secureBoot, enableVTPM: fields.virtualTpm },
        ...{ scaleSetPriority: fields.scaleSetPriority, scaleSetEvictionPolicy: fields.scaleSetEvictionPolicy },
        ...{ spotMaxPrice: fields.spotMaxPrice, capacityReservationGroupID: fields.capacityReservationGroupId },
        ...(fields.gpuDriver && { gpuProfile: { driver: fields.gpuDriver } }),
        ...(fields.gpuInstanceProfile && { gpuInstanceProfile: fields.gpuInstanceProfile }),
    };
}

/**
 * How nodes are exchanged on an upgrade. Spot pools take no surge: there is nothing to promise an extra machine.
 * @see https://learn.microsoft.com/azure/aks/spot-node-pool
 */
export function upgradeSettings(spot: boolean, gpu: boolean): containerservice.AgentPoolUpgradeSettingsArgs {
    // A surge node needs quota of its own, and GPU quota is scarce: there, one node goes before its successor comes.
    const exchange = spot ? {} : gpu ? { maxSurge: "0", maxUnavailable: "1" } : { maxSurge: "33%" };
    return {
        ...exchange,
        drainTimeoutInMinutes: 30,
        // A node that will not drain is set aside for a person to look at; the others go on.
        undrainableNodeBehavior: "Cordon",
    };
}

/** What is wrong with the shape of a pool of that mode; empty when nothing is. */
export function shapeFaults(field: string, shape: PoolShape, mode: "System" | "User"): string[] {
    const { spot = false, minCount, maxCount, zones, osDiskSizeGib = defaultOsDiskGib, maxPods = 110 } = shape;
    const size = vmSize(shape.vmSize);
    const least = mode === "System" ? 1 : 0;
    const faults: (string | false | undefined)[] = [
        size === undefined && `${field}.vmSize must be a size of facts/vm-sizes.ts, got "${shape.vmSize}"`,
        wholeNumberFault(`${field}.minCount`, minCount, least, 1000),
        wholeNumberFault(`${field}.maxCount`, maxCount, Math.max(1, least), 1000),
        minCount > maxCount && `${field}.minCount must not be above maxCount ${maxCount}, got ${minCount}`,
        wholeNumberFault(`${field}.osDiskSizeGib`, osDiskSizeGib, 30, 2048),
        // Below 10, AKS's own pods find no place; above 250, the overlay's /24 per node ends.
        wholeNumberFault(`${field}.maxPods`, maxPods, mode === "System" ? 30 : 10, 250),
        zones.length !== new Set(zones).size && `${field}.zones must name each zone once, got ${zones.join(", ")}`,
        size && !size.hostEncryption && `${field}.vmSize must offer encryption at host, got "${shape.vmSize}"`,
        size && !size.premiumIo && `${field}.vmSize must take premium disks, got "${shape.vmSize}"`,
        spot && mode === "System" && `${field}.spot must be false: spot machines cannot hold system pods`,
        spot && size && !size.spot && `${field}.spot must be false: "${shape.vmSize}" is not offered as spot`,
        spot &&
            shape.capacityReservationGroupId !== undefined &&
            `${field}.capacityReservationGroupId must be unset with spot: spot machines are never reserved`,
        !spot &&
            shape.spotMaxPrice !== undefined &&
            `${field}.spotMaxPrice needs spot: true, got ${shape.spotMaxPrice}`,
        spot &&
            shape.spotMaxPrice !== undefined &&
            shape.spotMaxPrice !== -1 &&
            !(shape.spotMaxPrice > 0) &&
            `${field}.spotMaxPrice must be -1 or above 0, got ${shape.spotMaxPrice}`,
        ...labelFaults(`${field}.labels`, shape.labels ?? {}),
        ...(shape.taints ?? []).map(
            (taint) =>
                !/^[A-Za-z0-9./_-]+(=[A-Za-z0-9._-]*)?:(NoSchedule|NoExecute|PreferNoSchedule)$/.test(taint) &&
                `${field}.taints must read key=value:NoSchedule, :NoExecute or :PreferNoSchedule, got "${taint}"`,
        ),
    ];
    return faults.filter((fault) => typeof fault === "string");
}

/**
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/
 * @see https://learn.microsoft.com/azure/aks/use-labels
 */
function labelFaults(field: string, labels: Readonly<Record<string, string>>): string[] {
    return Object.entries(labels).flatMap(([key, value]) => {
        const kept = /^(?:[^/]*\.)?(?:kubernetes\.io|k8s\.io|kubernetes\.azure\.com)\//.test(key);
        const name =
            /^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(key);
        const text = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/.test(value);
        return [
            ...(name ? [] : [`${field}: "${key}" is no label name`]),
            ...(kept ? [`${field}: "${key}" has a prefix that Kubernetes and AKS keep for themselves`] : []),
            ...(text
                ? []
                : [
                      `${field}["${key}"] must be up to 63 of A-Z a-z 0-9 . _ - from a letter or digit to one, got "${value}"`,
                  ]),
        ];
    });
}
