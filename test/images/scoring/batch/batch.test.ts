import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as after } from "node:timers/promises";
import { modelAt } from "../../../../bench/parts/model-environment";
import { csvRecords } from "../../../../images/scoring/batch/csv-reader";
import { csvHead } from "../../../../images/scoring/vision/answer";
import { fetchModels } from "../../../../cli/models/models";
import { lineOf } from "../parts/models";
import { Service } from "../parts/service";
import { BatchFolder } from "./batch-run";

jest.setTimeout(180_000);

const place = new BatchFolder();
const count = 90;
let brightest: Record<string, string>;
/** The results of a run that nobody has disturbed. */
let whole: string;

/** The pictures of `in`, scored by the quick model into a folder. */
const order = (output: string, more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
    ...{ ...brightest, INPUT_URI: place.uri("in"), OUTPUT_URI: place.uri(output), ...more },
});

async function done(env: Readonly<Record<string, string>>): Promise<string> {
    const run = place.start(env);
    expect([await run.ended, run.errors]).toEqual([0, ""]);
    return place.text(basename(env.OUTPUT_URI ?? ""));
}

async function refused(env: Readonly<Record<string, string>>): Promise<string> {
    const run = place.start(env);
    expect(await run.ended).toBe(42);
    return (JSON.parse(run.errors) as { message: string }).message;
}

async function records(csv: string): Promise<string[][]> {
    const found: string[][] = [];
    for await (const record of csvRecords(Readable.from([csv]))) found.push(record);
    return found;
}

beforeAll(async () => {
    brightest = place.brightest();
    await place.pictures("in", count);
    whole = await done(order("whole"));
}, 120_000);

test("every picture of the folder has its rows, in the order of names, with the model that they came from", async () => {
    const [head = [], ...rows] = await records(whole);
    expect(head.join(",")).toBe(csvHead.trim());
    expect(rows).toHaveLength(2 * count);
    const pictures = rows.map(([picture]) => picture);
    expect(pictures).toEqual([...pictures].sort());
    expect(new Set(pictures).size).toBe(count);
    expect(rows[0]?.slice(-3)).toEqual(["brightest", "2", brightest.MODEL_SHA256]);
    expect(JSON.parse(place.text("whole", ".json"))).toMatchObject({
        shard: 0,
        shards: 1,
        inputs: count,
        failed: 0,
        rows: 2 * count,
    });
    expect(place.names("whole")).toEqual(["part-00000.csv", "part-00000.json", "part-00000.parquet"]);
});

test("Parquet holds what CSV does, numbers as numbers", async () => {
    // It is for ES modules alone, which jest's own loader is not.
    const reader = join(__dirname, "read-parquet.mjs");
    const told = execFileSync(process.execPath, [reader, place.at("whole", "part-00000.parquet")], { maxBuffer: 1e8 });
    const rows = JSON.parse(told.toString()) as Record<string, string | number | null>[];
    const [head = [], ...lines] = await records(whole);
    expect(rows.map((row) => head.map((name) => String(row[name] ?? "")))).toEqual(lines);
    expect(rows[0]).toMatchObject({
        width: expect.any(Number) as number,
        confidence: expect.any(Number) as number,
        left: null,
    });
});

test("killed at any moment and run again, every input appears once: the file is the one of a run that nobody disturbed", async () => {
    const env = order("killed", { CHECKPOINT_SECONDS: "0.1" });
    let kills = 0;
    let wentOn = 0;
    for (let seed = 1, code: number | undefined; code !== 0; seed++) {
        const run = place.start(env);
        // Some die before they have begun, others in the middle, one of them on its way to the next checkpoint.
        if (seed % 3 === 0) await after((seed * 97) % 400);
        else await run.says("checkpoint");
        if (seed % 3 === 1) await after((seed * 31) % 150);
        if (seed < 16) run.process.kill("SIGKILL");
        code = await run.ended;
        expect([0, undefined]).toContain(code);
        if (code === undefined) kills++;
        if (run.events.some(({ message }) => message === "goes on from its checkpoint")) wentOn++;
    }
    expect(place.text("killed")).toBe(whole);
    expect(kills).toBeGreaterThan(4);
    expect(wentOn).toBeGreaterThan(0);
    expect(place.names("killed")).toEqual(expect.not.arrayContaining(["part-00000.checkpoint.json"]));
});

test("a half-written row behind the checkpoint is written again; a file that somebody has cut begins anew", async () => {
    const tear = (file: string): void => {
        writeFileSync(file, "day-2/00", { flag: "a" });
    };
    const cut = (file: string): void => {
        truncateSync(file, 10);
    };
    for (const [output, damage] of [
        ["torn", tear],
        ["cut", cut],
    ] as const) {
        const env = order(output, { CHECKPOINT_SECONDS: "0.1" });
        const run = place.start(env);
        await run.says("checkpoint");
        run.process.kill("SIGKILL");
        await run.ended;
        damage(place.at(output, "part-00000.csv"));
        expect(await done(env)).toBe(whole);
    }
});

test("told to end, a shard writes down where it is, and goes on from there", async () => {
    const env = order("ended", { CHECKPOINT_SECONDS: "3600" });
    const run = place.start(env);
    await after(350);
    run.process.kill("SIGTERM");
    const code = await run.ended;
    const [last] = run.events.filter(({ message }) => message === "checkpoint");
    expect([0, 143, undefined]).toContain(code);
    if (code === 143) expect(place.text("ended").split("\r\n").length - 2).toBe(2 * (last?.inputs ?? NaN));
    expect(await done(env)).toBe(whole);
});

