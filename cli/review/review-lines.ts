import type { Blast } from "../../review/blast/blast";
import { staying, type Danger } from "../../review/blast/dangers";
import type { Cost } from "../../review/cost/cost";
import { dollars, moves } from "../../review/cost/dollars";
import type { Range } from "../../review/cost/range";
import type { Preview, ResourceChange } from "../../review/model/preview";
import { changing } from "../../review/model/shapes";
import { counted, type Reviewed } from "../../review/reviewed";
import { spoken } from "../../review/time/chain";
import { kindOf, nameOf } from "../../review/model/names";
import { table } from "../table";

type Row = (string | number)[];

/** A review as it is printed, what can break first. */
export function reviewLines({ preview, blast, cost }: Reviewed): string[] {
    const changed = preview.resources.filter((each) => each.custom && changing.includes(each.operation));
    return [
        `"${preview.stack}" as previewed: ${counted(blast)}`,
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

function dangerLines(dangers: readonly Danger[]): string[] {
    if (dangers.length === 0) return ["Nothing that holds data, or that others hang on, is replaced or deleted"];
    return ["What can break", ...dangers.flatMap(dangerOf)];
}

function dangerOf(danger: Danger): string[] {
    const { operation, type, name, because, deletesFirst, holds, recovery } = danger;
    const forced = because.length > 0 ? `, by ${because.join(", ")}` : "";
    const order = deletesFirst ? ", the old one first" : "";
    const others = staying(danger);
    const names = others.slice(0, 3).map((each) => `${kindOf(each.type)} ${each.name}`);
    const more = others.length > names.length ? ` and ${others.length - names.length} more` : "";
    const days = recovery?.days === undefined ? "" : `, for ${recovery.days} days`;
    return [
        `  ${operation} ${kindOf(type)} ${name}${forced}${order}${danger.protected ? " (protected: the engine refuses)" : ""}`,
        ...(holds ? [`    holds ${holds.what}`] : []),
        ...(recovery ? [`    can be had back: ${recovery.possible}${days}; ${recovery.how}`] : []),
        ...(others.length > 0 ? [`    ${others.length} hang on it: ${names.join(", ")}${more}`] : []),
    ];
}

function findingLines({ findings }: Preview): string[] {
    if (findings.length === 0) return [];
    return [
        "Policies",
        ...findings.map(({ level, policy, urn, message }) => {
            const about = urn === undefined ? "" : ` of ${nameOf(urn)}`;
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
    return [...groups.values()]
        .flatMap(({ of, paths }) => {
            const [first] = of;
            return first === undefined ? [] : [{ first, of, paths }];
        })
        .sort((left, right) => changing.indexOf(left.first.operation) - changing.indexOf(right.first.operation))
        .map(({ first, of, paths }) => [
            first.operation,
            of.length,
            kindOf(first.type),
            of.length === 1 ? first.name : `${first.name} and ${of.length - 1} more`,
            paths,
        ]);
}

const ranged = ({ low, expected, high }: Range): string =>
    `least ${dollars(low)}, expected ${dollars(expected)}, most ${dollars(high)}`;

function costLines({ before, after, change, unpriced }: Cost): string[] {
    return [
        moves({ change })
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
