import { readFileSync } from "node:fs";
import Ajv from "../../../../images/scoring/node_modules/ajv/dist/2020";
import fastify from "../../../../images/scoring/node_modules/fastify";
import type { FastifyInstance } from "../../../../images/scoring/node_modules/fastify";
import { fetchModels } from "../../../../cli/models/models";
import type { PictureName } from "../../../../facts/models";
import { Refusal } from "../../../../images/scoring/refusal";
import type { Scorer } from "../../../../images/scoring/scorer";
import type { Answer } from "../../../../images/scoring/vision/answer";
import { pictureLimits } from "../../../../images/scoring/vision/decode";
import { openApi } from "../../../../images/scoring/vision/openapi";
import { scoreRoute } from "../../../../images/scoring/vision/score-route";
import { localScorer, modelsOf } from "./local-scorer";

let app: string;
let coco: Scorer;
let pictures: Record<PictureName, Buffer<ArrayBuffer>>;

beforeAll(async () => {
    const found = await fetchModels();
    coco = localScorer("coco", found.models.coco);
    pictures = Object.fromEntries(
        Object.entries(found.pictures).map(([name, file]) => [name, readFileSync(file)]),
    ) as typeof pictures;
    app = await serverOf(coco);
}, 300_000);

const servers: FastifyInstance[] = [];
afterAll(() => Promise.all(servers.map((server) => server.close())));

/** @returns the server's address */
async function serverOf(...scorers: readonly Scorer[]): Promise<string> {
    const server = fastify();
    servers.push(server);
    const limits = { ...pictureLimits, bytes: 1_000_000 };
    await server.register(scoreRoute, { models: modelsOf(...scorers), pictures: 3, limits, formBytes: 2_000_000 });
    return await server.listen({ host: "127.0.0.1", port: 0 });
}

const validate = new Ajv({ strict: false }).addSchema(openApi, "api");
/** The document's own word for an answer of this kind. */
const schemaOf = (status: number, type: string): string =>
    `api#/paths/~1score/post/responses/${status}/content/${type.replace("/", "~1")}/schema`;

interface Got {
    status: number;
    type: string;
    body: string;
    retryAfter: string | null;
}

/** Every answer is held against the document that the service gives of itself. */
async function post(
    payload: Buffer<ArrayBuffer> | string | undefined,
    headers: Record<string, string> = {},
    query = "",
    server = app,
): Promise<Got> {
    const answer = await fetch(`${server}/score${query}`, {
        method: "POST",
        ...(payload !== undefined && { body: payload }),
        headers,
    });
    const body = await answer.text();
    const type = String(answer.headers.get("content-type")).split(";")[0] ?? "";
    const schema = validate.getSchema(schemaOf(answer.status, type));
    if (!schema) throw new Error(`the document has no answer ${answer.status} of ${type}: ${body}`);
    const value: unknown = type === "application/json" ? JSON.parse(body) : body;
    expect({ valid: schema(value), errors: schema.errors }).toEqual({ valid: true, errors: null });
    return { status: answer.status, type, body, retryAfter: answer.headers.get("retry-after") };
}

const jpeg = { "content-type": "image/jpeg" };
const answerOf = ({ body }: Got): Answer => JSON.parse(body) as Answer;
const labels = (got: Got): string[][] =>
    answerOf(got).pictures.map(({ predictions }) => predictions.map(({ label }) => label));

const boundary = "a-boundary";
const form = { "content-type": `multipart/form-data; boundary=${boundary}` };
function formOf(...files: readonly (readonly [name: string, content: Buffer | string])[]): Buffer<ArrayBuffer> {
    const parts = files.flatMap(([name, content]) => [
        Buffer.from(
            `--${boundary}\r\ncontent-disposition: form-data; name="pictures"; filename="${name}"\r\ncontent-type: image/png\r\n\r\n`,
        ),
        Buffer.from(content),
        Buffer.from("\r\n"),
    ]);
    return Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]);
}

