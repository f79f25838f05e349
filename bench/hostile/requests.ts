import { crc32, deflateSync, gzipSync } from "node:zlib";
import type { Draw } from "../parts/draw";

/** One request as it goes over the wire, and how it must end. */
export interface HostileRequest {
    kind: string;
    /** Parts of it, written one after the other. */
    wire: readonly (string | Buffer)[];
    /** Statuses that are right; none where the client hangs up before it has sent all. */
    expected: readonly number[];
}

/** What the requests are about: a model of one input `in`, FP32 `[1, 8, 8, 1]`, with a card. */
export interface Target {
    model: string;
    maxRequestBytes: number;
    /** Pictures that the service takes. */
    pictures: readonly Buffer[];
}

type Headers = Readonly<Record<string, string>>;
type Made = Omit<HostileRequest, "kind">;
type Maker = (draw: Draw, target: Target) => Made;

const elements = 64;

function http(method: string, path: string, headers: Headers, body: string | Buffer = ""): Buffer {
    const content = Buffer.from(body);
    const all = { host: "scorer", connection: "close", "content-length": String(content.length), ...headers };
    const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    return Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\n${head.join("")}\r\n`, "latin1"), content]);
}

const inferPath = (model: string): string => `/v2/models/${model}/infer`;
const inferOf = (target: Target, body: string | Buffer, headers: Headers = {}): readonly Buffer[] => [
    http("POST", inferPath(target.model), { "content-type": "application/json", ...headers }, body),
];
const scoreOf = (body: string | Buffer, headers: Headers = {}, query = ""): readonly Buffer[] => [
    http("POST", `/score${query}`, { "content-type": "application/octet-stream", ...headers }, body),
];

/** A right inference, with fields of its input replaced. */
const inference = (over: Readonly<Record<string, unknown>> = {}): string =>
    JSON.stringify({
        inputs: [
            {
                name: "in",
                datatype: "FP32",
                shape: [1, 8, 8, 1],
                data: Array.from({ length: elements }, (_, at) => at),
                ...over,
            },
        ],
    });

const bytesOf = (draw: Draw, length: number): Buffer =>
    Buffer.from(Array.from({ length }, () => Math.floor(draw.between(0, 256))));
const pick = <T>(draw: Draw, of: readonly [T, ...T[]]): T => of[Math.floor(draw.between(0, of.length))] ?? of[0];
const picture = (draw: Draw, { pictures }: Target): Buffer =>
    pictures[Math.floor(draw.between(0, pictures.length))] ?? Buffer.alloc(0);

const hostile: Readonly<Record<string, Maker>> = {
    "JSON that is cut": (draw, target) => {
        const whole = inference();
        return {
            wire: inferOf(target, whole.slice(0, Math.floor(draw.between(1, whole.length - 1)))),
            expected: [400],
        };
    },
    "bytes for JSON": (draw, target) => ({
        wire: inferOf(target, bytesOf(draw, Math.floor(draw.between(1, 400)))),
        expected: [400],
    }),
    "lists within lists": (draw, target) => {
        const depth = Math.floor(draw.between(100, 50_000));
        return {
            wire: inferOf(
                target,
                pick(draw, [
                    `{"inputs":${"[".repeat(depth)}`,
                    `{"x":${'{"x":'.repeat(depth)}`,
                    inference({ data: "@" }).replace('"@"', "[".repeat(depth)),
                ]),
            ),
            expected: [400],
        };
    },
    "values of another type": (draw, target) => ({
        wire: inferOf(
            target,
            inference(
                pick<Record<string, unknown>>(draw, [
                    { data: Array(elements).fill("x") },
                    { data: {} },
                    { data: "text" },
                    { shape: "8" },
                    { shape: [1, "8", 8, 1] },
                    { datatype: 3 },
                    { name: [] },
                    { data: Array(elements).fill(null) },
                ]),
            ),
        ),
        expected: [400],
    }),
    "sizes that cannot be": (draw, target) => ({
        wire: inferOf(
            target,
            inference({
                shape: pick<unknown[]>(draw, [
                    [-1, 8, 8, 1],
                    [0, 8, 8, 1],
                    [1.5, 8, 8, 1],
                    [2 ** 31, 2 ** 31, 2 ** 31, 2 ** 31],
                    [9007199254740991, 8],
                    [1, 8, 8, 2],
                    [64],
                    Array(200).fill(1),
                    [],
                ]),
            }),
        ),
        expected: [400],
    }),
    "numbers that JSON does not have": (draw, target) => ({
        wire: inferOf(
            target,
            inference({ data: "@" }).replace(
                '"@"',
                `[${Array(elements)
                    .fill(pick(draw, ["NaN", "Infinity", "-", "0x10", "1e", "01", "+1", ".5"]))
                    .join(",")}]`,
            ),
        ),
        expected: [400],
    }),
    "a datatype that nobody knows": (draw, target) => ({
        wire: inferOf(
            target,
            inference({ datatype: pick(draw, ["FP8", "fp32", "__proto__", "constructor", "", "INT32", "BYTES"]) }),
        ),
        expected: [400],
    }),
    "too many tensors": (_draw, target) => ({
        wire: inferOf(
            target,
            JSON.stringify({ inputs: Array(5000).fill({ name: "in", datatype: "FP32", shape: [1], data: [1] }) }),
        ),
        expected: [400],
    }),
    "names that reach for prototypes": (draw, target) => ({
        wire: inferOf(
            target,
            `{"__proto__":{"x":1},"constructor":{"prototype":{"y":1}},"inputs":[{"name":"${pick(draw, ["__proto__", "constructor", "toString"])}","datatype":"FP32","shape":[1],"data":[1]}]}`,
        ),
        expected: [400],
    }),
    "a model that is not there": (draw, target) => ({
        wire: [
            http(
                "POST",
                inferPath(
                    pick(draw, [
                        "nobody",
                        "..%2f..%2fetc%2fpasswd",
                        "%2e%2e",
                        "a".repeat(150),
                        "__proto__",
                        "%F0%9F%92%A9",
                        `${target.model}/versions/99`,
                    ]),
                ),
                {},
                inference(),
            ),
        ],
        expected: [404],
    }),
    "an address that is broken": (draw) => ({
        wire: [
            http(
                "GET",
                pick(draw, [
                    "/v2/models/%zz",
                    "/%",
                    `/${"x".repeat(3000)}`,
                    "/../../etc/passwd",
                    "//",
                    "/v2/models/a/b/c/d",
                ]),
                {},
            ),
        ],
        expected: [400, 404],
    }),
    "a method that is none": (draw, target) => ({
        wire: [http(pick(draw, ["GET", "PUT", "DELETE", "PATCH"]), inferPath(target.model), {})],
        expected: [405],
    }),
    "a body that is too large": (_draw, target) => ({
        wire: [http("POST", inferPath(target.model), { "content-length": String(target.maxRequestBytes + 1) }, "{")],
        expected: [413],
    }),
    "little that unpacks to much": (_draw, target) => ({
        wire: inferOf(target, bomb(target.maxRequestBytes), { "content-encoding": "gzip" }),
        expected: [413],
    }),
    "a packing that is not what it says": (draw, target) => ({
        wire: inferOf(target, pick(draw, [bytesOf(draw, 100), gzipSync(inference()).subarray(0, 30)]), {
            "content-encoding": pick(draw, ["gzip", "deflate"]),
        }),
        expected: [400],
    }),
    "a packing that nobody knows": (draw, target) => ({
        wire: inferOf(target, inference(), { "content-encoding": pick(draw, ["br2", "zip", "x"]) }),
        expected: [415],
    }),
    "binary tensors of another length": (draw, target) => {
        const json = JSON.stringify({
            inputs: [
                {
                    name: "in",
                    datatype: "FP32",
                    shape: [1, 8, 8, 1],
                    parameters: { binary_data_size: pick(draw, [0, 1, 255, 257, 1e9, -4, 2 ** 53]) },
                },
            ],
        });
        const body = Buffer.concat([Buffer.from(json), bytesOf(draw, 256)]);
        return {
            wire: inferOf(target, body, { "inference-header-content-length": String(json.length) }),
            expected: [400],
        };
    },
    "a length of JSON that is a lie": (draw, target) => ({
        wire: inferOf(target, inference(), {
            "inference-header-content-length": pick(draw, [
                "1",
                "10",
                "999999",
                "-1",
                "1e3",
                "x",
                "0",
                "99999999999999999999",
            ]),
        }),
        expected: [400],
    }),
    "chunks that are none": (draw, target) => ({
        wire: [
            Buffer.from(
                `POST ${inferPath(target.model)} HTTP/1.1\r\nhost: s\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n${pick(draw, ["zz\r\n{}\r\n", "-1\r\n", "FFFFFFFFFFFFFFFFFF\r\n{}", "2\r\n{}{}\r\n"])}`,
            ),
        ],
        expected: [400],
    }),
    "two lengths at once": (draw, target) => ({
        wire: [
            Buffer.from(
                `POST ${inferPath(target.model)} HTTP/1.1\r\nhost: s\r\n${pick(draw, ["content-length: 2\r\ncontent-length: 9\r\n", "content-length: 2\r\ntransfer-encoding: chunked\r\n", "content-length: 2x\r\n", "transfer-encoding: chunked, identity\r\n"])}\r\n{}`,
            ),
        ],
        expected: [400],
    }),
    "no HTTP at all": (draw) => ({
        wire: [
            Buffer.concat([
                pick(draw, [
                    Buffer.from([0x16, 3, 1, 2, 0, 1]),
                    Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
                    Buffer.from("\0\0\0\0"),
                ]),
                bytesOf(draw, 60),
            ]),
        ],
        expected: [400],
    }),
    "more headers than there may be": (draw) => ({
        wire: [
            http(
                "GET",
                "/v2",
                Object.fromEntries(
                    Array.from({ length: 300 }, (_, at) => [`x-${at}`, "y".repeat(Math.floor(draw.between(60, 200)))]),
                ),
            ),
        ],
        expected: [431],
    }),
    "a client that hangs up": (draw, target) => {
        const whole = http("POST", inferPath(target.model), {}, inference());
        return { wire: [whole.subarray(0, Math.floor(draw.between(1, whole.length - 1)))], expected: [] };
    },
    "no picture": (draw) => ({
        wire: scoreOf(
            pick(draw, [
                bytesOf(draw, 300),
                Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>"),
                Buffer.from("%PDF-1.7"),
                Buffer.from(
                    "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><svg>&b;</svg>",
                ),
            ]),
        ),
        expected: [415],
    }),
    "nothing for a picture": () => ({ wire: scoreOf(""), expected: [400] }),
    "a picture that is cut": (draw, target) => {
        const whole = picture(draw, target);
        return { wire: scoreOf(whole.subarray(0, Math.floor(draw.between(20, whole.length * 0.8)))), expected: [422] };
    },
    "a picture with bits turned": (draw, target) => {
        const damaged = Buffer.from(picture(draw, target));
        for (let count = 0; count < 20; count++) {
            const at = Math.floor(draw.between(16, damaged.length));
            damaged[at] = (damaged[at] ?? 0) ^ (1 << Math.floor(draw.between(0, 8)));
        }
        // Where the damage is in pixels alone, there is still a picture.
        return { wire: scoreOf(damaged), expected: [200, 422] };
    },
    "a picture larger than any": (draw) => {
        const side = pick(draw, [20_000, 60_000, 2 ** 31 - 1]);
        return { wire: scoreOf(png(side, side)), expected: [422] };
    },
    "a query that is none": (draw, target) => ({
        wire: scoreOf(
            picture(draw, target),
            {},
            pick(draw, [
                "?top=x",
                "?top=-1",
                "?minConfidence=2",
                "?minConfidence=NaN",
                "?top=1&top=2",
                "?what=1",
                "?__proto__=1",
            ]),
        ),
        expected: [400],
    }),
    "a kind of answer that is not offered": (draw, target) => ({
        wire: scoreOf(picture(draw, target), {
            accept: pick(draw, ["application/xml", "image/png", "text/html;q=0.5"]),
        }),
        expected: [406],
    }),
    "a form that is broken": (draw, target) => ({
        wire: scoreOf(
            Buffer.concat([
                Buffer.from("--b\r\ncontent-disposition: form-data; name=a; filename=a.png\r\n\r\n"),
                picture(draw, target).subarray(0, 200),
            ]),
            {
                "content-type": pick(draw, [
                    "multipart/form-data; boundary=b",
                    "multipart/form-data; boundary=c",
                    "multipart/form-data",
                ]),
            },
        ),
        expected: [400, 415, 422],
    }),
};

/** Names of all kinds, in order. */
export const hostileKinds = Object.keys(hostile);

/** The request of one kind that the draw makes. */
export function hostileRequest(kind: string, draw: Draw, target: Target): HostileRequest {
    const make = hostile[kind];
    if (!make) throw new Error(`there is no kind "${kind}"`);
    return { kind, ...make(draw, target) };
}

/** A right request, and a part of the right answer. */
export const goodRequest = (target: Target): { wire: readonly Buffer[]; part: string } => ({
    wire: inferOf(target, inference()),
    part: `"data":[${Array.from({ length: elements }, (_, at) => at).join(",")}]`,
});

let packed: Buffer | undefined;
/** 64 times as much as there may be. */
function bomb(maxRequestBytes: number): Buffer {
    packed ??= gzipSync(Buffer.alloc(maxRequestBytes * 64, " "));
    return packed;
}

/** A PNG that says how large it is, and has one row. */
function png(width: number, height: number): Buffer {
    const head = Buffer.alloc(13);
    head.writeUInt32BE(width, 0);
    head.writeUInt32BE(height, 4);
    head.set([8, 2], 8);
    const chunk = (type: string, data: Buffer): Buffer => {
        const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
        const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
        length.writeUInt32BE(data.length);
        sum.writeUInt32BE(crc32(body));
        return Buffer.concat([length, body, sum]);
    };
    const signature = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
    return Buffer.concat([
        signature,
        chunk("IHDR", head),
        chunk("IDAT", deflateSync(Buffer.alloc(1000))),
        chunk("IEND", Buffer.alloc(0)),
    ]);
}
