import { vmSize } from "../../facts/vm-sizes";
import { gpuResource, nodeRoom, type MigStrategy, type PoolView, type Room } from "./node-capacity";

/** Pods of one kind, as far as it matters where they find room. */
export interface PodNeed {
    /** Where it is stated, for the errors: `endpoints["detector"]`. */
    field: string;
    /** Online pods answer people and run all the time; batch pods wait in a queue, and start over. */
    use: "online" | "batch";
    /** Prefix of the pool. */
    pool: string;
    /** Most pods at one time, and fewest: for batch, those without which nothing goes on. */
    pods: number;
    least: number;
    request: Room;
    /** Name by which they ask for GPUs. @default - the one under which the pool offers them */
    gpuResource?: string;
    /** Taints that they bear beside that of GPUs, and for batch that of spot machines: `key=value:effect`. */
    tolerates: readonly string[];
}

/** A team's limits in the cluster. */
export interface TeamLimits {
    gpus: Readonly<Record<string, number>>;
    cpu: number;
    memoryGib: number;
    pods: number;
}

/** What the cluster offers, and what the team may take of it. */
export interface Offer {
    pools: readonly PoolView[];
    /** What all pods of the team may have at one time, GPUs by pool. @default - as much as there is */
    quota?: TeamLimits;
    /** How parts of GPUs are named. @default single */
    migStrategy?: MigStrategy;
}

/** @see https://learn.microsoft.com/azure/aks/spot-node-pool */
export const spotTaint = "kubernetes.azure.com/scalesetpriority=spot:NoSchedule";

/** Taints that the pool's nodes carry: its own, and the one that AKS puts on spot machines. */
const taintsOf = (pool: PoolView): string[] => [...new Set([...pool.taints, ...(pool.spot ? [spotTaint] : [])])];

/** Taints that pods for that pool bear. GPU pods bear NVIDIA's key whatever its value, as NVIDIA's own charts do. */
function bears({ request, use, tolerates }: PodNeed, taint: string): boolean {
    const [key] = taint.split(/[=:]/);
    return (
        taint.endsWith(":PreferNoSchedule") ||
        (request.gpus > 0 && key === "nvidia.com/gpu") ||
        (use === "batch" && taint === spotTaint) ||
        tolerates.includes(taint)
    );
}

/**
 * Everything that would keep one of the pods from ever running, or from running well, before anything is applied. What is refused
 * cannot work; what passes has room as far as these pods are concerned: those of others are not known here.
 */
export function placementFaults(needs: readonly PodNeed[], offer: Offer): string[] {
    const found = needs.flatMap((need) => {
        const pool = offer.pools.find(({ prefix }) => prefix === need.pool);
        if (pool) return [{ need, pool }];
        return [];
    });
    return [
        ...needs.flatMap((need) => unknownPool(need, offer.pools)),
        ...found.flatMap(({ need, pool }) => [
            ...taintFaults(need, pool),
            ...spotFaults(need, pool),
            ...sizeFaults(need, pool),
            ...gpuNameFaults(need, pool, offer.migStrategy),
        ]),
        ...offer.pools.flatMap((pool) => sumFaults(pool, needs)),
        ...(offer.quota ? quotaFaults(needs, offer.quota) : []),
    ];
}

function unknownPool({ field, pool }: PodNeed, pools: readonly PoolView[]): string[] {
    if (pools.some(({ prefix }) => prefix === pool)) return [];
    return [`${field}.pool must be a pool of the foundation, one of ${names(pools)}, got "${pool}"`];
}
const names = (pools: readonly PoolView[]): string => pools.map(({ prefix }) => prefix).join(", ") || "none";

function taintFaults(need: PodNeed, pool: PoolView): string[] {
    // Spot machines under an online endpoint have an error of their own.
    const taints = taintsOf(pool).filter((taint) => taint !== spotTaint || need.use === "batch");
    return taints
        .filter((taint) => !bears(need, taint))
        .map((taint) => {
            const gpu = taint.startsWith("nvidia.com/gpu");
            const way = gpu ? "pods without a GPU have no place there: name another pool" : "add it to tolerates";
            return `${need.field}.pool "${pool.prefix}" has the taint ${taint}, which its pods do not tolerate; ${way}`;
        });
}

function spotFaults({ field, use }: PodNeed, pool: PoolView): string[] {
    if (use !== "online" || !pool.spot) return [];
    return [
        `${field}.pool must not be of spot machines for an online endpoint: they go with 30 seconds' notice, got "${pool.prefix}"`,
    ];
}

