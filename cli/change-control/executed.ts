import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import type { Executed } from "../../review/ledger/ledger";

/** Steps of the engine that change something, as a bundle names them; a replacement is two of them. */
const operations: Partial<Record<string, Executed["operation"]>> = {
    create: "create",
    update: "update",
    delete: "delete",
    import: "import",
    "create-replacement": "replace",
    "import-replacement": "replace",
    "delete-replaced": "delete",
    discard: "forget",
    "discard-replaced": "forget",
};

/** Gathers from the engine's events what it did, and what it began. */
export class ExecutedSteps {
    private readonly begun = new Map<string, Executed>();

    /** The step that an event tells of, if any. */
    note({ resourcePreEvent, resOutputsEvent }: EngineEvent): Executed | undefined {
        const step = (resOutputsEvent ?? resourcePreEvent)?.metadata;
        if (!step) return undefined;
        const { urn } = step;
        // What is to stay in Azure, the engine deletes from the state alone.
        const isForgotten = step.op === "delete" && step.old?.retainOnDelete === true;
        const operation = isForgotten ? "forget" : operations[step.op];
        if (operation === undefined || isDefaultProvider(urn)) return undefined;
        const executed = { urn, operation, failed: resOutputsEvent === undefined };
        this.begun.set(`${operation} ${urn}`, executed);
        return executed;
    }

    /** Sorted by URN. */
    get all(): Executed[] {
        return [...this.begun.values()].sort((left, right) => (left.urn < right.urn ? -1 : 1));
    }
}

/** The engine makes one of each version that resources ask for; those say which they have, and previews don't tell of it. */
const isDefaultProvider = (urn: string): boolean => /::pulumi:providers:[^:]+::default(_[^:]*)?$/.test(urn);
