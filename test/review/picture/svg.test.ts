import { drawPicture } from "../../../review/picture/draw";
import { resource, smallStack } from "./small-stack";

test("the same resources in any order give the same bytes", async () => {
    const svg = await drawPicture("dev", smallStack);
    expect(await drawPicture("dev", [...smallStack].reverse())).toBe(svg);
});

test("it stands alone: no scripts, nothing to load, a name and a description for who cannot see it", async () => {
    const svg = await drawPicture("dev", smallStack);
    expect(svg).not.toMatch(/<script|<image|href=|@import|@font-face|url\((?!#)|\son\w+=/);
    expect(svg).toContain('role="img" aria-labelledby="title desc"');
    expect(svg).toMatch(/<title id="title">What &quot;dev&quot; holds[^<]*<\/title>/);
    expect(svg).toMatch(/<desc id="desc">[^<]*Subnet nodes to NAT gateway \(way out to the internet\)/);
    expect(svg).toContain("prefers-color-scheme:dark");
    expect(svg).toContain('font-family="sans-serif"');
});

test("names cannot break out of their text", async () => {
    const svg = await drawPicture("dev", [resource("machinelearningservices:Workspace", '</text><script>"&')]);
    expect(svg).not.toContain("<script>");
    expect(svg).toContain("&lt;/text&gt;&lt;script&gt;&quot;&amp;");
});

test("a stack without resources is an empty page, not an error", async () => {
    expect(await drawPicture("dev", [])).toContain("0 resources");
});

test("the legend names the kinds of line that there are, and no others", async () => {
    expect(await drawPicture("dev", smallStack)).toContain(">private endpoint to its service</text>");
    expect(await drawPicture("dev", [resource("quantum:Workspace", "a")])).not.toContain("private endpoint");
});
