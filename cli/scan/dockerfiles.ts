import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { table } from "../table";
import { exceptionFaults, judge, unusedIn, type Exception, type Found } from "./exceptions";
import type { Finding, ScanResult } from "./finding";

/** Stack by which exceptions name the images' Dockerfiles, which are the same in all environments. */
const where = "images";
const type = "Dockerfile";

/** What exceptions of Dockerfiles say of themselves. */
export const isOfDockerfile = (exception: Exception): boolean => exception.type === type;

/** Reads the Dockerfiles of a folder, each in a folder of its own. @returns what a scanner prints */
export type DockerfileScanner = (folder: string) => Promise<string>;

interface Report {
    summary: {
        passed: number;
        failed: number;
        parsing_errors: number;
        resource_count: number;
        checkov_version: string;
    };
    results: { failed_checks: { check_id: string; check_name: string; file_path: string }[] };
}

/** Reads `checkov --framework dockerfile -o json`. @throws Error when it did not read all of them */
export function readDockerfiles(output: string, files: number): ScanResult {
    const { summary, results } = JSON.parse(output) as Partial<Report>;
    if (!summary || !results) throw new Error("Checkov found no Dockerfile in its input");
    if (summary.parsing_errors > 0 || summary.resource_count !== files)
        throw new Error(`Checkov read ${summary.resource_count} of ${files} Dockerfiles`);
    return {
        ...{ scanner: "checkov", version: summary.checkov_version, checks: summary.passed + summary.failed },
        failed: results.failed_checks.map(({ check_id: rule, check_name: title, file_path: path }): Finding => ({
            ...{ scanner: "checkov", rule, title, type, name: path.split("/").at(-2) ?? path },
        })),
        byType: new Map(),
    };
}

/** One that runs as root: a scanner that does not see that sees nothing. */
const weakened = { name: "weakened", text: "FROM base\nRUN true\n", rule: "CKV_DOCKER_3" };

/** What the scanner says of every Dockerfile in `images/`, as lines, and everything that makes the scan fail. */
export async function dockerfileVerdict(
    root: string,
    exceptions: readonly Exception[],
    read: DockerfileScanner,
): Promise<{ lines: string[]; faults: string[] }> {
    const images = join(root, "images");
    const names = readdirSync(images).filter((name) => existsSync(join(images, name, "Dockerfile")));
    const folder = mkdtempSync(join(tmpdir(), "mlplatform-dockerfiles-"));
    try {
        for (const name of [...names, weakened.name]) mkdirSync(join(folder, name));
        for (const name of names) copyFileSync(join(images, name, "Dockerfile"), join(folder, name, "Dockerfile"));
        writeFileSync(join(folder, weakened.name, "Dockerfile"), weakened.text);
        const result = readDockerfiles(await read(folder), names.length + 1);
        const sees = result.failed.some(({ name, rule }) => name === weakened.name && rule === weakened.rule);
        const found = result.failed
            .filter(({ name }) => name !== weakened.name)
            .map((finding): Found => ({ ...finding, stack: where, ownName: finding.name }));
        const judged = judge(found, exceptions);
        const open = judged.filter(({ exception }) => !exception).map((one) => one.found);
        const version = `${result.scanner} ${result.version}`;
        return {
            lines: table([
                ["images", "scanner", "checks", "listed", "failed"],
                [names.join(", "), version, result.checks, judged.length - open.length, open.length],
            ]),
            faults: [
                ...exceptionFaults(exceptions),
                ...open.map(
                    ({ scanner, rule, title, name }) => `${scanner} ${rule} on images/${name}/Dockerfile: ${title}`,
                ),
                ...unusedIn(judged, exceptions, [where]),
                ...(sees ? [] : [`${version} does not see that a Dockerfile runs as root`]),
            ],
        };
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}
