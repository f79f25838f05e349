import { isPartOf } from "../model/paths";
import type { Listed } from "./listed";
import { notKnown, type Normal, type NormalResource, type Plain } from "./normal";

/** One environment, in words that are the same in every one. */
export interface Environment {
    resources: readonly NormalResource[];
    /** The tier's values, by path, `records.retentionDays`. */
    tier: (path: string) => unknown;
}

/** Something that is not the same in both. */
export interface Difference {
    type: string;
    name: string;
    /** Of a property; left out where only one has the resource, or where it is the change that differs. */
    path?: string;
    kind: "value" | "only in one" | "effect";
    from?: string;
    to?: string;
    /** Why it is not one of those that are listed, where a row is about it. */
    because?: string;
}

export interface Proof {
    /** Resources that both have. */
    compared: number;
    listed: readonly { difference: Difference; row: Listed }[];
    /** What nobody has listed: with any of these, it is no proof. */
    unlisted: readonly Difference[];
    /** Rows that no difference needs. */
    unused: readonly Listed[];
}

/** Whether what is done to one environment is what was done to the other, but for what is listed. */
export function proofOf(from: Environment, to: Environment, listed: readonly Listed[]): Proof {
    const others = new Map(to.resources.map((resource) => [resource.key, resource]));
    const own = new Set(from.resources.map(({ key }) => key));
    const pairs = from.resources.flatMap((resource) => {
        const other = others.get(resource.key);
        return other ? [[resource, other] as const] : [];
    });
    const found: Difference[] = [
        ...from.resources.filter(({ key }) => !others.has(key)).map((one) => lone(one, "from")),
        ...to.resources.filter(({ key }) => !own.has(key)).map((one) => lone(one, "to")),
        ...pairs.flatMap(([one, other]) => [...effects(one, other), ...values(one, other)]),
    ];
    const judge = judging(from, to, listed);
    const judged = found.sort(byPlace).map((difference) => ({ difference, ...judge(difference) }));
    const used = new Set(judged.map(({ row }) => row));
    return {
        compared: pairs.length,
        listed: judged.flatMap(({ difference, row, because }) =>
            row !== undefined && because === undefined ? [{ difference, row }] : [],
        ),
        unlisted: judged.flatMap(({ difference, row, because }) =>
            row !== undefined && because === undefined
                ? []
                : [{ ...difference, ...(because !== undefined && { because }) }],
        ),
        unused: listed.filter((row) => !used.has(row)),
    };
}

function byPlace(left: Difference, right: Difference): number {
    const place = ({ type, name, path = "" }: Difference): string => [type, name, path].join(" ");
    return place(left) < place(right) ? -1 : 1;
}

const lone = ({ type, name }: NormalResource, side: "from" | "to"): Difference => ({
    ...{ type, name, kind: "only in one", [side]: "there" },
});

/** Only what is done to something that is there can differ: what is new, or as it should be, says nothing of the other. */
const changing: ReadonlySet<string> = new Set(["update", "replace", "delete"]);

/** What is done, and to which properties, where both are changed. */
function effects(one: NormalResource, other: NormalResource): Difference[] {
    if (![one, other].every(({ operation }) => changing.has(operation))) return [];
    const told = ({ operation, changes }: NormalResource): string =>
        changes.length > 0 ? `${operation} of ${changes.join(", ")}` : operation;
    const { type, name } = one;
    return told(one) === told(other) ? [] : [{ type, name, kind: "effect", from: told(one), to: told(other) }];
}

function values(one: NormalResource, other: NormalResource): Difference[] {
    const paths = [...new Set([...one.inputs.keys(), ...other.inputs.keys()])];
    return paths.flatMap((path): Difference[] => {
        const [left, right] = [one.inputs.get(path), other.inputs.get(path)];
        if (isSame(left, right) || willBeTheSame(path, one, other)) return [];
        const { type, name } = one;
        return [
            {
                ...{ type, name, path, kind: "value" },
                ...(left && { from: said(left.own) }),
                ...(right && { to: said(right.own) }),
            },
        ];
    });
}

