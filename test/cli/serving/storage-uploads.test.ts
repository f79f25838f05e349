import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { uploadsOf } from "../../../cli/serving/storage-uploads";
import type { Fetched } from "../../../cli/models/models";

const folder = mkdtempSync(join(tmpdir(), "mlplatform-models-"));
afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
});

const sha256 = "a".repeat(64);
const fetched = {
    models: { coco: { folder, file: join(folder, "model.onnx"), sha256, sizeBytes: 7 } },
    pictures: { "coffee.png": "/cache/pictures/coffee.png" },
} as unknown as Fetched;
for (const name of ["model.onnx", "card.json", "coffee.png"]) writeFileSync(join(folder, name), name);

type Order = Parameters<typeof uploadsOf>[0];
const scorer = (path: string, digest = sha256): object => ({ model: { path, sha256: digest, sizeBytes: 7 } });
const order = (parts: object): Order => ({ team: "vision", endpoints: {}, batch: {}, ...parts });
const to = (written: Order): string[] =>
    uploadsOf(written, fetched, { records: "strecords", work: "stwork" })
        .map((upload) => upload.to)
        .sort();

test("a model that an order names by its digest goes where the order has it, with its card and picture beside it", () => {
    expect(to(order({ endpoints: { detector: scorer("coco/1/weights.onnx") } }))).toEqual([
        "strecords/models/coco/1/card.json",
        "strecords/models/coco/1/coffee.png",
        "strecords/models/coco/1/weights.onnx",
    ]);
});

test("a model of a team's own is its to bring", () => {
    expect(to(order({ endpoints: { detector: scorer("own/1.onnx", "b".repeat(64)) } }))).toEqual([]);
});

test("what a batch scores is in its folder, and nothing is put there twice", () => {
    const nightly = { ...scorer("coco/1/model.onnx"), input: "frames/nightly" };
    expect(to(order({ endpoints: { detector: scorer("coco/1/model.onnx") }, batch: { nightly } }))).toEqual([
        "strecords/models/coco/1/card.json",
        "strecords/models/coco/1/coffee.png",
        "strecords/models/coco/1/model.onnx",
        "stwork/vision-frames/nightly/coffee.png",
    ]);
});
