import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** After the program's end, what it wrote is in the pipe: where nothing comes for so long, there was nothing. */
const silenceMilliseconds = 1000;

/**
 * What a program writes to a file that it is given the path of, which no disk keeps: the file is a pipe with a name.
 * @returns What `use` gave, and the text that was written; that is empty where nothing was
 */
export async function piped<T>(use: (path: string) => Promise<T>): Promise<[result: T, text: string]> {
    const folder = mkdtempSync(join(tmpdir(), "mlplatform-pipe-"));
    const path = join(folder, "pipe");
    try {
        const made = spawnSync("mkfifo", ["-m", "600", path], { encoding: "utf8" });
        if (made.status !== 0) throw new Error(`mkfifo could make no pipe: ${made.error?.message ?? made.stderr}`);
        // A process of its own reads it, as a read that nobody writes to can't be ended in this one.
        const reader = spawn("cat", [path], { stdio: ["ignore", "pipe", "ignore"] });
        const chunks: Buffer[] = [];
        reader.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
        const ended = new Promise<void>((done) => {
            reader.on("close", () => {
                done();
            });
        });
        try {
            const result = await use(path);
            const silence = setTimeout(() => chunks.length > 0 || reader.kill(), silenceMilliseconds);
            await ended;
            clearTimeout(silence);
            return [result, Buffer.concat(chunks).toString()];
        } finally {
            reader.kill();
        }
    } finally {
        rmSync(folder, { recursive: true });
    }
}
