import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { imageTag, sourceDateEpoch } from "../../components/registry/image";
import { ownRepository } from "../../facts/own-images";
import { mirroredRepository, thirdParty } from "../../facts/third-party";
import { contextFiles } from "../../images/build-context";
import { DockerBuilder } from "../../sandbox/docker/builder";
import { computedDigest, type Build } from "../../sandbox/docker/provider";
import { textOf, writeWhole } from "../../sandbox/files";
import {
    billFile,
    environmentName,
    kernelBuild,
    kernelFile,
    kernelNames,
    kernelsFolder,
    readKernel,
    requirementsFile,
    type Kernel,
} from "../../stacks/kernels";
import { sandboxLock } from "../images/sandbox-import";
import type { Places } from "../places";
import type { Context } from "../stack-run";
import { table } from "../table";
import { UserError } from "../user-error";
import { audit, type Audit, type Fetch } from "./audit";
import { billOf, licencesIn, type Bill, type Licences } from "./bill";
import { lockChanges, lockedPackages } from "./requirements";
import { resolve } from "./resolve";

const uses = "kernels list | set NAME PACKAGE VERSION | lock NAME | check [NAME] | audit NAME | build NAME";
const auditFile = "vulnerabilities.json";

/** Data scientists' environments: their versions, what they conflict with, their images, and what is known of them. */
export async function kernels(context: Context, [verb = "", name, ...rest]: readonly string[]): Promise<void> {
    const { at, terminal } = context;
    const [wanted, version] = rest;
    if (verb === "list" && name === undefined) for (const line of listLines(at)) terminal.line(line);
    else if (verb === "check" && rest.length === 0)
        await check(context, name === undefined ? kernelNames(at.root) : [name]);
    else if (name === undefined) throw new UserError(`Usage: mlplatform ${uses}`);
    else if (verb === "set" && wanted !== undefined && version !== undefined && rest.length === 2) {
        await relock(context, changed(at, name, wanted, version));
        await build(context, kernelOf(at, name));
    } else if (rest.length > 0) throw new UserError(`Usage: mlplatform ${uses}`);
    else if (verb === "lock")
        await relock(context, { kernel: kernelOf(at, name), content: fileOf(at, name, kernelFile) });
    else if (verb === "build") await build(context, kernelOf(at, name));
    else if (verb === "audit") await learn(context, kernelOf(at, name), fetchJson);
    else throw new UserError(`Usage: mlplatform ${uses}`);
}

const pathOf = ({ root }: Places, name: string, file: string): string => join(root, kernelsFolder, name, file);

function fileOf(at: Places, name: string, file: string): string {
    const content = textOf(pathOf(at, name, file));
    if (content !== undefined) return content;
    const known = kernelNames(at.root);
    throw new UserError(
        known.includes(name)
            ? `${kernelsFolder}/${name}/${file} is missing: npx mlplatform kernels lock ${name} writes it`
            : `there is no kernel "${name}". There is: ${known.join(", ")}`,
    );
}

function readOrRefuse(name: string, content: string): Kernel {
    const faults: string[] = [];
    const kernel = readKernel(name, content, faults);
    if (kernel === undefined) throw new UserError(faults.join("\n"));
    return kernel;
}

const kernelOf = (at: Places, name: string): Kernel => readOrRefuse(name, fileOf(at, name, kernelFile));

function listLines(at: Places): string[] {
    const rows = kernelNames(at.root).map((name) => {
        const kernel = kernelOf(at, name);
        const locked = textOf(pathOf(at, name, requirementsFile));
        const count = locked === undefined ? "not locked" : `${lockedPackages(locked).length} locked`;
        const packages = Object.entries(kernel.packages).map(([one, version]) => `${one} ${version}`);
        return [name, `Python ${kernel.python}`, count, packages.join(", ")];
    });
    return table([["KERNEL", "PYTHON", "PACKAGES", "WANTED"], ...rows], "");
}

interface Written {
    kernel: Kernel;
    content: string;
}

/** The kernel's file with another version in it; its comments stay. */
function changed(at: Places, name: string, wanted: string, version: string): Written {
    const document = parseDocument(fileOf(at, name, kernelFile));
    if (wanted === "python") document.set("python", version);
    else document.setIn(["packages", wanted], version);
    const content = document.toString({ lineWidth: 0 });
    return { kernel: readOrRefuse(name, content), content };
}

/** Resolves a kernel; where it fits together, writes file, lock and bill. @throws UserError with who wants what, where it does not */
async function relock({ at, terminal }: Context, { kernel, content }: Written): Promise<void> {
    const { name } = kernel;
    const before = textOf(pathOf(at, name, requirementsFile));
    terminal.now(`looking for versions that fit together for kernel ${name}`);
    const found = await resolve(kernel, before);
    terminal.now(undefined);
    if ("conflict" in found)
        throw new UserError(
            [`kernel ${name} does not fit together, and stays as it is; nothing is built:`, ...found.conflict].join(
                "\n",
            ),
        );
    const packages = lockedPackages(found.lock);
    writeWhole(pathOf(at, name, kernelFile), content);
    writeWhole(pathOf(at, name, requirementsFile), found.lock);
    writeBill(at, kernel, found.lock, {});
    const changes = lockChanges(before === undefined ? [] : lockedPackages(before), packages);
    for (const line of changes) terminal.line(`  ${line}`);
    terminal.step(`kernel ${name}: ${packages.length} packages locked, ${changes.length} changed`);
}

