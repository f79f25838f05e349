import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation/events";
import { kindOf, nameOf } from "../review/model/names";
import { isProvider } from "./deployment";
import type { Terminal } from "./terminal";

/** How an operation is said when it is done. */
const done: Partial<Record<string, string>> = {
    create: "created",
    update: "updated",
    delete: "deleted",
    "create-replacement": "created (new)",
    "delete-replaced": "deleted (old)",
    refresh: "read",
    import: "imported",
};

const maxNamed = 3;
const quietSeconds = 2;

/** Follows the engine's events and tells them resource by resource. */
export class Progress {
    private readonly running = new Map<string, { label: string; since: number }>();
    private finished = 0;
    private readonly timer: NodeJS.Timeout;

    /** `total` is the number of resources to come, when it is known. */
    constructor(
        private readonly terminal: Terminal,
        private readonly total: number | undefined,
    ) {
        this.timer = setInterval(() => {
            this.show();
        }, 1000);
        this.timer.unref();
    }

    readonly onEvent = (event: EngineEvent): void => {
        const started = event.resourcePreEvent?.metadata;
        const ended = event.resOutputsEvent?.metadata;
        const failed = event.resOpFailedEvent?.metadata;
        if (started && isWork(started)) this.start(started);
        if (ended && isWork(ended)) this.end(ended, done[ended.op] ?? ended.op);
        if (failed && isWork(failed)) this.end(failed, "FAILED");
        this.show();
    };

    close(): void {
        clearInterval(this.timer);
        this.terminal.now(undefined);
    }

    private start(step: StepEventMetadata): void {
        this.running.set(key(step), { label: `${kindOf(step.type)} ${nameOf(step.urn)}`, since: Date.now() });
    }

    private end(step: StepEventMetadata, how: string): void {
        const began = this.running.get(key(step))?.since ?? Date.now();
        this.running.delete(key(step));
        if (how !== "FAILED") this.finished += 1;
        const of = this.total === undefined ? String(this.finished).padStart(3) : this.counted(this.total);
        const took = Date.now() - began;
        const time = took >= 1000 ? `  ${(took / 1000).toFixed(1)} s` : "";
        const said = how === "FAILED" ? this.terminal.bad(how.padEnd(8)) : how.padEnd(8);
        this.terminal.step(
            `${of}  ${said}  ${kindOf(step.type).padEnd(42)} ${nameOf(step.urn)}${this.terminal.dim(time)}`,
        );
    }

    private counted(total: number): string {
        const width = String(total).length;
        // A failed or repeated step may go beyond what the preview counted.
        return `${String(this.finished).padStart(width)}/${Math.max(total, this.finished)}`;
    }

    private show(): void {
        const all = [...this.running.values()];
        if (all.length === 0) {
            this.terminal.now(undefined);
            return;
        }
        const named = all.slice(0, maxNamed).map(({ label, since }) => {
            const seconds = Math.round((Date.now() - since) / 1000);
            return seconds < quietSeconds ? label : `${label} (${seconds} s)`;
        });
        const rest = all.length > maxNamed ? ` and ${all.length - maxNamed} more` : "";
        this.terminal.now(`at work: ${named.join(", ")}${rest}`);
    }
}

/** Steps that change something in Azure, as opposed to components, the provider and what stays as it is. */
export function isWork({ op, type, provider }: StepEventMetadata): boolean {
    if (isProvider(type) || provider === "") return false;
    return op !== "same" && op !== "read" && !(op as string).startsWith("discard") && op !== "replace";
}

function key({ urn, op }: StepEventMetadata): string {
    return `${urn}\n${op}`;
}