test("shards share the pictures among them: none is left out, and none is in two", async () => {
    const parts = await Promise.all(
        [0, 1, 2].map(async (index) => {
            const run = place.start(order("parts", { SHARDS: "3", JOB_COMPLETION_INDEX: String(index) }));
            expect(await run.ended).toBe(0);
            return place.text("parts", ".csv", index).split("\r\n").slice(1, -1);
        }),
    );
    for (const lines of parts) expect(lines.length).toBeGreaterThan(10);
    expect(parts.flat().sort()).toEqual(whole.split("\r\n").slice(1, -1).sort());
});

test("what is no picture has a row with its error, and ends nothing", async () => {
    mkdirSync(place.at("mixed", "sub"), { recursive: true });
    const { pictures, models } = await fetchModels();
    const coffee = readFileSync(pictures["coffee.png"]);
    writeFileSync(place.at("mixed", "broken.png"), coffee.subarray(0, 3000));
    writeFileSync(place.at("mixed", "empty.jpg"), "");
    writeFileSync(place.at("mixed", "notes.txt"), "a note");
    copyFileSync(pictures["coffee.png"], place.at("mixed", "sub", 'a "cup", of coffee.png'));
    const csv = await done({
        ...modelAt(models.coco.file),
        INPUT_URI: place.uri("mixed"),
        OUTPUT_URI: place.uri("mixed-out"),
    });
    const [head = [], ...rows] = await records(csv);
    const told = rows.map((row) => Object.fromEntries(head.map((name, index) => [name, row[index] ?? ""])));
    expect(told).toMatchObject([
        { picture: "broken.png", error: expect.stringContaining("cannot be decoded") as string, label: "" },
        { picture: "empty.jpg", error: "the picture is empty" },
        { picture: "notes.txt", error: expect.stringContaining("a picture must be one of") as string },
        { picture: 'sub/a "cup", of coffee.png', error: "", label: "cup", width: "600", height: "400" },
    ]);
    expect(JSON.parse(place.text("mixed-out", ".json"))).toMatchObject({ inputs: 4, failed: 3 });
});

test("a batch and the service say the same of the same pictures, to the letter", async () => {
    const { pictures, models } = await fetchModels();
    mkdirSync(place.at("same"));
    for (const file of Object.values(pictures)) copyFileSync(file, place.at("same", basename(file)));
    const { coco } = models;
    const csv = await done({ ...modelAt(coco.file), INPUT_URI: place.uri("same"), OUTPUT_URI: place.uri("same-out") });
    mkdirSync(place.at("online"));
    const line = lineOf("coco", coco.file, "1");
    const service = await (await Service.startWith(place.at("online"), [line])).ready();
    const form = new FormData();
    for (const file of Object.values(pictures).sort((a, b) => (basename(a) < basename(b) ? -1 : 1)))
        form.append("pictures", new Blob([new Uint8Array(readFileSync(file))]), basename(file));
    const answer = await fetch(service.at("/score"), { method: "POST", body: form, headers: { accept: "text/csv" } });
    const online = await answer.text();
    await service.stop();
    expect(csv).toBe(online);
    expect(csv).toContain("cup,0.5961");
});

test("what no second run would mend ends with 42, and says all that is wrong", async () => {
    const good = order("refused");
    expect(await refused({ ...good, MODEL_SHA256: "1", INPUT_URI: "ftp://x", SHARDS: "0" })).toBe(
        'MODEL_SHA256 must be 64 of 0-9 and a-f, got "1"; INPUT_URI must be https://ACCOUNT.blob.core.windows.net/CONTAINER/FOLDER or ' +
            'file:///FOLDER, without a query, got "ftp://x"; SHARDS must be a whole number from 1 to 10000, got 0',
    );
    expect(await refused({ ...good, SHARDS: "2", JOB_COMPLETION_INDEX: "2" })).toBe(
        "JOB_COMPLETION_INDEX must be below SHARDS, 2, got 2",
    );
    expect(await refused({ ...good, OUTPUT_URI: place.uri("in", "out") })).toContain(
        "OUTPUT_URI must not lie in INPUT_URI",
    );
    expect(await refused({ ...good, INPUT_URI: place.uri("nowhere") })).toBe(
        `there is no folder ${place.at("nowhere")}`,
    );
    mkdirSync(place.at("nothing"), { recursive: true });
    expect(await refused({ ...good, INPUT_URI: place.uri("nothing") })).toBe(
        `there is nothing in ${place.uri("nothing")}`,
    );
    expect(await refused({ ...good, OUTPUT_URI: place.uri("whole"), SHARDS: "2" })).toContain(
        "has results of another batch",
    );
    mkdirSync(place.at("bare"));
    copyFileSync(place.at("model", "model.onnx"), place.at("bare", "model.onnx"));
    const bare = { ...good, ...modelAt(place.at("bare", "model.onnx")), MODEL_FOLDER: place.at("kept-bare") };
    expect(await refused(bare)).toContain("has no card beside it");
});

test("a shard that is done stays as it is", async () => {
    const run = place.start(order("whole"));
    expect(await run.ended).toBe(0);
    expect(run.events).toMatchObject([{ message: "shard is done already" }]);
    expect(place.text("whole")).toBe(whole);
});
