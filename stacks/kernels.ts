import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { OwnBuild } from "../facts/own-images";
import { object, oneOf, optional, record, text, type Parsed } from "./parse";

/** Folder of the kernels in the clone. */
export const kernelsFolder = "images/environment/kernels";
/** One for all of them: what differs is in their folders. */
const dockerfile = "images/environment/Dockerfile";
export const kernelFile = "kernel.yaml";
export const requirementsFile = "requirements.lock";
export const billFile = "bill-of-materials.json";

/** Minor versions of Python that there is a base of. */
const pythons = ["3.11"] as const;

const version = text(/^[0-9][0-9A-Za-z.+!-]*$/, "a version such as 2.3.5, quoted if it reads like a number");

const shape = object({
    python: oneOf(pythons),
    debian: text(/^\d{8}T\d{6}Z$/, "a moment of snapshot.debian.org such as 20261120T000000Z"),
    /** Debian's packages by their versions. @default - none */
    system: optional(record(text(/^[0-9][0-9A-Za-z.+:~-]*$/, "a version of Debian's"))),
    /** Python's packages that are wanted; what they need follows. */
    packages: record(version),
});

/** A data scientist's environment: what is wanted of it. */
export interface Kernel extends Parsed<typeof shape> {
    name: string;
}

/**
 * Reads what a kernel wants.
 * @returns the kernel, or nothing when there are faults
 */
export function readKernel(name: string, content: string, faults: string[]): Kernel | undefined {
    const found: string[] = [];
    const read = shape("kernel", yamlOf(content, found), found);
    for (const one of [name, ...Object.keys(read?.packages ?? {}), ...Object.keys(read?.system ?? {})])
        if (!/^[a-z0-9]+(?:[.+_-][a-z0-9]+)*$/.test(one))
            found.push(`"${one}" must be a name of a-z, 0-9 and - between`);
    faults.push(
        ...found.map(
            (fault) => `${kernelsFolder}/${name}/${kernelFile}: ${fault.replace(/^kernel\.?/, "").trimStart()}`,
        ),
    );
    return found.length === 0 && read ? { ...read, name } : undefined;
}

function yamlOf(content: string, faults: string[]): unknown {
    try {
        return parse(content);
    } catch (fault) {
        faults.push(
            `must be YAML: ${(fault instanceof Error ? fault.message : String(fault)).split("\n", 1)[0] ?? ""}`,
        );
        return {};
    }
}

/** Names of the kernels in a clone. */
export const kernelNames = (root: string): string[] =>
    existsSync(join(root, kernelsFolder)) ? readdirSync(join(root, kernelsFolder)).sort() : [];

/**
 * Every kernel of a clone.
 * @throws Error naming every fault of every file
 */
export function kernelsIn(root: string): Kernel[] {
    const faults: string[] = [];
    const kernels = kernelNames(root).map((name) => {
        const file = join(root, kernelsFolder, name, kernelFile);
        return readKernel(name, existsSync(file) ? readFileSync(file, "utf8") : "", faults);
    });
    if (faults.length > 0) throw new Error(faults.join("\n"));
    return kernels.filter((kernel) => kernel !== undefined);
}

/** Name of a kernel's image in the images stack. */
export const environmentName = (kernel: string): string => `environment-${kernel}`;

/** How a kernel's image is built. */
export function kernelBuild({ name, python, debian, system = {} }: Kernel): OwnBuild {
    const packages = Object.entries(system).map(([one, its]) => `${one}=${its}`);
    return {
        ...{
            context: `${kernelsFolder}/${name}`,
            dockerfile,
            lockFile: requirementsFile,
            bases: { BASE: `python-${python}` },
        },
        args: {
            DEBIAN_ARCHIVE: `http://snapshot.debian.org/archive/debian/${debian}`,
            SYSTEM_PACKAGES: packages.sort().join(" "),
        },
        sizeGib: 2,
    };
}
