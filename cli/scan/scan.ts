import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { armTemplateOf } from "../arm/export";
import type { ArmTemplate } from "../arm/template";
import type { Context } from "../stack-run";
import { manifestScanners, manifestVerdict } from "../manifests/check";
import { plannedManifests } from "../manifests/planned";
import { table } from "../table";
import { UserError } from "../user-error";
import { knownStacks } from "../workspace";
import { readCheckov } from "./checkov";
import { dockerfileVerdict, isOfDockerfile } from "./dockerfiles";
import { exceptionFaults, judge, unusedIn } from "./exceptions";
import type { Exception, Found, Judged } from "./exceptions";
import type { ScanResult } from "./finding";
import { readKics } from "./kics";
import { overlooked, weakened } from "./weakened";

/** Makes each scanner read a template. */
export type Scanners = (template: ArmTemplate) => Promise<ScanResult[]>;

/** `npm run scan`: every stack's plan, read by every scanner. @throws UserError when something fails without a reason. */
export async function scan(context: Context, asked: readonly string[]): Promise<void> {
    const stacks = asked.length > 0 ? asked : knownStacks(context.at);
    const above = knownStacks(context.at, "services", "team").filter((stack) => stacks.includes(stack));
    const images = knownStacks(context.at, "images");
    const templates = new Map<string, ArmTemplate>();
    for (const stack of stacks)
        if (![...above, ...images].includes(stack)) templates.set(stack, await armTemplateOf(context, stack, true));
    const manifests = await plannedManifests(context, above);
    const listed = JSON.parse(readFileSync(join(context.at.root, "scan-exceptions.json"), "utf8")) as Exception[];
    const ofArm = ({ type }: Exception): boolean => type.includes("/");
    const parts = [
        await verdict(templates, listed.filter(ofArm), scanners),
        await manifestVerdict(
            manifests,
            listed.filter((exception) => !ofArm(exception) && !isOfDockerfile(exception)),
            manifestScanners,
        ),
        await dockerfileVerdict(context.at.root, listed.filter(isOfDockerfile), (folder) =>
            output(tool("MLPLATFORM_CHECKOV"), [
                "-d",
                folder,
                "--framework",
                "dockerfile",
                "-o",
                "json",
                "--compact",
                "--soft-fail",
            ]),
        ),
    ];
    for (const line of parts.flatMap(({ lines }) => [...lines, ""])) context.terminal.line(line);
    const faults = parts.flatMap((part) => part.faults);
    if (faults.length > 0) throw new UserError(`the scan fails:\n${faults.map((fault) => `  ${fault}`).join("\n")}`);
}

/** What the scanners say of the templates, as lines, and everything that makes the scan fail. */
export async function verdict(
    templates: ReadonlyMap<string, ArmTemplate>,
    exceptions: readonly Exception[],
    read: Scanners,
): Promise<{ lines: string[]; faults: string[] }> {
    const judged: Judged[] = [];
    const rows: (string | number)[][] = [["stack", "scanner", "checks", "passed", "listed", "failed"]];
    const byType = new Map<string, number>();
    for (const [stack, template] of templates) {
        for (const result of await read(template)) {
            const found = result.failed.map((finding): Found => {
                const own = template.resources.find(({ type, name }) => type === finding.type && name === finding.name);
                return { ...finding, stack, ownName: own?.comments.split(", in ")[0] ?? finding.name };
            });
            const ours = judge(found, exceptions);
            judged.push(...ours);
            const listed = ours.filter(({ exception }) => exception).length;
            const rules = new Set(found.map(({ rule }) => rule)).size;
            // A scanner that counts rules alone passes those that find nothing.
            const failing = result.byType.size > 0 ? found.length : rules;
            const version = `${result.scanner} ${result.version}`;
            rows.push([stack, version, result.checks, result.checks - failing, listed, ours.length - listed]);
            for (const [type, checks] of result.byType) byType.set(type, (byType.get(type) ?? 0) + checks);
        }
    }
    const open = judged.filter(({ exception }) => !exception).map(({ found }) => found);
    // The one with most in it has what is weakened.
    const [largest] = [...templates.values()].sort((one, other) => other.resources.length - one.resources.length);
    return {
        lines: [...table(rows), "", ...checkLines(byType), "", ...reasonLines(judged)],
        faults: [
            ...exceptionFaults(exceptions),
            ...open.map(({ stack, scanner, rule, title, type, ownName }) => {
                return `${stack}: ${scanner} ${rule} on ${type} "${ownName}": ${title}`;
            }),
            ...unusedIn(judged, exceptions, [...templates.keys()]),
            ...(largest ? overlooked(await read(weakened(largest)), largest) : []),
        ],
    };
}

function checkLines(byType: ReadonlyMap<string, number>): string[] {
    const rows = [...byType].sort(([, left], [, right]) => right - left).map(([type, checks]) => [checks, type]);
    return ["Checks by type of resource", ...table(rows)];
}

function reasonLines(judged: readonly Judged[]): string[] {
    const used = new Map<Exception, string[]>();
    for (const { found, exception } of judged) {
        if (exception) used.set(exception, [...(used.get(exception) ?? []), `${found.stack}/${found.ownName}`]);
    }
    return [
        "Listed, each with its reason",
        ...[...used].flatMap(([{ scanner, rule, reason, source }, where]) => [
            `  ${scanner} ${rule}: ${where.join(", ")}`,
            `    ${reason} (${source})`,
        ]),
    ];
}

/** Checkov and KICS, where the bootstrap has put them. */
const scanners: Scanners = async (template) => {
    const folder = mkdtempSync(join(tmpdir(), "mlplatform-scan-"));
    try {
        const file = join(folder, "template.json");
        writeFileSync(file, `${JSON.stringify(template, undefined, 2)}\n`);
        const checkov = ["-f", file, "--framework", "arm", "-o", "json", "--compact", "--soft-fail"];
        const out = await output(tool("MLPLATFORM_CHECKOV"), checkov);
        const report = join(folder, "report");
        const what = ["-p", file, "-t", "AzureResourceManager", "-q", tool("MLPLATFORM_KICS_QUERIES")];
        const how = ["--report-formats", "json", "--output-path", report, "--ignore-on-exit", "results", "--silent"];
        await output(tool("MLPLATFORM_KICS"), ["scan", ...what, ...how, "--no-progress"]);
        return [
            // Those that extend others may have one name, and count once.
            readCheckov(out, new Set(template.resources.map(({ type, name }) => `${type} ${name}`)).size),
            readKics(readFileSync(join(report, "results.json"), "utf8")),
        ];
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
};

function tool(name: string): string {
    const path = process.env[name];
    if (path === undefined || path === "") throw new UserError("the scanners are not there: run `npm run scan`");
    return path;
}

/** Nothing of a plan leaves the machine: Checkov would ask its makers for severities, KICS would report its use. */
const offline = { BC_SKIP_MAPPING: "TRUE", CKV_SKIP_PACKAGE_UPDATE_CHECK: "TRUE", DISABLE_CRASH_REPORT: "1" };

function output(command: string, args: readonly string[]): Promise<string> {
    const options = { maxBuffer: 64 * 1024 * 1024, env: { ...process.env, ...offline } };
    return new Promise((done, fail) => {
        execFile(command, args, options, (fault, stdout, stderr) => {
            if (fault) fail(new Error(`${command} failed: ${stderr.trim().split("\n").slice(-5).join("\n")}`));
            else done(stdout);
        });
    });
}
