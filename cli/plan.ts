import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation/events";
import type { StateResource } from "./deployment";
import { isWork } from "./progress";
import { plain } from "./run";

/** What a preview says will happen, gathered from its events. */
export class Plan {
    private readonly steps: StepEventMetadata[] = [];
    private unchanged = 0;
    private outputsChange = false;
    private readonly warned = new Set<string>();
    private readonly told = new Set<string>();

    readonly onEvent = (event: EngineEvent): void => {
        const step = event.resourcePreEvent?.metadata;
        if (step && isWork(step)) this.steps.push(step);
        if (step?.op === "same" && step.provider !== "" && !step.type.startsWith("pulumi:")) this.unchanged += 1;
        const said = event.diagnosticEvent;
        if (said?.severity === "warning") this.warned.add(plain(said.message));
        // Lines that come and go are the engine's own.
        if (said?.severity === "info" && !said.ephemeral) this.told.add(plain(said.message));
        const ended = event.resOutputsEvent?.metadata;
        if (ended?.type === "pulumi:pulumi:Stack") {
            this.outputsChange = JSON.stringify(ended.old?.outputs ?? {}) !== JSON.stringify(ended.new?.outputs ?? {});
        }
    };

    /** What the program and the engine warned of. */
    get warnings(): string[] {
        return [...this.warned];
    }

    /** What the program has to say to its reader, each text with all its lines. */
    get notes(): string[] {
        return [...this.told].filter((note) => note !== "");
    }

    /** Steps that the update will take. */
    get size(): number {
        return this.steps.length;
    }

    /** Is there anything to do, be it only an output of the stack that changes? */
    get isEmpty(): boolean {
        return this.steps.length === 0 && !this.outputsChange;
    }

    /** Resources that would be created, replacements included. */
    creates(): StateResource[] {
        const creating = this.steps.filter(({ op }) => op === "create" || op === "create-replacement");
        return creating.flatMap(({ new: made }) =>
            made
                ? [{ urn: made.urn, type: made.type, custom: true, inputs: made.inputs as Record<string, unknown> }]
                : [],
        );
    }

    /** `86 to create, 2 to update, 1 to replace, 3 unchanged`. */
    toString(): string {
        const count = (...ops: string[]): number => this.steps.filter(({ op }) => ops.includes(op)).length;
        const parts: [number, string][] = [
            [count("create"), "to create"],
            [count("update"), "to update"],
            [count("create-replacement"), "to replace"],
            [count("delete"), "to delete"],
            [count("import"), "to import"],
            [this.unchanged, "unchanged"],
        ];
        const said = parts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
        return said.join(", ") || (this.isEmpty ? "nothing to do" : "outputs change");
    }

    /** Changes to what exists, each with the properties behind it. */
    details(): { op: string; urn: string; type: string; properties: string[] }[] {
        return this.steps
            .filter(({ op }) => op !== "create")
            .map(({ op, urn, type, detailedDiff, diffs }) => {
                return { op, urn, type, properties: detailedDiff ? Object.keys(detailedDiff) : (diffs ?? []) };
            });
    }
}
