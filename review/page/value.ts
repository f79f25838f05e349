import { isMap } from "../model/inputs";
import { Secret, Unknown, type Value } from "../model/value";
import { escaped } from "./html";

/** A value as HTML: JSON over lines, in which secrets and what is not known yet are no texts. */
export function valueHtml(value: Value | undefined, indent = ""): string {
    if (value === undefined) return `<span class="none">not set</span>`;
    if (value instanceof Secret) {
        const mark = value.fingerprint === "" ? "" : ` ${value.fingerprint.slice(0, 8)}`;
        return `<span class="secret">secret${escaped(mark)}</span>`;
    }
    if (value instanceof Unknown) return `<span class="unknown">known after the update</span>`;
    const inner = `${indent}  `;
    if (Array.isArray(value))
        return around(
            "[",
            "]",
            indent,
            (value as readonly Value[]).map((each) => `${inner}${valueHtml(each, inner)}`),
        );
    if (isMap(value)) {
        const fields = Object.entries(value).map(
            ([name, each]) => `${inner}${escaped(JSON.stringify(name))}: ${valueHtml(each, inner)}`,
        );
        return around("{", "}", indent, fields);
    }
    return escaped(JSON.stringify(value));
}

const around = (begin: string, end: string, indent: string, lines: readonly string[]): string =>
    lines.length === 0 ? begin + end : `${begin}\n${lines.join(",\n")}\n${indent}${end}`;
