import { environments as known, tiers } from "../stacks/tiers";
import { kindOf } from "../review/model/names";
import { Engine } from "./engine";
import type { Context } from "./stack-run";
import { stackResources } from "./stack-resources";
import { table } from "./table";
import { UserError } from "./user-error";
import { knownStacks, projectOf, settingsIn } from "./workspace";

/** What there is to compare of one stack: values by path, in sections. */
export interface EnvironmentFacts {
    stack: string;
    sections: Readonly<Record<string, Flat>>;
}

type Flat = Readonly<Record<string, string>>;

/** A row of the table: a path, and its value in each stack. */
export type DifferenceRow = readonly [path: string, ...values: string[]];

export interface DifferenceSection {
    title: string;
    rows: DifferenceRow[];
}

/** Stands for what a stack does not say; then the environment's tier or Pulumi.yaml does. */
const unsaid = "-";
/** Columns of a terminal that everybody has. */
const widest = 100;

/** Prints how environments differ, from the tier table, the committed stack files and, if asked for, their previews. */
export async function environments(
    context: Context,
    options: { against: string; markdown: boolean; planned: boolean },
): Promise<void> {
    const { at, terminal } = context;
    const all = knownStacks(at, "foundation");
    if (!all.includes(options.against))
        throw new UserError(`--against must be a foundation with a file: ${all.join(", ")}, got "${options.against}"`);
    const facts: EnvironmentFacts[] = [];
    for (const stack of inOrder(all, options.against)) {
        const own = await factsOf(context, stack);
        if (own === undefined) continue;
        const planned = options.planned ? { Planned: await plannedCounts(context, stack) } : undefined;
        facts.push({ stack, sections: { ...own.sections, ...planned } });
    }
    const found = differences(facts);
    const stacks = facts.map(({ stack }) => stack);
    if (options.markdown) {
        for (const line of markdownLines(found, stacks)) terminal.line(line);
        return;
    }
    terminal.line(
        terminal.bold(
            `How environments differ from "${options.against}" (stacks/tiers.ts, Pulumi.STACK.yaml); what is alike is left out`,
        ),
    );
    for (const line of tableLines(found, stacks)) terminal.line(line);
}

/** The one to compare with first, then as environments follow one another, then what else there is. */
function inOrder(stacks: readonly string[], first: string): string[] {
    const rank = (stack: string): number => (stack === first ? -1 : [...known, stack].indexOf(stack));
    return [...stacks].sort((left, right) => rank(left) - rank(right));
}

/** A stack's tier and config; undefined for stacks of other kinds. */
export async function factsOf({ at }: Pick<Context, "at">, stack: string): Promise<EnvironmentFacts | undefined> {
    const { folder, name: project } = projectOf(at, stack);
    const { config = {} } = await settingsIn(folder, new Engine(at), stack);
    const environment = known.find((one) => one === config[`${project}:environment`]);
    if (environment === undefined || config[`${project}:kind`] !== "foundation") return undefined;
    const own = Object.entries(config).map(([key, value]) => [key.replace(`${project}:`, ""), value as unknown]);
    return {
        stack,
        sections: {
            Tier: flat(tiers[environment]),
            Config: flat(Object.fromEntries(own)),
        },
    };
}

async function plannedCounts(context: Context, stack: string): Promise<Flat> {
    const { resources } = await stackResources(context, stack, { planned: true });
    const counts = new Map<string, number>();
    for (const { type } of resources) counts.set(kindOf(type), (counts.get(kindOf(type)) ?? 0) + 1);
    const rows = [...counts].sort(([left], [right]) => left.localeCompare(right));
    return flat({ resources: resources.length, ...(Object.fromEntries(rows) as object) });
}

