import { arithmetic, centred, identity, lookup } from "../parts/models";
import { input, Service } from "../parts/service";

const a = input("a", "FP32", [1, 3], [1, 2, 3]);
const b = input("b", "FP32", [1, 3], [0.5, 0.25, -8]);

let service: Service;
beforeAll(async () => {
    service = await Service.start([
        { name: "calc", model: arithmetic(), version: "9" },
        { name: "calc", model: arithmetic(), version: "10" },
        { name: "centred", model: centred() },
        { name: "lookup", model: lookup() },
        { name: "texts", model: identity("BYTES", ["n"]) },
        { name: "bytes", model: identity("UINT8", ["n", "m"]) },
        { name: "halves", model: identity("FP16", ["n"]) },
        { name: "doubles", model: identity("FP64", ["n"]) },
        { name: "longs", model: identity("INT64", ["n"]) },
        { name: "naturals", model: identity("UINT64", ["n"]) },
        { name: "truths", model: identity("BOOL", ["n"]) },
        { name: "small", model: identity("INT8", ["n"]) },
    ]);
    await service.ready();
});
afterAll(async () => {
    expect(await service.stop()).toBe(0);
});

describe("the service tells of itself and its models", () => {
    test.each([
        ["/v2/health/live", { live: true }],
        ["/v2/health/ready", { ready: true, live: true }],
        ["/v2", { name: "mlplatform-scoring", version: "0.1.0", extensions: ["binary_tensor_data"] }],
        ["/v2/models/calc/ready", { name: "calc", ready: true }],
        ["/v2/models/calc/versions/9/ready", { name: "calc", ready: true }],
    ])("%s", async (path, body) => {
        expect(await service.get(path)).toMatchObject({ status: 200, body });
    });

    test("a model's inputs, outputs and versions, the newest last", async () => {
        const { body } = await service.get("/v2/models/calc");
        expect(body).toEqual({
            ...{ name: "calc", versions: ["9", "10"], platform: "onnxruntime_onnx" },
            inputs: ["a", "b"].map((name) => ({ name, datatype: "FP32", shape: [-1, 3] })),
            outputs: ["sum", "difference"].map((name) => ({ name, datatype: "FP32", shape: [-1, 3] })),
        });
    });
});

