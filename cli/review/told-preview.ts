import { spawn, spawnSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { PulumiCommand } from "@pulumi/pulumi/automation/cmd";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import type { Preview } from "../../review/model/preview";
import { readPreview } from "../../review/model/read";
import { failed } from "../deploy";
import type { Engine } from "../engine";
import { projectOf } from "../workspace";
import { exportStateInClear, operate } from "../session";
import type { StackRun } from "../stack-run";

/** Previews a stack for its reviewers. Secrets are in clear in this process alone, and go on as fingerprints. */
export async function tellPreview(run: StackRun): Promise<Preview> {
    const { session, terminal } = run;
    const state = await exportStateInClear(session);
    const told = { digest: "", plan: "" };
    const events: EngineEvent[] = [];
    terminal.now("preview");
    const result = await operate(session, "preview", {
        onEvent: (event) => {
            if (event.policyEvent) events.push(event);
        },
        command: tellingCommand(session.engine, session.workspace.folder, told),
    });
    terminal.now(undefined);
    if (!result.ok) failed(run, "preview", result);
    return readPreview({
        digest: JSON.parse(told.digest),
        events,
        secrets: { key: keyOf(run), state, plan: JSON.parse(told.plan) as unknown },
    });
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

/**
 * The engine as a command whose previews are told as JSON, with their plan. Plans have the secrets in clear: they come through
 * a pipe with a name, which no disk keeps.
 */
function tellingCommand(engine: Engine, folder: string, told: { digest: string; plan: string }): PulumiCommand {
    const run: Engine["run"] = async (args, ...rest) => {
        if (args[0] !== "preview") return await engine.run(args, ...rest);
        const pipeFolder = mkdtempSync(join(folder, "plan-"));
        const pipe = join(pipeFolder, "plan");
        try {
            const made = spawnSync("mkfifo", ["-m", "600", pipe], { encoding: "utf8" });
            if (made.status !== 0) throw new Error(`mkfifo could make no pipe: ${made.error?.message ?? made.stderr}`);
            const plan = reading(pipe);
            try {
                const asked = [...args, "--json", "--show-sames", "--show-secrets", "--save-plan", pipe];
                const { stdout, ...result } = await engine.run(asked, ...rest);
                [told.digest, told.plan] = [stdout, await plan.text];
                return { ...result, stdout: "" };
            } finally {
                // An engine that failed has written none.
                plan.stop();
            }
        } finally {
            rmSync(pipeFolder, { recursive: true });
        }
    };
    const telling = { ...{ command: engine.command, version: engine.version }, run };
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- its constructor is private
    return telling;
}

/** A process reads the pipe, as a read that nobody writes to can't be ended in this one. */
function reading(pipe: string): { text: Promise<string>; stop: () => void } {
    const reader = spawn("cat", [pipe], { stdio: ["ignore", "pipe", "ignore"] });
    const chunks: Buffer[] = [];
    reader.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    const text = new Promise<string>((resolve, reject) => {
        reader.on("error", reject);
        reader.on("close", () => {
            resolve(Buffer.concat(chunks).toString());
        });
    });
    return { text, stop: () => reader.kill() };
}
