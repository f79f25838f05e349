import { priceSheet } from "../../../facts/prices";
import { commentLimit } from "../../../review/comment/budget";
import { commentsOf, markerOf } from "../../../review/comment/comment";
import { reviewOf } from "../../../review/reviewed";
import type { Preview, PropertyChange, ResourceChange } from "../../../review/model/preview";
import { Secret } from "../../../review/model/value";
import { change, previewOf, urnOf } from "../changes";

const sheet = priceSheet(process.cwd());
const comments = (preview: Preview): string[] =>
    commentsOf({ ...reviewOf(preview, sheet), page: "https://example.com/page" });
const comment = (...resources: readonly ResourceChange[]): string => comments(previewOf(...resources))[0] ?? "";

const group = "azure-native:resources:ResourceGroup";
const vault = "azure-native:keyvault:Vault";
const subnet = "azure-native:network:Subnet";
const account = "azure-native:storage:StorageAccount";
const turned = (path: string, old: PropertyChange["old"], asked: PropertyChange["new"]): PropertyChange => ({
    ...{ path, kind: "update", replaces: false },
    ...(old !== undefined && { old }),
    ...(asked !== undefined && { new: asked }),
});

test("what a reviewer must know comes first: the verdict, what can break, policies, cost, then the changes", () => {
    const preview: Preview = {
        ...previewOf(
            change(group, [{}, { tags: {} }], { changes: [turned("tags.owner", "a", "b")] }),
            change(vault, [{}, undefined]),
        ),
        findings: [
            { ...{ pack: "p", packVersion: "1", policy: "no-open-vault" }, level: "mandatory", message: "is open" },
        ],
    };
    const [text = ""] = comments(preview);
    const places = [
        markerOf("dev", 1),
        "#### :tropical_drink: `preview` on mlplatform/dev",
        "**1 refused by policy** · 1 to delete, 1 to update · **1 of what holds data is replaced or deleted**",
        "| delete | keyvault:Vault <code>vault</code> |  | keys |",
        "- **mandatory** <code>no-open-vault</code> on the stack: <code>is open</code>",
        "**Cost**",
        "<summary>Pulumi report</summary>",
        "| update | 1 | resources:ResourceGroup <code>resourcegroup</code> | <code>tags.owner</code>",
        "```mermaid",
        "All of it: [the page](https://example.com/page)",
    ].map((part) => text.indexOf(part));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((left, right) => left - right));
});

test("changes that are alike are one row, whatever the resources' names", () => {
    const bump = (name: string): ResourceChange =>
        change(subnet, [{}, {}], { name, changes: [turned("id", `/subnets/${name}/v1`, `/subnets/${name}/v2`)] });
    const text = comment(...Array.from({ length: 200 }, (_, index) => bump(`subnet-${index}`)));
    expect(text.match(/^\| update \|/gm)).toHaveLength(1);
    expect(text).toContain("| update | 200 | network:Subnet");
});

test("of a secret that turns, it shows that it does, and not that two are alike", () => {
    const [one, other] = ["a", "b"].map((letter) => new Secret(letter.repeat(64)));
    const text = comment(
        change(group, [{}, {}], { name: "first", changes: [turned("tags.key", one, other)] }),
        change(group, [{}, {}], { name: "second", changes: [turned("tags.key", other, one)] }),
    );
    expect(text).toContain("| update | 2 |");
    expect(text).toContain("&#91;secret aaaaaaaa&#93;");
});

describe("with 2,000 changes", () => {
    const many = (make: (name: string) => ResourceChange): Preview =>
        previewOf(...Array.from({ length: 2000 }, (_, index) => make(`name-${index}-${"long".repeat(10)}`)));
    const withinLimits = (texts: readonly string[]): void => {
        for (const text of texts) {
            expect(text.length).toBeLessThanOrEqual(commentLimit.characters);
            expect(Buffer.byteLength(text)).toBeLessThanOrEqual(commentLimit.bytes);
        }
    };

    test("of which each deletes a vault, every one of them is told, in as many comments as that takes", () => {
        const texts = comments(many((name) => change(vault, [{}, undefined], { name })));
        withinLimits(texts);
        expect(texts.length).toBeGreaterThan(1);
        expect(texts.map((text) => text.split("\n")[0])).toEqual(texts.map((_, index) => markerOf("dev", index + 1)));
        const told = new Set(texts.join("\n").match(/name-\d+-/g));
        expect(told.size).toBe(2000);
    });

    test("each of its own shape and in letters of four bytes, it fits into one that says what it leaves out", () => {
        let count = 0;
        const texts = comments(
            many((name) => {
                count += 1;
                return change(account, [{}, {}], { name, changes: [turned(`p${count}`, "🦊".repeat(40), "🐙")] });
            }),
        );
        expect(texts).toHaveLength(1);
        withinLimits(texts);
        expect(texts[0]).toMatch(/\d+ more groups of changes: see the page/);
        expect(texts[0]).toContain("</details>");
    });

    test("with a finding each, refusals come before advice", () => {
        const preview = many((name) => change(group, [undefined, {}], { name }));
        const findings = preview.resources.map(({ urn }, index) => ({
            ...{ pack: "p", packVersion: "1", policy: "rule", urn, message: "says much ".repeat(100) },
            level: index === 1999 ? ("mandatory" as const) : ("advisory" as const),
        }));
        const texts = comments({ ...preview, findings });
        withinLimits(texts);
        expect(texts[0]?.match(/- \*\*(\w+)\*\*/)?.[1]).toBe("mandatory");
        expect(texts[0]).toMatch(/\d+ more policy findings: see the page/);
    });
});

test("nothing in a name or a value is markup, a mention, a link or a direction of writing", () => {
    const hostile = "a|b`c`</details><script>x</script>@everyone https://evil.example \u202e\u0007\n# head ``` :tada:";
    const text = comment(
        change(vault, [{}, undefined], { name: hostile }),
        change(group, [{}, {}], { changes: [turned(hostile, hostile, "b")] }),
    );
    expect(text).not.toContain("<script>");
    expect(text).not.toContain("@everyone");
    expect(text).not.toContain("https://evil");
    expect(text).not.toMatch(/[\u202e]|\p{Cc}(?<!\n)/u);
    expect(text.match(/<details>/g)?.length).toBe(text.match(/<\/details>/g)?.length);
    expect(text.match(/^```/gm)).toHaveLength(2);
    expect(text).not.toMatch(/^# /m);
    // A bar in a cell would be one column more.
    const columns = (line: string): number => line.split("|").length;
    const [head = "", row = ""] = text.split("\n").filter((line) => /^\| {2}\| What|^\| delete/.test(line));
    expect(columns(row)).toBe(columns(head));
});

test("the same change gives the same comment, in whatever order the engine tells it", () => {
    const all = [
        change(group, [undefined, {}], { name: "one" }),
        change(vault, [{}, undefined]),
        change(group, [undefined, {}], { name: "two" }),
        change(subnet, [undefined, {}], { state: { dependencies: [urnOf(group, "one")] } }),
    ];
    expect(comment(...all)).toBe(comment(...[...all].reverse()));
});