function sizeFaults({ field, request }: PodNeed, pool: PoolView): string[] {
    const room = nodeRoom(pool);
    if (room === undefined) return [`${field}.pool "${pool.prefix}" is of a size that is not known: ${pool.vmSize}`];
    const less = `${pool.vmSize} less what AKS and the daemons of a node take`;
    return [
        request.milliCpus > room.milliCpus &&
            `${field}.cpu must be at most ${room.milliCpus / 1000}, a ${less}, got ${request.milliCpus / 1000}`,
        request.memoryMib > room.memoryMib &&
            `${field}.memoryGib and sharedMemoryGib must be at most ${floor(room.memoryMib / 1024)} together, a ${less}, got ${request.memoryMib / 1024}`,
        request.gpus > room.gpus && room.gpus === 0 && `${field}.gpus must be 0 on ${pool.vmSize}, got ${request.gpus}`,
        request.gpus > room.gpus &&
            room.gpus > 0 &&
            `${field}.gpus must be at most ${room.gpus}, what one ${pool.vmSize}${pool.migProfile ? ` divided by ${pool.migProfile}` : ""} has, got ${request.gpus}`,
    ].filter((fault) => fault !== false);
}

function gpuNameFaults({ field, request, ...need }: PodNeed, pool: PoolView, strategy?: MigStrategy): string[] {
    const size = vmSize(pool.vmSize);
    if (pool.migProfile !== undefined && size?.gpus !== undefined && !size.gpus.mig)
        return [
            `${field}.pool "${pool.prefix}" is divided by ${pool.migProfile}, which takes an A100, H100 or H200, got ${pool.vmSize}`,
        ];
    const offered = gpuResource(pool, strategy);
    if (request.gpus === 0 || offered === undefined || need.gpuResource === undefined) return [];
    if (need.gpuResource === offered) return [];
    return [`${field}.gpuResource must be ${offered}, as pool "${pool.prefix}" offers it, got "${need.gpuResource}"`];
}

/** Sums that no way of packing can get around. Batch pods wait for their turn, so theirs count one by one. */
function sumFaults(pool: PoolView, needs: readonly PodNeed[]): string[] {
    const room = nodeRoom(pool);
    if (room === undefined) return [];
    const here = needs.filter((need) => need.pool === pool.prefix);
    const online = here.filter(({ use }) => use === "online");
    const groups = [online, ...here.filter(({ use }) => use === "batch").map((need) => [need])];
    const units = [
        { key: "gpus", unit: "GPUs", shown: (value: number): string => String(value) },
        { key: "milliCpus", unit: "CPUs", shown: (value: number): string => String(value / 1000) },
        { key: "memoryMib", unit: "GiB of memory", shown: (value: number): string => String(floor(value / 1024)) },
    ] as const;
    return groups.flatMap((group) =>
        units.flatMap(({ key, unit, shown }) => {
            const asked = group.reduce((sum, { pods, request }) => sum + pods * request[key], 0);
            const most = room[key] * pool.maxCount;
            // What does not fit one node has been told above.
            if (asked <= most || group.some(({ request }) => request[key] > room[key])) return [];
            const each = group.map(({ field, pods, request }) => `${field} ${pods} x ${shown(request[key])}`);
            return [
                `pool "${pool.prefix}" has ${shown(most)} ${unit} at its most (${pool.maxCount} x ${shown(room[key])}), got ${shown(asked)}: ${each.join(", ")}`,
            ];
        }),
    );
}

/** One of the team's limits, with what a pod takes of it. */
interface Limit {
    what: string;
    limit: number;
    of: (need: PodNeed) => number;
}

/** Endpoints at their most, each batch by itself, and the first part of a batch beside endpoints at their least. */
function quotaFaults(needs: readonly PodNeed[], quota: TeamLimits): string[] {
    const pools = [...new Set(needs.filter(({ request }) => request.gpus > 0).map(({ pool }) => pool))];
    const limits: Limit[] = [
        ...pools.map((pool) => ({
            ...{ what: `GPUs of pool "${pool}"`, limit: quota.gpus[pool] ?? 0 },
            of: (need: PodNeed) => (need.pool === pool ? need.request.gpus : 0),
        })),
        { what: "CPUs", limit: quota.cpu, of: ({ request }) => request.milliCpus / 1000 },
        { what: "GiB of memory", limit: quota.memoryGib, of: ({ request }) => request.memoryMib / 1024 },
        { what: "pods", limit: quota.pods, of: () => 1 },
    ];
    const online = needs.filter(({ use }) => use === "online");
    return limits.flatMap(({ what, limit, of }) => {
        const sum = (pods: "pods" | "least"): number =>
            online.reduce((total, need) => total + need[pods] * of(need), 0);
        const each = online.filter((need) => of(need) > 0).map((need) => `${need.field} ${need.pods} x ${of(need)}`);
        const found =
            sum("pods") > limit
                ? [
                      `the team may have ${limit} ${what}, its endpoints at their most ask for ${sum("pods")}: ${each.join(", ")}`,
                  ]
                : [];
        const batches = needs.filter((need) => need.use === "batch" && of(need) > 0);
        return [
            ...found,
            ...batches.flatMap((need) => {
                const asked = need.pods * of(need);
                if (asked > limit)
                    return [`${need.field} asks for ${need.pods} x ${of(need)} ${what}, the team may have ${limit}`];
                if (sum("least") + need.least * of(need) > limit && found.length === 0)
                    return [
                        `${need.field} could never start: the team may have ${limit} ${what}, its endpoints keep ${sum("least")}, and one part takes ${of(need)}`,
                    ];
                return [];
            }),
        ];
    });
}

