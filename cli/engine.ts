import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { PulumiCommand } from "@pulumi/pulumi/automation/cmd";
import { CommandError, StackNotFoundError } from "@pulumi/pulumi/automation/errors";
import type { Interruption } from "./interruption";
import { engineFolder } from "./places";
import type { Places } from "./places";

/** What a finished engine run left. */
export interface EngineResult {
    stdout: string;
    stderr: string;
    code: number;
}

type Listener = (text: string) => void;

/** What the Automation API asks for after every operation: three runs of the engine, which take longer than a small `up`. */
const afterwards: Partial<Record<string, string>> = { "stack output": "{}", "stack history": "[]" };

/** The engine as a command of ours: it sees only the variables that it needs, and tells its process id. */
export class Engine {
    readonly command: string;
    readonly version: PulumiCommand["version"];
    /** Process of the run that is under way. */
    pid: number | undefined;

    constructor(
        private readonly at: Places,
        readonly release = pinnedRelease(at),
    ) {
        this.command = join(engineFolder(release), process.platform === "win32" ? "pulumi.exe" : "pulumi");
        // The Automation API only ever reads its text.
        this.version = { toString: () => release } as PulumiCommand["version"];
    }

    /** As a command for the Automation API, which calls `run`. */
    asPulumiCommand(): PulumiCommand {
        // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- its constructor is private
        return this;
    }

    /** The same for one who reads neither outputs nor history off the result of an operation. */
    asBriefPulumiCommand(): PulumiCommand {
        const run: Engine["run"] = (args, ...rest) => {
            const stdout = afterwards[args.slice(0, 2).join(" ")];
            return stdout === undefined ? this.run(args, ...rest) : Promise.resolve({ stdout, stderr: "", code: 0 });
        };
        const { command, version } = this;
        const brief = { command, version, run };
        // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- its constructor is private
        return brief;
    }

    /** Runs the engine; throws a `CommandError` with its output when it fails. */
    run(
        args: string[],
        cwd: string,
        env: Record<string, string>,
        onOutput?: Listener,
        onError?: Listener,
        signal?: AbortSignal,
    ): Promise<EngineResult> {
        return new Promise((resolve, reject) => {
            const child = spawn(this.command, [...args, "--non-interactive"], {
                cwd,
                env: { ...this.environment(), ...env, PULUMI_AUTOMATION_API: "true" },
                stdio: ["ignore", "pipe", "pipe"],
            });
            this.pid = child.pid;
            const output = { stdout: "", stderr: "" };
            child.stdout.on("data", (data: Buffer) => {
                output.stdout += data.toString();
                onOutput?.(data.toString());
            });
            child.stderr.on("data", (data: Buffer) => {
                output.stderr += data.toString();
                onError?.(data.toString());
            });
            const interrupt = (): void => {
                // What runs is finished, nothing new is started. A second interrupt would make it drop everything.
                void needsTelling(signal).then((tell) => tell && child.kill("SIGINT"));
            };
            signal?.addEventListener("abort", interrupt);
            child.on("error", reject);
            child.on("close", (code, killedBy) => {
                this.pid = undefined;
                signal?.removeEventListener("abort", interrupt);
                if (code === 0) {
                    resolve({ ...output, code });
                    return;
                }
                const how = killedBy ? `the engine was ended by ${killedBy}` : `the engine ended with code ${code}`;
                // The rest of the output tells the progress, which the events tell better.
                const errors = output.stdout.split("\n").filter((line) => /^\s*error:/.test(line));
                const text = [how, output.stderr.trim(), ...errors].filter((part) => part !== "").join("\n");
                reject(
                    /no stack named.*found/.test(output.stderr) ? new StackNotFoundError(text) : new CommandError(text),
                );
            });
        });
    }

    private environment(): Record<string, string> {
        const env = process.env;
        const kept = [
            ...["LANG", "LC_ALL", "TZ", "SYSTEMROOT", "COMSPEC", "USER", "LOGNAME", "USERNAME", "USERPROFILE"],
            // Half of the engine's work is to write the state after every resource; who will not be interrupted can spare it.
            "PULUMI_SKIP_CHECKPOINTS",
        ];
        const known = kept.flatMap((name): [string, string][] => {
            const value = env[name];
            return value === undefined ? [] : [[name, value]];
        });
        return {
            ...Object.fromEntries(known),
            HOME: homedir(),
            TMPDIR: tmpdir(),
            PATH: [engineFolder(this.release), env.PATH ?? ""].join(delimiter),
            PULUMI_HOME: this.at.pulumiHome,
            // Without this, each file gets one beside it that is not written in one go: one cut short by a crash makes the
            // state unreadable ("failed to load checkpoint: EOF").
            PULUMI_BACKEND_URL: `${pathToFileURL(this.at.state).href}?metadata=skip`,
            PULUMI_CONFIG_PASSPHRASE_FILE: this.at.passphraseFile,
            PULUMI_SKIP_UPDATE_CHECK: "true",
            PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
            // Copies of every state ever written; the state itself is written whole or not at all.
            PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "true",
            NO_COLOR: "1",
        };
    }
}

async function needsTelling(signal: AbortSignal | undefined): Promise<boolean> {
    const reason = signal?.reason as Partial<Interruption> | undefined;
    return reason?.tellEngine ? await reason.tellEngine : true;
}

/** Version of the engine: that of the npm package `pulumi`. */
function pinnedRelease(at: Places): string {
    const file = join(at.root, "node_modules", "pulumi", "package.json");
    const { version } = JSON.parse(readFileSync(file, "utf8")) as { version: string };
    return version;
}
