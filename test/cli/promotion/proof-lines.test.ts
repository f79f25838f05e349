import { join } from "node:path";
import { listedIn } from "../../../cli/promotion/promotion";
import { proofLines } from "../../../cli/promotion/proof-lines";

const root = join(__dirname, "..", "..", "..");
const type = "azure-native:network:Subnet";

test("a proof is printed with what is not listed first, and one example of each listed property", () => {
    const row = { type, path: "addressPrefix", by: "own addresses", reason: "networks of their own" } as const;
    const listed = ["a", "b"].map((name) => ({
        difference: {
            type,
            name,
            path: "addressPrefix",
            kind: "value",
            from: '"10.21.0.0/24"',
            to: '"10.22.0.0/24"',
        } as const,
        row,
    }));
    const unlisted = [
        { type, name: "c", path: "natGateway", kind: "value", from: '"x"', because: "it is none" } as const,
        { type, name: "d", kind: "effect", from: "update of a", to: "replace of a" } as const,
    ];
    expect(proofLines("staging", "prod", { compared: 4, listed, unlisted, unused: [row] })).toEqual([
        "4 resources that both have; 2 differences listed, 2 not",
        "Not listed:",
        "                                  staging      prod",
        '  network:Subnet c  natGateway    "x"          -             it is none',
        "  network:Subnet d  what is done  update of a  replace of a",
        "networks of their own: 2",
        '    2  addressPrefix  network:Subnet a  "10.21.0.0/24"  "10.22.0.0/24"',
        "Listed, and the same just now:",
        "  azure-native:network:Subnet addressPrefix",
    ]);
});

test("a promotion that nobody has listed is refused", () => {
    expect(listedIn(root, "staging", "prod").length).toBeGreaterThan(10);
    expect(() => listedIn(root, "dev", "prod")).toThrow(
        'promotion/differences.yaml has no promotion from "dev" to "prod"',
    );
    expect(() => listedIn(join(root, "docs"), "staging", "prod")).toThrow(/ENOENT/);
});
