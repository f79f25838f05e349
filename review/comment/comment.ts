import type { Blast } from "../blast/blast";
import { staying, type Danger } from "../blast/dangers";
import type { Cost } from "../cost/cost";
import { dollars, moves, sheetFacts, signedDollars } from "../cost/dollars";
import type { Range } from "../cost/range";
import { kindOf, nameOf } from "../model/names";
import type { PolicyFinding } from "../model/preview";
import { said } from "../model/said";
import { shapesOf, type Shape } from "../model/shapes";
import { alarmsOf, counted, worstFirst, type Reviewed } from "../reviewed";
import type { Asked } from "../sign-off/asked";
import { spoken } from "../time/chain";
import { fitting, weightOfLines } from "./budget";
import { diagramOf } from "./diagram";
import { code, escaped, tableHead, tableRow } from "./markdown";
import { linesOf, type Section } from "./section";

/** What a comment is made of. */
export interface Commented extends Reviewed {
    /** Left out where nobody must sign. */
    asked?: Asked;
    /** Where the page with all of it is. */
    page?: string;
}

/** What every comment on a stack begins with. */
export const isOf = (stack: string, comment: string): boolean =>
    comment.startsWith(`<!-- mlplatform-change v1 stack=${stack} part=`);

/** Hidden in a stack's comments, to find them again. */
export const markerOf = (stack: string, part: number): string =>
    `<!-- mlplatform-change v1 stack=${stack} part=${part} -->`;

/**
 * Comments for a pull request, the first with what a reviewer must know first. Replacements and deletions of what holds data,
 * or of what others hang on, are never left out: where they don't fit they go on in further comments. All else is cut, and says so.
 */
export function commentsOf({ preview, blast, cost, asked, page }: Commented): string[] {
    const { project, stack } = preview;
    const heading = (part: number): string[] => [
        markerOf(stack, part),
        `#### :tropical_drink: \`preview\` on ${escaped(project)}/${escaped(stack)}${part > 1 ? `, part ${part}` : ""}`,
        "",
    ];
    const first = [...heading(1), ...verdict({ preview, blast, cost }), ...signatures(asked), ""];
    const last = ["", page === undefined ? "" : `All of it: [the page](${page})`];
    const rows = blast.dangers.map(dangerRow);
    // What is left in the first comment after half of it went to dangers is for all else.
    const inFirst = fitting(rows, Math.max(0, 0.6 - weightOfLines([...first, ...dangerHead])));
    const lines = [...first, ...(rows.length > 0 ? [...dangerHead, ...inFirst, ""] : [])];
    const more = continued(rows.slice(inFirst.length), heading);
    if (more.length > 0)
        lines.push(`${rows.length - inFirst.length} more of these are in ${more.length} further comments`, "");
    let left = 1 - weightOfLines([...lines, ...last]);
    for (const section of sections({ preview, blast, cost })) {
        const shown = linesOf(section, left);
        left -= weightOfLines(shown);
        lines.push(...shown);
    }
    return [[...lines, ...last].join("\n").trimEnd(), ...more];
}

/** The rows that are left, in as many comments as they take. */
function continued(rows: readonly string[], heading: (part: number) => string[]): string[] {
    const comments: string[] = [];
    let left = rows;
    while (left.length > 0) {
        const head = [...heading(comments.length + 2), ...dangerHead];
        const shown = fitting(left, 1 - weightOfLines(head));
        comments.push([...head, ...shown].join("\n"));
        left = left.slice(shown.length);
    }
    return comments;
}

function verdict({ preview, blast, cost }: Reviewed): string[] {
    const { errors, refused, stateful } = alarmsOf({ preview, blast });
    const parts = [
        ...(errors > 0 ? [`**the preview failed** (${errors} ${errors === 1 ? "error" : "errors"})`] : []),
        ...(refused > 0 ? [`**${refused} refused by policy**`] : []),
        counted(blast),
        ...(stateful > 0 ? [`**${stateful} of what holds data is replaced or deleted**`] : []),
        `${signedDollars(cost.change.expected)} US dollars a month expected`,
        ...(blast.duration.seconds > 0 ? [`about ${spoken(blast.duration.seconds)} on Azure`] : []),
    ];
    return [parts.join(" · ")];
}

/** Who must sign, who has, and what they sign. */
function signatures(asked: Asked | undefined): string[] {
    if (asked === undefined) return [];
    const { required, bundle } = asked;
    const signed = bundle?.signOff.signed ?? [];
    const roles = required.map((role) => {
        const people = signed.flatMap((each) => (each.role === role ? [code(each.person)] : []));
        return people.length === 0 ? `**${role}**` : `${role} ✓ ${people.join(" ")}`;
    });
    const of =
        bundle === undefined
            ? "there is no bundle of this change to sign yet"
            : `bundle ${code(bundle.folder)}, sha256 ${code(bundle.digest)}, good until ${escaped(bundle.notAfter)}`;
    return ["", `To sign: ${roles.join(", ")} (${of})`];
}

const dangerHead = [
    "**Replaced or deleted, though it holds something or others hang on it**",
    "",
    ...tableHead(["", "What", "By", "Holds", "Can be had back", "Hang on it"]),
];

