import type { Licences } from "./bill";
import type { LockedPackage } from "./requirements";

/** A known vulnerability of a package that a kernel has. */
export interface Known {
    package: string;
    version: string;
    id: string;
    aliases: string[];
    fixedIn: string[];
    summary: string;
}

/** What was known on a day. */
export interface Audit {
    asOf: string;
    source: string;
    /** Packages that nothing could be learnt of: not that there is nothing. */
    unknown: string[];
    /** Packages of which no vulnerability was known. */
    clean: string[];
    known: Known[];
}

/** Of PyPI's answer about a release: https://docs.pypi.org/api/json/ */
interface Release {
    info: { version: string; license?: string | null; license_expression?: string | null };
    vulnerabilities?: {
        id: string;
        aliases?: string[];
        fixed_in?: string[];
        summary?: string | null;
        withdrawn?: string | null;
    }[];
}

/** Reads a document; undefined when it is not there. */
export type Fetch = (url: string) => Promise<unknown>;

const source = "https://pypi.org/pypi/NAME/VERSION/json: PyPI's advisories, as pip-audit reads them";

/** Asks PyPI about each package of a lock. One whose answer is missing is named as unknown, never as clean. */
export async function audit(
    packages: readonly LockedPackage[],
    fetch: Fetch,
    today: Date,
): Promise<{ audit: Audit; licences: Licences }> {
    const found = await inTurn(packages, async ({ name, version }) => {
        const own = (await fetch(`https://pypi.org/pypi/${name}/${version}/json`)) as Release | undefined;
        if (own !== undefined) return own;
        // Mirrors know the newest release alone.
        const newest = (await fetch(`https://pypi.org/pypi/${name}/json`)) as Release | undefined;
        return newest?.info.version === version ? newest : undefined;
    });
    const licences: Record<string, { expression: string } | { name: string }> = {};
    const result: Audit = { asOf: today.toISOString().slice(0, 10), source, unknown: [], clean: [], known: [] };
    for (const [index, { name, version }] of packages.entries()) {
        const release = found[index];
        if (release === undefined) {
            result.unknown.push(`${name}==${version}`);
            continue;
        }
        const { license_expression: expression, license } = release.info;
        const short = license?.split("\n", 1)[0]?.trim() ?? "";
        if (typeof expression === "string" && expression !== "") licences[`${name}==${version}`] = { expression };
        else if (short !== "" && short.length <= 80) licences[`${name}==${version}`] = { name: short };
        const before = result.known.length;
        for (const { id, aliases = [], fixed_in: fixedIn = [], summary, withdrawn } of release.vulnerabilities ?? [])
            if (withdrawn === undefined || withdrawn === null)
                result.known.push({ package: name, version, id, aliases, fixedIn, summary: summary ?? "" });
        if (result.known.length === before) result.clean.push(`${name}==${version}`);
    }
    return { audit: result, licences };
}

/** A few at a time. */
async function inTurn<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
    const results: R[] = [];
    const atOnce = 4;
    for (let begin = 0; begin < all.length; begin += atOnce)
        results.push(...(await Promise.all(all.slice(begin, begin + atOnce).map(work))));
    return results;
}
