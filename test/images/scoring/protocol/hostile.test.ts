import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeBrightest } from "../../../../bench/batch/brightest";
import { hostileKinds } from "../../../../bench/hostile/requests";
import { hostileRun } from "../../../../bench/hostile/run";
import { fetchModels } from "../../../../cli/models/models";
import { heavy, lineOf } from "../parts/models";
import { Service, input, pause } from "../parts/service";

jest.setTimeout(120_000);

test("damaged, huge, hostile and wrong-typed requests get the right answer each, and good ones go on being answered", async () => {
    const folder = mkdtempSync(join(tmpdir(), "scorer-"));
    const line = lineOf("brightest", writeBrightest(join(folder, "model")));
    const service = await (await Service.startWith(folder, [line], { MAX_REQUEST_MIB: "4" })).ready();
    const { pictures } = await fetchModels();
    const run = await hostileRun({
        ...{ host: "127.0.0.1", port: service.ports.http, pid: service.process.pid ?? 0 },
        ...{ count: 20 * hostileKinds.length, seed: 11 },
        target: {
            ...{ model: "brightest", maxRequestBytes: 4 * 1024 ** 2 },
            pictures: Object.values(pictures).map((file) => readFileSync(file)),
        },
    });
    expect(run.wrong).toEqual([]);
    expect(run.requests).toBe(20 * hostileKinds.length);
    expect(Object.keys(run.answers).sort()).toEqual([...hostileKinds].sort());
    // Two seconds are what a client may go on sending that has been refused.
    expect(run.slowestMs).toBeLessThan(12_000);
    expect(run.peakMegabytes - run.megabytesBefore).toBeLessThan(300);
    expect(service.errors).toBe("");
    expect(await service.stop()).toBe(0);
});

test("more than it can do is turned away at once, with word of when to ask again; and afterwards all is as before", async () => {
    const env = { MAX_PENDING: "8", WORKERS: "1" };
    const service = await (await Service.start([{ name: "heavy", model: heavy(512, 24) }], env)).ready();
    const row = Array.from({ length: 512 }, (_, at) => at);
    const request = { inputs: [input("h0", "FP32", [1, 512], row)] };
    const alone = (await service.infer("heavy", request)).body.outputs;
    const waits: number[] = [];
    const counts = new Map<number, number>();
    const end = performance.now() + 3000;
    const client = async (): Promise<void> => {
        while (performance.now() < end) {
            const began = performance.now();
            const { status, headers, body } = await service.infer("heavy", request);
            counts.set(status, (counts.get(status) ?? 0) + 1);
            if (status === 200) {
                expect(body.outputs).toEqual(alone);
                waits.push(performance.now() - began);
            } else expect([status, headers.get("retry-after")]).toEqual([429, "1"]);
        }
    };
    await Promise.all(Array.from({ length: 32 }, client));
    expect([...counts.keys()].sort()).toEqual([200, 429]);
    expect(counts.get(200)).toBeGreaterThan(20);
    // Who is let in waits for the few before it, not for all that ask.
    expect(Math.max(...waits)).toBeLessThan(5000);
    await pause(50);
    expect(await service.metrics()).toMatch(/^nv_inference_pending_request_count\{[^}]*\} 0$/m);
    expect((await service.infer("heavy", request)).body.outputs).toEqual(alone);
    expect(await service.stop()).toBe(0);
});
