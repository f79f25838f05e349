import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { priceSheet } from "../../../facts/prices";
import { reviewOf } from "../../../review/reviewed";
import type { Preview, PropertyChange, ResourceChange } from "../../../review/model/preview";
import { Secret, Unknown } from "../../../review/model/value";
import { pageOf } from "../../../review/page/page";
import type { Asked } from "../../../review/sign-off/asked";
import { chromium, openPage } from "../../images/scoring/demo/chromium";
import { change, previewOf, urnOf } from "../changes";

const sheet = priceSheet(process.cwd());
const page = (preview: Preview, asked?: Asked): Promise<string> =>
    pageOf({ ...reviewOf(preview, sheet), ...(asked && { asked }) });
const pageOfAll = (...resources: readonly ResourceChange[]): Promise<string> => page(previewOf(...resources));

const group = "azure-native:resources:ResourceGroup";
const vault = "azure-native:keyvault:Vault";
const network = "azure-native:network:VirtualNetwork";
const pool = "azure-native:containerservice:AgentPool";
const turned = (path: string, old: PropertyChange["old"], asked: PropertyChange["new"]): PropertyChange => ({
    ...{ path, kind: "update", replaces: false },
    ...(old !== undefined && { old }),
    ...(asked !== undefined && { new: asked }),
});

const asked: Asked = {
    required: ["operations", "security"],
    risks: [
        { rule: "any change", reason: "somebody has read it", require: ["operations"], urns: [urnOf(vault)] },
        { rule: "who gets in", reason: "it changes keys", require: ["security"], urns: [urnOf(vault)] },
    ],
    bundle: {
        ...{ digest: "d".repeat(64), folder: "changes/dev/dddddddddddd", notAfter: "2026-12-01T00:00:00Z" },
        signOff: {
            signed: [{ role: "operations", person: "ada" }],
            missing: ["security"],
            refused: [{ file: "security.bob.sig", why: "bob is an author of the change" }],
        },
    },
};

/** One of each that a page tells. */
const small: Preview = {
    ...previewOf(
        change(group, [{ location: "swedencentral" }, { location: "swedencentral" }], {
            changes: [
                turned("tags.owner", "vision", "speech"),
                turned("tags.key", new Secret("a".repeat(64)), new Unknown("string")),
            ],
        }),
        change(network, [{ addressSpace: {} }, { addressSpace: {} }], {
            ...{ operation: "replace", deletesFirst: true, state: { dependencies: [urnOf(group)] } },
            changes: [{ ...turned("addressSpace", ["10.0.0.0/16"], ["10.1.0.0/16"]), replaces: true }],
        }),
        change(vault, [{ properties: { softDeleteRetentionInDays: 90 } }, undefined]),
        change(pool, [undefined, { location: "swedencentral", vmSize: "Standard_D4s_v5", count: 3 }]),
    ),
    findings: [{ ...{ pack: "p", packVersion: "1", policy: "no-open-vault" }, level: "mandatory", message: "is open" }],
    diagnostics: [{ severity: "warning", message: "look at that" }],
};

test("it tells all that the terminal does, and who has signed", async () => {
    const html = await page(small, asked);
    for (const title of [
        "Errors and warnings",
        "Signatures",
        "What can break",
        "Policies",
        "Cost",
        "Picture",
        "Changes",
        "How long it takes",
        "Quota",
    ])
        expect(html).toContain(`<h2>${title}</h2>`);
    expect(html).toContain("<td>operations</td><td>ada</td>");
    expect(html).toContain(`<td>security</td><td><span class="bad">not yet</span></td>`);
    expect(html).toContain("bob is an author of the change");
    expect(html).toContain("d".repeat(64));
    expect(html).toContain("<strong>keys</strong>");
    expect(html).toContain(`<span class="secret">secret aaaaaaaa</span>`);
    expect(html).toContain(`<span class="unknown">known after the update</span>`);
    expect(html).toContain('<code>addressSpace</code> <span class="replace">replaces</span>');
    expect(await page(small)).not.toContain("<h2>Signatures</h2>");
});

