import { createHash } from "node:crypto";

/** What can go wrong between a client and Azure, after the client's own retries are used up. */
export type FaultKind =
    | "throttled"
    | "conflict"
    | "serverError"
    | "unavailable"
    /** The connection broke before Azure took the request. */
    | "lostBeforeAcceptance"
    /** Azure took the request, the connection broke, and the resource can be read: azure-native saves what it read. */
    | "lostReadable"
    /** Azure took the request, the connection broke, and nothing can be read: the state knows nothing of it. */
    | "lostUnreadable";

export const faultKinds: readonly FaultKind[] = [
    "throttled",
    "conflict",
    "serverError",
    "unavailable",
    "lostBeforeAcceptance",
    "lostReadable",
    "lostUnreadable",
];

/** Verbs of a request that a fault can hit. */
export type Verb = "create" | "update" | "delete";

export interface FaultOptions {
    /** Same seed, same faults. */
    seed: number;
    /** Share of requests that fail, 0 to 1; for all verbs or for each. */
    rate: number | Partial<Record<Verb, number>>;
    /** @default all */
    kinds?: readonly FaultKind[];
}

/** Faults drawn from a seed: the same resource, verb and attempt always meet the same one. */
export class Faults {
    private readonly kinds: readonly FaultKind[];

    constructor(private readonly options: FaultOptions) {
        this.kinds = options.kinds ?? faultKinds;
    }

    /** The fault that this attempt meets, if any. `attempt` counts from 1. */
    draw(token: string, id: string, verb: Verb, attempt: number): FaultKind | undefined {
        const { seed, rate } = this.options;
        const share = typeof rate === "number" ? rate : (rate[verb] ?? 0);
        const drawn = createHash("sha256").update([seed, token, id.toLowerCase(), verb, attempt].join("\n")).digest();
        if (drawn.readUInt32BE(0) / 2 ** 32 >= share) return undefined;
        return this.kinds[drawn.readUInt32BE(4) % this.kinds.length];
    }
}
