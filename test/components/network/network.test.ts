import { Network, type NetworkArgs } from "../../../components/network/network";
import { all, only, runHook, seen, value } from "../../mocks";
import { place } from "../place";

const args: NetworkArgs = {
    ...place,
    ...{ addressBlock: "10.20.0.0/20", podCidr: "10.244.0.0/16", zones: ["1", "2", "3"] },
    egress: { kind: "natGateway" },
};
const built = async (more: Partial<NetworkArgs> = {}): Promise<Network> => {
    const network = new Network("network", { ...args, ...more });
    await Promise.all([...Object.values(network.subnetIds).map(value), value(network.egress.ready)]);
    return network;
};
interface Rule {
    name: string;
    access: string;
    protocol: string;
    sourceAddressPrefix?: string;
    sourceAddressPrefixes?: string[];
    destinationAddressPrefix?: string;
    destinationPortRange?: string;
    destinationPortRanges?: string[];
    priority: number;
}
const rules = (role: string): Rule[] =>
    only("network:NetworkSecurityGroup", `network-${role}`).inputs.securityRules as Rule[];

test("subnets are resources of their own: an update of the network must not delete them", async () => {
    await built();
    expect(only("network:VirtualNetwork").inputs).not.toHaveProperty("subnets");
    expect(only("network:RouteTable").inputs).not.toHaveProperty("routes");
    expect(all("network:Subnet").map(({ name, inputs }) => [name, inputs.addressPrefix])).toEqual([
        ["network-nodes", "10.20.0.0/21"],
        ["network-api-server", "10.20.14.0/28"],
        ["network-private-endpoints", "10.20.10.0/24"],
        ["network-ingress", "10.20.12.0/24"],
        ["network-agents", "10.20.11.0/24"],
    ]);
});

test("subnets are written one after the other, or Azure answers AnotherOperationInProgress", async () => {
    await built({ egress: { kind: "firewall", tier: "Standard" } });
    const subnets = all("network:Subnet");
    expect(subnets).toHaveLength(6);
    for (const [index, { options }] of subnets.entries())
        if (index > 0)
            expect(options.dependsOn.some((urn) => urn.endsWith(`::${subnets[index - 1]?.name ?? ""}`))).toBe(true);
});

test("the API server's subnet is a /28 delegated to AKS", async () => {
    await built();
    expect(only("network:Subnet", "network-api-server").inputs).toMatchObject({
        addressPrefix: "10.20.14.0/28",
        delegations: [{ serviceName: "Microsoft.ContainerService/managedClusters" }],
    });
});

test("nothing gets out by default, and nothing but what is delegated is left to a service", async () => {
    await built();
    for (const { name, inputs } of all("network:Subnet"))
        expect([name, inputs.defaultOutboundAccess]).toEqual([name, name === "network-api-server" ? undefined : false]);
});

test("security groups apply to private endpoints", async () => {
    await built();
    const { inputs } = only("network:Subnet", "network-private-endpoints");
    expect(inputs.privateEndpointNetworkPolicies).toBe("Enabled");
});

test("no subnet has a service endpoint, so that the one the Blob CSI driver adds shows as drift", async () => {
    await built();
    for (const { inputs } of all("network:Subnet")) expect(inputs.serviceEndpoints).toEqual([]);
});

