import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheFolder } from "../../cli/cache";

const run = promisify(execFile);
/** Go's load generator: one request after the other on each connection, percentiles exact, a core used sparingly. */
const client = "github.com/codesenberg/bombardier@v1.2.6";

/** Made once, whole, in a folder outside of the clone that is named by what it is made from. */
async function made(name: string, from: string, make: (folder: string) => Promise<void>): Promise<string> {
    const digest = createHash("sha256").update(from).digest("hex").slice(0, 16);
    const folder = join(cacheFolder("bench"), `${name}-${digest}`);
    const complete = join(folder, "complete");
    if (existsSync(complete)) return folder;
    process.stdout.write(`installing ${name} (once)\n`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    await make(folder);
    writeFileSync(complete, "");
    return folder;
}

/** The Python environment of a peer: folder of its programs. */
export async function pythonOf(name: string, requirements: string): Promise<string> {
    const folder = await made(name, readFileSync(requirements, "utf8"), async (into) => {
        await run("python3", ["-m", "venv", into]);
        const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "-r", requirements];
        await run(join(into, "bin", "python"), pip);
    });
    return join(folder, "bin");
}

/** The load generator, built from the Go module proxy. */
export async function loadClient(): Promise<string> {
    const folder = await made("bombardier", client, async (into) => {
        await run("go", ["install", client], { env: { ...process.env, GOBIN: into, GOFLAGS: "-mod=mod" } });
    });
    return join(folder, "bombardier");
}
