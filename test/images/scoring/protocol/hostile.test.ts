import { mkdtempSync } from "node:fs";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeBrightest } from "../../../../bench/batch/brightest";
import { picturesOfAllFormats } from "../../../../bench/hostile/pictures";
import { hostileKinds } from "../../../../bench/hostile/requests";
import { hostileRun } from "../../../../bench/hostile/run";
import { Draw } from "../../../../bench/parts/draw";
import { residentBytes } from "../../../../sandbox/kubernetes/local-pods/local-process";
import { heavy, lineOf } from "../parts/models";
import { Service, input, pause } from "../parts/service";

jest.setTimeout(120_000);

test("damaged, huge, hostile and wrong-typed requests get the right answer each, and good ones go on being answered", async () => {
    const folder = mkdtempSync(join(tmpdir(), "scorer-"));
    const line = lineOf("brightest", writeBrightest(join(folder, "model")));
    const service = await (await Service.startWith(folder, [line], { MAX_REQUEST_MIB: "4" })).ready();
    const run = await hostileRun({
        ...{ host: "127.0.0.1", port: service.ports.http, pid: service.process.pid ?? 0 },
        ...{ count: 20 * hostileKinds.length, seed: 11 },
        target: {
            ...{ model: "brightest", maxRequestBytes: 4 * 1024 ** 2 },
            pictures: await picturesOfAllFormats(),
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

test("a thousand clients that send a head or a body and never its end take little, and nobody else waits for them", async () => {
    const folder = mkdtempSync(join(tmpdir(), "scorer-"));
    const service = await (
        await Service.startWith(folder, [lineOf("brightest", writeBrightest(join(folder, "model")))])
    ).ready();
    const request = { inputs: [input("in", "FP32", [1, 8, 8, 1], Array<number>(64).fill(1))] };
    const alone = await service.infer("brightest", request);
    const before = residentBytes(service.process.pid ?? 0);
    const head = "POST /v2/models/brightest/infer HTTP/1.1\r\nhost: s\r\ncontent-length: 1000\r\n";
    const slow = await Promise.all(
        Array.from({ length: 1000 }, (_, index) => begun(service.ports.http, index % 2 === 0 ? head : `${head}\r\n{`)),
    );
    const waits: number[] = [];
    for (let round = 0; round < 50; round++) {
        const began = performance.now();
        for (const socket of slow.slice(round * 20, round * 20 + 20)) socket.write("x");
        const { status, body } = await service.infer("brightest", request);
        expect([status, body.outputs]).toEqual([200, alone.body.outputs]);
        waits.push(performance.now() - began);
    }
    expect(Math.max(...waits)).toBeLessThan(2000);
    expect(residentBytes(service.process.pid ?? 0) - before).toBeLessThan(150e6);
    expect(slow.filter(({ destroyed }) => destroyed)).toEqual([]);
    for (const socket of slow) socket.destroy();
    await pause(100);
    expect(await service.metrics()).toMatch(/^nv_inference_pending_request_count\{[^}]*\} 0$/m);
    expect(await service.stop()).toBe(0);
});

test("bytes on gRPC's port that are no HTTP/2, or frames that are damaged, end their connection and nothing else", async () => {
    const folder = mkdtempSync(join(tmpdir(), "scorer-"));
    const line = lineOf("brightest", writeBrightest(join(folder, "model")));
    const service = await (await Service.startWith(folder, [line])).ready();
    const draw = new Draw(5);
    const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    const noise = (length: number): Buffer =>
        Buffer.from(Array.from({ length }, () => Math.floor(draw.between(0, 256))));
    for (let round = 0; round < 300; round++) {
        // A frame's head: its length, its type, its flags, its stream.
        const frame = Buffer.concat([Buffer.from([0, 0, round % 60, round % 11]), noise(5), noise(round % 90)]);
        const socket = await begun(service.ports.grpc, round % 3 === 0 ? noise(200) : Buffer.concat([preface, frame]));
        socket.end();
        if (round % 50 === 0) await pause(20);
        socket.destroy();
    }
    const request = { inputs: [input("in", "FP32", [1, 8, 8, 1], Array<number>(64).fill(1))] };
    expect((await service.infer("brightest", request)).status).toBe(200);
    // gRPC, too, still greets who speaks it: the first frame of HTTP/2 is its settings.
    const greeted = await begun(service.ports.grpc, Buffer.concat([preface, Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])]));
    const first = await new Promise<Buffer>((done) => greeted.once("data", done));
    expect(first[3]).toBe(4);
    greeted.destroy();
    expect(await service.stop()).toBe(0);
});

/** A connection on which something has been sent. */
function begun(port: number, sent: string | Buffer): Promise<Socket> {
    return new Promise((done, failed) => {
        const socket = connect(port, "127.0.0.1", () => {
            socket.write(sent, () => {
                done(socket);
            });
        });
        // One that was cut off is what some of them are for.
        socket.on("error", failed);
    });
}

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
