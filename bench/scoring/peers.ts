import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** A model of the comparison and what is sent to it. */
export type ModelName = "small" | "large";

/** How a request is written. `own-json`, `raw` and `base64` are what some frameworks document in place of the protocol's binary tensors. */
export type Encoding = "json" | "binary" | "own-json" | "raw" | "base64";

/** One way to run a server that its documentation offers for two cores. The best of a peer's ways counts. */
export interface Variant {
    name: string;
    /** Which models it is run with. @default both */
    models?: readonly ModelName[];
    env: Record<string, string>;
}

export interface Peer {
    name: string;
    /** File in `requirements/`. */
    requirements: string;
    /** A serving framework; the lean FastAPI is none, and is held against on its own. */
    isFramework: boolean;
    variants: readonly Variant[];
    encodings: Record<ModelName, Encoding>;
    /** Where to ask, by model. */
    path(model: ModelName): string;
    /** Program and arguments; `bin` is the peer's Python environment, `folder` one for files of this run. */
    command(at: { bin: string; port: number; folder: string; env: Record<string, string> }): readonly string[];
}

const protocolPath = (): string => "/v2/models/bench/infer";
const oneOrTwo: readonly Variant[] = [
    { name: "1 process", env: { PROCESSES: "1" } },
    { name: "2 processes", env: { PROCESSES: "2" } },
];

/** Servers that are measured beside ours, each with the settings that its documentation gives for two cores. */
export const peers: readonly Peer[] = [
    {
        ...{ name: "fastapi", requirements: "fastapi", isFramework: false, path: protocolPath },
        variants: [...oneOrTwo, { name: "thread pool", models: ["large"], env: { PROCESSES: "1", VARIANT: "pool" } }],
        encodings: { small: "json", large: "binary" },
        command: ({ bin, port }) => [join(bin, "python"), "fastapi_server.py", String(port)],
    },
    {
        // Takes no binary tensors over HTTP.
        ...{ name: "mlserver", requirements: "mlserver", isFramework: true, path: protocolPath },
        variants: [
            { name: "no workers", env: { WORKERS: "0" } },
            { name: "2 workers", env: { WORKERS: "2" } },
        ],
        encodings: { small: "json", large: "json" },
        command: ({ bin, port, folder, env }) => {
            const settings = { host: "127.0.0.1", http_port: port, grpc_port: port + 1, metrics_port: port + 2 };
            const more = { parallel_workers: Number(env.WORKERS), debug: false };
            writeFileSync(join(folder, "settings.json"), JSON.stringify({ ...settings, ...more }));
            const model = { name: "bench", implementation: "mlserver_runtime.Bench" };
            writeFileSync(join(folder, "model-settings.json"), JSON.stringify(model));
            return [join(bin, "mlserver"), "start", folder];
        },
    },
    {
        // Half as fast with binary tensors as with JSON, when both were tried.
        ...{ name: "kserve", requirements: "kserve", isFramework: true, path: protocolPath, variants: oneOrTwo },
        encodings: { small: "json", large: "json" },
        command: ({ bin, port }) => [join(bin, "python"), "kserve_server.py", String(port)],
    },
    {
        ...{ name: "bentoml", requirements: "bentoml", isFramework: true, path: (model) => `/${model}` },
        variants: [...oneOrTwo, { name: "batching", models: ["small"], env: { PROCESSES: "1", VARIANT: "batching" } }],
        encodings: { small: "own-json", large: "raw" },
        command: ({ bin, port }) => [
            ...[join(bin, "bentoml"), "serve", "bentoml_service:Bench"],
            ...["--host", "127.0.0.1", "--port", String(port)],
        ],
    },
    {
        ...{ name: "litserve", requirements: "litserve", isFramework: true, path: protocolPath, variants: oneOrTwo },
        encodings: { small: "json", large: "base64" },
        command: ({ bin, port }) => [join(bin, "python"), "litserve_server.py", String(port)],
    },
    {
        ...{ name: "ray", requirements: "ray", isFramework: true, path: protocolPath, variants: oneOrTwo },
        encodings: { small: "json", large: "binary" },
        command: ({ bin, port }) => [join(bin, "python"), "ray_server.py", String(port)],
    },
];