describe("an inference", () => {
    test("is answered with the model's version and digest, in body and header", async () => {
        const { status, headers, body } = await service.infer("calc", { id: "7", inputs: [a, b] });
        const digest = service.lines.find((line) => line.model === "calc" && line.version === "10")?.digest;
        expect({ status, body }).toEqual({
            status: 200,
            body: {
                ...{ model_name: "calc", model_version: "10", id: "7", parameters: { model_digest: digest } },
                outputs: [
                    { name: "sum", datatype: "FP32", shape: [1, 3], data: [1.5, 2.25, -5] },
                    { name: "difference", datatype: "FP32", shape: [1, 3], data: [0.5, 1.75, 11] },
                ],
            },
        });
        expect(headers.get("x-model-digest")).toBe(digest);
        expect(headers.get("x-model-version")).toBe("10");
    });

    test("goes to the version that is asked for", async () => {
        const { body } = await service.infer("calc/versions/9", { inputs: [a, b] });
        expect(body.model_version).toBe("9");
    });

    test("gives the outputs that are asked for, in that order", async () => {
        const outputs = [{ name: "difference" }, { name: "sum" }];
        const { body } = await service.infer("calc", { inputs: [b, a], outputs });
        expect(body.outputs?.map(({ name, data }) => [name, data])).toEqual([
            ["difference", [0.5, 1.75, 11]],
            ["sum", [1.5, 2.25, -5]],
        ]);
    });

    test("takes data nested as its shape is, and fields in any order", async () => {
        const nested = {
            data: [
                [1, 2, 3],
                [4, 5, 6],
            ],
            shape: [2, 3],
            datatype: "FP32",
            name: "a",
        };
        const { body } = await service.infer("calc", {
            inputs: [nested, input("b", "FP32", [2, 3], [0, 0, 0, 0, 0, 1])],
        });
        expect(body.outputs?.[0]).toMatchObject({ shape: [2, 3], data: [1, 2, 3, 4, 5, 7] });
    });

    test("that is packed is unpacked", async () => {
        const packed = await new Response(
            new Blob([JSON.stringify({ inputs: [a, b] })]).stream().pipeThrough(new CompressionStream("gzip")),
        ).arrayBuffer();
        const init = { method: "POST", body: packed, headers: { "content-encoding": "gzip" } };
        expect((await service.get("/v2/models/calc/infer", init)).status).toBe(200);
    });

    test.each([
        ["texts", "BYTES", ["", "naïve \u{1F600}", '"quoted"\n']],
        ["halves", "FP16", [0.5, -65504, 2 ** -24, 1 / 3 - 1 / 3]],
        ["doubles", "FP64", [0.1, 1.7976931348623157e308, 5e-324, -2.2250738585072014e-308]],
        ["truths", "BOOL", [true, false, true]],
        ["small", "INT8", [-128, 127, 0]],
        ["longs", "INT64", [0, -1, 4503599627370497]],
    ])("gives back what %s hold", async (model, datatype, data) => {
        const { body } = await service.infer(model, { inputs: [input("in", datatype, [data.length], data)] });
        expect(body.outputs).toEqual([{ name: "out", datatype, shape: [data.length], data }]);
    });

    test("keeps whole numbers that a double would round", async () => {
        const least =
            '{"inputs":[{"name":"in","datatype":"INT64","shape":[2],"data":[-9223372036854775808,9007199254740993]}]}';
        const most = '{"inputs":[{"name":"in","datatype":"UINT64","shape":[1],"data":[18446744073709551615]}]}';
        const post = async (model: string, body: string): Promise<string> =>
            (await fetch(service.at(`/v2/models/${model}/infer`), { method: "POST", body })).text();
        expect(await post("longs", least)).toContain('"data":[-9223372036854775808,9007199254740993]');
        expect(await post("naturals", most)).toContain('"data":[18446744073709551615]');
    });

    test("of a model whose rows depend on each other runs by itself", async () => {
        expect(service.lines.find((line) => line.model === "centred")).toMatchObject({
            rowsAreIndependent: false,
            maxBatch: 1,
        });
        const ask = async (value: number): Promise<unknown> => {
            const { body } = await service.infer("centred", { inputs: [input("in", "FP32", [1, 2], [value, 1])] });
            return body.outputs?.[0]?.data;
        };
        const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => ask(index)));
        expect(answers).toEqual(answers.map(() => [0, 0]));
    });
});

