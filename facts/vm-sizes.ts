/** A GPU as its size offers it. */
export interface VmGpu {
    model: "T4" | "A10" | "A100" | "H100" | "H200";
    /** GPUs per machine. */
    count: number;
    /** Memory of one GPU. */
    memoryGib: number;
    /**
     * Can be divided by a MIG profile.
     * @see https://learn.microsoft.com/azure/aks/gpu-multi-instance
     */
    mig: boolean;
    /** Kind of driver that AKS installs: virtual workstation GPUs take GRID, all others CUDA. */
    driver: "CUDA" | "GRID";
}

/** One virtual machine size, as far as the platform's choices depend on it. */
export interface VmSize {
    /** As Azure writes it; compared ignoring case. */
    name: string;
    /** Quota family, by the name that `az vm list-usage` shows: the vCPUs of all its sizes share one limit in a region. */
    family: string;
    vCpus: number;
    memoryGib: number;
    /** Largest ephemeral OS disk: the larger of cache and temporary disk. 0 where none is to be had. */
    ephemeralOsDiskGib: number;
    gpus?: VmGpu;
    /** InfiniBand between machines. */
    infiniband: boolean;
    /** Takes premium disks, which own-key disks of the platform are. */
    premiumIo: boolean;
    /** Can encrypt caches and temporary disks on its host. */
    hostEncryption: boolean;
    /** Network interface without a detour over the host. */
    acceleratedNetworking: boolean;
    /** Can be had at a discount, with eviction at any time. */
    spot: boolean;
    /** Disk controller; a change of it is no resize in place. */
    diskController: "SCSI" | "NVMe";
    /**
     * Zones that offer it, by region; `everywhere` stands for all zones of all regions. A region that is not listed is
     * not known to offer it: `az vm list-skus --location REGION --size SIZE --all` decides.
     */
    zonesOffered: "everywhere" | Readonly<Record<string, readonly string[]>>;
    source: string;
}

const sizesOverview = "https://learn.microsoft.com/azure/virtual-machines/sizes/overview";

interface Series {
    family: string;
    ephemeral?: readonly number[];
    diskController?: "SCSI" | "NVMe";
    source: string;
}

/** D-series from 2 to 16 vCPUs with 4 GiB each. */
function general(infix: string, version: string, series: Series): VmSize[] {
    return [2, 4, 8, 16].map((vCpus, index) => ({
        name: `Standard_D${vCpus}${infix}_${version}`,
        family: series.family,
        vCpus,
        memoryGib: vCpus * 4,
        ephemeralOsDiskGib: series.ephemeral?.[index] ?? 0,
        infiniband: false,
        ...{ premiumIo: true, hostEncryption: true, acceleratedNetworking: true, spot: true },
        diskController: series.diskController ?? "SCSI",
        zonesOffered: "everywhere",
        source: series.source,
    }));
}

/** Name, vCPUs, memory, ephemeral OS disk, GPUs per machine. */
type GpuRow = readonly [name: string, vCpus: number, memoryGib: number, ephemeralOsDiskGib: number, gpus: number];

interface GpuSeries {
    family: string;
    gpu: Omit<VmGpu, "count">;
    infiniband?: boolean;
    regions: readonly string[];
    /** Where fewer than three zones offer it. */
    zones?: Readonly<Record<string, readonly string[]>>;
    source: string;
}

const allZones = ["1", "2", "3"] as const;

/** Regions of the table below that have no zones at all. */
const withoutZones: ReadonlySet<string> = new Set(["northcentralus", "westus"]);

function accelerated(series: GpuSeries, rows: readonly GpuRow[]): VmSize[] {
    const zones = series.regions.map((region) => [region, withoutZones.has(region) ? [] : allZones] as const);
    return rows.map(([name, vCpus, memoryGib, ephemeralOsDiskGib, count]) => ({
        ...{ name, family: series.family, vCpus, memoryGib, ephemeralOsDiskGib },
        gpus: { ...series.gpu, count },
        infiniband: series.infiniband ?? false,
        ...{ premiumIo: true, hostEncryption: true, acceleratedNetworking: true, spot: true },
        diskController: "SCSI",
        zonesOffered: { ...Object.fromEntries(zones), ...series.zones },
        source: `${series.source}; regions and zones unverified: az vm list-skus decides`,
    }));
}

