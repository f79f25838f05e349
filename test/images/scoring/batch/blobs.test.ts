import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { promisify } from "node:util";
import { buildFolder } from "../parts/compiled";
import { BatchFolder } from "./batch-run";
import { BlobStore } from "./blob-store";

jest.setTimeout(180_000);

const place = new BatchFolder();
const store = new BlobStore(place.at("store"));
const count = 40;
let brightest: Record<string, string>;
/** What a batch makes of the same pictures in a folder. */
let whole: string;

beforeAll(async () => {
    brightest = place.brightest();
    await place.pictures("in", count);
    for (const name of readdirSync(place.at("in"), { recursive: true, encoding: "utf8" }))
        if (name.endsWith(".png")) store.lay(place.at("in", name), `frames/nightly/${name}`);
    for (const name of ["model.onnx", "card.json"]) store.lay(place.at("model", name), `models/brightest/2/${name}`);
    await store.start(["frames", "labels", "models"]);
    const run = place.start({ ...brightest, INPUT_URI: place.uri("in"), OUTPUT_URI: place.uri("whole") });
    expect(await run.ended).toBe(0);
    whole = place.text("whole");
}, 120_000);
afterAll(() => store.stop());

function order(output: string): Record<string, string> {
    return {
        ...{ ...brightest, ...store.environment(), MODEL_FOLDER: place.at("kept-blobs") },
        MODEL_URI: store.uri("models/brightest/2/model.onnx"),
        ...{
            INPUT_URI: store.uri("frames/nightly"),
            OUTPUT_URI: store.uri(`labels/${output}`),
            CHECKPOINT_SECONDS: "0.1",
        },
    };
}

/** A blob, as a program of its own reads it. */
async function blob(path: string): Promise<string> {
    const program = `
        const { blobAccess, blobAt } = require(${JSON.stringify(join(buildFolder, "images", "scoring", "blob.js"))});
        blobAt(process.argv[1], blobAccess(process.env)).then(async (blob) => process.stdout.write(await blob.downloadToBuffer()));`;
    const env = { PATH: process.env.PATH, ...store.environment() };
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", program, store.uri(path)], { env });
    return stdout;
}

test("a prefix of a container is scored into another one, the same as a folder", async () => {
    const run = place.start(order("predicted"));
    expect([await run.ended, run.errors]).toEqual([0, ""]);
    expect(await blob("labels/predicted/part-00000.csv")).toBe(whole);
    expect(JSON.parse(await blob("labels/predicted/part-00000.json"))).toMatchObject({ inputs: count, failed: 0 });
    expect((await blob("labels/predicted/part-00000.parquet")).slice(0, 4)).toBe("PAR1");
});

test("killed at any moment and run again, every blob appears once", async () => {
    let kills = 0;
    let wentOn = 0;
    for (let seed = 1, code: number | undefined; code !== 0; seed++) {
        const run = place.start(order("killed"));
        if (seed % 2 === 0) await after(500 + ((seed * 61) % 300));
        else await run.says("checkpoint");
        if (seed < 9) run.process.kill("SIGKILL");
        code = await run.ended;
        expect([0, undefined]).toContain(code);
        if (code === undefined) kills++;
        if (run.events.some(({ message }) => message === "goes on from its checkpoint")) wentOn++;
    }
    expect(await blob("labels/killed/part-00000.csv")).toBe(whole);
    expect(kills).toBeGreaterThan(1);
    expect(wentOn).toBeGreaterThan(0);
});

test("where two write one shard, one of them gives up, and the rows are there once", async () => {
    const runs = [place.start(order("twice")), place.start(order("twice"))];
    const codes = await Promise.all(runs.map(({ ended }) => ended));
    expect(codes).toContain(0);
    const last = place.start(order("twice"));
    expect(await last.ended).toBe(0);
    expect(await blob("labels/twice/part-00000.csv")).toBe(whole);
});

test("a container that is not there is told, and not tried again", async () => {
    const run = place.start({ ...order("nowhere"), INPUT_URI: store.uri("nothing/nightly") });
    expect(await run.ended).toBe(42);
    expect(run.errors).toContain(`there is no container at ${store.uri("nothing/nightly")}`);
});
