import type { Difference, Proof } from "../../review/promotion/proof";
import { kindOf } from "../../review/model/names";
import { table } from "../table";

/** A proof as it is printed: what is not listed first, then what is, by its reason. */
export function proofLines(from: string, to: string, { compared, listed, unlisted, unused }: Proof): string[] {
    const byReason = new Map<string, Difference[]>();
    for (const { difference, row } of listed)
        byReason.set(row.reason, [...(byReason.get(row.reason) ?? []), difference]);
    return [
        `${compared} resources that both have; ${listed.length} differences listed, ${unlisted.length} not`,
        ...(unlisted.length > 0 ? ["Not listed:", ...table([["", "", from, to], ...unlisted.map(rowOf)])] : []),
        ...[...byReason].flatMap(([reason, differences]) => [
            `${reason}: ${differences.length}`,
            ...table(examples(differences), "    "),
        ]),
        ...(unused.length > 0
            ? [
                  "Listed, and the same just now:",
                  ...unused.map(({ type, path, name }) => `  ${type} ${path ?? name ?? ""}`),
              ]
            : []),
    ];
}

/** How often each property differs, with one of them. */
function examples(differences: readonly Difference[]): (string | number)[][] {
    const byPath = new Map<string, Difference[]>();
    for (const each of differences) {
        const path = (each.path ?? each.name).replace(/\[\d+\]/g, "[]");
        byPath.set(path, [...(byPath.get(path) ?? []), each]);
    }
    return [...byPath].map(([path, all]) => {
        const [{ type, name, from, to }] = all as [Difference];
        return [all.length, path, `${kindOf(type)} ${name}`, from ?? "-", to ?? "-"];
    });
}

const rowOf = ({ type, name, path, kind, from, to, because }: Difference): string[] => [
    `${kindOf(type)} ${name}`,
    kind === "effect" ? "what is done" : (path ?? ""),
    from ?? "-",
    to ?? "-",
    ...(because === undefined ? [] : [because]),
];