/** The sizes that the platform knows. Quota families: az vm list-usage, as copied into public quota tables. */
export const vmSizes: readonly VmSize[] = [
    // No temporary disk, hence no ephemeral OS disk.
    ...general("s", "v5", {
        family: "standardDSv5Family",
        source: "https://learn.microsoft.com/azure/virtual-machines/sizes/general-purpose/dsv5-series",
    }),
    ...general("ds", "v5", {
        family: "standardDDSv5Family",
        ephemeral: [75, 150, 300, 600],
        source: "https://learn.microsoft.com/azure/virtual-machines/sizes/general-purpose/ddsv5-series",
    }),
    ...general("s", "v6", {
        family: "StandardDsv6Family",
        diskController: "NVMe",
        source: "https://learn.microsoft.com/azure/virtual-machines/sizes/general-purpose/dsv6-series",
    }),
    ...accelerated(
        {
            family: "Standard NCASv3_T4 Family",
            gpu: { model: "T4", memoryGib: 16, mig: false, driver: "CUDA" },
            regions: [
                ...["australiaeast", "brazilsouth", "canadacentral", "centralindia", "centralus", "eastus", "eastus2"],
                ...[
                    "francecentral",
                    "germanywestcentral",
                    "japaneast",
                    "koreacentral",
                    "northcentralus",
                    "northeurope",
                ],
                ...["norwayeast", "southafricanorth", "southcentralus", "southeastasia", "swedencentral"],
                ...["switzerlandnorth", "uaenorth", "uksouth", "westeurope", "westus2", "westus3"],
            ],
            source: "https://learn.microsoft.com/azure/virtual-machines/sizes/gpu-accelerated/ncast4v3-series; Azure/karpenter-provider-azure pkg/fake/zz_generated.sku.eastus.go",
        },
        [
            ["Standard_NC4as_T4_v3", 4, 28, 176, 1],
            ["Standard_NC8as_T4_v3", 8, 56, 352, 1],
            ["Standard_NC16as_T4_v3", 16, 110, 352, 1],
            ["Standard_NC64as_T4_v3", 64, 440, 2040, 4],
        ],
    ),
    ...accelerated(
        {
            family: "StandardNVADSA10v5Family",
            gpu: { model: "A10", memoryGib: 24, mig: false, driver: "GRID" },
            regions: [
                ...[
                    "australiaeast",
                    "brazilsouth",
                    "canadacentral",
                    "centralindia",
                    "eastus",
                    "eastus2",
                    "francecentral",
                ],
                ...[
                    "germanywestcentral",
                    "japaneast",
                    "koreacentral",
                    "northeurope",
                    "southcentralus",
                    "southeastasia",
                ],
                ...["swedencentral", "switzerlandnorth", "uksouth", "westeurope", "westus2", "westus3"],
            ],
            source: "https://learn.microsoft.com/azure/virtual-machines/sizes/gpu-accelerated/nvadsa10v5-series",
        },
        [
            ["Standard_NV36ads_A10_v5", 36, 440, 720, 1],
            ["Standard_NV72ads_A10_v5", 72, 880, 1400, 2],
        ],
    ),
    ...accelerated(
        {
            family: "StandardNCADSA100v4Family",
            gpu: { model: "A100", memoryGib: 80, mig: true, driver: "CUDA" },
            regions: [
                ...["australiaeast", "centralindia", "eastus", "eastus2", "francecentral", "germanywestcentral"],
                ...["italynorth", "japaneast", "koreacentral", "norwayeast", "polandcentral", "southcentralus"],
                ...[
                    "southeastasia",
                    "swedencentral",
                    "switzerlandnorth",
                    "uaenorth",
                    "uksouth",
                    "westeurope",
                    "westus2",
                ],
                "westus3",
            ],
            zones: { eastus: ["1"] },
            source: "https://learn.microsoft.com/azure/virtual-machines/sizes/gpu-accelerated/nca100v4-series; Azure/karpenter-provider-azure pkg/fake/zz_generated.sku.eastus.go (zone 1 of eastus, January 2024)",
        },
        [
            // The cache is larger than the temporary disk.
            ["Standard_NC24ads_A100_v4", 24, 220, 256, 1],
            ["Standard_NC48ads_A100_v4", 48, 440, 512, 2],
            ["Standard_NC96ads_A100_v4", 96, 880, 1024, 4],
        ],
    ),
    ...accelerated(
        {
            family: "Standard NDASv4_A100 Family",
            gpu: { model: "A100", memoryGib: 40, mig: true, driver: "CUDA" },
            infiniband: true,
            regions: ["eastus", "southcentralus", "westeurope", "westus2", "westus3"],
            source: "https://learn.microsoft.com/azure/virtual-machines/sizes/gpu-accelerated/ndasra100v4-series",
        },
        [["Standard_ND96asr_v4", 96, 900, 2040, 8]],
    ),
    ...accelerated(
        {
            family: "Standard NDAMSv4_A100Family",
            gpu: { model: "A100", memoryGib: 80, mig: true, driver: "CUDA" },
            infiniband: true,
            regions: ["eastus", "southcentralus", "swedencentral", "westeurope", "westus2", "westus3"],
            source: "https://learn.microsoft.com/azure/virtual-machines/sizes/gpu-accelerated/ndma100v4-series",
        },
        [["Standard_ND96amsr_A100_v4", 96, 1900, 2040, 8]],
    ),
    ...accelerated(
        {
            family: "StandardNCadsH100v5Family",
            gpu: { model: "H100", memoryGib: 94, mig: true, driver: "CUDA" },
            regions: [
                ...["australiaeast", "canadacentral", "eastus2", "francecentral", "germanywestcentral", "japaneast"],
                ...[
                    "southcentralus",
                    "swedencentral",
                    "switzerlandnorth",
                    "uksouth",
                    "westeurope",
                    "westus2",
                    "westus3",
                ],
            ],
            source: "https://learn.microsoft.com/azure/virtual-machines/sizes/gpu-accelerated/ncadsh100v5-series",
        },
        [
            ["Standard_NC40ads_H100_v5", 40, 320, 128, 1],
            ["Standard_NC80adis_H100_v5", 80, 640, 256, 2],
        ],
    ),
    ...accelerated(
        {
            family: "standardNDSH100v5Family",
            gpu: { model: "H100", memoryGib: 80, mig: true, driver: "CUDA" },
            infiniband: true,
            regions: ["australiaeast", "eastus", "eastus2", "southcentralus", "swedencentral", "uksouth", "westus3"],
            source: "https://learn.microsoft.com/azure/virtual-machines/sizes/gpu-accelerated/ndh100v5-series",
        },
        [["Standard_ND96isr_H100_v5", 96, 1900, 1000, 8]],
    ),
    ...accelerated(
        {
            family: "standardNDISRH200V5Family",
            gpu: { model: "H200", memoryGib: 141, mig: true, driver: "CUDA" },
            infiniband: true,
            regions: ["eastus2", "southcentralus", "swedencentral", "westus2", "westus3"],
            source: "https://learn.microsoft.com/azure/virtual-machines/sizes/gpu-accelerated/nd-h200-v5-series",
        },
        [["Standard_ND96isr_H200_v5", 96, 1850, 1000, 8]],
    ),
];

/** Where families and numbers of GPUs are listed. */
export const vmSizeSources = {
    sizes: sizesOverview,
    quotaFamilies: "https://learn.microsoft.com/azure/quotas/per-vm-quota-requests",
    gpuOnAks: "https://learn.microsoft.com/azure/aks/use-nvidia-gpu",
} as const;

const byName = new Map(vmSizes.map((size) => [size.name.toLowerCase(), size]));

/** The size of that name, ignoring case; undefined when the table does not hold it. */
export function vmSize(name: string): VmSize | undefined {
    return byName.get(name.toLowerCase());
}

/**
 * Zones of that region that offer the size, among the zones that the region has; undefined when the region is not known
 * to offer it.
 */
export function zonesOffering(
    size: VmSize,
    location: string,
    zonesOfRegion: readonly string[],
): readonly string[] | undefined {
    if (size.zonesOffered === "everywhere") return zonesOfRegion;
    return size.zonesOffered[location]?.filter((zone) => zonesOfRegion.includes(zone));
}
