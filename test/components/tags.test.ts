import { platformTags, tagFaults } from "../../components/tags";

test("what the platform says of itself wins over what the config says", () => {
    expect(platformTags("mlp", "dev", { "cost-center": "42", environment: "prod" })).toEqual({
        ...{ "cost-center": "42", environment: "dev" },
        ...{ workload: "mlp", "managed-by": "pulumi" },
    });
});

const many = Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`tag-${index}`, "x"]));

test.each<[string, Record<string, string>, string]>([
    ["more than a storage account takes", many, "tags must hold at most 15 tags, got 16"],
    ["a long name", { ["n".repeat(129)]: "x" }, "a name must be 1 to 128 characters"],
    ["a long value", { owner: "v".repeat(257) }, "tags.owner must be at most 256 characters, got 257"],
    ["a character that Azure keeps", { "a/b": "x" }, 'must not contain any of <>%&\\?/, got "a/b"'],
    [
        "a prefix that Azure keeps",
        { "Microsoft-thing": "x" },
        '"Microsoft-thing" begins with a prefix that Azure keeps',
    ],
    ["two names that differ by case", { Owner: "a", owner: "b" }, '"owner" is there twice, but for its case'],
])("refuses %s", (_, tags, fault) => {
    expect(tagFaults("tags", tags).join("; ")).toContain(fault);
});

test("takes ordinary tags", () => {
    expect(tagFaults("tags", platformTags("mlp", "dev", { "cost-center": "42" }))).toEqual([]);
});
