import { gpuResource, nodeRoom, type PoolView } from "../../../components/workloads/node-capacity";
import {
    placementFaults,
    sparePods,
    strategyOf,
    type PodNeed,
    type TeamLimits,
} from "../../../components/workloads/placement";
import { vmSizes } from "../../../facts/vm-sizes";
import { spot, t4, work } from "./scorers";

const need: PodNeed = {
    ...{ field: "endpoints.detector", use: "online", pool: "t4", pods: 2, least: 1, tolerates: [] },
    request: { gpus: 1, milliCpus: 3000, memoryMib: 13 * 1024 },
};
const pools = [t4, work, spot];
const a100: PoolView = { ...t4, prefix: "mig", vmSize: "Standard_NC24ads_A100_v4", migProfile: "MIG1g" };
const faults = (more: Partial<PodNeed>, offered: readonly PoolView[] = pools): string[] =>
    placementFaults([{ ...need, ...more }], { pools: offered });

test("what fits is not refused", () => {
    expect(faults({})).toEqual([]);
    expect(faults({ use: "batch", pool: "t4spot" })).toEqual([]);
    expect(faults({ pool: "work", request: { gpus: 0, milliCpus: 1000, memoryMib: 4096 } })).toEqual([]);
    expect(faults({ pool: "mig", request: { ...need.request, gpus: 7 } }, [a100])).toEqual([]);
});

test.each<[string, Partial<PodNeed>, readonly PoolView[], string]>([
    [
        "a pool that there is not",
        { pool: "a100" },
        pools,
        'endpoints.detector.pool must be a pool of the foundation, one of t4, work, t4spot, got "a100"',
    ],
    [
        "a taint that is not tolerated",
        {},
        [{ ...t4, taints: [...t4.taints, "dedicated=labs:NoSchedule"] }],
        'endpoints.detector.pool "t4" has the taint dedicated=labs:NoSchedule, which its pods do not tolerate; add it to tolerates',
    ],
    [
        "the other convention of taints",
        {},
        [{ ...t4, taints: ["sku=gpu:NoSchedule"] }],
        'endpoints.detector.pool "t4" has the taint sku=gpu:NoSchedule, which its pods do not tolerate',
    ],
    [
        "pods without a GPU on GPU machines",
        { request: { ...need.request, gpus: 0 } },
        pools,
        'endpoints.detector.pool "t4" has the taint nvidia.com/gpu=present:NoSchedule, which its pods do not tolerate; pods without a GPU have no place there: name another pool',
    ],
    [
        "spot machines for an online endpoint",
        { pool: "t4spot" },
        pools,
        'endpoints.detector.pool must not be of spot machines for an online endpoint: they go with 30 seconds\' notice, got "t4spot"',
    ],
    [
        "all CPUs of a machine",
        { request: { ...need.request, milliCpus: 4000 } },
        pools,
        "endpoints.detector.cpu must be at most 3.36, a Standard_NC4as_T4_v3 less what AKS and the daemons of a node take, got 4",
    ],
    [
        "all memory of a machine",
        { request: { ...need.request, memoryMib: 28 * 1024 } },
        pools,
        "endpoints.detector.memoryGib and sharedMemoryGib must be at most 24.3 together, a Standard_NC4as_T4_v3 less what AKS and the daemons of a node take, got 28",
    ],
    [
        "more GPUs than a machine has",
        { request: { ...need.request, gpus: 2 } },
        pools,
        "endpoints.detector.gpus must be at most 1, what one Standard_NC4as_T4_v3 has, got 2",
    ],
    [
        "GPUs of a pool without",
        { pool: "work", request: { ...need.request, milliCpus: 100, memoryMib: 100 } },
        pools,
        "endpoints.detector.gpus must be 0 on Standard_D4ds_v5, got 1",
    ],
    [
        "a size that nobody knows",
        {},
        [{ ...t4, vmSize: "Standard_X1" }],
        'endpoints.detector.pool "t4" is of a size that is not known: Standard_X1',
    ],
    [
        "a profile that the GPU does not take",
        {},
        [{ ...t4, migProfile: "MIG1g" }],
        'endpoints.detector.pool "t4" is divided by MIG1g, which takes an A100, H100 or H200, got Standard_NC4as_T4_v3',
    ],
    [
        "parts by a name that is not theirs",
        { pool: "mig", gpuResource: "nvidia.com/mig-1g.10gb" },
        [a100],
        'endpoints.detector.gpuResource must be nvidia.com/gpu, as pool "mig" offers it, got "nvidia.com/mig-1g.10gb"',
    ],
    [
        "more than the pool can grow to",
        { pods: 5 },
        pools,
        'pool "t4" has 4 GPUs at its most (4 x 1), got 5: endpoints.detector 5 x 1',
    ],
])("refuses %s", (_, more, offered, message) => {
    expect(faults(more, offered).join("\n")).toContain(message);
});