test("the document is an OpenAPI document, and is served as it is", async () => {
    expect(await (await fetch(`${app}/openapi.json`)).json()).toEqual(JSON.parse(JSON.stringify(openApi)));
});

test("a picture is answered with what is in it, where, and which model says so", async () => {
    const got = await post(pictures["coffee.png"], { "content-type": "image/png" });
    expect(answerOf(got)).toEqual({
        model: { name: "coco", version: "1", sha256: coco.digest },
        pictures: [
            {
                ...{ picture: "1", width: 600, height: 400 },
                predictions: [
                    { label: "cup", confidence: 0.5961, box: { left: 168.2, top: 16.3, width: 247.2, height: 252.7 } },
                ],
            },
        ],
    });
});

test("what a picture is shows by its bytes, not by what the client calls it", async () => {
    for (const headers of [jpeg, { "content-type": "application/octet-stream" }, {}])
        expect(labels(await post(pictures["chelsea.png"], headers))).toEqual([["cat"]]);
});

test("several pictures come as a form; one that is none has its error, and the others their answers", async () => {
    const got = await post(
        formOf(["cat.png", pictures["chelsea.png"]], ["no.png", "text"], ["cup.png", pictures["coffee.png"]]),
        form,
    );
    const answer = answerOf(got);
    expect(answer.pictures.map(({ picture }) => picture)).toEqual(["cat.png", "no.png", "cup.png"]);
    expect(labels(got)).toEqual([["cat"], [], ["cup"]]);
    expect(answer.pictures[1]?.error).toEqual({
        status: 415,
        message: expect.stringContaining("begins like none") as string,
    });
});

test("CSV has the same numbers, a row for each object", async () => {
    const body = formOf(
        ["a cat, black.png", pictures["chelsea.png"]],
        ["no.png", "text"],
        ["china.jpg", pictures["china.jpg"]],
    );
    const { type, body: csv } = await post(body, { ...form, accept: "text/csv" }, "?minConfidence=0.4");
    expect(type).toBe("text/csv");
    const [head, ...rows] = csv.split("\r\n");
    expect(head).toBe("picture,width,height,label,confidence,left,top,box_width,box_height,error,model,version,sha256");
    const [cat] = answerOf(await post(pictures["chelsea.png"])).pictures[0]?.predictions ?? [];
    const box = [cat?.box?.left, cat?.box?.top, cat?.box?.width, cat?.box?.height].join(",");
    expect(rows).toEqual([
        `"a cat, black.png",451,300,cat,${cat?.confidence ?? ""},${box},,coco,1,${coco.digest}`,
        `no.png,,,,,,,,,"a picture must be one of jpeg, png, webp, gif, and this begins like none",coco,1,${coco.digest}`,
        `china.jpg,640,427,,,,,,,,coco,1,${coco.digest}`,
        "",
    ]);
});

test("a request may want less, or more", async () => {
    const all = labels(await post(pictures["coffee.png"], jpeg, "?minConfidence=0.1")).flat();
    expect(all.length).toBeGreaterThan(2);
    expect(labels(await post(pictures["coffee.png"], jpeg, "?minConfidence=0.1&top=2")).flat()).toEqual(
        all.slice(0, 2),
    );
    expect(labels(await post(pictures["coffee.png"], jpeg, "?minConfidence=1"))).toEqual([[]]);
});

test.each([
    ["text/csv", "text/csv"],
    ["*/*", "application/json"],
    ["text/*;q=0.5, application/json;q=0.1", "text/csv"],
    ["text/csv;q=0, */*", "application/json"],
    ["", "application/json"],
])("Accept: %s is answered with %s", async (accept, type) => {
    expect(await post(pictures["rocket.jpg"], { accept })).toMatchObject({ status: 200, type });
});