/** An object as values by path. Things in a list go by their prefix or name, plain values by a comma. */
export function flat(value: unknown, path = ""): Record<string, string> {
    const inner = (key: string): string => (path === "" ? key : `${path}.${key}`);
    if (typeof value === "boolean") return { [path]: value ? "yes" : "no" };
    if (Array.isArray(value) && value.some((one) => typeof one === "object")) {
        const all: readonly unknown[] = value;
        return Object.fromEntries(
            all.flatMap((one, index) => {
                const { label = String(index), rest } = labelled(one);
                return Object.entries(flat(rest, inner(label)));
            }),
        );
    }
    if (Array.isArray(value)) return { [path]: value.length === 0 ? "none" : value.map(String).join(", ") };
    if (typeof value === "object" && value !== null)
        return Object.fromEntries(Object.entries(value).flatMap(([key, one]) => Object.entries(flat(one, inner(key)))));
    return { [path]: String(value) };
}

/** What a thing in a list is called, and what else there is to it. */
function labelled(value: unknown): { label?: string; rest: unknown } {
    if (typeof value !== "object" || value === null) return { rest: value };
    const key = ["prefix", "name"].find((one) => one in value);
    if (key === undefined) return { rest: value };
    const { [key]: label, ...rest } = value as Record<string, unknown>;
    return { label: String(label), rest };
}

/** Paths at which some stack differs from the first one, by section, in the order in which they are first said. */
export function differences(facts: readonly EnvironmentFacts[]): DifferenceSection[] {
    const titles = [...new Set(facts.flatMap(({ sections }) => Object.keys(sections)))];
    return titles.map((title) => {
        const columns = facts.map(({ sections }) => sections[title] ?? {});
        const paths = grouped([...new Set(columns.flatMap((column) => Object.keys(column)))]);
        const rows = paths.map((path): DifferenceRow => [path, ...columns.map((column) => column[path] ?? unsaid)]);
        return { title, rows: rows.filter(([, first, ...others]) => others.some((value) => value !== first)) };
    });
}

/** Paths of one key together, where the key was first said. */
function grouped(paths: readonly string[]): string[] {
    const keys = paths.map((path) => path.split(".")[0] ?? path);
    return [...new Set(keys)].flatMap((key) => paths.filter((_, index) => keys[index] === key));
}

/** For a terminal: what is too long for its column goes on below. */
export function tableLines(sections: readonly DifferenceSection[], stacks: readonly string[]): string[] {
    return sections.flatMap(({ title, rows }, index) => {
        const label = Math.max(title.length, ...rows.map(([path]) => path.length + 2));
        const room = Math.max(12, Math.floor((widest - label) / stacks.length) - 3);
        const lines = rows.flatMap(([path, ...values]) => {
            const cells = values.map((value) => wrapped(value, room));
            const height = Math.max(...cells.map((cell) => cell.length));
            return Array.from({ length: height }, (_, line) => [
                line === 0 ? `  ${path}` : "",
                ...cells.map((cell) => cell[line] ?? ""),
            ]);
        });
        const nothing = rows.length === 0 ? [["  all alike", ...stacks.map(() => "")]] : [];
        return [...(index > 0 ? [""] : []), ...table([[title, ...stacks], ...nothing, ...lines], "")];
    });
}

/** Broken at spaces; a single word that is too long stands as it is. */
function wrapped(text: string, room: number): string[] {
    return text.split(" ").reduce<string[]>((lines, word) => {
        const last = lines.at(-1);
        if (last === undefined || last.length + 1 + word.length > room) return [...lines, word];
        return [...lines.slice(0, -1), `${last} ${word}`];
    }, []);
}

/** For a page or a pull request: values in full. */
export function markdownLines(sections: readonly DifferenceSection[], stacks: readonly string[]): string[] {
    const row = (cells: readonly string[]): string =>
        `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
    return sections
        .filter(({ rows }) => rows.length > 0)
        .flatMap(({ title, rows }) => [
            ...[row([title, ...stacks]), row(["---", ...stacks.map(() => "---")])],
            ...rows.map((cells) => row(cells)),
            "",
        ]);
}