describe("security groups", () => {
    test("let nodes reach the API server on 443 and 4443, and the load balancer probe it on 9988", async () => {
        await built();
        expect(rules("api-server")).toEqual([
            expect.objectContaining({ access: "Allow", destinationPortRanges: ["443", "4443"], protocol: "Tcp" }),
            expect.objectContaining({
                access: "Allow",
                sourceAddressPrefix: "AzureLoadBalancer",
                destinationPortRange: "9988",
            }),
            expect.objectContaining({ access: "Allow", sourceAddressPrefix: "10.20.14.0/28" }),
            expect.objectContaining({ access: "Deny", sourceAddressPrefix: "VirtualNetwork", priority: 4096 }),
        ]);
        expect(rules("api-server")[0]?.sourceAddressPrefixes).toContain("10.20.0.0/21");
    });

    test("let the offices reach the API server when they are named", async () => {
        await built({ apiServerClients: ["10.1.0.0/24"] });
        const clients = rules("api-server").find(({ name }) => name === "allow-clients");
        expect(clients).toMatchObject({ sourceAddressPrefix: "10.1.0.0/24", destinationPortRange: "443" });
    });

    test("let nobody of a joined network on to the nodes, but load balancers' probes", async () => {
        await built();
        expect(rules("nodes").map(({ name }) => name)).toEqual([
            "allow-nodes-and-pods",
            "allow-api-server",
            "allow-load-balancer",
            "deny-network",
        ]);
        expect(rules("nodes").at(-1)).toMatchObject({
            ...{ access: "Deny", sourceAddressPrefix: "VirtualNetwork", destinationAddressPrefix: "10.20.0.0/21" },
        });
    });

    test("let nodes and pods talk among each other, and deny no pod", async () => {
        await built();
        expect(rules("nodes")[0]).toMatchObject({
            access: "Allow",
            sourceAddressPrefixes: ["10.20.0.0/21", "10.244.0.0/16"],
        });
        const denied = all("network:NetworkSecurityGroup").flatMap(({ inputs }) =>
            (inputs.securityRules as Rule[]).filter(({ access }) => access === "Deny"),
        );
        expect(denied.length).toBeGreaterThan(0);
        for (const rule of denied) {
            expect(rule.destinationAddressPrefix).toMatch(/^10\.20\./);
            expect(rule.sourceAddressPrefix).toBe("VirtualNetwork");
        }
    });

    test("have rules with priorities of their own and lists without tags, as Azure asks", async () => {
        await built({ apiServerClients: ["10.1.0.0/24", "10.2.0.0/24"] });
        for (const { inputs } of all("network:NetworkSecurityGroup")) {
            const own = inputs.securityRules as Rule[];
            expect(new Set(own.map(({ priority }) => priority)).size).toBe(own.length);
            expect(new Set(own.map(({ name }) => name)).size).toBe(own.length);
            for (const { sourceAddressPrefixes = [] } of own)
                for (const prefix of sourceAddressPrefixes) expect(prefix).toMatch(/^[\d./]+$/);
        }
    });
});

test("with a NAT gateway, subnets that go out name it from their first day", async () => {
    const network = await built();
    expect(network.egress.outboundType).toBe("userAssignedNATGateway");
    const attached = all("network:Subnet").filter(({ inputs }) => "natGateway" in inputs);
    expect(attached.map(({ name }) => name)).toEqual(["network-nodes", "network-ingress", "network-agents"]);
    expect(all("network:AzureFirewall")).toEqual([]);
});

test("with a firewall, its subnet has Azure's name and no security group", async () => {
    const network = await built({ egress: { kind: "firewall", tier: "Standard" } });
    expect(network.egress.outboundType).toBe("userDefinedRouting");
    const { inputs } = only("network:Subnet", "network-firewall");
    expect(inputs).toMatchObject({ subnetName: "AzureFirewallSubnet", addressPrefix: "10.20.8.0/26" });
    expect(inputs).not.toHaveProperty("networkSecurityGroup");
    expect(inputs).not.toHaveProperty("routeTable");
    expect(only("network:RouteTable").inputs.disableBgpRoutePropagation).toBe(true);
    expect(all("network:NatGateway")).toEqual([]);
});

test.each([
    ["addressPrefix", { addressPrefix: "10.21.0.0/21" }],
    ["delegations", { delegations: [{ name: "other", serviceName: "Microsoft.Web/serverFarms" }] }],
    ["defaultOutboundAccess", { defaultOutboundAccess: true }],
])("a change of a subnet's %s is refused in the preview", async (path, change) => {
    await built();
    const { inputs } = only("network:Subnet", "network-nodes");
    const call = { oldInputs: inputs, newInputs: { ...inputs, ...change } };
    await expect(runHook("network-nodes-frozen", call)).rejects.toThrow(
        `network-nodes: ${path} cannot change in place`,
    );
    await runHook("network-nodes-frozen", {
        oldInputs: inputs,
        newInputs: { ...inputs, routeTable: { id: "/other" } },
    });
});

test("everything that takes tags has them, and nothing waits longer than Azure's slow days", async () => {
    await built({ egress: { kind: "firewall", tier: "Premium" } });
    const untagged = seen.filter(({ type, inputs }) => type.startsWith("azure-native:") && !("tags" in inputs));
    const types = new Set(untagged.map(({ type }) => type.split(":")[2]));
    expect(types).toEqual(new Set(["Subnet", "Route", "FirewallPolicyRuleCollectionGroup"]));
    for (const { type, options } of seen)
        if (type.startsWith("azure-native:")) expect(options.timeouts.create).toMatch(/^\d+m$/);
});

test("refuses every bad argument at once, before anything is registered", () => {
    const bad: NetworkArgs = {
        ...args,
        addressBlock: "10.20.0.0/24",
        egress: { kind: "natGateway", zone: "4", idleTimeoutMinutes: 3 },
    };
    expect(() => new Network("network", bad)).toThrow(
        /addressBlock must be a \/16 to \/22, got "10.20.0.0\/24"; egress.idleTimeoutMinutes .* got 3; egress.zone must be one of the zones 1, 2, 3, got "4"/,
    );
    expect(all("network:VirtualNetwork")).toEqual([]);
});