test("it asks for nothing from elsewhere, and its policy lets it run nothing but its own script and style", async () => {
    const html = await page(small, asked);
    const between = (tag: string): string => new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(html)?.[1] ?? "";
    const hashOf = (text: string): string => createHash("sha256").update(text).digest("base64");
    expect(html).not.toMatch(/https?:|(?:src|href)="(?!data:image\/svg|#)/);
    expect(html).toContain(
        `default-src 'none'; style-src 'sha256-${hashOf(between("style"))}'; script-src 'sha256-${hashOf(between("script"))}'`,
    );
    expect(html).not.toMatch(/ (?:style|on[a-z]+)=/);
});

const hostile = `"'><script>alert(1)</script><img src=x onerror=alert(1)></section></style>\u202e\u001b[31m@everyone`;

test("nothing in a name, a value, a message or a signer is markup or turns the direction of writing", async () => {
    const html = await page(
        {
            ...previewOf(
                change(vault, [{}, undefined], { name: hostile }),
                change(group, [{}, {}], {
                    name: `${hostile}2`,
                    changes: [turned(hostile, { [hostile]: hostile }, [hostile])],
                }),
            ),
            findings: [
                {
                    pack: hostile,
                    packVersion: hostile,
                    policy: hostile,
                    level: "advisory",
                    urn: hostile,
                    message: hostile,
                },
            ],
            diagnostics: [{ severity: "error", urn: hostile, message: hostile }],
        },
        { required: [], risks: [{ rule: hostile, reason: hostile, require: [], urns: [] }] },
    );
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html).not.toMatch(/<img(?! src="data:image\/svg)/);
    expect(html.match(/<section/g)?.length).toBe(html.match(/<\/section>/g)?.length);
    for (const mark of ["\u202e", "\u001b"]) expect(html).not.toContain(mark);
});

test("the same change gives the same page, in whatever order the engine tells it", async () => {
    const reversed = { ...small, resources: [...small.resources].reverse() };
    expect(await page(reversed)).toBe(await page(small));
});

test("2,000 changes that are alike are one group, which names all of them", async () => {
    const many = Array.from({ length: 2000 }, (_, index) =>
        change("kubernetes:core/v1:ConfigMap", [{}, {}], {
            name: `map-${index}`,
            changes: [turned("data.a", "1", "2")],
        }),
    );
    const html = await pageOfAll(...many);
    expect(html.match(/<div data-change=/g)).toHaveLength(1);
    expect(new Set(html.match(/<code>map-\d+<\/code>/g)).size).toBe(2000);
});

test(`in ${chromium ?? "no browser, as none is installed: its words are tested alone"}, the filter shows what is looked for`, async () => {
    if (chromium === undefined) return;
    const folder = resolve(__dirname, "..", "..", "..", ".mlplatform", "pages");
    mkdirSync(folder, { recursive: true });
    const file = resolve(folder, "review.html");
    writeFileSync(file, await page(small, asked));
    const browser = await openPage(chromium, pathToFileURL(file).href);
    try {
        const shown = (): Promise<string> =>
            browser.evaluate(
                `[...document.querySelectorAll("[data-change]")].filter((row) => !row.hidden).map((row) => row.dataset.change).join()`,
            );
        const enter = (script: string): Promise<unknown> =>
            browser.evaluate(
                `(() => { ${script}; document.querySelector("#filter").dispatchEvent(new Event("input")); })()`,
            );
        expect(await shown()).toBe("delete,replace,update,create");
        await enter(`document.querySelector("#text").value = "SPEECH tags"`);
        expect(await shown()).toBe("update");
        expect(await browser.evaluate(`document.querySelector("#shown").textContent`)).toBe("1 of 4 groups");
        await enter(
            `document.querySelector("#text").value = ""; document.querySelector("[value=create]").checked = false`,
        );
        expect(await shown()).toBe("delete,replace,update");
        await enter(`document.querySelector("#danger").checked = true`);
        expect(await shown()).toBe("delete");
        expect(await browser.evaluate(`document.querySelector("#picture img").naturalWidth > 0`)).toBe(true);
        expect(await browser.evaluate(`document.documentElement.scrollWidth <= window.innerWidth`)).toBe(true);
        expect(browser.asked.filter((url) => !/^(?:file|data|about):/.test(url))).toEqual([]);
        expect(browser.faults).toEqual([]);
    } finally {
        await browser.close();
    }
});
