import { rmSync } from "node:fs";
import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import type { StateResource } from "./deployment";
import { readOwn, writeWhole } from "../sandbox/files";
import { isWork } from "./progress";
import { adopt, existingId, recover } from "./recover";
import type { RefusedAsExisting } from "./recover";
import { operate } from "./session";
import type { Session } from "./session";
import type { RunResult } from "./run";

/** How often an `up` that gets nothing done is tried when all that failed was temporary. */
const defaultAttempts = 5;
const pauseMs = 500;

/** Azure's own words for "try again", and a connection that broke; the provider has tried for a while by then. */
const temporary =
    /TooManyRequests|status(Code| code)?[ =:"]*(429|500|502|503|504)\b|InternalServerError|ServiceUnavailable|RetryableError|AnotherOperationInProgress|OperationNotAllowed.*in progress|"?Code"?[=: "]+Conflict\b|lost the connection|connection (was )?(lost|reset|refused|broke)|timed? ?out|ECONNRESET/i;
/** Said about a failure, not itself one. */
const summaries = /^(update failed|preview failed|destroy failed|refresh failed)|resource operations? failed/i;

/** Is it worth a try without changing anything? */
export function isTemporary(result: RunResult): boolean {
    const causes = result.failures.filter(({ message }) => !summaries.test(message));
    return causes.length > 0 && causes.every(({ message }) => temporary.test(message));
}

export interface ConvergeOptions {
    onEvent?: (event: EngineEvent) => void;
    /** Tries in a row that get nothing done. @default 5 */
    attempts?: number;
    /** Told before another try; with the labels of what was taken over, if that is why. */
    onRetry?: (result: RunResult, adopted: readonly string[]) => void;
}

/**
 * `up` or `destroy` until it is done: what was interrupted before is recovered first, creates whose answer is lost are
 * taken over, and temporary refusals are tried again. A refusal that needs the user is returned as it is.
 */
export async function converge(
    session: Session,
    operation: "up" | "destroy",
    options: ConvergeOptions = {},
): Promise<RunResult> {
    const { attempts = defaultAttempts } = options;
    for (let idle = 0; ;) {
        await recover(session);
        const creates = new FailedCreates(session);
        let finished = 0;
        const result = await operate(session, operation, {
            onEvent: (event) => {
                creates.onEvent(event);
                if (event.resOutputsEvent && isWork(event.resOutputsEvent.metadata)) finished += 1;
                options.onEvent?.(event);
            },
        });
        if (result.ok) {
            creates.forget();
            return result;
        }
        if (session.signal?.aborted === true) return result;
        const lost = creates.refusedAsExisting();
        const adopted = lost.length > 0 ? await adopt(session, lost) : [];
        idle = finished + adopted.length > 0 ? 0 : idle + 1;
        if (idle >= attempts || (adopted.length === 0 && !isTemporary(result))) return result;
        options.onRetry?.(result, adopted);
        await new Promise((done) => setTimeout(done, pauseMs));
    }
}

/** The creates of a run that failed, and those of runs before. */
class FailedCreates {
    private readonly asked = new Map<string, StateResource>();
    private readonly ids = new Map<string, string>();
    private readonly before: Set<string>;
    private readonly file: string;

    constructor(session: Session) {
        this.file = join(session.workspace.folder, "failed-creates.json");
        const read = readOwn(this.file);
        this.before = new Set(Array.isArray(read) ? read.filter((urn) => typeof urn === "string") : []);
    }

    readonly onEvent = (event: EngineEvent): void => {
        const step = event.resourcePreEvent?.metadata;
        if (step && (step.op === "create" || step.op === "create-replacement") && step.new) {
            const { urn, type, parent, provider, inputs } = step.new;
            this.asked.set(urn, {
                urn,
                type,
                custom: true,
                parent,
                provider,
                inputs: inputs as Record<string, unknown>,
            });
        }
        const said = event.diagnosticEvent;
        const id = said?.severity === "error" ? existingId(said.message) : undefined;
        if (id !== undefined && said?.urn !== undefined) this.ids.set(said.urn, id);
        const failed = event.resOpFailedEvent?.metadata;
        if (failed && (failed.op === "create" || failed.op === "create-replacement")) this.remember(failed.urn);
    };

    refusedAsExisting(): RefusedAsExisting[] {
        return [...this.ids].flatMap(([urn, id]): RefusedAsExisting[] => {
            const resource = this.asked.get(urn);
            return resource ? [{ id, resource, attempted: this.before.has(urn) }] : [];
        });
    }

    forget(): void {
        rmSync(this.file, { force: true });
    }

    /** A create that failed may have happened all the same; its own refusal as existing proves nothing of the kind. */
    private remember(urn: string): void {
        if (this.ids.has(urn)) return;
        const known = readOwn(this.file);
        const urns = Array.isArray(known) ? (known as string[]) : [];
        if (!urns.includes(urn)) writeWhole(this.file, JSON.stringify([...urns, urn]));
    }
}
