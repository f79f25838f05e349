import type { Blast } from "../blast/blast";
import { kindOf } from "../model/names";
import type { Preview } from "../model/preview";
import { shapesOf, type Shape } from "../model/shapes";
import { code, escaped, folded, list, section } from "./html";
import { operationsIn } from "./picture";
import { valueHtml } from "./value";

/** All changes by shape, with a filter that is there once its script runs. */
export function changeSection(preview: Preview, { dangers }: Blast): string {
    const shapes = shapesOf(preview.resources);
    if (shapes.length === 0) return "";
    const dangerous = new Set(dangers.map(({ urn }) => urn));
    const boxes = operationsIn(preview).map(
        (operation) =>
            `<label><input type="checkbox" data-operation-box value="${operation}" checked> ${operation}</label>`,
    );
    const filter = [
        `<form class="filter" id="filter" hidden>`,
        `<input type="search" id="text" placeholder="Name, type, property or value" aria-label="Text to look for">`,
        ...boxes,
        `<label><input type="checkbox" id="danger"> what can break alone</label>`,
        `<span class="small" id="shown" role="status"></span></form>`,
    ];
    return section("changes", "Changes", ...filter, ...shapes.map((shape) => shapeHtml(shape, dangerous)));
}

/** Members that are named without a click. */
const named = 5;

function shapeHtml({ operation, type, deletesFirst, changes, members }: Shape, dangerous: ReadonlySet<string>): string {
    const isDanger = members.some(({ urn }) => dangerous.has(urn));
    const names = members.map(({ name }) => code(name));
    const rest = names.slice(named);
    const order = deletesFirst ? ` <span class="small">the old one goes first</span>` : "";
    return [
        `<div data-change="${operation}"${isDanger ? ` data-danger="yes"` : ""}>`,
        `<div class="head"><span class="operation ${operation}">${operation}</span><strong>${escaped(kindOf(type))}</strong>`,
        `${members.length > 1 ? `<span>${members.length} alike:</span>` : ""}<span>${names.slice(0, named).join(", ")}</span>${order}`,
        `${isDanger ? `<a class="bad" href="#dangers">can break something</a>` : ""}</div>`,
        rest.length > 0 ? folded(`${rest.length} more`, list(rest)) : "",
        changes.length > 0 ? changeTable({ changes, members }) : "",
        `</div>`,
    ].join("\n");
}

function changeTable({ changes, members: [first, ...others] }: Pick<Shape, "changes" | "members">): string {
    const rows = changes.map(({ path, replaces, old, new: asked }) => {
        const forced = replaces ? ` <span class="replace">replaces</span>` : "";
        return `<tr><td>${code(path)}${forced}</td><td><pre>${valueHtml(old)}</pre></td><td><pre>${valueHtml(asked)}</pre></td></tr>`;
    });
    const of = others.length > 0 ? ` (of ${first?.name ?? ""})` : "";
    const head = ["Property", `Old${of}`, `New${of}`].map((each) => `<th scope="col">${escaped(each)}</th>`);
    return `<div class="wide"><table class="changes"><thead><tr>${head.join("")}</tr></thead><tbody>${rows.join("\n")}</tbody></table></div>`;
}
