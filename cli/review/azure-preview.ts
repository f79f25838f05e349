import { spawn } from "node:child_process";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import type { Preview } from "../../review/model/preview";
import { UserError } from "../user-error";
import { piped } from "./piped";
import { previewOf, tellingFlags } from "./told-preview";

/** The `pulumi` of whoever runs this, signed in to its backend and to Azure. */
export interface PlainPulumi {
    /** With `Pulumi.yaml`. */
    folder: string;
    environment: NodeJS.ProcessEnv;
}

/**
 * Previews a stack as `pulumi preview` does.
 * @param key Of the stack's fingerprints; without it, its secrets are not asked for
 * @throws UserError with what Pulumi said, where it got no preview
 */
export async function previewOnAzure(
    pulumi: PlainPulumi,
    stack: string,
    key: Uint8Array | undefined,
): Promise<Preview> {
    const of = ["--stack", stack, "--non-interactive"];
    const preview = (more: readonly string[]): Promise<[Ran, string]> =>
        piped((events) => run(pulumi, ["preview", ...of, ...tellingFlags, "--event-log", events, ...more]));
    const inClear = async (): Promise<unknown> => {
        const { stdout, stderr } = await run(pulumi, ["stack", "export", ...of, "--show-secrets"]);
        if (stdout === "") throw new UserError(`pulumi could not read the state of "${stack}":\n${stderr}`);
        return JSON.parse(stdout) as unknown;
    };
    const sources = key && { key, state: await inClear() };
    const [[{ stdout, stderr }, events], plan] = sources
        ? await piped((pipe) => preview(["--show-secrets", "--save-plan", pipe]))
        : [await preview([]), ""];
    const told = previewOf({ digest: stdout, plan }, eventsOf(events), sources);
    if (told === undefined) throw new UserError(`pulumi could not preview "${stack}":\n${stderr}`);
    return told;
}

interface Ran {
    stdout: string;
    stderr: string;
}

/** Runs Pulumi to its end, whatever that is. */
function run({ folder, environment }: PlainPulumi, args: readonly string[]): Promise<Ran> {
    return new Promise((resolve, reject) => {
        const child = spawn("pulumi", args, {
            cwd: folder,
            // It logs events only for whoever debugs it.
            env: { ...environment, PULUMI_DEBUG_COMMANDS: "true" },
            stdio: ["ignore", "pipe", "pipe"],
        });
        const [out, errors]: [Buffer[], Buffer[]] = [[], []];
        child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
        child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
        child.on("error", (fault) => {
            reject(new UserError(`pulumi could not be run: ${fault.message}`));
        });
        child.on("close", () => {
            resolve({ stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(errors).toString().trim() });
        });
    });
}

/** The engine writes one event a line. */
function eventsOf(text: string): EngineEvent[] {
    const lines = text.split("\n").filter((line) => line !== "");
    return lines.map((line) => JSON.parse(line) as EngineEvent);
}
