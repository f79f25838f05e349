import { createHash } from "node:crypto";
import type { Kernel } from "../../stacks/kernels";
import type { LockedPackage } from "./requirements";

interface Component {
    type: "library";
    "bom-ref": string;
    name: string;
    version: string;
    purl: string;
    hashes?: { alg: "SHA-256"; content: string }[];
    licenses?: { expression: string }[] | { license: { name: string } }[];
}

/** A bill of materials, as CycloneDX has it: https://cyclonedx.org/docs/1.6/json/ */
export interface Bill {
    bomFormat: "CycloneDX";
    specVersion: "1.6";
    serialNumber: string;
    version: 1;
    metadata: { component: { type: "container"; name: string } };
    components: Component[];
}

/** Licence of a package, by `NAME==VERSION`: an SPDX expression, or whatever its publisher calls it. */
export type Licences = Readonly<Record<string, { expression: string } | { name: string }>>;

/** What a kernel is made of. The same lock has the same bill, to the letter: it is part of the image. */
export function billOf(kernel: Kernel, packages: readonly LockedPackage[], licences: Licences): Bill {
    const python = packages.map(({ name, version, hashes }): Component => {
        const licence = licences[`${name}==${version}`];
        return {
            ...component(`pkg:pypi/${name}@${encodeURIComponent(version)}`, name, version),
            hashes: hashes.map((content) => ({ alg: "SHA-256", content })),
            ...(licence && { licenses: "expression" in licence ? [licence] : [{ license: licence }] }),
        };
    });
    const system = Object.entries(kernel.system ?? {}).map(([name, version]) =>
        component(`pkg:deb/debian/${name}@${encodeURIComponent(version)}?distro=bookworm`, name, version),
    );
    const components = [...python, ...system];
    return {
        ...{ bomFormat: "CycloneDX", specVersion: "1.6", serialNumber: serialOf(components), version: 1 },
        ...{
            metadata: { component: { type: "container", name: `mlplatform/environment-${kernel.name}` } },
            components,
        },
    };
}

const component = (purl: string, name: string, version: string): Component => ({
    ...{ type: "library", "bom-ref": purl, name, version, purl },
});

/** A UUID of the content: another one each time would make each image another one. */
function serialOf(components: readonly Component[]): string {
    const hex = createHash("sha256").update(JSON.stringify(components)).digest("hex");
    const parts = [
        hex.slice(0, 8),
        hex.slice(8, 12),
        `8${hex.slice(13, 16)}`,
        `8${hex.slice(17, 20)}`,
        hex.slice(20, 32),
    ];
    return `urn:uuid:${parts.join("-")}`;
}

/** Licences that a bill tells, for the next one. */
export function licencesIn(bill: Bill): Licences {
    const told = bill.components.flatMap(({ name, version, licenses }) => {
        const [first] = licenses ?? [];
        if (first === undefined) return [];
        return [[`${name}==${version}`, "expression" in first ? first : first.license] as const];
    });
    return Object.fromEntries(told);
}
