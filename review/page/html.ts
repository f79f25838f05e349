/** Text as HTML that shows just it; what turns the direction of writing or is invisible shows as a number. */
export function escaped(text: string): string {
    return text
        .replace(/(?!\n)[\p{Cc}\p{Cf}]/gu, (mark) => `\\u${(mark.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`)
        .replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);
}

export const code = (text: string): string => `<code>${escaped(text)}</code>`;

/** A figure, or HTML, in a cell of a table. */
export type Cell = string | { figure: string };

/** @param rows Cells are HTML already. */
export function table(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
    const head = columns.map((column) => `<th scope="col">${escaped(column)}</th>`).join("");
    const cell = (each: Cell): string =>
        typeof each === "string" ? `<td>${each}</td>` : `<td class="figure">${escaped(each.figure)}</td>`;
    const body = rows.map((row) => `<tr>${row.map(cell).join("")}</tr>`).join("\n");
    return `<div class="wide"><table><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table></div>`;
}

export const section = (id: string, title: string, ...parts: readonly string[]): string =>
    parts.length === 0 ? "" : `<section id="${id}"><h2>${escaped(title)}</h2>\n${parts.join("\n")}\n</section>`;

export const list = (items: readonly string[]): string =>
    `<ul>${items.map((item) => `<li>${item}</li>`).join("\n")}</ul>`;

export const folded = (title: string, body: string): string =>
    `<details><summary>${escaped(title)}</summary>\n${body}\n</details>`;
