import { Refusal, messageOf } from "../refusal";
import type { Models, Scorer } from "../scorer";
import type { ModelSettings, ServeSettings } from "../settings";
import type { Log } from "../telemetry/log";
import { fetchModel } from "./fetch";
import { LoadedModel } from "./loaded-model";

/** One version of a model on its way. */
interface Entry {
    settings: ModelSettings;
    model?: LoadedModel;
    /** Why it will not come. */
    refused?: string;
}

/** Tries a model before it counts as ready. @throws Error where it does not answer as it should */
export type Prove = (scorer: Scorer) => Promise<void>;

/** Models by name and version: fetched, loaded, tried, and found. */
export class Repository implements Models {
    private readonly entries: readonly Entry[];
    readonly only?: string;
    /** What a request without a version gets: looked up for each. */
    private readonly newest = new Map<string, LoadedModel>();

    constructor(
        private readonly settings: ServeSettings,
        private readonly log: Log,
        private readonly prove: Prove,
    ) {
        this.entries = settings.models.map((model) => ({ settings: model }));
        const [name, ...others] = this.names();
        if (name !== undefined && others.length === 0) this.only = name;
    }

    /** Loads all models, one after the other. @throws Error where none of them can be served */
    async load(): Promise<void> {
        for (const entry of this.entries) {
            const { name, version } = entry.settings;
            try {
                await this.loadOne(entry);
            } catch (fault) {
                entry.refused = messageOf(fault);
                this.log.event("error", "model refused", { model: name, version, reason: entry.refused });
            }
        }
        if (this.entries.every(({ refused }) => refused !== undefined))
            throw new Error(this.entries.map(({ refused }) => refused).join("; "));
    }

    private async loadOne(entry: Entry): Promise<void> {
        const { name, version, sha256, sizeBytes, maxBatch, maxDelayMs } = entry.settings;
        const { folder, provider, threads, workers, maxPending, timeoutMs } = this.settings;
        const began = performance.now();
        const file = await fetchModel(entry.settings, folder);
        const fetched = performance.now();
        const model = await LoadedModel.load({
            ...{ name, version, digest: sha256, sizeBytes, workers },
            session: { file, provider, threads },
            ...(maxBatch !== undefined && { maxBatch }),
            batching: { maxDelayMs, maxPending, timeoutMs },
        });
        try {
            await this.prove(model);
        } catch (fault) {
            await model.close();
            throw fault;
        }
        entry.model = model;
        const { model: first } = newest(this.entriesOf(name));
        if (first) this.newest.set(name, first);
        const { rowMs, batchPays, rowsAreIndependent } = model.measured;
        this.log.event("info", "model ready", {
            ...{ model: name, version, digest: `sha256:${sha256}`, provider, maxBatch: model.maxBatch },
            ...{ fetchMs: Math.round(fetched - began), loadMs: Math.round(performance.now() - fetched) },
            ...{
                rowMs: rowMs === undefined ? undefined : Math.round(rowMs * 1000) / 1000,
                rowsAreIndependent,
                batchPays,
            },
            runsIn: model.inline ? "the thread that answers" : `${workers} threads`,
        });
    }

    names(): string[] {
        return [...new Set(this.entries.map(({ settings }) => settings.name))];
    }

    /** @throws Refusal where there is no such model */
    versions(name: string): string[] {
        const versions = this.entriesOf(name).map(({ settings }) => settings.version);
        return versions.sort(inOrder);
    }

    private entriesOf(name: string): Entry[] {
        const found = this.entries.filter(({ settings }) => settings.name === name);
        if (found.length === 0)
            throw new Refusal(
                "unknown",
                `there is no model "${name.slice(0, 100)}" here, but ${this.names().join(", ")}`,
            );
        return found;
    }

    get(name: string, version?: string): LoadedModel {
        const first = version === undefined || version === "" ? this.newest.get(name) : undefined;
        if (first?.ready) return first;
        const entries = this.entriesOf(name);
        const { model, refused } =
            version === undefined || version === "" ? newest(entries) : this.exactly(entries, version);
        if (model?.ready) return model;
        throw new Refusal(
            "not-ready",
            `model ${name} is not ready: ${refused ?? (model ? "its threads have ended" : "it is being loaded")}`,
        );
    }

    /** @throws Refusal where there is no such model */
    isReady(name: string, version?: string): boolean {
        try {
            return this.get(name, version).ready;
        } catch (fault) {
            if (fault instanceof Refusal && fault.kind === "not-ready") return false;
            throw fault;
        }
    }

    private exactly(entries: readonly Entry[], version: string): Entry {
        const found = entries.find(({ settings }) => settings.version === version);
        if (found) return found;
        const [first] = entries;
        const versions = this.versions(first?.settings.name ?? "").join(", ");
        throw new Refusal(
            "unknown",
            `model ${first?.settings.name ?? ""} has no version "${version.slice(0, 100)}" here, but ${versions}`,
        );
    }

    /** The models that are loaded. */
    all(): readonly LoadedModel[] {
        return this.entries.flatMap(({ model }) => (model ? [model] : []));
    }

    /** Are all of them ready? */
    get ready(): boolean {
        return this.entries.every(({ model }) => model?.ready);
    }

    async close(): Promise<void> {
        await Promise.all(this.all().map((model) => model.close()));
    }
}

/** By the numbers in it, so that 10 comes after 9. */
const inOrder = (a: string, b: string): number => a.localeCompare(b, "en", { numeric: true });

/** The newest version that answers; where none does, the newest. */
function newest(entries: readonly Entry[]): Entry {
    const sorted = [...entries].sort((a, b) => inOrder(b.settings.version, a.settings.version));
    const found = sorted.find(({ model }) => model?.ready) ?? sorted[0];
    if (!found) throw new Error("a model without a version");
    return found;
}
