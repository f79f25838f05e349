import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(__dirname, "..", "..");

/** What a finished command left. */
export interface Finished {
    code: number | null;
    stdout: string;
    stderr: string;
}

/** What to kill when a line comes up: the whole group, the command's process alone, or the engine alone. */
export interface Kill {
    when: RegExp;
    what: "everything" | "command" | "engine";
}

/** A home of the test's own, so that the user's platform is left alone. */
export class Home {
    readonly folder = mkdtempSync(join(tmpdir(), "mlplatform-home-"));

    /**
     * @param kubernetes Does the cluster get its control plane? It takes memory that a foundation alone has no use for.
     * @param checkpoints Is the state written after every resource, as is the engine's way? What is killed goes on from it.
     */
    constructor(
        private readonly kubernetes: "on" | "off" = "off",
        private readonly checkpoints = false,
    ) {}

    /** Runs the command as a user would, through the bootstrap. */
    run(args: readonly string[], kill?: Kill, onStart?: (pid: number) => void): Promise<Finished> {
        return new Promise((resolve, reject) => {
            const child = spawn(process.execPath, [join(root, "tools", "bootstrap.cjs"), ...args], {
                cwd: root,
                detached: true, // a group of its own, to be killed as one
                stdio: ["ignore", "pipe", "pipe"],
                env: {
                    ...{ ...process.env, MLPLATFORM_KUBERNETES: this.kubernetes, MLPLATFORM_HOME: this.folder },
                    PULUMI_SKIP_CHECKPOINTS: String(!this.checkpoints),
                },
            });
            const output = { stdout: "", stderr: "" };
            let killed = false;
            child.stdout.on("data", (data: Buffer) => {
                output.stdout += data.toString();
                if (kill && !killed && child.pid !== undefined && kill.when.test(output.stdout)) {
                    killed = true;
                    killIn(child.pid, kill.what);
                }
            });
            child.stderr.on("data", (data: Buffer) => (output.stderr += data.toString()));
            child.on("error", reject);
            child.on("close", (code) => {
                resolve({ code, ...output });
            });
            if (child.pid !== undefined) onStart?.(child.pid);
        });
    }

    /** Runs a command that must go well, and tells what it printed. */
    async succeed(...args: string[]): Promise<string> {
        const { code, stdout, stderr } = await this.run(args);
        if (code !== 0)
            throw new Error(`mlplatform ${args.join(" ")} ended with ${String(code)}:\n${stdout}\n${stderr}`);
        return stdout;
    }

    /** Ids that the sandbox's Azure holds. */
    async idsInAzure(): Promise<string[]> {
        const lines = (await this.succeed("sandbox", "list")).split("\n");
        return lines.flatMap((line) => /\/subscriptions\/\S+/.exec(line)?.[0].toLowerCase() ?? []).sort();
    }

    /** Ids that the stack's state holds. */
    async idsInState(): Promise<string[]> {
        const { resources, resourcesAre } = (await this.exported()) as {
            resourcesAre: string;
            resources: { id?: string }[];
        };
        return resourcesAre === "deployed" ? resources.map(({ id }) => (id ?? "").toLowerCase()).sort() : [];
    }

    async exported(): Promise<unknown> {
        return JSON.parse(await this.succeed("export", "dev")) as unknown;
    }

    remove(): void {
        rmSync(this.folder, { recursive: true, force: true });
    }
}

function killIn(group: number, what: Kill["what"]): void {
    if (what === "everything") {
        process.kill(-group, "SIGKILL");
        return;
    }
    const wanted = what === "engine" ? /[/\\]bin[/\\]pulumi / : /[/\\]build[/\\]cli[/\\]main\.js /;
    for (const pid of processesOf(group)) {
        if (wanted.test(commandLine(pid))) process.kill(pid, "SIGKILL");
    }
}

/** Processes of a group, from `/proc`. */
function processesOf(group: number): number[] {
    return readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name))
        .map(Number)
        .filter((pid) => Number(statOf(pid)[2]) === group);
}

function statOf(pid: number): string[] {
    try {
        const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
        return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    } catch {
        return [];
    }
}

function commandLine(pid: number): string {
    try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
    } catch {
        return "";
    }
}
