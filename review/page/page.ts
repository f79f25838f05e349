import { createHash } from "node:crypto";
import type { Preview } from "../model/preview";
import type { Reviewed } from "../reviewed";
import type { Asked } from "../sign-off/asked";
import { changeSection } from "./changes";
import { costSection } from "./cost";
import { escaped } from "./html";
import { changedPicture, operationsIn } from "./picture";
import { script } from "./script";
import {
    dangerSection,
    diagnosticSection,
    policySection,
    quotaSection,
    signSection,
    timeSection,
    verdict,
} from "./sections";
import { style } from "./style";

/** What a page is made of. */
export interface Paged extends Reviewed {
    /** Left out where nobody must sign. */
    asked?: Asked;
}

/**
 * A review as one HTML file: it asks for nothing from elsewhere, runs nothing but its own filter, and shows all of it without
 * scripts, too. The same review gives the same bytes.
 */
export async function pageOf({ preview, blast, cost, asked }: Paged): Promise<string> {
    const { project, stack } = preview;
    const sections = [
        diagnosticSection(preview),
        signSection(asked),
        dangerSection(blast),
        policySection(preview),
        costSection(cost),
        pictureSection(preview, await changedPicture(preview)),
        changeSection(preview, blast),
        timeSection(blast),
        quotaSection(blast),
    ].filter((each) => each !== "");
    const title = `${project}/${stack}: what changes`;
    return [
        `<!doctype html>`,
        `<html lang="en"><head><meta charset="utf-8">`,
        `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
        `<meta name="viewport" content="width=device-width,initial-scale=1">`,
        `<title>${escaped(title)}</title>`,
        `<style>${style}</style></head><body>`,
        `<h1>${escaped(title)}</h1>`,
        verdict({ preview, blast, cost }),
        `<nav aria-label="Sections">${sections.map(linkTo).join("")}</nav>`,
        `<main>`,
        ...sections,
        `</main>`,
        `<script>${script}</script>`,
        `</body></html>`,
        "",
    ].join("\n");
}

const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** Nothing from elsewhere, whatever a value holds; the picture is part of the page. */
const policy = [
    "default-src 'none'",
    `style-src ${hashOf(style)}`,
    `script-src ${hashOf(script)}`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
].join("; ");

function linkTo(section: string): string {
    const [, id = "", title = ""] = /^<section id="([^"]*)"><h2>([^<]*)<\/h2>/.exec(section) ?? [];
    return `<a href="#${id}">${title}</a>`;
}

function pictureSection(preview: Preview, svg: string): string {
    const legend = operationsIn(preview).map((operation) => `<span class="operation ${operation}">${operation}</span>`);
    const image = `data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`;
    return [
        `<section id="picture"><h2>Picture</h2>`,
        `<div class="legend"><span class="small">A thick line of this colour is of what changes:</span>${legend.join("")}</div>`,
        `<div class="picture"><img src="${image}" alt="The stack, with what changes marked; the tables tell all of it"></div>`,
        `</section>`,
    ].join("\n");
}