describe("is refused, with what is wrong", () => {
    const x = input("in", "UINT8", [1, 2], [1, 2]);
    test.each<[string, string, unknown, number, string]>([
        [
            "a model that is not there",
            "nothing",
            { inputs: [] },
            404,
            'there is no model "nothing" here, but calc, centred',
        ],
        ["a version that is not there", "calc/versions/3", {}, 404, 'model calc has no version "3" here, but 9, 10'],
        ["what is no JSON", "bytes", '{"inputs": [}', 400, "inputs[0] must be an object, at byte 12"],
        ["what goes on after its end", "bytes", "{} {}", 400, "something follows the end, at byte 3"],
        ["a list", "bytes", "[]", 400, "the request must be an object"],
        ["nothing", "bytes", "", 400, "the request must be an object"],
        ["no inputs", "bytes", {}, 400, "inputs is missing"],
        ["an empty list of inputs", "bytes", { inputs: [] }, 400, "input in is missing"],
        [
            "an input without anything",
            "bytes",
            { inputs: [{}] },
            400,
            "inputs[0].name is missing; inputs[0].datatype is missing; inputs[0].shape is missing; inputs[0] has no data",
        ],
        [
            "an input that is none",
            "bytes",
            { inputs: [{ ...x, name: "x" }] },
            400,
            'inputs[0].name "x" is no input of the model, which has in; input in is missing',
        ],
        ["an input twice", "bytes", { inputs: [x, x] }, 400, "inputs[1].name in is given twice"],
        [
            "an unknown datatype",
            "bytes",
            { inputs: [{ ...x, datatype: "FP8" }] },
            400,
            "inputs[0].datatype must be one of BOOL, UINT8",
        ],
        [
            "another datatype",
            "bytes",
            { inputs: [{ ...x, datatype: "INT8" }] },
            400,
            "inputs[0].datatype of in must be UINT8, got INT8",
        ],
        [
            "another shape",
            "bytes",
            { inputs: [{ ...x, shape: [2] }] },
            400,
            "inputs[0].shape of in must be [-1, -1], got [2]",
        ],
        [
            "a size that is none",
            "bytes",
            { inputs: [{ ...x, shape: [-1, 2] }] },
            400,
            "inputs[0].shape must hold whole numbers from 1, got -1",
        ],
        [
            "a size with a fraction",
            "bytes",
            { inputs: [{ ...x, shape: [1.5, 2] }] },
            400,
            "inputs[0].shape must hold whole numbers from 1, got 1.5",
        ],
        [
            "a shape of more than there can be",
            "bytes",
            { inputs: [{ ...x, shape: [1e6, 1e6] }] },
            400,
            "has more than 2147483647 elements",
        ],
        [
            "a shape of more than there is",
            "bytes",
            { inputs: [{ ...x, shape: [1000, 1000] }] },
            400,
            "inputs[0].data has 2 elements, its shape [1000, 1000] needs 1000000",
        ],
        [
            "less data than the shape has",
            "bytes",
            { inputs: [{ ...x, data: [1] }] },
            400,
            "inputs[0].data has 1 elements, its shape [1, 2] needs 2",
        ],
        [
            "data nested otherwise",
            "bytes",
            { inputs: [{ ...x, shape: [2, 2], data: [[1], [2, 3, 4]] }] },
            400,
            "inputs[0].data is nested otherwise than its shape [2, 2]",
        ],
        [
            "data nested deeper",
            "bytes",
            { inputs: [{ ...x, data: [[[1, 2]]] }] },
            400,
            "inputs[0].data is nested deeper than its shape [1, 2]",
        ],
        [
            "a number beyond the datatype",
            "bytes",
            { inputs: [{ ...x, data: [1, 256] }] },
            400,
            "inputs[0].data[1] must be a whole number from 0 to 255, got 256",
        ],
        [
            "a fraction for a whole number",
            "bytes",
            { inputs: [{ ...x, data: [1, 0.5] }] },
            400,
            "inputs[0].data[1] must be a whole number from 0 to 255, got 0.5",
        ],
        [
            "text for numbers",
            "bytes",
            { inputs: [{ ...x, data: ["1", null] }] },
            400,
            'inputs[0].data[0] must be a number, got "1"; inputs[0].data[1] must be a number, got null',
        ],
        [
            "numbers for text",
            "texts",
            { inputs: [input("in", "BYTES", [1], [1])] },
            400,
            "inputs[0].data[0] must be a string, got 1",
        ],
        [
            "a number for a truth",
            "truths",
            { inputs: [input("in", "BOOL", [1], [1])] },
            400,
            "inputs[0].data[0] must be true or false, got 1",
        ],
        [
            "more than 64 bits hold",
            "longs",
            '{"inputs":[{"name":"in","datatype":"INT64","shape":[1],"data":[9223372036854775808]}]}',
            400,
            "inputs[0].data[0] must be a whole number from -9223372036854775808",
        ],
        [
            "NaN",
            "doubles",
            '{"inputs":[{"name":"in","datatype":"FP64","shape":[1],"data":[NaN]}]}',
            400,
            "JSON has no NaN: send such a tensor as binary data",
        ],
        [
            "a number beyond doubles",
            "doubles",
            '{"inputs":[{"name":"in","datatype":"FP64","shape":[1],"data":[1e999]}]}',
            400,
            "inputs[0].data[0] is beyond the datatype: 1e999",
        ],
        [
            "a number beyond halves",
            "halves",
            { inputs: [input("in", "FP16", [1], [70000])] },
            400,
            "inputs[0].data[0] is beyond FP16: 70000",
        ],
        [
            "an output that is none",
            "bytes",
            { inputs: [x], outputs: [{ name: "y" }] },
            400,
            'outputs[0].name "y" is no output of the model, which has out',
        ],
        [
            "inputs with different rows",
            "calc",
            { inputs: [a, input("b", "FP32", [2, 3], [0, 0, 0, 0, 0, 0])] },
            400,
            "inputs[1].shape of b must begin as the first input's does, with 1, got 2",
        ],
        ["what the model cannot do", "lookup", { inputs: [input("in", "INT64", [1], [9])] }, 500, "the model failed"],
    ])("%s", async (_case, model, request, status, error) => {
        const answer = await service.infer(model, request);
        expect(answer.status).toBe(status);
        expect(answer.body.error).toContain(error);
    });

    test("several faults, all in one message", async () => {
        const { body } = await service.infer("calc", {
            inputs: [
                { ...a, shape: [1, 0] },
                { ...b, datatype: "X", name: 4 },
            ],
            parameters: { timeout: "soon" },
        });
        expect(body.error?.split("; ")).toEqual([
            "inputs[0].shape must hold whole numbers from 1, got 0",
            "inputs[1].name must be a string, got 4",
            expect.stringContaining("inputs[1].datatype must be one of"),
            'parameters.timeout must be a number of microseconds above 0, got "soon"',
        ]);
    });

    test.each([
        ["GET", "/", 404],
        ["GET", "/v2/nothing", 404],
        ["GET", "/v2/models/nothing", 404],
        ["GET", "/v2/models/nothing/ready", 404],
        ["GET", "/v2/models/calc/infer", 405],
        ["POST", "/v2/health/live", 405],
        ["DELETE", "/v2/models/calc", 405],
        ["GET", "/v2/models/%", 400],
    ])("%s %s with %i, and why", async (method, path, status) => {
        const answer = await service.get(path, { method });
        expect(answer.status).toBe(status);
        expect(answer.body.error).toBeTruthy();
    });

    test("a body in a packing that is not known", async () => {
        const answer = await service.infer("calc", {}, { "content-encoding": "zstd" });
        expect(answer).toMatchObject({
            status: 415,
            body: { error: expect.stringContaining("gzip, deflate or identity") as string },
        });
    });

    test("a body that is not packed as it says", async () => {
        const answer = await service.infer("calc", {}, { "content-encoding": "gzip" });
        expect(answer).toMatchObject({
            status: 400,
            body: { error: "the body is not what its content-encoding gzip says" },
        });
    });
});

