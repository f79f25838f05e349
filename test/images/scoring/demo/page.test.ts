import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { AddressInfo } from "node:net";
import fastify from "../../../../images/scoring/node_modules/fastify";
import sharp from "../../../../images/scoring/node_modules/sharp";
import { demoRoute } from "../../../../images/scoring/demo/demo-route";
import { demoPage, demoPolicy } from "../../../../images/scoring/demo/page";
import { chromium, openPage } from "./chromium";

const hashOf = (text: string): string => createHash("sha256").update(text).digest("base64");
const between = (tag: string): string => new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(demoPage)?.[1] ?? "";

test("the page loads nothing from elsewhere, and its policy lets it run nothing but its own script and style", () => {
    expect(demoPage).not.toMatch(/https?:|\/\/[a-z]/);
    expect(demoPolicy).toContain("default-src 'none'");
    expect(demoPolicy).toContain(`script-src 'sha256-${hashOf(between("script"))}'`);
    expect(demoPolicy).toContain(`style-src 'sha256-${hashOf(between("style"))}'`);
    expect(demoPage).not.toMatch(/ (?:style|on[a-z]+)=/);
});

test("every field has a label, what happens is announced, and tables have heads", () => {
    for (const field of demoPage.match(/<input[^>]*>/g) ?? []) {
        const at = demoPage.indexOf(field);
        expect(demoPage.lastIndexOf("<label>", at)).toBeGreaterThan(demoPage.lastIndexOf("</label>", at));
    }
    expect(demoPage).toContain('<html lang="en">');
    expect(demoPage).toContain('role="status"');
    expect(demoPage).toContain('role="alert"');
    expect(demoPage.match(/<th scope="col">/g)).toHaveLength(3);
});

const model = { name: "detector", version: "1", sha256: "d".repeat(64) };
const predictions = [
    { label: "cup", confidence: 0.91, box: { left: 40, top: 60, width: 200, height: 150 } },
    { label: "<b>spoon", confidence: 0.5, box: { left: 250, top: 90, width: 120, height: 60 } },
];

/** The page beside a scorer that finds the same in every picture, and none in a picture of less than 100 bytes. */
async function served(): Promise<{ address: string; asked: string[]; close: () => Promise<void> }> {
    const app = fastify();
    const asked: string[] = [];
    app.addContentTypeParser("*", { parseAs: "buffer" }, (_, body, done) => {
        done(null, body);
    });
    demoRoute(app);
    app.post("/score", async (request, reply) => {
        asked.push(request.url);
        if ((request.body as Buffer).length < 100) return await reply.code(422).send({ error: "this is no picture" });
        return await reply.send({ model, pictures: [{ picture: "1", width: 400, height: 300, predictions }] });
    });
    await app.listen({ port: 0, host: "127.0.0.1" });
    const { port } = app.server.address() as AddressInfo;
    return { address: `http://127.0.0.1:${port}/demo`, asked, close: () => app.close() };
}

test("it is told to be a page, with its policy", async () => {
    const { address, close } = await served();
    const answer = await fetch(address);
    expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(answer.headers.get("content-security-policy")).toBe(demoPolicy);
    expect(await answer.text()).toBe(demoPage);
    await close();
});

test(`in ${chromium ?? "no browser, as none is installed: its policy and its words are tested alone"}, a chosen picture is scored, drawn and told`, async () => {
    if (chromium === undefined) return;
    const { address, asked, close } = await served();
    const folder = resolve(__dirname, "..", "..", "..", "..", ".mlplatform", "pages");
    mkdirSync(folder, { recursive: true });
    const picture = join(folder, "picture.png");
    writeFileSync(
        picture,
        await sharp({ create: { width: 400, height: 300, channels: 3, background: "#668899" } })
            .png()
            .toBuffer(),
    );
    const page = await openPage(chromium, address);
    try {
        await page.choose("#picture", picture);
        await page.until(
            `document.querySelectorAll("#rows tr").length === 2 && !document.querySelector("#canvas").hidden`,
        );
        expect(await page.evaluate(`document.querySelector("#rows").innerText`)).toBe(
            "cup\t91 %\t40, 60, 200, 150\n<b>spoon\t50 %\t250, 90, 120, 60",
        );
        expect(await page.evaluate(`document.querySelector("#digest").textContent`)).toBe(`sha256:${model.sha256}`);
        expect(await page.evaluate(`document.querySelector("#status").textContent`)).toBe("2 things found");
        expect(await page.evaluate(`document.querySelector("#canvas").getAttribute("aria-label")`)).toBe(
            "The picture with cup 91 %, <b>spoon 50 %",
        );
        // The first box's edge, on a picture that is of one colour without it.
        expect(
            await page.evaluate(
                `[...document.querySelector("#canvas").getContext("2d").getImageData(40, 150, 1, 1).data].join()`,
            ),
        ).toBe("230,25,75,255");
        expect(asked).toEqual(["/score?minConfidence=0.3"]);
        writeFileSync(join(folder, "demo.png"), await page.screenshot());
        writeFileSync(join(folder, "broken.png"), "no picture");
        await page.choose("#picture", join(folder, "broken.png"));
        await page.until(`document.querySelector("#fault").textContent === "this is no picture"`);
        expect(await page.evaluate(`document.querySelector("#canvas").hidden`)).toBe(true);
        expect(
            page.asked.filter((url) => !url.startsWith(new URL(address).origin) && !/^(?:data|blob|about):/.test(url)),
        ).toEqual([]);
        expect(page.faults.filter((fault) => !fault.includes("422"))).toEqual([]);
    } finally {
        await page.close();
        await close();
    }
});
