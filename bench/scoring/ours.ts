import { join } from "node:path";
import { imageEnvironment, modelAt } from "../parts/model-environment";
import type { Peer } from "./peers";

/** The scorer itself, as its pod runs it (docs/own-images.md). */
export function ours(root: string): Peer {
    return {
        ...{ name: "mlplatform", requirements: "", isFramework: false },
        variants: [{ name: "as it comes", env: {} }],
        encodings: { small: "json", large: "binary" },
        path: () => "/v2/models/bench/infer",
        command: ({ port, folder, env }) => {
            Object.assign(env, {
                ...{ ...imageEnvironment, ...modelAt(env.MODEL ?? "") },
                ...{ MODEL_FOLDER: folder, MODEL_NAME: "bench", HTTP_PORT: String(port) },
                ...{ METRICS_PORT: String(port + 1), GRPC_PORT: String(port + 2) },
            });
            return [process.execPath, join(root, ".mlplatform", "build", "images", "scoring", "main.js"), "serve"];
        },
    };
}
