import { availableParallelism } from "node:os";
import type { PinnedModel } from "../model/fetch";
import { number, oneOf, record, text, whole } from "../model/shape";
import type { Of } from "../model/shape";
import { providers } from "../runtime/session";
import { modelBytes, modelUri, sha256 } from "../settings";
import { BatchFault } from "./batch-fault";

const place = text({
    pattern:
        /^(?:https:\/\/[a-z0-9]{3,24}\.blob\.core\.windows\.net\/[a-z0-9-]{3,63}(?:\/[^\s?#]*)?|file:\/\/\/[^\s?#]*)$/,
    rule: "https://ACCOUNT.blob.core.windows.net/CONTAINER/FOLDER or file:///FOLDER, without a query",
});
const threads = whole(1, 256);

const shape = record({
    MODEL_URI: modelUri,
    MODEL_SHA256: sha256,
    MODEL_SIZE_BYTES: modelBytes,
    MODEL_FOLDER: text(),
    INPUT_URI: place,
    OUTPUT_URI: place,
    SHARDS: whole(1, 10_000),
    JOB_COMPLETION_INDEX: whole(0, 9_999),
    EXECUTION_PROVIDER: oneOf(...providers),
    WORKERS: threads,
    THREADS: threads,
    CHECKPOINT_SECONDS: number(0.1, 3600),
});
type Given = Of<typeof shape>;

const texts: ReadonlySet<string> = new Set<keyof Given>([
    "MODEL_URI",
    "MODEL_SHA256",
    "MODEL_FOLDER",
    "INPUT_URI",
    "OUTPUT_URI",
    "EXECUTION_PROVIDER",
]);

const defaults = (): Partial<Given> => ({
    ...{ MODEL_FOLDER: "/models", SHARDS: 1, JOB_COMPLETION_INDEX: 0, EXECUTION_PROVIDER: "cpu" },
    ...{ WORKERS: availableParallelism(), THREADS: 1, CHECKPOINT_SECONDS: 15 },
});

/** One shard of a batch. */
export interface BatchSettings {
    model: PinnedModel;
    /** Where the model is kept. @default /models */
    folder: string;
    /** Folder of the pictures, and of the results. */
    input: string;
    output: string;
    /** 1 to 10000. @default 1 */
    shards: number;
    /** Which of them this is, from 0 on. @default 0 */
    index: number;
    provider: Given["EXECUTION_PROVIDER"];
    /** Threads that run the model. @default one for each processor */
    workers: number;
    /** Threads of one run. @default 1 */
    threads: number;
    /** Work that an eviction may cost, 100 to 3600000. @default 15000 */
    checkpointMs: number;
}

/** Reads the settings of `batch` from a pod's environment. @throws BatchFault with all faults at once */
export function batchSettings(env: Readonly<Record<string, string | undefined>>): BatchSettings {
    const given: Record<string, unknown> = defaults();
    for (const name of Object.keys(shape.schema.properties as object)) {
        const value = env[name];
        if (value === undefined || value === "") continue;
        given[name] = texts.has(name) || !/^\d+(?:\.\d+)?$/.test(value) ? value : Number(value);
    }
    const faults: string[] = [];
    shape.check(given, "", faults);
    const { SHARDS: shards, JOB_COMPLETION_INDEX: index, INPUT_URI: input, OUTPUT_URI: output } = given as Given;
    if (faults.length === 0 && index >= shards)
        faults.push(`JOB_COMPLETION_INDEX must be below SHARDS, ${shards}, got ${index}`);
    if (faults.length === 0 && asFolder(output).startsWith(asFolder(input)))
        faults.push(`OUTPUT_URI must not lie in INPUT_URI, or results would be scored: got "${output}"`);
    if (faults.length > 0) throw new BatchFault(faults.join("; "));
    const { MODEL_URI: uri, MODEL_SHA256, MODEL_SIZE_BYTES: sizeBytes, MODEL_FOLDER: folder } = given as Given;
    const { EXECUTION_PROVIDER: provider, WORKERS: workers, THREADS, CHECKPOINT_SECONDS } = given as Given;
    return {
        ...{ model: { uri, sha256: MODEL_SHA256, sizeBytes }, folder, input, output, shards, index },
        ...{ provider, workers, threads: THREADS, checkpointMs: CHECKPOINT_SECONDS * 1000 },
    };
}

const asFolder = (uri: string): string => `${uri.replace(/\/+$/, "")}/`;
