import type { V1Pod } from "@kubernetes/client-node";
import { autoscalerProfile } from "../../../../sandbox/kubernetes/nodes/autoscaler-profile";
import { poolsOf } from "../../../../sandbox/kubernetes/nodes/description";
import { planGrowth, type GrowingPool } from "../../../../sandbox/kubernetes/nodes/growth";
import { templatePlace } from "../../../../sandbox/kubernetes/nodes/places";
import { fleetOf, pool, template } from "./manifests";

/** A pool that may grow, with quota for ten machines more. */
function growing(name: string, vmSize: string, more: Partial<GrowingPool> = {}): GrowingPool {
    const fleet = fleetOf(pool(name, { vmSize, availabilityZones: [] }));
    const [made] = poolsOf(fleet).pools;
    if (!made) throw new Error("the size must be known");
    return {
        ...{ pool: made, count: 0, quotaLeft: 10, backingOff: false },
        next: () => templatePlace(fleet, made, "0", []),
        ...more,
    };
}

const pods = (count: number, cpu: string): V1Pod[] =>
    Array.from({ length: count }, (_, index) =>
        template("web", {}, { cpu, memory: "256Mi" }, { name: `web-${index}` }),
    );
const small = growing("small", "Standard_D2ds_v5");
const large = growing("large", "Standard_D16ds_v5");
const never = (): number => {
    throw new Error("nothing to pick");
};

test("with least-waste, the pool grows that has the least left over", () => {
    expect(planGrowth(pods(1, "1"), [], [large, small], "least-waste", never).grow).toMatchObject({ pool: "small" });
    expect(planGrowth(pods(5, "3"), [], [large, small], "least-waste", never).grow).toMatchObject({
        pool: "large",
        machines: 1,
    });
});

test("with random, any that helps", () => {
    const picks = [0, 1].map((index) => planGrowth(pods(1, "1"), [], [large, small], "random", () => index).grow?.pool);
    expect(picks).toEqual(["large", "small"]);
});

test("pods that a coming machine has room for wait for it", () => {
    const coming = { ...small.next(0), name: "coming" };
    const growth = planGrowth(pods(1, "1"), [coming], [small], "least-waste", never);
    expect(growth.grow).toBeUndefined();
    expect([...growth.expected]).toEqual(["coming"]);
});

test("as many machines come as maximum and quota let", () => {
    const machines = (more: Partial<GrowingPool>): number | undefined =>
        planGrowth(pods(5, "1"), [], [{ ...small, ...more }], "least-waste", never).grow?.machines;
    expect(machines({})).toBe(3);
    expect(machines({ count: 1 })).toBe(2);
    expect(machines({ quotaLeft: 1 })).toBe(1);
});

test("a pod for which a pool has no room left by its own growth is looked at again before it is told anything", () => {
    const first = planGrowth(pods(5, "1"), [], [small], "least-waste", never);
    expect([first.grow?.machines, first.helpless]).toEqual([3, []]);
    const places = [0, 1, 2].map((index) => {
        const place = { ...small.next(index), name: `small-${index}` };
        return { ...place, pods: [...place.pods, ...pods(1, "1")] };
    });
    const { grow, helpless } = planGrowth(pods(2, "1"), places, [{ ...small, count: 3 }], "least-waste", never);
    expect(grow).toBeUndefined();
    expect(helpless.map(({ reasons }) => [...reasons])).toEqual(Array(2).fill([["max node group size reached", 1]]));
});

test("a pod that no pool helps is told the reason of each", () => {
    const full = { ...small, count: 3 };
    const late = { ...small, backingOff: true };
    const [helpless] = planGrowth(pods(1, "1"), [], [full, late], "least-waste", never).helpless;
    expect([...(helpless?.reasons ?? [])]).toEqual([
        ["max node group size reached", 1],
        ["in backoff after failed scale-up", 1],
    ]);
    const [tooLarge] = planGrowth(pods(1, "64"), [], [small, large], "least-waste", never).helpless;
    expect([...(tooLarge?.reasons ?? [])]).toEqual([["Insufficient cpu", 2]]);
});

test("a profile has AKS's defaults where it says nothing", () => {
    expect(autoscalerProfile({})).toMatchObject({ expander: "random", scanInterval: 10, scaleDownUnneededTime: 600 });
    expect(autoscalerProfile({ expander: "least-waste", scaleDownUnneededTime: "5m" })).toMatchObject({
        expander: "least-waste",
        scaleDownUnneededTime: 300,
    });
});
