import * as fs from "node:fs";
import * as path from "node:path";
import { addressFaults } from "../../components/network/address-plan";
import { inside, overlap, parseCidr, type Cidr } from "../../components/network/cidr";
import { corporateBlock, divideBlock, environmentBlocks } from "../../stacks/address-blocks";
import { readSettings } from "../../stacks/settings";
import { environments } from "../../stacks/tiers";
import { dev } from "./good-settings";

const read = (block: string): Cidr => {
    const cidr = parseCidr(block);
    if (cidr === undefined) throw new Error(`${block} is no block`);
    return cidr;
};

test("every environment has a block of the corporate one that a network can take, and no two meet", () => {
    const blocks = environments.map((environment) => environmentBlocks[environment]);
    for (const [index, block] of blocks.entries()) {
        expect(addressFaults("block", block)).toEqual([]);
        expect(inside(read(block), read(corporateBlock))).toBe(true);
        for (const other of blocks.slice(index + 1)) expect(overlap(read(block), read(other))).toBe(false);
    }
});

test("committed stacks have the blocks that the declaration gives them", () => {
    const root = path.join(__dirname, "..", "..");
    const files = fs.readdirSync(root).filter((name) => /^Pulumi\.[\w-]+\.yaml$/.test(name));
    expect(files).toContain("Pulumi.dev.yaml");
    for (const file of files) {
        const text = fs.readFileSync(path.join(root, file), "utf8");
        const environment = environments.find((one) => text.includes(`mlplatform:environment: ${one}\n`));
        const stated = /^ *mlplatform:addressSpace: (\S+)$/m.exec(text)?.[1];
        if (environment !== undefined && stated !== undefined)
            expect([file, stated]).toEqual([file, environmentBlocks[environment]]);
    }
});

test("a stack that states no block gets its environment's", () => {
    expect(readSettings({ ...dev, "mlplatform:addressSpace": "" }).addressSpace).toBe(environmentBlocks.dev);
});

test("another share moves none", () => {
    const before = divideBlock("10.0.0.0/10", { a: { at: 0, width: 2 }, b: { at: 8, width: 8 } });
    const after = divideBlock("10.0.0.0/10", {
        a: { at: 0, width: 2 },
        b: { at: 8, width: 8 },
        c: { at: 2, width: 1 },
    });
    expect(before).toEqual({ a: "10.0.0.0/15", b: "10.8.0.0/13" });
    expect(after).toEqual({ ...before, c: "10.2.0.0/16" });
});

test.each([
    [{ a: { at: 0, width: 2 }, b: { at: 1, width: 1 } }, "b: must not overlap a, got 1 to 2"],
    [{ a: { at: 60, width: 8 } }, "a: width must be a power of two and at a multiple of it, got 60 and 8"],
    [{ a: { at: 0, width: 3 } }, "a: width must be a power of two and at a multiple of it, got 0 and 3"],
    [{ a: { at: 64, width: 1 } }, "a: must lie in the 64 parts of the block, got 64 to 65"],
])("refuses %j", (parts: Record<string, { at: number; width: number }>, message) => {
    expect(() => divideBlock("10.0.0.0/10", parts)).toThrow(message);
});
