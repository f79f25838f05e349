import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Peer } from "./peers";

/** The scorer itself, as its pod runs it (docs/own-images.md). */
export function ours(root: string): Peer {
    return {
        ...{ name: "mlplatform", requirements: "", isFramework: false },
        variants: [{ name: "as it comes", env: {} }],
        encodings: { small: "json", large: "binary" },
        path: () => "/v2/models/bench/infer",
        command: ({ port, folder, env }) => {
            const model = readFileSync(env.MODEL ?? "");
            Object.assign(env, {
                MODEL_URI: pathToFileURL(env.MODEL ?? "").href,
                MODEL_SHA256: createHash("sha256").update(model).digest("hex"),
                MODEL_SIZE_BYTES: String(statSync(env.MODEL ?? "").size),
                ...{
                    MODEL_FOLDER: folder,
                    MODEL_NAME: "bench",
                    HTTP_PORT: String(port),
                    METRICS_PORT: String(port + 1),
                    GRPC_PORT: String(port + 2),
                },
            });
            return [process.execPath, join(root, ".mlplatform", "build", "images", "scoring", "main.js"), "serve"];
        },
    };
}
