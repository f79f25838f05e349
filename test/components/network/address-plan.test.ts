import { addressFaults, planAddresses, reservedRanges, subnetRoles } from "../../../components/network/address-plan";
import { inside, overlap, parseCidr, size, usableAddresses, type Cidr } from "../../../components/network/cidr";

const cidr = (text: string): Cidr => {
    const parsed = parseCidr(text);
    if (parsed === undefined) throw new Error(`not a block: ${text}`);
    return parsed;
};

test("divides a /20 so that a reviewer can check it", () => {
    expect(planAddresses("10.20.0.0/20")).toEqual({
        nodes: "10.20.0.0/21",
        firewall: "10.20.8.0/26",
        firewallManagement: "10.20.9.0/26",
        privateEndpoints: "10.20.10.0/24",
        agents: "10.20.11.0/24",
        ingress: "10.20.12.0/24",
        gateway: "10.20.13.0/26",
        resolverInbound: "10.20.13.128/28",
        resolverOutbound: "10.20.13.192/28",
        apiServer: "10.20.14.0/28",
    });
});

/** Blocks of every allowed size, at the start, in the middle and at the end of the private ranges. */
const blocks = [16, 17, 18, 19, 20, 21, 22].flatMap((prefix) =>
    ["10.0.0.0", "10.64.0.0", "172.16.0.0", "172.24.0.0", "192.168.0.0", "100.64.0.0"].map(
        (start) => `${start}/${prefix}`,
    ),
);

describe.each(blocks)("of %s", (block) => {
    const plan = planAddresses(block);
    const subnets = Object.values(plan).map(cidr);

    test("every subnet lies in the block and none overlaps another", () => {
        for (const [index, subnet] of subnets.entries()) {
            expect(inside(subnet, cidr(block))).toBe(true);
            for (const other of subnets.slice(index + 1)) expect(overlap(subnet, other)).toBe(false);
        }
    });

    test("every subnet has the size Azure asks for", () => {
        expect(cidr(plan.apiServer).prefix).toBe(28);
        expect(cidr(plan.firewall).prefix).toBe(26);
        expect(cidr(plan.firewallManagement).prefix).toBe(26);
        expect(cidr(plan.gateway).prefix).toBeLessThanOrEqual(27);
        for (const role of ["resolverInbound", "resolverOutbound"] as const) expect(cidr(plan[role]).prefix).toBe(28);
        expect(cidr(plan.privateEndpoints).prefix).toBeLessThanOrEqual(26);
        expect(size(cidr(plan.nodes))).toBe(size(cidr(block)) / 2);
    });

    test("the same block gives the same plan, and a tenth of it stays free for roles to come", () => {
        expect(planAddresses(block)).toEqual(plan);
        expect(Object.keys(plan)).toEqual([...subnetRoles]);
        const last = Math.max(...subnets.map((subnet) => subnet.first + size(subnet)));
        expect(cidr(block).first + size(cidr(block)) - last).toBeGreaterThanOrEqual(size(cidr(block)) / 10);
    });
});

test.each([
    ["10.20.0.0", "must be an IPv4 block at its first address"],
    ["10.20.0.1/20", "must be an IPv4 block at its first address"],
    ["10.300.0.0/20", "must be an IPv4 block at its first address"],
    ["10.20.0.0/15", "must be a /16 to /22"],
    ["10.20.0.0/23", "must be a /16 to /22"],
    ["8.8.0.0/16", "must lie in 10.0.0.0/8"],
    ["172.30.0.0/16", "must not overlap 172.30.0.0/16, which AKS keeps"],
    ["172.31.4.0/22", "must not overlap 172.31.0.0/16, which AKS keeps"],
])("refuses %s", (block, message) => {
    expect(addressFaults("addressBlock", block).join("; ")).toContain(`addressBlock ${message}`);
    expect(() => planAddresses(block)).toThrow(message);
});

test("the ranges that AKS keeps are stated as blocks", () => {
    for (const range of reservedRanges) expect(parseCidr(range)).toBeDefined();
});

test("Azure keeps five addresses of each subnet", () => {
    expect(usableAddresses(cidr("10.0.0.0/28"))).toBe(11);
    expect(usableAddresses(cidr("10.0.0.0/29"))).toBe(3);
});
