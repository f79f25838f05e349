import { execFile } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { pythonOf } from "../../../../bench/scoring/install";
import { fetchModels } from "../../../../cli/models/models";
import { arithmetic, identity, lineOf } from "../parts/models";
import { Service } from "../parts/service";

jest.setTimeout(600_000);

const run = promisify(execFile);
let python: string;
let service: Service;

beforeAll(async () => {
    python = join(await pythonOf("clients", join(__dirname, "requirements.txt")), "python");
    service = await Service.start([
        { name: "arithmetic", model: arithmetic() },
        { name: "texts", model: identity("BYTES", ["rows"]) },
    ]);
    await service.ready();
});
afterAll(() => service.stop());

async function seenBy(script: string): Promise<Record<string, Record<string, unknown>>> {
    const { http, grpc } = service.ports;
    const { stdout } = await run(python, [join(__dirname, script), `127.0.0.1:${http}`, `127.0.0.1:${grpc}`]);
    return JSON.parse(stdout) as Record<string, Record<string, unknown>>;
}

const sum = [
    [1.5, 2.25, 3.125],
    [5, 6, 7],
];
const well = { live: true, ready: true, modelReady: true, sum };

test("tritonclient is answered, by HTTP in JSON and bytes and by gRPC, and told why where it is not", async () => {
    const seen = await seenBy("triton.py");
    expect(Object.keys(seen)).toEqual(["HTTP, binary", "HTTP, JSON", "gRPC"]);
    for (const client of Object.values(seen))
        expect(client).toMatchObject({
            ...{ ...well, server: "mlplatform-scoring", inputs: ["a", "b"], id: "42", onlyWanted: true },
            difference: [
                [0.5, 1.75, 2.875],
                [3, 4, 5],
            ],
            texts: ["grüße", "日本"],
            unknownModel: expect.stringContaining('there is no model "nobody" here') as string,
            wrongShape: expect.stringContaining("shape") as string,
        });
});

test("KServe's client is answered, by HTTP in JSON and bytes and by gRPC", async () => {
    const seen = await seenBy("kserve_v2.py");
    expect(seen.HTTP).toMatchObject({ ...well, binarySum: sum });
    expect(seen.gRPC).toMatchObject(well);
});

test("a client generated from the service's OpenAPI scores pictures, one and several", async () => {
    const { models, pictures } = await fetchModels();
    const folder = mkdtempSync(join(tmpdir(), "scorer-"));
    const { file, sha256 } = models.coco;
    const scorer = await (await Service.startWith(folder, [lineOf("coco", file, "1")])).ready();
    const description = join(folder, "openapi.json");
    writeFileSync(description, await (await fetch(scorer.at("/openapi.json"))).text());
    const generator = join(dirname(python), "openapi-python-client");
    const generated = ["--output-path", join(folder, "scorer"), "--meta", "none"];
    await run(generator, ["generate", "--path", description, ...generated]);
    const script = join(__dirname, "score.py");
    const sent = [pictures["coffee.png"], pictures["chelsea.png"]];
    const { stdout } = await run(python, [script, scorer.at(""), folder, ...sent]);
    await scorer.stop();
    expect(JSON.parse(stdout)).toEqual({
        ...{ model: ["coco", "1", sha256], confidence: 0.5961, one: { 1: ["cup"] } },
        several: { "coffee.png": ["cup"], "chelsea.png": ["cat"] },
        refused: [404, expect.stringContaining('there is no model "nobody" here') as string],
    });
});
