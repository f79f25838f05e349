import { isMap } from "../model/inputs";
import type { Preview, ResourceChange, ResourceState } from "../model/preview";
import { Secret, Unknown, type Value } from "../model/value";

/** What one environment calls itself by, and another in its place otherwise. */
export interface Names {
    stack: string;
    environment: string;
    workload: string;
    subscriptionId: string;
    /** What global names carry so that two subscriptions do not collide. */
    globalHash: string;
}

/** A resource in words that are the same in every environment. */
export interface NormalResource {
    /** Type and name. */
    key: string;
    type: string;
    name: string;
    operation: ResourceChange["operation"];
    /** Paths that change, where it is there already. */
    changes: readonly string[];
    /** What the program asks for, by its path, `securityRules[0].name`. */
    inputs: ReadonlyMap<string, Normal>;
    /** Of each property that comes from other resources: which, sorted. */
    references: Readonly<Record<string, readonly string[]>>;
}

/** A plain value; `symbol` stands for one that another resource of the stack has, or that nobody knows yet. */
export type Plain = string | number | boolean | null | { symbol: string };

/** Stands for a value that is known only once what it hangs on has been made. */
export const notKnown = "not known yet";

/** A value as it is, and in words that are the same in every environment. */
export interface Normal {
    own: Plain;
    /** With the environment's names taken out. */
    renamed: Plain;
    /** Which answer of which other resource it is, if it is one. */
    answer?: string;
}

const pool = "azure-native:containerservice:AgentPool";
/** Pools are called after what cannot be changed in them, which begins with where they are. */
const fingerprint = /-?[a-z0-9]{4}$/;

const commonName = ({ type, name }: ResourceChange, rename: (text: string) => string): string =>
    rename(type === pool ? name.replace(fingerprint, "") : name);

/**
 * All that is made by a provider and is there after the change, or goes with it.
 * @param referencesOf URNs of the resources behind each property that has any
 */
export function normalResources(
    preview: Preview,
    names: Names,
    referencesOf: (urn: string) => Readonly<Record<string, readonly string[]>>,
): NormalResource[] {
    const rename = renaming(names);
    const made = preview.resources.filter(({ custom, type }) => custom && !type.startsWith("pulumi:"));
    const known = outputsOf(made, rename);
    const keys = new Map(made.map((change) => [change.urn, `${change.type} ${commonName(change, rename)}`]));
    return made.map((change): NormalResource => {
        const { type, operation, changes, new: next, old } = change;
        const name = commonName(change, rename);
        const normal = (path: string, own: Plain): Normal => {
            if (typeof own !== "string") return { own, renamed: own };
            const answer = known.get(own);
            const isPoolName = type === pool && path === "agentPoolName";
            return {
                ...{ own, renamed: isPoolName ? own.replace(fingerprint, "") : rename(own) },
                ...(answer !== undefined && { answer }),
            };
        };
        const inputs = new Map(
            [...plainly((next ?? old)?.inputs ?? {})].map(([path, own]) => [path, normal(path, own)]),
        );
        return {
            ...{ key: `${type} ${name}`, type, name, operation, inputs },
            references: Object.fromEntries(
                Object.entries(referencesOf(change.urn)).map(([property, urns]) => {
                    return [property, urns.map((urn) => keys.get(urn) ?? rename(urn)).sort()];
                }),
            ),
            changes: changes.map(({ path }) => rename(path)).sort(),
        };
    });
}

function renaming({ stack, environment, workload, subscriptionId, globalHash }: Names): (text: string) => string {
    const exactly = (word: string): string => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    const alone = (word: string): RegExp => new RegExp(`(?<![A-Za-z0-9])${exactly(word)}(?![A-Za-z0-9])`, "g");
    const rules: (readonly [RegExp, string])[] = [
        [new RegExp(exactly(subscriptionId), "gi"), "{subscription}"],
        [new RegExp(`${exactly(workload)}${exactly(environment)}(?=[a-z0-9]*)`, "g"), `${workload}{environment}`],
        // In global names without hyphens it stands before the generation.
        [new RegExp(`${exactly(globalHash)}(?=-?\\d+(?![a-z0-9]))`, "g"), "{hash}"],
        [alone(stack), "{environment}"],
        [alone(environment), "{environment}"],
    ];
    return (text) => rules.reduce((said, [pattern, by]) => said.replace(pattern, by), text);
}

/** Shorter texts than this come up by chance. */
const shortestOutput = 7;

/** What the stack's own resources have answered with, by what it is. */
function outputsOf(made: readonly ResourceChange[], rename: (text: string) => string): Map<string, string> {
    const known = new Map<string, string>();
    // Some answers come up with several resources: the first by name says it, in every environment the same.
    const answers = made.flatMap((change) =>
        outputsIn(change.new ?? change.old).map(([path, value]) => {
            return { value, said: `${change.type} ${commonName(change, rename)} ${rename(path)}` };
        }),
    );
    for (const { value, said } of answers.sort((a, b) => (a.said < b.said ? -1 : 1)))
        if (typeof value === "string" && value.length >= shortestOutput && !known.has(value)) known.set(value, said);
    return known;
}

/** What Azure has answered with beyond what it was told. */
function outputsIn(state: ResourceState | undefined): [string, Plain][] {
    if (state === undefined) return [];
    const told = new Set(plainly(state.inputs).values());
    const answered = [...plainly(state.outputs)].filter(([, value]) => !told.has(value));
    return [...(state.id === undefined ? [] : [["id", state.id] as [string, Plain]]), ...answered];
}

function plainly(value: Value, path = ""): Map<string, Plain> {
    if (value instanceof Secret) return new Map([[path, { symbol: "a secret" }]]);
    if (value instanceof Unknown) return new Map([[path, { symbol: notKnown }]]);
    if (Array.isArray(value)) {
        const items = value as readonly Value[];
        if (items.length === 0) return new Map([[path, "[]"]]);
        return new Map(items.flatMap((item, index) => [...plainly(item, `${path}[${index}]`)]));
    }
    if (!isMap(value)) return new Map([[path, value as Plain]]);
    const inner = (key: string): string => (path === "" ? key : `${path}.${key}`);
    return new Map(Object.entries(value).flatMap(([key, one]) => [...plainly(one, inner(key))]));
}
