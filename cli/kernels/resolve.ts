import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Kernel } from "../../stacks/kernels";
import { table } from "../table";
import { UserError } from "../user-error";

/** What came of looking for versions that fit together. */
export type Resolution = { lock: string } | { conflict: string[] };

/** The kernels' machines: Debian 12 has glibc 2.36. */
const platform = "x86_64-manylinux_2_36";

/**
 * Finds a version of every package that a kernel needs, with its hashes. Versions of the lock before stay where they can.
 * @throws UserError when it could not be looked for at all
 */
export async function resolve(kernel: Kernel, before: string | undefined): Promise<Resolution> {
    const uv = process.env.MLPLATFORM_UV;
    if (uv === undefined) throw new UserError("uv is not there: npx mlplatform kernels installs it");
    const folder = mkdtempSync(join(tmpdir(), "mlplatform-kernel-"));
    try {
        const [wanted, locked] = [join(folder, "kernel.yaml"), join(folder, "lock")];
        writeFileSync(wanted, requirementsIn(kernel));
        if (before !== undefined) writeFileSync(locked, before);
        const how = [
            "--generate-hashes",
            "--no-header",
            "--python-version",
            kernel.python,
            "--python-platform",
            platform,
        ];
        const { code, said } = await run(uv, folder, [
            "pip",
            "compile",
            "kernel.yaml",
            "-o",
            "lock",
            "--quiet",
            ...how,
        ]);
        if (code === 0) return { lock: readFileSync(locked, "utf8").replaceAll("-r kernel.yaml", "kernel.yaml") };
        const message = said.replace(/\s+/g, " ").trim();
        if (!message.includes("No solution found"))
            throw new UserError(`uv could not resolve ${kernel.name}: ${message}`);
        return { conflict: conflictLines(message) };
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

const requirementsIn = ({ packages }: Kernel): string =>
    Object.entries(packages)
        .map(([name, version]) => `${name}==${version}\n`)
        .join("");

/** uv's explanation as who wants what, then in its own words. */
export function conflictLines(message: string): string[] {
    const wants = new Map<string, [string, string]>();
    const add = (who: string, what: string): void => {
        const plain = what.replace(/[,.]+$/, "");
        wants.set(`${who} ${plain}`, [who, plain]);
    };
    for (const [, name = "", versions = "", what = ""] of message.matchAll(
        /([A-Za-z0-9._-]+?)((?:[<>=!~]=?[0-9][^\s]*)?) depends on ([^\s]+)/g,
    ))
        add(`${name} ${versions.replace(/^==/, "")}`.trim(), what);
    for (const [, what = ""] of message.matchAll(/you require ([^\s]+)/g)) add("kernel.yaml", what);
    for (const [, what = ""] of message.matchAll(/there is no version of ([^\s]+)/g)) add("nobody has published", what);
    const words = message.replace(/^.*?No solution found when resolving dependencies: ?(?:╰─▶ ?)?/, "");
    return [...table([...wants.values()].map(([who, what]) => [who, "wants", what])), "", `  uv: ${words}`];
}

function run(command: string, cwd: string, args: readonly string[]): Promise<{ code: number; said: string }> {
    return new Promise((done) => {
        execFile(command, args, { cwd, maxBuffer: 1 << 26 }, (fault, _, said) => {
            done({ code: fault ? 1 : 0, said: said === "" && fault ? fault.message : said });
        });
    });
}