/** How a Deployment exchanges its pods. */
export interface RolloutStrategy {
    maxSurge: 0 | 1;
    maxUnavailable: 0 | 1;
}

/**
 * With room for one pod more, the new one comes before the old one goes. Without, an old one goes first: a surge pod would wait for
 * a GPU that nobody gives back, and the rollout with it.
 */
export function strategyOf(need: PodNeed, needs: readonly PodNeed[], offer: Offer): RolloutStrategy {
    return sparePods(need, needs, offer) > 0 ? { maxSurge: 1, maxUnavailable: 0 } : { maxSurge: 0, maxUnavailable: 1 };
}

/** Pods of that kind that there is room for beside all online pods at their most. */
export function sparePods(need: PodNeed, needs: readonly PodNeed[], { pools, quota }: Offer): number {
    const pool = pools.find(({ prefix }) => prefix === need.pool);
    const room = pool && nodeRoom(pool);
    if (!room) return 0;
    const online = needs.filter(({ use }) => use === "online");
    const here = online.filter(({ pool: at }) => at === need.pool);
    const most = perNode(need.request, room) * pool.maxCount;
    const taken = here.reduce((sum, { pods, request }) => sum + nodesLike(request, pods, need.request), 0);
    const sum = (of: (one: PodNeed) => number): number => online.reduce((total, one) => total + one.pods * of(one), 0);
    const { gpus, milliCpus, memoryMib } = need.request;
    const ofQuota = quota
        ? [
              gpus > 0
                  ? ((quota.gpus[need.pool] ?? 0) -
                        here.reduce((total, one) => total + one.pods * one.request.gpus, 0)) /
                    gpus
                  : Number.POSITIVE_INFINITY,
              (quota.cpu * 1000 - sum(({ request }) => request.milliCpus)) / milliCpus,
              (quota.memoryGib * 1024 - sum(({ request }) => request.memoryMib)) / memoryMib,
              quota.pods - sum(() => 1),
          ]
        : [];
    return Math.max(0, Math.floor(Math.min(most - taken, ...ofQuota)));
}

/** Pods of that request that one node holds. */
const perNode = (request: Room, room: Room): number => {
    const fits = (["gpus", "milliCpus", "memoryMib"] as const)
        .filter((key) => request[key] > 0)
        .map((key) => Math.floor(room[key] / request[key]));
    return fits.length === 0 ? 0 : Math.min(...fits);
};

/** How many pods of the one request those of the other stand for: the resource that they take most of counts. */
const nodesLike = (other: Room, pods: number, request: Room): number => {
    const shares = (["gpus", "milliCpus", "memoryMib"] as const)
        .filter((key) => request[key] > 0)
        .map((key) => Math.ceil((other[key] * pods) / request[key]));
    return Math.max(0, ...shares);
};

/** What is wrong with what must go on answering while nodes are exchanged; empty when nothing is. */
export function disruptionFaults(field: string, replicas: number, minAvailable: number | undefined): string[] {
    if (minAvailable === undefined || (minAvailable >= 1 && minAvailable < replicas)) return [];
    return [
        `${field}.minAvailable must be from 1 to ${Math.max(replicas - 1, 1)}, less than the ${replicas} replicas there are at least: ` +
            `a budget that spares nobody blocks every upgrade of nodes, got ${minAvailable}`,
    ];
}

/** Whatever sets a number of replicas, of which one may be stated. */
export function controllerFaults(field: string, controllers: Readonly<Record<string, unknown>>): string[] {
    const stated = Object.entries(controllers).flatMap(([name, value]) => (value === undefined ? [] : [name]));
    if (stated.length === 1) return [];
    return [
        `${field} must name one of ${Object.keys(controllers).join(", ")}: two that set one number of replicas undo each other's work, got ${stated.join(" and ") || "none"}`,
    ];
}

const floor = (value: number): number => Math.floor(value * 10) / 10;