function writeBill(at: Places, kernel: Kernel, lock: string, licences: Licences): void {
    const file = pathOf(at, kernel.name, billFile);
    const before = textOf(file);
    const known = before === undefined ? {} : licencesIn(JSON.parse(before) as Bill);
    const bill = billOf(kernel, lockedPackages(lock), { ...known, ...licences });
    writeWhole(file, `${JSON.stringify(bill, undefined, 2)}\n`);
}

/** Does what was locked follow from what is wanted, and what is known of it? @throws UserError naming every lock that does not */
async function check({ at, terminal }: Context, names: readonly string[]): Promise<void> {
    const faults: string[] = [];
    for (const name of names) {
        const kernel = kernelOf(at, name);
        const lock = fileOf(at, name, requirementsFile);
        const found = await resolve(kernel, lock);
        if ("conflict" in found) faults.push([`kernel ${name} does not fit together:`, ...found.conflict].join("\n"));
        else if (found.lock !== lock)
            faults.push(
                `kernel ${name}: ${requirementsFile} does not follow from ${kernelFile}: npx mlplatform kernels lock ${name}`,
            );
        for (const line of knownLines(kernel, lock, auditOf(at, name))) terminal.line(line);
    }
    if (faults.length > 0) throw new UserError(faults.join("\n"));
    terminal.step(terminal.good(`${names.join(", ")}: locks follow from what is wanted`));
}

function auditOf(at: Places, name: string): Audit | undefined {
    const file = pathOf(at, name, auditFile);
    return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Audit) : undefined;
}

/** What is known of a lock's packages, and of how many nothing is. */
export function knownLines(kernel: Kernel, lock: string, told: Audit | undefined): string[] {
    const ask = `npx mlplatform kernels audit ${kernel.name}`;
    if (told === undefined) return [`kernel ${kernel.name}: known vulnerabilities were not asked for: ${ask}`];
    const locked = lockedPackages(lock).map(({ name, version }) => `${name}==${version}`);
    const here = told.known.filter((one) => locked.includes(`${one.package}==${one.version}`));
    const asked = new Set([
        ...told.unknown,
        ...told.clean,
        ...told.known.map((one) => `${one.package}==${one.version}`),
    ]);
    const since = locked.filter((one) => !asked.has(one));
    const unknown = locked.filter((one) => told.unknown.includes(one));
    return [
        `kernel ${kernel.name}: ${here.length} known vulnerabilities on ${told.asOf}; nothing is known here of ${unknown.length} of ${locked.length} packages` +
            (since.length > 0 ? `, and ${since.length} were locked since (${ask})` : ""),
        ...table(
            here.map((one) => [
                `${one.package} ${one.version}`,
                one.id,
                `fixed in ${one.fixedIn.join(", ") || "none"}`,
                one.summary,
            ]),
        ),
    ];
}

/** Asks what is known of a kernel's packages, and writes it down beside the lock; licences go into the bill. */
async function learn({ at, terminal }: Context, kernel: Kernel, fetch: Fetch): Promise<void> {
    const lock = fileOf(at, kernel.name, requirementsFile);
    const { audit: told, licences } = await audit(lockedPackages(lock), fetch, new Date());
    writeWhole(pathOf(at, kernel.name, auditFile), `${JSON.stringify(told, undefined, 4)}\n`);
    writeBill(at, kernel, lock, licences);
    for (const line of knownLines(kernel, lock, told)) terminal.line(line);
}

async function fetchJson(url: string): Promise<unknown> {
    const answer = await fetch(url, { signal: AbortSignal.timeout(20_000) }).catch(() => undefined);
    return answer?.ok === true ? await answer.json() : undefined;
}

/** Builds a kernel's image by this machine's engine, or computes its digest, and tells it. */
async function build({ at, terminal }: Context, kernel: Kernel): Promise<void> {
    const { context, dockerfile = "", lockFile, bases, args } = kernelBuild(kernel);
    for (const file of [requirementsFile, billFile]) fileOf(at, kernel.name, file);
    const host = "registry.local";
    const sources = Object.values(bases).map((base) => ({
        ...{
            repository: mirroredRepository(base),
            tag: thirdParty(base).kind === "archive" ? "" : thirdParty(base).version,
        },
        digest: sandboxLock().parts[base]?.digest ?? "",
    }));
    const pinned = Object.keys(bases).map((argument, index) => {
        const source = sources[index];
        return [argument, `${source?.repository ?? ""}@${source?.digest ?? ""}`];
    });
    const all = { ...args, ...(Object.fromEntries(pinned) as Record<string, string>) };
    const repository = ownRepository(environmentName(kernel.name));
    const wanted: Build = {
        ...{ repository, host, sources, files: contextFiles(join(at.root, context)) },
        tag: imageTag({ root: at.root, context, dockerfile, lockFile, loginServer: host, repository, bases: all }),
        dockerfile: readFileSync(join(at.root, dockerfile), "utf8"),
        args: { ...all, REGISTRY: host, SOURCE_DATE_EPOCH: sourceDateEpoch },
    };
    const builder = new DockerBuilder(join(at.home, "registry"));
    terminal.now(`building ${repository}`);
    try {
        const done = await builder.build(wanted);
        terminal.now(undefined);
        if ("digest" in done) terminal.step(`${repository}:${wanted.tag} built by Docker: ${done.digest}`);
        else
            terminal.step(
                `${repository}:${wanted.tag} not built (${done.cannot}); digest computed: ${computedDigest(wanted)}`,
            );
    } finally {
        terminal.now(undefined);
        await builder.close();
    }
}