/** The same as it is, but for the names of its environment, or as the same answer of the same other resource. */
function isSame(left: Normal | undefined, right: Normal | undefined): boolean {
    if (left === undefined || right === undefined) return left === right;
    const [one, other] = [left.renamed, right.renamed];
    // Two that nobody knows yet are not the same for that.
    if (isSymbol(one) && isSymbol(other)) return one.symbol === other.symbol && one.symbol !== notKnown;
    return left.own === right.own || one === other || (left.answer !== undefined && left.answer === right.answer);
}

/**
 * Is it not known yet in one of them, and comes in both from the same resources? A property that is not known as a whole
 * stands for all that is in it.
 */
function willBeTheSame(path: string, one: NormalResource, other: NormalResource): boolean {
    const property = /^[^.[]+/.exec(path)?.[0] ?? "";
    const isOpen = ({ inputs }: NormalResource): boolean => {
        return [...inputs].some(([each, { own }]) => {
            return isSymbol(own) && own.symbol === notKnown && (isPartOf(path, each) || isPartOf(each, path));
        });
    };
    const [left = [], right = []] = [one.references[property], other.references[property]];
    return (isOpen(one) || isOpen(other)) && left.length > 0 && left.join() === right.join();
}

const isSymbol = (value: Plain): value is { symbol: string } => typeof value === "object" && value !== null;
const said = (value: Plain): string => (isSymbol(value) ? value.symbol : JSON.stringify(value));

interface Verdict {
    row?: Listed;
    because?: string;
}

/** Which row lists a difference; and why it does not hold, where it is about it and the values are others. */
function judging(from: Environment, to: Environment, listed: readonly Listed[]): (difference: Difference) => Verdict {
    const blocks = [addressesOf(from), addressesOf(to)] as const;
    return ({ type, name, path, kind, from: left, to: right }) => {
        const row = listed.find((each) => {
            if (each.type !== "*" && each.type !== type) return false;
            if (kind === "only in one") return each.name === name;
            return path !== undefined && each.path !== undefined && pattern(each.path).test(path);
        });
        if (row === undefined || row.by === "choice") return { ...(row && { row }) };
        if (row.by === "own addresses") {
            const outside = [left, right].find((value, side) => !isWithin(value, blocks[side] ?? []));
            return { row, ...(outside !== undefined && { because: `${outside} is none of its own addresses` }) };
        }
        const { tier } = row.by;
        const asked = [from, to].map((each) => JSON.stringify(each.tier(tier)));
        const isAsTiers = asked[0] === left && asked[1] === right;
        return { row, ...(!isAsTiers && { because: `the tiers' ${tier} is ${asked.join(" and ")}` }) };
    };
}

/** `[*]` is any place in a list. */
function pattern(path: string): RegExp {
    const escaped = path.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll("\\[\\*\\]", "\\[\\d+\\]");
    return new RegExp(`^${escaped}$`);
}

const network = "azure-native:network:VirtualNetwork";

/** The environment's own blocks of addresses. */
function addressesOf({ resources }: Environment): Block[] {
    const networks = resources.filter(({ type }) => type === network);
    const texts = networks.flatMap(({ inputs }) =>
        [...inputs].filter(([path]) => path.startsWith("addressSpace.")).map(([, { own }]) => own),
    );
    return texts.flatMap((value) => (typeof value === "string" ? (blockOf(value) ?? []) : []));
}

interface Block {
    first: number;
    last: number;
}

/** A block of IPv4 addresses in CIDR form, or one address. */
function blockOf(text: string): Block | undefined {
    const [, a = "", b = "", c = "", d = "", bits = "32"] =
        /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?$/.exec(text) ?? [];
    const parts = [a, b, c, d].map(Number);
    if (a === "" || parts.some((part) => part > 255) || Number(bits) > 32) return undefined;
    const size = 2 ** (32 - Number(bits));
    const address = parts.reduce((sum, part) => sum * 256 + part, 0);
    const first = address - (address % size);
    return { first, last: first + size - 1 };
}

/** One that only one environment has is within nothing. */
function isWithin(value: string | undefined, blocks: readonly Block[]): boolean {
    const inner = blockOf((value ?? "").replaceAll('"', ""));
    return inner !== undefined && blocks.some(({ first, last }) => first <= inner.first && inner.last <= last);
}
