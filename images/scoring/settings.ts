import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import type { PinnedModel } from "./model/fetch";
import { list, number, optional, record, text, whole } from "./model/shape";
import type { Of } from "./model/shape";
import { messageOf } from "./refusal";
import { providers } from "./runtime/session";
import type { Provider } from "./runtime/session";
import { logLevels } from "./telemetry/log";
import type { LogLevel } from "./telemetry/log";

type Environment = Readonly<Record<string, string | undefined>>;

const name = text({ pattern: /^[\w.-]{1,100}$/, rule: "1 to 100 letters, digits, dots, dashes and underscores" });
export const sha256 = text({ pattern: /^[0-9a-f]{64}$/, rule: "64 of 0-9 and a-f" });
export const modelUri = text({
    pattern: /^(?:https:\/\/[a-z0-9]{3,24}\.blob\.core\.windows\.net\/[a-z0-9-]{3,63}\/|file:\/\/\/)[^\s?#]+$/,
    rule: "https://ACCOUNT.blob.core.windows.net/CONTAINER/PATH or file:///PATH, without a query",
});
export const modelBytes = whole(1, 1e12);
const modelShape = record({
    name,
    version: optional(name),
    uri: modelUri,
    sha256,
    sizeBytes: modelBytes,
    cardSha256: optional(sha256),
    /** @default MAX_BATCH */
    maxBatch: optional(whole(1, 1024)),
    /** @default MAX_DELAY_MS */
    maxDelayMs: optional(number(0, 1000)),
});
const modelsShape = list(modelShape, 1, 100);

/** A model that is served, and how. */
export interface ModelSettings extends PinnedModel {
    name: string;
    version: string;
    /** Rows of one run; undefined takes what was measured at the start. */
    maxBatch?: number;
    maxDelayMs: number;
}

export interface ServeSettings {
    models: readonly ModelSettings[];
    /** Where models are kept. */
    folder: string;
    host: string;
    /** 0 takes any that is free; a gRPC port of undefined leaves gRPC out. */
    ports: { http: number; grpc?: number; metrics: number };
    drainSeconds: number;
    provider: Provider;
    /** Threads that run models. */
    workers: number;
    /** Threads of one run. */
    threads: number;
    maxPending: number;
    timeoutMs: number;
    /** Bytes of one request's body, and of all bodies that are there at once. */
    maxRequestBytes: number;
    maxPendingBytes: number;
    logLevel: LogLevel;
    /** Is there a page for people at `/demo`? */
    demo: boolean;
    /** Where traces go. @default nowhere */
    traces?: { endpoint: string; service: string };
}

/** Settings that cannot be used, with all their faults. */
export class SettingsFault extends Error {
    override readonly name = "SettingsFault";
}

/** Reads the settings of `serve` from a pod's environment. @throws SettingsFault with all faults at once */
export function serveSettings(env: Environment): ServeSettings {
    const faults: string[] = [];
    const given = (key: string): string | undefined => (env[key] === "" ? undefined : env[key]);
    const numberOf = (key: string, otherwise: number, least: number, most: number, fraction = false): number => {
        const value = given(key);
        if (value === undefined) return otherwise;
        const read = /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : NaN;
        if (read >= least && read <= most && (fraction || Number.isInteger(read))) return read;
        faults.push(`${key} must be a ${fraction ? "" : "whole "}number from ${least} to ${most}, got "${value}"`);
        return otherwise;
    };
    const oneOf = <T extends string>(key: string, values: readonly T[], otherwise: T): T => {
        const value = given(key);
        if (value === undefined) return otherwise;
        const found = values.find((one) => one === value);
        if (!found) faults.push(`${key} must be one of ${values.join(", ")}, got "${value}"`);
        return found ?? otherwise;
    };
    const port = (key: string, otherwise: number): number => numberOf(key, otherwise, 0, 65535);
    const maxBatch = given("MAX_BATCH") === undefined ? undefined : numberOf("MAX_BATCH", 1, 1, 1024);
    const maxDelayMs = numberOf("MAX_DELAY_MS", 0, 0, 1000, true);
    const endpoint = given("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") ?? given("OTEL_EXPORTER_OTLP_ENDPOINT");
    if (endpoint !== undefined && !/^https?:\/\/\S+$/.test(endpoint))
        faults.push(`OTEL_EXPORTER_OTLP_ENDPOINT must be an address of http or https, got "${endpoint}"`);
    const settings: ServeSettings = {
        models: modelsOf(env, faults).map(({ version = "1", ...model }) => ({
            ...{ version, maxDelayMs },
            ...(maxBatch !== undefined && { maxBatch }),
            ...model,
        })),
        folder: given("MODEL_FOLDER") ?? "/models",
        host: given("HOST") ?? "0.0.0.0",
        ports: {
            http: port("HTTP_PORT", 8000),
            metrics: port("METRICS_PORT", 8002),
            ...(given("GRPC_PORT") !== "off" && { grpc: port("GRPC_PORT", 8001) }),
        },
        drainSeconds: numberOf("DRAIN_SECONDS", 60, 1, 3600),
        provider: oneOf("EXECUTION_PROVIDER", providers, "cpu"),
        workers: numberOf("WORKERS", availableParallelism(), 1, 256),
        threads: numberOf("THREADS", 1, 1, 256),
        maxPending: numberOf("MAX_PENDING", 512, 1, 100_000),
        timeoutMs: numberOf("REQUEST_SECONDS", 30, 0.001, 3600, true) * 1000,
        maxRequestBytes: numberOf("MAX_REQUEST_MIB", 64, 1, 2048) * 1024 ** 2,
        maxPendingBytes: numberOf("MAX_PENDING_MIB", 512, 1, 1_000_000) * 1024 ** 2,
        demo: oneOf("DEMO", ["on", "off"], "on") === "on",
        logLevel: oneOf("LOG_LEVEL", logLevels, "info"),
        ...(endpoint !== undefined && {
            traces: {
                endpoint: given("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") ?? `${endpoint.replace(/\/$/, "")}/v1/traces`,
                service: given("OTEL_SERVICE_NAME") ?? "mlplatform-scoring",
            },
        }),
    };
    if (settings.maxPendingBytes < settings.maxRequestBytes)
        faults.push("MAX_PENDING_MIB must be at least MAX_REQUEST_MIB, or the largest request would never be taken");
    if (faults.length > 0)
        throw new SettingsFault(
            `${faults.length} setting${faults.length === 1 ? "" : "s"} cannot be used:\n${faults.map((one) => `- ${one}`).join("\n")}`,
        );
    return settings;
}

/** One model by the variables that a pod has, or many by a file. */
function modelsOf(env: Environment, faults: string[]): Of<typeof modelsShape> {
    const file = env.MODELS;
    const single = ["MODEL_URI", "MODEL_SHA256", "MODEL_SIZE_BYTES", "MODEL_NAME"].filter((key) => env[key]);
    if (file !== undefined && file !== "") {
        if (single.length > 0) {
            faults.push(`MODELS names all models, so ${single.join(", ")} must not be set beside it`);
            return [];
        }
        return modelsOfFile(file, faults);
    }
    const model = {
        name: env.MODEL_NAME,
        ...(env.MODEL_VERSION && { version: env.MODEL_VERSION }),
        uri: env.MODEL_URI,
        sha256: env.MODEL_SHA256,
        sizeBytes: env.MODEL_SIZE_BYTES === undefined ? undefined : Number(env.MODEL_SIZE_BYTES),
        ...(env.MODEL_CARD_SHA256 && { cardSha256: env.MODEL_CARD_SHA256 }),
    };
    const own: string[] = [];
    modelShape.check(model, "", own);
    const keys: Record<string, string> = {
        ...{ name: "MODEL_NAME", version: "MODEL_VERSION", uri: "MODEL_URI", sha256: "MODEL_SHA256" },
        ...{ sizeBytes: "MODEL_SIZE_BYTES", cardSha256: "MODEL_CARD_SHA256" },
    };
    faults.push(...own.map((fault) => fault.replace(/^\w+/, (field) => keys[field] ?? field)));
    return own.length > 0 ? [] : [model as Of<typeof modelShape>];
}

function modelsOfFile(file: string, faults: string[]): Of<typeof modelsShape> {
    let value: unknown;
    try {
        value = JSON.parse(readFileSync(file, "utf8"));
    } catch (fault) {
        faults.push(`MODELS must be the path of a file of JSON: ${messageOf(fault)}`);
        return [];
    }
    const before = faults.length;
    modelsShape.check(value, "MODELS", faults);
    if (faults.length > before) return [];
    const models = value as Of<typeof modelsShape>;
    const known = new Set<string>();
    for (const { name: model, version = "1" } of models) {
        const key = `${model} ${version}`;
        if (known.has(key)) faults.push(`MODELS names version ${version} of ${model} twice`);
        known.add(key);
    }
    return models;
}