test("a request that makes the model fail takes no other one with it", async () => {
    const ask = (row: number) => service.infer("lookup", { inputs: [input("in", "INT64", [1], [row])] });
    const answers = await Promise.all([0, 1, 9, 3, 2, -7].map(ask));
    expect(answers.map(({ status, body }) => [status, body.outputs?.[0]?.data])).toEqual([
        ...[
            [200, [10]],
            [200, [11]],
            [500, undefined],
            [200, [13]],
            [200, [12]],
            [500, undefined],
        ],
    ]);
});

test("metrics count by model and version, under Triton's names", async () => {
    const metrics = await service.metrics();
    const counts = metrics.split("\n").filter((line) => /^# TYPE nv|"(?:texts|lookup)".* \d{1,2}$/.test(line));
    for (const line of [
        "# TYPE nv_inference_request_success counter",
        'nv_inference_request_success{model="texts",version="1"} 1',
        'nv_inference_request_failure{model="texts",version="1",reason="OTHER"} 1',
        'nv_inference_request_failure{model="lookup",version="1",reason="BACKEND"} 3',
        'nv_inference_count{model="texts",version="1"} 3',
        'nv_inference_exec_count{model="texts",version="1"} 1',
        "# TYPE nv_inference_pending_request_count gauge",
        'nv_inference_pending_request_count{model="texts",version="1"} 0',
    ])
        expect(counts).toContain(line);
    for (const name of ["request", "queue", "compute_infer"])
        expect(metrics).toMatch(
            new RegExp(`^nv_inference_${name}_duration_us\\{model="texts",version="1"\\} [1-9]\\d*$`, "m"),
        );
});
