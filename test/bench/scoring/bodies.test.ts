import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inputOf, probabilitiesIn, requestOf } from "../../../bench/scoring/bodies";
import { writeModels } from "../../../bench/scoring/models";
import type { Encoding } from "../../../bench/scoring/peers";

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "bench-scoring-"))));
afterAll(() => {
    rmSync(folder, { recursive: true });
});

const input = inputOf([1, 4]);
const values = [...input.data];

/** The numbers in a body, read as its server reads them. */
const readers: Record<Encoding, (body: Buffer, headers: Record<string, string>) => number[]> = {
    json: (body) => (JSON.parse(body.toString()) as { inputs: [{ data: number[] }] }).inputs[0].data,
    "own-json": (body) => (JSON.parse(body.toString()) as { x: [number[]] }).x[0],
    base64: (body) => floats(Buffer.from((JSON.parse(body.toString()) as { tensor: string }).tensor, "base64")),
    raw: (body) => floats(body),
    binary: (body, headers) => floats(body.subarray(Number(headers["inference-header-content-length"]))),
};

function floats(bytes: Buffer): number[] {
    return values.map((_, index) => bytes.readFloatLE(4 * index));
}

test.each(Object.keys(readers) as Encoding[])("every server is asked with the same numbers: %s", (encoding) => {
    const { body, headers } = requestOf(input, encoding, "http://127.0.0.1/", folder);
    expect(readers[encoding](readFileSync(body), headers).map(Math.fround)).toEqual(values);
});

test("an answer's probabilities are read from the protocol's JSON and from a bare list", () => {
    const protocol = { outputs: [{ name: "probabilities", shape: [1, 2], data: [0.25, 0.75] }] };
    expect(probabilitiesIn(Buffer.from(JSON.stringify(protocol)))).toEqual([0.25, 0.75]);
    expect(probabilitiesIn(Buffer.from("[[0.25,0.75]]"))).toEqual([0.25, 0.75]);
});

test("the models are the same in each run: one where the server is the cost, one of some 20 MB", () => {
    const [first, second] = [writeModels(folder), writeModels(mkdtempSync(join(folder, "again-")))];
    for (const name of ["small", "large"] as const) {
        expect(readFileSync(first[name].file).equals(readFileSync(second[name].file))).toBe(true);
    }
    expect(statSync(first.small.file).size).toBeLessThan(30_000);
    expect(statSync(first.large.file).size / 1e6).toBeGreaterThan(15);
});
