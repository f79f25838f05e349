/** A package as a lock has it. */
export interface LockedPackage {
    name: string;
    version: string;
    /** SHA-256 of each file that it may be installed from. */
    hashes: string[];
}

/**
 * Packages of a lock that `uv pip compile --generate-hashes` wrote.
 * @throws Error when one is not pinned, or has no hash
 */
export function lockedPackages(lock: string): LockedPackage[] {
    const packages: LockedPackage[] = [];
    for (const line of lock.split("\n")) {
        const hash = /^\s+--hash=sha256:([0-9a-f]{64})/.exec(line)?.[1];
        if (hash !== undefined) packages.at(-1)?.hashes.push(hash);
        if (line === "" || /^\s|^#/.test(line)) continue;
        const [, name, version] = /^([a-z0-9][a-z0-9._-]*)==([^\s;]+)/.exec(line) ?? [];
        if (name === undefined || version === undefined) throw new Error(`the lock pins no version in "${line}"`);
        packages.push({ name, version, hashes: [] });
    }
    const bare = packages.filter(({ hashes }) => hashes.length === 0);
    if (bare.length > 0) throw new Error(`the lock has no hash of ${bare.map(({ name }) => name).join(", ")}`);
    return packages;
}

/** What one lock has and the other has not, a line each. */
export function lockChanges(before: readonly LockedPackage[], after: readonly LockedPackage[]): string[] {
    const names = [...new Set([...before, ...after].map(({ name }) => name))].sort();
    return names.flatMap((name) => {
        const [from, to] = [before, after].map((lock) => lock.find((one) => one.name === name)?.version);
        return from === to ? [] : [`${name} ${from ?? "(new)"} -> ${to ?? "(gone)"}`];
    });
}
