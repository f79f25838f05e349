import { canonicalJson, sha256 } from "../bundle/canonical";
import type { Effect } from "../bundle/effects";
import type { Role } from "../sign-off/rules";

/** One step that ran. */
export interface Executed {
    urn: string;
    operation: Effect["operation"];
    /** It was begun, and did not end well. */
    failed: boolean;
}

/** What happened to a stack once. */
export interface Entry {
    /** From 1. */
    sequence: number;
    /** Digest of the line before; of the first, 64 zeros. */
    previous: string;
    at: string;
    stack: string;
    /** Digest of the bundle that allowed it. */
    bundle: string;
    signed: readonly { role: Role; person: string }[];
    /**
     * `begun`: it is allowed, and starts; `applied`: all of it is done; `interrupted`: the rest may follow under the same
     * signatures; `incident`: more ran than was signed.
     */
    outcome: "begun" | "applied" | "interrupted" | "incident";
    /** Since it was begun. */
    executed: readonly Executed[];
    /** Digest of what the state held afterwards, as a bundle's `base` has it; left out where nobody could tell. */
    stateAfter?: string;
}

const start = "0".repeat(64);

/** A stack's ledger: a line an entry, each with the digest of the line before, so that none can be changed or left out. */
export class Ledger {
    private constructor(
        readonly entries: readonly Entry[],
        private readonly head: string,
    ) {}

    /** @throws Error that names the line at which the chain breaks */
    static parse(text: string): Ledger {
        let head = start;
        const lines = text.split("\n").filter((line) => line !== "");
        const entries = lines.map((line, index) => {
            const entry = JSON.parse(line) as Entry;
            if (canonicalJson(entry) !== line) throw new Error(`line ${index + 1} is no canonical JSON`);
            if (entry.previous !== head || entry.sequence !== index + 1)
                throw new Error(`line ${index + 1} does not follow the line before it: one was changed, or is missing`);
            head = sha256(line);
            return entry;
        });
        return new Ledger(entries, head);
    }

    /** The line to add for what happened. */
    next(entry: Omit<Entry, "sequence" | "previous">): string {
        return canonicalJson({ ...entry, sequence: this.entries.length + 1, previous: this.head });
    }

    /** Was all of a bundle's change done? */
    isApplied(bundle: string): boolean {
        return this.entries.some(
            (entry) => entry.bundle === bundle && (entry.outcome === "applied" || entry.outcome === "incident"),
        );
    }

    /** Was any of it done? */
    isBegun(bundle: string): boolean {
        return this.entries.some((entry) => entry.bundle === bundle);
    }
}

/** Whether a step is part of what was approved. */
export function approvalOf(approved: readonly Effect[]): (step: Executed) => boolean {
    const signed = new Map(approved.map(({ urn, operation }) => [urn, operation]));
    return ({ urn, operation }) => {
        const allowed = signed.get(urn);
        // What is left of a replacement is the old one's deletion, or the new one's creation.
        return allowed === operation || (allowed === "replace" && (operation === "delete" || operation === "create"));
    };
}

/** What ran though it was not approved: nothing, if all is well. */
export function unapproved(executed: readonly Executed[], approved: readonly Effect[]): Executed[] {
    const isApproved = approvalOf(approved);
    return executed.filter((step) => !isApproved(step));
}