/** Short, as every one must be told. */
function dangerRow(danger: Danger): string {
    const { operation, type, name, because, deletesFirst, holds, recovery } = danger;
    const days = recovery?.days === undefined ? "" : `, ${recovery.days} days`;
    return tableRow([
        `${operation}${deletesFirst ? ", the old one first" : ""}${danger.protected ? " (protected)" : ""}`,
        `${escaped(kindOf(type))} ${code(name)}`,
        because.map(code).join(" "),
        holds ? holds.dataClass : "",
        recovery ? `${recovery.possible}${days}` : "",
        String(staying(danger).length || ""),
    ]);
}

/** Characters of a message that are told; policies and providers may quote whole resources. */
const longestMessage = 400;

/** In the order of what a reviewer looks for. */
function sections({ preview, blast, cost }: Reviewed): Section[] {
    const shapes = shapesOf(preview.resources);
    const errors = preview.diagnostics.filter(({ severity }) => severity !== "info");
    return [
        section(
            0.1,
            "errors and warnings",
            ["**Errors and warnings**", ""],
            errors.map(({ severity, urn, message }) => {
                return `- ${severity}${urn === undefined ? "" : ` of ${code(nameOf(urn))}`}: ${code(message.slice(0, longestMessage))}`;
            }),
        ),
        section(0.12, "policy findings", ["**Policies**", ""], worstFirst(preview.findings).map(findingRow)),
        costSection(cost),
        section(
            0.35,
            "groups of changes",
            [...folded("Pulumi report"), ...tableHead(["", "Count", "What", "Changes"])],
            shapes.map(shapeRow),
            ["", "</details>"],
        ),
        section(0.1, "quotas", ["**Quota**", "", ...tableHead(["", "Before", "After"])], quotaRows(blast)),
        picture(shapes),
    ].filter((each) => each.rows.length > 0);
}

const section = (most: number, of: string, head: string[], rows: readonly string[], foot: string[] = []): Section => ({
    ...{ most, of, rows },
    ...{ head, foot: [...foot, ""] },
});

const folded = (title: string): string[] => [`<details><summary>${title}</summary>`, ""];

/** Whole or not at all. */
function picture(shapes: readonly Shape[]): Section {
    const lines = diagramOf(shapes);
    const rows = lines.length === 0 ? [] : [[...folded("Picture"), ...lines, "", "</details>"].join("\n")];
    return { most: 0.2, of: "pictures", head: [], rows };
}

function findingRow({ level, policy, urn, message }: PolicyFinding): string {
    const about = urn === undefined ? "the stack" : code(nameOf(urn));
    return `- **${level}** ${code(policy)} on ${about}: ${code(message.slice(0, longestMessage))}`;
}

const cells = ({ low, expected, high }: Range, text: (usd: number) => string): string[] =>
    [low, expected, high].map(text);

function costSection(cost: Cost): Section {
    const { groups, before, after, change, unpriced, assumptions } = cost;
    const { prices, oldest, unverified } = sheetFacts(cost);
    const sheet = [
        `${prices} prices of the sheet`,
        ...(oldest === undefined ? [] : [`the oldest of ${oldest}`]),
        `${unverified} unverified`,
    ];
    const none = unpriced.map(({ type, name }) => `${escaped(kindOf(type))} ${code(name)}`);
    const said = [
        `${sheet.join(", ")}; assumptions on use: ${assumptions.length}, which the page tells.`,
        unpriced.length === 0
            ? "Nothing is without a price."
            : `Without a price, and in no sum: ${fitting(none, 0.02).join(", ")}${none.length > 20 ? " ..." : ""}`,
    ];
    const head = ["**Cost**, US dollars a month by Azure's list", "", ...tableHead(["", "Least", "Expected", "Most"])];
    const rows = [
        ...groups.filter(moves).map((group) => tableRow([escaped(group.group), ...cells(group.change, signedDollars)])),
        tableRow(["**change**", ...cells(change, signedDollars)]),
        tableRow(["before", ...cells(before, dollars)]),
        tableRow(["after", ...cells(after, dollars)]),
    ];
    return section(0.12, "rows", head, rows, ["", ...said]);
}

/** Changes of one shape that are told; a reviewer opens the page for more. */
const mostChanges = 12;

function shapeRow({ operation, type, deletesFirst, changes, members }: Shape): string {
    const names = members.slice(0, 3).map(({ name }) => code(name));
    const more = members.length > names.length ? ` and ${members.length - names.length} more` : "";
    const told = changes.slice(0, mostChanges).map(({ path, replaces, old, new: asked }) => {
        return `${code(path)}: ${code(said(old))} → ${code(said(asked))}${replaces ? " **replaces**" : ""}`;
    });
    const cut = changes.length > mostChanges ? [`${changes.length - mostChanges} more`] : [];
    return tableRow([
        `${operation}${deletesFirst ? ", the old one first" : ""}`,
        String(members.length),
        `${escaped(kindOf(type))} ${names.join(", ")}${more}`,
        [...told, ...cut].join("<br>"),
    ]);
}

function quotaRows({ quota }: Blast): string[] {
    return quota
        .filter(({ before, after }) => before.least !== after.least || before.most !== after.most)
        .map(({ quota: name, before, after }) =>
            tableRow([escaped(name), `${before.least} to ${before.most}`, `${after.least} to ${after.most}`]),
        );
}
