import { contains, formatBlock, overlaps, parseAddress, parseBlock, usableAddresses } from "../../sandbox/azure/cidr";
import type { Block } from "../../sandbox/azure/cidr";
import { stableGuid } from "../../sandbox/azure/guid";
import { ancestorId, groupId, isAtOrBelow, nameOf, parentId, parseId, referencedIds } from "../../sandbox/azure/ids";

const group = "/subscriptions/s/resourceGroups/g";
const network = `${group}/providers/Microsoft.Network/virtualNetworks/v`;
const subnet = `${network}/subnets/n`;
const lock = `${subnet}/providers/Microsoft.Authorization/locks/l`;

test.each([
    [lock, subnet],
    [subnet, network],
    [network, group],
    [group, "/subscriptions/s"],
    ["/subscriptions/s", undefined],
])("the parent of %s is %s", (id, parent) => {
    expect(parentId(id)).toBe(parent);
});

test.each([
    [subnet, { type: "Microsoft.Network/virtualNetworks/subnets", name: "n", resourceGroupName: "g" }],
    [lock, { type: "Microsoft.Authorization/locks", name: "l", subscriptionId: "s" }],
    [group, { type: "", name: "g", provider: "" }],
])("%s is taken apart", (id, parts) => {
    expect(parseId(id)).toMatchObject(parts);
});

test.each(["", "subscriptions/s", "/subscriptions", "/subscriptions//resourceGroups/g"])("%j is no id", (text) => {
    expect(parseId(text)).toBeUndefined();
});

test("ids compare without regard to case, and by whole segments", () => {
    expect(isAtOrBelow(subnet.toUpperCase(), network)).toBe(true);
    expect(isAtOrBelow(network, network)).toBe(true);
    expect(isAtOrBelow(`${network}2`, network)).toBe(false);
});

test("finds name, group, ancestor and references", () => {
    expect(nameOf(subnet)).toBe("n");
    expect(groupId(lock)).toBe(group);
    expect(ancestorId(subnet, 1)).toBe(network);
    expect(referencedIds({ a: [{ id: subnet }], identities: { [network]: {} }, other: "x" })).toEqual([
        subnet,
        network,
    ]);
});

test("a stable GUID depends on the id and the purpose, and looks random", () => {
    expect(stableGuid(subnet, "principal")).toBe(stableGuid(subnet.toUpperCase(), "principal"));
    expect(stableGuid(subnet, "principal")).not.toBe(stableGuid(subnet, "client"));
    expect(stableGuid(subnet, "x")).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

const block = (text: string): Block => parseBlock(text) ?? { first: NaN, last: NaN, length: NaN };

test.each(["10.0.0.0", "10.0.0.0/33", "256.0.0.0/8", "10.0.0.1/24", "a.b.c.d/8"])("%s is no block", (text) => {
    expect(parseBlock(text)).toBeUndefined();
});

test("blocks know what they hold", () => {
    expect(formatBlock(block("255.255.255.0/24"))).toBe("255.255.255.0/24");
    expect(contains(block("10.0.0.0/8"), block("10.255.255.0/24"))).toBe(true);
    expect(contains(block("10.0.0.0/24"), block("10.0.0.0/23"))).toBe(false);
    expect(overlaps(block("10.0.0.0/24"), block("10.0.1.0/24"))).toBe(false);
    expect(overlaps(block("10.0.0.0/23"), block("10.0.1.0/24"))).toBe(true);
    expect(usableAddresses(block("10.0.0.0/28"))).toBe(11);
    expect(parseAddress("0.0.1.0")).toBe(256);
});