describe("a wrong request is told so", () => {
    const png = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
    test.each<[string, number, RegExp, () => Promise<Got>]>([
        ["no body", 400, /the picture is empty/, () => post(undefined)],
        ["no picture", 415, /begins like none/, () => post("hello", jpeg)],
        ["JSON", 415, /a picture, or a form/, () => post("{}", { "content-type": "application/json" })],
        ["half a picture", 422, /cannot be decoded/, () => post(pictures["coffee.png"].subarray(0, 5000))],
        ["a head alone", 422, /cannot be decoded/, () => post(png)],
        ["too many bytes", 413, /too large/, () => post(Buffer.alloc(1_000_001), jpeg)],
        [
            "a form with too many bytes in a file",
            413,
            /too large/,
            () => post(formOf(["a.png", Buffer.alloc(1_000_001)]), form),
        ],
        [
            "a form with too many bytes in all",
            413,
            /may have 2000000 bytes/,
            () =>
                post(
                    formOf(["a", Buffer.alloc(999_000)], ["b", Buffer.alloc(999_000)], ["c", Buffer.alloc(9_000)]),
                    form,
                ),
        ],
        [
            "a form with too many files",
            413,
            /files limit/,
            () => post(formOf(...["a", "b", "c", "d"].map((name) => [name, png] as const)), form),
        ],
        ["a form without files", 400, /no file/, () => post(formOf(), form)],
        ["a form that ends too early", 400, /./, () => post(formOf(["a.png", png]).subarray(0, 60), form)],
        ["a form without a boundary", 400, /./, () => post("x", { "content-type": "multipart/form-data" })],
        ["a form of pictures that are none", 415, /begins like none/, () => post(formOf(["a", "x"], ["b", "y"]), form)],
        [
            "an answer of a kind that is not made",
            406,
            /application\/json or text\/csv/,
            () => post(png, { accept: "image/png" }),
        ],
        [
            "confidences beyond 1, and no number",
            400,
            /minConfidence must be a number from 0 to 1, got 2; top must be a whole number from 1 to 1000, got "x"/,
            () => post(png, {}, "?minConfidence=2&top=x"),
        ],
        ["a query that is not known", 400, /limit is not known here/, () => post(png, {}, "?limit=2")],
        ["a query given twice", 400, /top must be/, () => post(png, {}, "?top=1&top=2")],
    ])("%s: %d", async (_, status, message, ask) => {
        const got = await ask();
        expect(got.status).toBe(status);
        expect((JSON.parse(got.body) as { error: string }).error).toMatch(message);
    });

    test("of several models, one must be named", async () => {
        const two = await serverOf(coco, { ...coco, name: "other" });
        const got = await post(pictures["coffee.png"], jpeg, "", two);
        expect([got.status, got.body]).toEqual([400, '{"error":"model must be given, as there are 2: coco, other"}']);
        expect((await post(pictures["coffee.png"], jpeg, "?model=other", two)).status).toBe(200);
    });

    test("a model without a card takes no pictures", async () => {
        const bare = await serverOf({ ...coco, file: "/nowhere/model.onnx" });
        const got = await post(pictures["coffee.png"], jpeg, "", bare);
        expect([got.status, got.body]).toEqual([
            400,
            '{"error":"model coco has no card, so it takes tensors alone, below /v2"}',
        ]);
    });
});

describe("the model's and the server's faults", () => {
    const refusing = (fault: Error): Promise<string> => serverOf({ ...coco, infer: () => Promise.reject(fault) });

    test("a full queue says when to ask again", async () => {
        const got = await post(
            pictures["coffee.png"],
            jpeg,
            "",
            await refusing(new Refusal("overloaded", "32 requests wait already")),
        );
        expect([got.status, got.retryAfter, got.body]).toEqual([429, "1", '{"error":"32 requests wait already"}']);
    });
    test("what nobody expected is 500, and tells nothing of the inside", async () => {
        const got = await post(pictures["coffee.png"], jpeg, "", await refusing(new Error("/models/secret.onnx: bad")));
        expect([got.status, got.body]).toEqual([500, '{"error":"the model failed"}']);
    });
    test("outputs that are not the card's are 500", async () => {
        const other = await serverOf({ ...coco, infer: () => Promise.resolve([]) });
        expect((await post(pictures["coffee.png"], jpeg, "", other)).status).toBe(500);
    });
});
