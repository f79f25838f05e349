import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import type { PulumiCommand } from "@pulumi/pulumi/automation/cmd";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import type { Preview } from "../../review/model/preview";
import { readPreview } from "../../review/model/read";
import type { SecretSources } from "../../review/model/secrets";
import { failed } from "../deploy";
import type { Engine } from "../engine";
import { projectOf } from "../workspace";
import { exportStateInClear, operate } from "../session";
import type { StackRun } from "../stack-run";
import { piped } from "./piped";

/** A preview as JSON, with what stays as it is. */
export const tellingFlags = ["--json", "--show-sames"];

/**
 * Previews a stack for its reviewers; one that fails tells why in its diagnostics and findings. Secrets are in clear in this
 * process alone, and go on as fingerprints.
 */
export async function tellPreview(run: StackRun): Promise<Preview> {
    const { session, terminal } = run;
    const told: Told = { digest: "", plan: "" };
    const events: EngineEvent[] = [];
    terminal.now("preview");
    // A preview leaves the state as it is, so both are asked for at once.
    const [state, result] = await Promise.all([
        exportStateInClear(session),
        operate(session, "preview", {
            onEvent: (event) => {
                if (event.policyEvent) events.push(event);
            },
            command: tellingCommand(session.engine, told),
        }),
    ]);
    terminal.now(undefined);
    const preview = previewOf(told, events, { key: keyOf(run), state });
    if (preview === undefined) failed(run, "preview", result);
    return preview;
}

/** What a run of the engine told: of one that failed, a part. */
export interface Told {
    digest: string;
    plan: string;
}

/** Undefined where the engine did not get as far as a preview. */
export function previewOf(
    { digest, plan }: Told,
    events: readonly EngineEvent[],
    sources: Omit<SecretSources, "plan"> | undefined,
): Preview | undefined {
    const steps = jsonOf(digest);
    if (steps === undefined) return undefined;
    return readPreview({
        ...{ digest: steps, events },
        ...(sources && { secrets: { ...sources, plan: jsonOf(plan) } }),
    });
}

function jsonOf(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}

/** The key of a stack's fingerprints in the sandbox hangs on its passphrase, as whoever has that can read the secrets. */
function keyOf({ at, session }: StackRun): Uint8Array {
    const { stack } = session.workspace;
    const stackName = `${projectOf(at, stack).name}/${stack}`;
    return fingerprintKey(readFileSync(at.passphraseFile, "utf8").trim(), stackName);
}

/** @param stackName With its project: fingerprints of one stack say nothing of another's. */
export const fingerprintKey = (secret: string, stackName: string): Uint8Array =>
    createHmac("sha256", secret).update(`fingerprints of ${stackName}`).digest();

/** The engine as a command whose previews are told as JSON, with their plan. */
function tellingCommand(engine: Engine, told: Told): PulumiCommand {
    const run: Engine["run"] = async (args, cwd, env, _, onError, signal) => {
        if (args[0] !== "preview") return await engine.run(args, cwd, env, _, onError, signal);
        const listen = (text: string): void => {
            told.digest += text;
        };
        const [result, plan] = await piped((pipe) => {
            const asked = [...args, ...tellingFlags, "--show-secrets", "--save-plan", pipe];
            return engine.run(asked, cwd, env, listen, onError, signal);
        });
        told.plan = plan;
        return { ...result, stdout: "" };
    };
    const telling = { ...{ command: engine.command, version: engine.version }, run };
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- its constructor is private
    return telling;
}
