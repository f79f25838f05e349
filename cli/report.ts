import { kindOf, nameOf } from "../review/model/names";
import { cloudResources } from "./deployment";
import type { Deployment } from "./deployment";
import { spoken } from "../review/time/chain";
import { creationSeconds, longestChain } from "./azure-time";
import { table } from "./table";
import type { RunResult } from "./run";
import { plain } from "./run";

/** Links shorter than this are not worth a line of their own. */
const longLinkSeconds = 20;
const maxOutputLength = 100;
/** The part of an id that says nothing new; `export` tells it whole. */
const idStart = /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers(?=\/)/i;

/** How many resources there are of each kind, most first. */
export function kinds(state: Deployment): string[] {
    const counts = new Map<string, number>();
    for (const { type } of cloudResources(state)) counts.set(type, (counts.get(type) ?? 0) + 1);
    const rows = [...counts].map(([type, count]): [number, string] => [count, kindOf(type)]);
    rows.sort((left, right) => right[0] - left[0] || left[1].localeCompare(right[1]));
    return table(rows);
}

/** Images of our own that the stack has, and how each came about: built by a Docker engine, or told by its context alone. */
export function imageLines(state: Deployment): string[] {
    const built = cloudResources(state).filter(({ type }) => type === "docker:index/image:Image");
    return table(
        built.map(({ urn, outputs = {} }) => {
            const because = typeof outputs.because === "string" ? `: ${outputs.because}` : "";
            return [nameOf(urn), `${String(outputs.built)}${because}`, shortened(outputs.repoDigest)];
        }),
    );
}

/** The stack's outputs, one a line. */
export function outputLines(outputs: Readonly<Record<string, unknown>>): string[] {
    return table(Object.entries(flattened(outputs)).map(([name, value]) => [name, shortened(value)]));
}

/** Objects by path, down to what fits on a line. */
function flattened(value: Readonly<Record<string, unknown>>, prefix = ""): Record<string, unknown> {
    return Object.assign(
        {},
        ...Object.entries(value).map(([name, inner]): Record<string, unknown> => {
            const isObject = typeof inner === "object" && inner !== null && !Array.isArray(inner);
            if (!isObject || JSON.stringify(inner).length <= maxOutputLength) return { [prefix + name]: inner };
            return flattened(inner as Record<string, unknown>, `${prefix}${name}.`);
        }),
    ) as Record<string, unknown>;
}

function shortened(value: unknown): string {
    const text = (typeof value === "string" ? value : JSON.stringify(value)).replace(idStart, "...");
    return text.length > maxOutputLength * 2 ? `${text.slice(0, maxOutputLength * 2)}...` : text;
}

/** What the platform would take on Azure, from the published durations along the longest chain. */
export function azureTime(state: Deployment, propagationSeconds: number): string[] {
    const { seconds, links } = longestChain(state, creationSeconds(propagationSeconds));
    const long = links.filter((link) => link.seconds >= longLinkSeconds);
    const rest = links.length - long.length;
    const rows: (readonly [string, string, string])[] = long.map((link) => {
        return [spoken(link.seconds), kindOf(link.type), nameOf(link.urn)] as const;
    });
    const restSeconds = seconds - long.reduce((sum, link) => sum + link.seconds, 0);
    if (rest > 0) rows.push([spoken(restSeconds), `${rest} quick ones before and between`, ""]);
    return [`about ${spoken(seconds)}, decided by this chain (all else runs beside it):`, ...table(rows)];
}

/** What failed, each thing once, without stack traces or engine chatter. */
export function failureLines(result: RunResult): string[] {
    const chatter =
        /^(update|preview|destroy|refresh) failed$|^resource operation failed|^One or more errors occurred/i;
    const seen = new Set<string>();
    const lines = result.failures.flatMap(({ urn, message }) => {
        const text = withoutStack(message);
        if (chatter.test(text) || seen.has(text)) return [];
        seen.add(text);
        const where = urn === undefined || urn.includes("pulumi:pulumi:Stack") ? "" : `${labelOf(urn)}: `;
        return [`${where}${text}`];
    });
    return lines.length > 0 ? lines : [withoutStack(result.output)];
}

function labelOf(urn: string): string {
    const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
    return `${kindOf(type)} ${nameOf(urn)}`;
}

function withoutStack(message: string): string {
    const lines = plain(message).split("\n");
    return lines
        .filter((line) => !/^\s+at .+(:\d+:\d+|native|anonymous)\)?$/.test(line))
        .join("\n")
        .trim();
}
