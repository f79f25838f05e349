import { createHmac } from "node:crypto";
import { canonicalJson } from "../bundle/canonical";
import { isRecord, isSecretJson, plaintextOf } from "./engine-json";
import { Secret } from "./value";

/** Where the secrets of a preview can be read in clear. All of it stays in memory. */
export interface SecretSources {
    /** The stack's own: two secrets can be compared in one stack, and nobody without it can try guesses. */
    key: Uint8Array;
    /** What `pulumi stack export --show-secrets` prints. */
    state?: unknown;
    /** What `pulumi preview --save-plan FILE --show-secrets` writes. */
    plan?: unknown;
}

/** Inputs and outputs of a resource as the engine has them, secrets marked and in clear. */
export interface Plain {
    inputs?: unknown;
    outputs?: unknown;
}

/** Shortest text that is taken out of messages: shorter ones are parts of words. */
const leastScrubbed = 4;

/** The secrets behind a preview, which the engine's own JSON shows as `[secret]`: known by fingerprint alone. */
export class Secrets {
    private readonly before = new Map<string, Plain>();
    private readonly goals = new Map<string, unknown>();
    private readonly texts = new Set<string>();

    constructor(private readonly sources?: SecretSources) {
        for (const resource of resourcesOf(sources?.state)) {
            // What a replacement left behind comes second.
            const { urn, delete: isLeft, inputs, outputs } = resource;
            if (typeof urn === "string" && isLeft !== true) this.before.set(urn, { inputs, outputs });
            this.gather([inputs, outputs]);
        }
        for (const [urn, { goal }] of plansOf(sources?.plan)) {
            if (!isRecord(goal)) continue;
            this.goals.set(urn, goal.inputDiff);
            this.gather([goal.inputDiff, goal.outputDiff]);
        }
    }

    /** A resource as the state has it. */
    old(urn: string): Plain {
        return this.before.get(urn) ?? {};
    }

    /** A resource's inputs as the program asks for them: a plan tells what of the state's is set or taken away. */
    asked(urn: string, oldUrn = urn): unknown {
        const { inputs } = this.old(oldUrn);
        const diff = this.goals.get(urn);
        const { adds, updates } = isRecord(diff) ? diff : {};
        return { ...asRecord(inputs), ...asRecord(adds), ...asRecord(updates) };
    }

    /** @param marked As Pulumi marks a secret; anything else gives one without a fingerprint. */
    fingerprinted(marked: unknown): Secret {
        const plain = plaintextOf(marked);
        if (this.sources === undefined || plain === undefined) return new Secret("");
        return new Secret(createHmac("sha256", this.sources.key).update(canonicalJson(plain)).digest("hex"));
    }

    /** A message of the engine, a provider or a policy without the secrets that it quotes. */
    scrubbed(message: string): string {
        let text = message;
        for (const secret of this.longestFirst()) text = text.replaceAll(secret, "[secret]");
        return text;
    }

    private sorted: readonly string[] | undefined;

    private longestFirst(): readonly string[] {
        this.sorted ??= [...this.texts].sort((left, right) => right.length - left.length);
        return this.sorted;
    }

    /** Takes note of all texts in the secrets in a value. */
    private gather(value: unknown): void {
        if (isSecretJson(value)) this.gatherTexts(plaintextOf(value));
        else if (typeof value === "object" && value !== null)
            for (const inner of Object.values(value)) this.gather(inner);
    }

    private gatherTexts(plain: unknown): void {
        if (typeof plain === "object" && plain !== null)
            for (const inner of Object.values(plain)) this.gatherTexts(inner);
        const text = typeof plain === "string" ? plain : typeof plain === "number" ? String(plain) : "";
        if (text.length < leastScrubbed) return;
        this.texts.add(text);
        // Messages quote values as JSON, too.
        this.texts.add(JSON.stringify(text).slice(1, -1));
    }
}

const asRecord = (json: unknown): Record<string, unknown> => (isRecord(json) ? json : {});

function resourcesOf(state: unknown): Record<string, unknown>[] {
    const { resources } = asRecord(asRecord(state).deployment);
    return Array.isArray(resources) ? (resources as unknown[]).filter(isRecord) : [];
}

function plansOf(plan: unknown): [string, Record<string, unknown>][] {
    const plans = Object.entries(asRecord(asRecord(plan).resourcePlans));
    return plans.flatMap(([urn, each]) => (isRecord(each) ? [[urn, each]] : []));
}
