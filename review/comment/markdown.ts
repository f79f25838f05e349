/**
 * Any text as Markdown that shows just it: nothing in it is markup, a link or a line of its own, and what turns the direction
 * of writing or is invisible shows as a number.
 */
export function escaped(text: string): string {
    return text
        .replace(/\r\n?|\n/g, " ")
        .replace(/[\p{Cc}\p{Cf}]/gu, (mark) => `\\u${(mark.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`)
        .replace(/[&<>"'`*_~|\\[\]#@!$]|:(?=\/\/)/g, (mark) => `&#${mark.charCodeAt(0)};`);
}

/** The same in a typewriter's letters, in which GitHub looks for nobody's name either. */
export const code = (text: string): string => `<code>${escaped(text)}</code>`;

export function tableHead(columns: readonly string[]): string[] {
    return [`| ${columns.join(" | ")} |`, `| ${columns.map(() => "---").join(" | ")} |`];
}

/** @param cells Markdown already. */
export const tableRow = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
