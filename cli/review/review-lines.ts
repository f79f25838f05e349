import type { Blast } from "../../review/blast/blast";
import type { Danger } from "../../review/blast/dangers";
import type { Cost } from "../../review/cost/cost";
import type { Range } from "../../review/cost/range";
import type { Operation, Preview, ResourceChange } from "../../review/model/preview";
import { spoken } from "../../review/time/chain";
import { kindOf } from "../../review/model/kind";
import { table } from "../table";
import type { Review } from "./review";

type Row = (string | number)[];

/** A review as it is printed, what can break first. */
export function reviewLines({ preview, blast, cost }: Review): string[] {
    const changed = preview.resources.filter((each) => each.custom && says[each.operation] !== undefined);
    return [
        `"${preview.stack}" as previewed: ${counted(blast.counts)}`,
        ...dangerLines(blast.dangers),
        ...findingLines(preview),
        ...preview.diagnostics
            .filter(({ severity }) => severity !== "info")
            .map(({ severity, message }) => `${severity}: ${message.replaceAll("\n", "\n  ")}`),
        ...(changed.length > 0 ? ["Changes", ...table(changeRows(changed))] : []),
        ...costLines(cost),
        ...timeLines(blast),
        ...quotaLines(blast),
    ];
}

/** Operations that change something, in the order in which they are told. */
const says: Partial<Record<Operation, string>> = {
    delete: "to delete",
    replace: "to replace",
    forget: "to forget",
    update: "to update",
    create: "to create",
    import: "to import",
};

function counted(counts: Blast["counts"]): string {
    const told = (Object.keys(says) as Operation[]).flatMap((operation) => {
        const count = counts[operation] ?? 0;
        return count > 0 ? [`${count} ${says[operation] ?? ""}`] : [];
    });
    return told.join(", ") || "nothing changes";
}

function dangerLines(dangers: readonly Danger[]): string[] {
    if (dangers.length === 0) return ["Nothing that holds data, or that others hang on, is replaced or deleted"];
    return ["What can break", ...dangers.flatMap(dangerOf)];
}

function dangerOf({
    operation,
    type,
    name,
    because,
    deletesFirst,
    holds,
    recovery,
    dependants,
    ...danger
}: Danger): string[] {
    const forced = because.length > 0 ? `, by ${because.join(", ")}` : "";
    const order = deletesFirst ? ", the old one first" : "";
    const staying = dependants.filter((each) => each.operation !== "delete");
    const names = staying.slice(0, 3).map((each) => `${kindOf(each.type)} ${each.name}`);
    const more = staying.length > names.length ? ` and ${staying.length - names.length} more` : "";
    const days = recovery?.days === undefined ? "" : `, for ${recovery.days} days`;
    return [
        `  ${operation} ${kindOf(type)} ${name}${forced}${order}${danger.protected ? " (protected: the engine refuses)" : ""}`,
        ...(holds ? [`    holds ${holds.what}`] : []),
        ...(recovery ? [`    can be had back: ${recovery.possible}${days}; ${recovery.how}`] : []),
        ...(staying.length > 0 ? [`    ${staying.length} hang on it: ${names.join(", ")}${more}`] : []),
    ];
}

function findingLines({ findings }: Preview): string[] {
    if (findings.length === 0) return [];
    return [
        "Policies",
        ...findings.map(({ level, policy, urn, message }) => {
            const about = urn === undefined ? "" : ` of ${urn.slice(urn.lastIndexOf("::") + 2)}`;
            return `  ${level} ${policy}${about}: ${message.replaceAll("\n", "\n    ")}`;
        }),
    ];
}

/** One row for all that change alike: what is made by kind, all else by its properties too. */
function changeRows(changed: readonly ResourceChange[]): Row[] {
    const groups = new Map<string, { of: ResourceChange[]; paths: string }>();
    for (const change of changed) {
        const paths = change.changes.map(({ path }) => path).join(", ");
        const key = [change.operation, change.type, paths].join("|");
        const group = groups.get(key) ?? { of: [], paths };
        group.of.push(change);
        groups.set(key, group);
    }
    const order = Object.keys(says);
    return [...groups.values()]
        .flatMap(({ of, paths }) => {
            const [first] = of;
            return first === undefined ? [] : [{ first, of, paths }];
        })
        .sort((left, right) => order.indexOf(left.first.operation) - order.indexOf(right.first.operation))
        .map(({ first, of, paths }) => [
            first.operation,
            of.length,
            kindOf(first.type),
            of.length === 1 ? first.name : `${first.name} and ${of.length - 1} more`,
            paths,
        ]);
}

const dollars = (usd: number): string => (Math.round(usd) === 0 ? "0" : Math.round(usd).toLocaleString("en-US"));
const ranged = ({ low, expected, high }: Range): string =>
    `least ${dollars(low)}, expected ${dollars(expected)}, most ${dollars(high)}`;

function costLines({ before, after, change, unpriced }: Cost): string[] {
    const moves = [change.low, change.expected, change.high].some((usd) => Math.round(usd) !== 0);
    return [
        moves
            ? `US dollars a month, more than before: ${ranged(change)}; then in all: ${ranged(after)}`
            : `US dollars a month, as before: ${ranged(before)}`,
        ...(unpriced.length > 0
            ? [`  without a price: ${unpriced.map(({ type, name }) => `${kindOf(type)} ${name}`).join(", ")}`]
            : []),
    ];
}

function timeLines({ duration: { seconds, links } }: Blast): string[] {
    if (seconds === 0) return [];
    const longest = [...links].sort((left, right) => right.seconds - left.seconds).slice(0, 3);
    return [
        `On Azure it takes about ${spoken(seconds)}`,
        ...table(longest.map((link) => [spoken(link.seconds), `${link.does} ${kindOf(link.type)}`, link.name])),
    ];
}

function quotaLines({ quota }: Blast): string[] {
    const moved = quota.filter(({ before, after }) => before.least !== after.least || before.most !== after.most);
    if (moved.length === 0) return [];
    return [
        "Quota, at least and at most",
        ...table(
            moved.map(({ quota: name, before, after }) => [
                name,
                `${before.least} - ${before.most}`,
                "then",
                `${after.least} - ${after.most}`,
            ]),
        ),
    ];
}