test("endpoints share a pool and a quota; batches wait for their turn", () => {
    const others = { ...need, field: "endpoints.reader", pods: 3 };
    expect(placementFaults([need, others], { pools })).toContain(
        'pool "t4" has 4 GPUs at its most (4 x 1), got 5: endpoints.detector 2 x 1, endpoints.reader 3 x 1',
    );
    const batch: PodNeed = { ...others, field: "batch.nightly", use: "batch" };
    expect(placementFaults([need, batch], { pools })).toEqual([]);
});

test("a team stays within its quota, and a batch that endpoints leave nothing to is told so", () => {
    const quota = { gpus: { t4: 1 }, cpu: 100, memoryGib: 1000, pods: 100 };
    const batch: PodNeed = { ...need, field: "batch.nightly", use: "batch", pods: 3 };
    expect(placementFaults([need, batch], { pools, quota })).toEqual([
        'the team may have 1 GPUs of pool "t4", its endpoints at their most ask for 2: endpoints.detector 2 x 1',
        'batch.nightly asks for 3 x 1 GPUs of pool "t4", the team may have 1',
    ]);
    expect(
        placementFaults(
            [
                { ...need, pods: 1 },
                { ...batch, pods: 1 },
            ],
            { pools, quota },
        ),
    ).toEqual([
        'batch.nightly could never start: the team may have 1 GPUs of pool "t4", its endpoints keep 1, and one part takes 1',
    ]);
    const narrow = { gpus: { t4: 4 }, cpu: 5, memoryGib: 20, pods: 1 };
    expect(placementFaults([need], { pools, quota: narrow })).toEqual([
        "the team may have 5 CPUs, its endpoints at their most ask for 6: endpoints.detector 2 x 3",
        "the team may have 20 GiB of memory, its endpoints at their most ask for 26: endpoints.detector 2 x 13",
        "the team may have 1 pods, its endpoints at their most ask for 2: endpoints.detector 2 x 1",
    ]);
});

test("all faults are told at once", () => {
    const found = placementFaults(
        [
            { ...need, pool: "none" },
            { ...need, pool: "t4spot", request: { ...need.request, milliCpus: 9000 } },
        ],
        { pools },
    );
    expect(found).toHaveLength(3);
});

test("parts of GPUs are named by their profile under the mixed strategy", () => {
    expect(gpuResource(a100, "mixed")).toBe("nvidia.com/mig-1g.10gb");
    expect(gpuResource({ ...a100, migProfile: "MIG3g" }, "mixed")).toBe("nvidia.com/mig-3g.40gb");
    expect(gpuResource(a100)).toBe("nvidia.com/gpu");
    expect(gpuResource(work)).toBeUndefined();
});

test("with room for one more the new pod comes first; without, an old one goes first", () => {
    const quotaOf = (gpus: number): TeamLimits => ({ gpus: { t4: gpus }, cpu: 100, memoryGib: 1000, pods: 100 });
    const at = (maxCount: number, gpus?: number): object =>
        strategyOf(need, [need], {
            pools: [{ ...t4, maxCount }],
            ...(gpus !== undefined && { quota: quotaOf(gpus) }),
        });
    expect(at(3)).toEqual({ maxSurge: 1, maxUnavailable: 0 });
    expect(at(2)).toEqual({ maxSurge: 0, maxUnavailable: 1 });
    expect(at(3, 2)).toEqual({ maxSurge: 0, maxUnavailable: 1 });
    expect(at(3, 3)).toEqual({ maxSurge: 1, maxUnavailable: 0 });
});

test("for every size: what a node has left fits, a little more does not, and there is spare room until the pool is full", () => {
    for (const { name, gpus } of vmSizes)
        for (const maxPods of [10, 110, 250])
            for (const maxCount of [1, 2, 7]) {
                const pool: PoolView = { ...work, prefix: "p", vmSize: name, maxPods, maxCount };
                const room = nodeRoom(pool);
                if (room === undefined) throw new Error(`no room on ${name}`);
                const asked = { ...need, pool: "p", request: room, pods: maxCount };
                expect([name, placementFaults([asked], { pools: [pool] })]).toEqual([name, []]);
                expect(room.gpus).toBe(gpus?.count ?? 0);
                for (const key of ["milliCpus", "memoryMib", "gpus"] as const) {
                    const more = { ...asked, request: { ...room, [key]: room[key] + 1 } };
                    expect(placementFaults([more], { pools: [pool] })).toHaveLength(1);
                }
                expect(placementFaults([{ ...asked, pods: maxCount + 1 }], { pools: [pool] })).not.toEqual([]);
                for (let pods = 0; pods <= maxCount; pods += 1)
                    expect(sparePods(asked, [{ ...asked, pods }], { pools: [pool] })).toBe(maxCount - pods);
            }
});
