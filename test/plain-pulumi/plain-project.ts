import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { Engine } from "../../cli/engine";
import { startLocalAzure } from "../../cli/local-azure";
import { places } from "../../cli/places";
import type { Sandbox } from "../../sandbox/sandbox";

export const repository = resolve(__dirname, "..", "..");

/**
 * A folder with files of the project in which the plain `pulumi` command runs, as an operations engineer types it. Only
 * the provider is the sandbox's, and the language host is the stand-in beside this file (see there).
 */
export class PlainProject {
    private constructor(
        readonly folder: string,
        readonly sandbox: Sandbox,
        private readonly command: string,
        private readonly environment: Readonly<Record<string, string>>,
    ) {}

    static async open(
        files: readonly string[],
        environment: Readonly<Record<string, string>> = {},
    ): Promise<PlainProject> {
        const folder = mkdtempSync(join(tmpdir(), "mlplatform-plain-"));
        for (const file of files) cpSync(join(repository, file), join(folder, file), { recursive: true });
        symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
        mkdirSync(join(folder, "state"));
        const at = places(join(folder, "azure"));
        return new PlainProject(folder, await startLocalAzure(at), new Engine(at).command, environment);
    }

    write(file: string, text: string): void {
        writeFileSync(join(this.folder, file), text);
    }

    /** What `pulumi` is told by: it is on the path. */
    get variables(): NodeJS.ProcessEnv {
        const path = [
            __dirname,
            join(repository, "policy", "bin"),
            dirname(this.command),
            join(repository, "node_modules", ".bin"),
            process.env.PATH,
        ];
        return {
            ...process.env,
            PATH: path.join(delimiter),
            NODE_PATH: join(repository, "node_modules"),
            PULUMI_HOME: join(this.folder, "home"),
            PULUMI_BACKEND_URL: `file://${join(this.folder, "state")}`,
            PULUMI_CONFIG_PASSPHRASE: "plain",
            PULUMI_SKIP_UPDATE_CHECK: "true",
            ...{ ...this.sandbox.environment, ...this.environment },
        };
    }

    /** Runs a `pulumi` command to its end. Not synchronously: the sandbox answers from this very process. */
    pulumi(...args: string[]): Promise<{ code: number; output: string }> {
        const child = spawn(this.command, [...args, "--non-interactive", "--color", "never"], {
            cwd: this.folder,
            env: this.variables,
        });
        let output = "";
        const read = (text: Buffer): void => {
            output += text.toString();
        };
        child.stdout.on("data", read);
        child.stderr.on("data", read);
        return new Promise((done) => {
            child.on("close", (code) => {
                done({ code: code ?? 1, output });
            });
        });
    }

    async close(): Promise<void> {
        await this.sandbox.stop();
        rmSync(this.folder, { recursive: true, force: true });
    }
}
