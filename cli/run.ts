import type { PulumiCommand } from "@pulumi/pulumi/automation/cmd";
import { LocalWorkspace } from "@pulumi/pulumi/automation/localWorkspace";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import type { Stack } from "@pulumi/pulumi/automation/stack";
import type { PulumiFn } from "@pulumi/pulumi/automation/workspace";
import type { Pace } from "../stacks/program";
import { Engine } from "./engine";
import { places } from "./places";
import type { Places } from "./places";
import { projectOf } from "./workspace";

/**
 * Resources under way at once. The engine's default is four a core: on a small machine, Azure would wait for us, though
 * all that we do is wait for Azure.
 */
export const parallelism = 32;

export type Operation = "preview" | "up" | "refresh" | "preview-refresh" | "destroy";

export interface RunOptions {
    operation: Operation;
    stack: string;
    /** Folder with `Pulumi.yaml` and the stack's file. */
    workspaceDir: string;
    /** Where the sandbox's providers listen, as `PULUMI_DEBUG_PROVIDERS` has it: `azure-native:PORT,kubernetes:PORT,docker:PORT`. */
    debugProviders: string;
    onEvent?: (event: EngineEvent) => void;
    /** Interrupts the engine: what runs is finished, nothing new is started. */
    signal?: AbortSignal;
    /** @default the clone's own */
    at?: Places;
    /** Takes the place of the committed program, for tests and measurements. */
    program?: PulumiFn;
    /** How fast the program's own waits go. @default real time */
    pace?: Pace;
    engine?: Engine;
    /** Only these resources (refresh). */
    target?: string[];
    /** Against what Azure has, and not what the state says (preview). */
    refreshes?: boolean;
    /** File to save what is planned to, secrets encrypted (preview). */
    planFile?: string;
    /** The engine as the Automation API calls it. @default without what comes after an operation */
    command?: PulumiCommand;
}

export type Changes = Partial<Record<string, number>>;

/** One engine failure, by the resource it is about. */
export interface Failure {
    urn?: string;
    message: string;
}

export interface RunResult {
    ok: boolean;
    /** Counts by operation (`create`, `update`, `same`, ...); empty when the run did not get that far. */
    changes: Changes;
    failures: Failure[];
    /** What the engine itself said, where it failed without telling a resource. */
    output: string;
}

/**
 * Runs one operation of the real engine on the project's program against a sandbox that listens already. Failures of
 * the deployment are a result; it throws only when the engine could not be run at all.
 */
export async function runStack(options: RunOptions): Promise<RunResult> {
    const at = options.at ?? places();
    const result: RunResult = { ok: false, changes: {}, failures: [], output: "" };
    const onEvent = (event: EngineEvent): void => {
        if (event.summaryEvent) result.changes = event.summaryEvent.resourceChanges;
        const said = event.diagnosticEvent;
        if (said?.severity === "error") {
            const message = plain(said.message);
            if (message !== "")
                result.failures.push({ ...(said.urn !== undefined && said.urn !== "" && { urn: said.urn }), message });
        }
        options.onEvent?.(event);
    };
    try {
        const program = needsProgram(options.operation)
            ? (options.program ?? (await committedProgram(at, options)))
            : nothing;
        const stack = await openStack({ ...options, at, program });
        await perform(stack, options, onEvent);
        result.ok = true;
    } catch (fault) {
        if (!(fault instanceof Error)) throw fault;
        result.output = plain(fault.message);
    }
    return result;
}

/** Refresh and destroy work from the state alone. */
function needsProgram(operation: Operation): boolean {
    return operation === "preview" || operation === "up";
}

const nothing: PulumiFn = () => Promise.resolve();

/** Loaded when it is needed: it takes a second, with all the resource types. */
async function committedProgram(
    at: Places,
    { stack, pace = (seconds) => seconds }: Pick<RunOptions, "stack" | "pace">,
): Promise<PulumiFn> {
    if (projectOf(at, stack).isBootstrap) {
        const { programAt } = await import("../bootstrap/program");
        return () => Promise.resolve(programAt(pace)());
    }
    const { programAt } = await import("../stacks/program");
    return programAt(pace);
}

async function perform(stack: Stack, options: RunOptions, onEvent: (event: EngineEvent) => void): Promise<void> {
    const signal = options.signal && { signal: options.signal };
    const common = { onEvent, color: "never" as const, parallel: parallelism, ...signal };
    const target = options.target && { target: options.target };
    switch (options.operation) {
        case "preview":
            await stack.preview({
                ...common,
                ...(options.planFile !== undefined && { plan: options.planFile }),
                ...(options.refreshes === true && { refresh: true }),
            });
            return;
        case "up":
            await stack.up(common);
            return;
        case "refresh":
            await stack.refresh({ ...common, ...target });
            return;
        case "preview-refresh":
            await stack.previewRefresh({ ...common, ...target });
            return;
        case "destroy":
            await stack.destroy(common);
            return;
    }
}

/** The stack, made if it is not there yet. */
export async function openStack(options: Omit<RunOptions, "operation">): Promise<Stack> {
    const at = options.at ?? places();
    const engine = options.engine ?? new Engine(at);
    return await LocalWorkspace.createOrSelectStack(
        {
            stackName: options.stack,
            projectName: projectOf(at, options.stack).name,
            program: options.program ?? nothing,
        },
        {
            workDir: options.workspaceDir,
            pulumiCommand: options.command ?? engine.asBriefPulumiCommand(),
            secretsProvider: "passphrase",
            envVars: { PULUMI_DEBUG_PROVIDERS: options.debugProviders },
        },
    );
}

/** Text without the engine's colour marks. */
export function plain(text: string): string {
    return text.replace(/<\{%[^%]*%\}>/g, "").trim();
}
