import { nodeTimes } from "../../../../facts/node-times";
import { poolsOf, type NodePool } from "../../../../sandbox/kubernetes/nodes/description";
import { Machines } from "../../../../sandbox/kubernetes/nodes/machines";
import { paceOf } from "../../../../sandbox/kubernetes/nodes/pace";
import { fleetOf, gpuPool } from "./manifests";

function gpus(): NodePool {
    const [pool] = poolsOf(fleetOf(gpuPool("gpu"))).pools;
    if (!pool) throw new Error("the size must be known");
    return pool;
}

test("machines come in the zone that has the fewest, under numbers that nobody had", () => {
    const machines = new Machines(paceOf(0));
    const there = [{ name: "aks-gpu-12345678-vmss00000a", pool: "gpu", zone: "westeurope-1" }];
    const asked = machines.start(gpus(), there, 3);
    expect(asked.map(({ zone }) => zone)).toEqual(["westeurope-2", "westeurope-3", "westeurope-1"]);
    expect(asked.map(({ instance }) => instance)).toEqual([11, 12, 13]);
});

test("a GPU node takes its published time on the sandbox's clock, and none on the instant one", () => {
    const { seconds } = nodeTimes.gpuNodeStart;
    const slow = new Machines(paceOf(0.5));
    const began = Date.now();
    slow.start(gpus(), [], 1);
    expect(slow.takeReady(began + seconds * 500 - 1)).toEqual([]);
    expect(slow.takeReady(Date.now() + seconds * 500)).toHaveLength(1);
    const instant = new Machines(paceOf(0));
    instant.start(gpus(), [], 1);
    expect(instant.takeReady(Date.now())).toHaveLength(1);
});

test("time that passes by itself runs on the instant clock too, a minute in a quarter of a second", () => {
    expect(paceOf(0).pass(60)).toBe(250);
    expect(paceOf(0.1).pass(60)).toBe(6000);
});
