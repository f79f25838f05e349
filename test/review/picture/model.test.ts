import type { GraphResource } from "../../../review/picture/graph";
import { pictureOf } from "../../../review/picture/model";
import type { Picture, Shape } from "../../../review/picture/picture";
import { resource, smallStack, urn } from "./small-stack";

const picture = pictureOf("dev", smallStack);

function shape(title: string, { shapes }: Picture = picture): Shape {
    const found = shapes.find((candidate) => candidate.title === title);
    if (!found) throw new Error(`no "${title}" among ${shapes.map((each) => each.title).join(", ")}`);
    return found;
}

function ways({ shapes, flows }: Picture = picture): string[] {
    const titles = new Map(shapes.map(({ id, title }) => [id, title]));
    return flows.map(({ from, to, kind, label, both }) => {
        const arrow = both === true ? "<->" : "->";
        return `${titles.get(from) ?? from} ${arrow} ${titles.get(to) ?? to}: ${[kind, label].filter(Boolean).join(" ")}`;
    });
}

/** URNs that the picture shows or counts. */
function told({ shapes, flows, also }: Picture): Set<string> {
    return new Set([...shapes, ...flows, ...also].flatMap(({ resources }) => resources));
}

test("subnets lie in their network, endpoints in their subnet, keys in their vault, services in their group", () => {
    const frameOf = (title: string): string | undefined =>
        picture.shapes.find(({ id }) => id === shape(title).inside)?.title;
    expect(frameOf("Subnet nodes")).toBe("Virtual network");
    expect(frameOf("blob, file")).toBe("Subnet endpoints");
    expect(frameOf("Key key-storage")).toBe("Key vault");
    expect(frameOf("Storage")).toBe("Resource group rg-x");
    expect(frameOf("NAT gateway")).toBeUndefined();
});

test("ways are those that the resources state: rules with ports, the way out, endpoints to services, keys", () => {
    expect(ways().sort()).toEqual([
        "Key key-storage -> Storage: encrypts",
        "NAT gateway -> Internet: egress",
        "Other networks -> Subnet endpoints: allowed 22",
        "Subnet nodes -> NAT gateway: egress",
        "Subnet nodes -> Subnet endpoints: allowed 443",
        "blob, file -> Storage: privateLink",
    ]);
});

test("a subnet says when anything in the network may reach it", () => {
    expect(shape("Subnet nodes").lines).toContain("open inside the network");
    expect(shape("Subnet endpoints").lines).not.toContain("open inside the network");
});

test("what belongs to a service is told on it, what only fills a picture is counted", () => {
    expect(shape("Storage").lines).toEqual(["stx", "no public access", "2 containers"]);
    expect(picture.also.map(({ text }) => text)).toEqual(["1 role assignment"]);
});

test("rules in both directions are one line, with the ports of both", () => {
    const back = {
        ...{ name: "allow-endpoints", access: "Allow", direction: "Inbound", destinationPortRanges: ["80", "81"] },
        sourceAddressPrefix: "10.0.1.0/24",
    };
    const both = smallStack.map((each) =>
        each.urn === urn("network:NetworkSecurityGroup", "nodes")
            ? { ...each, inputs: { securityRules: [back] } }
            : each,
    );
    expect(ways(pictureOf("dev", both))).toContainEqual(
        expect.stringMatching(/^Subnet \w+ <-> Subnet \w+: allowed (443, 80, 81|80, 81, 443)$/),
    );
});

describe("other networks", () => {
    const route: GraphResource[] = [
        resource("network:RouteTable", "table"),
        resource(
            "network:Route",
            "default",
            { addressPrefix: "0.0.0.0/0", nextHopIpAddress: "10.9.0.4" },
            { routeTableName: [["network:RouteTable", "table"]] },
        ),
        resource(
            "network:Subnet",
            "routed",
            { subnetName: "routed", addressPrefix: "10.0.2.0/24" },
            {
                virtualNetworkName: [["network:VirtualNetwork", "net"]],
                routeTable: [["network:RouteTable", "table"]],
            },
        ),
    ];
    const hubId = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/vnet-hub";
    const peering = resource(
        "network:VirtualNetworkPeering",
        "hub",
        { remoteVirtualNetwork: { id: hubId } },
        { virtualNetworkName: [["network:VirtualNetwork", "net"]] },
    );

    test("a route to an address that is not ours leads to the peered hub", () => {
        const drawn = pictureOf("dev", [...smallStack, ...route, peering]);
        expect(ways(drawn)).toEqual(
            expect.arrayContaining([
                "Corporate hub <-> Virtual network: joined peered",
                "Subnet routed -> Corporate hub: egress",
            ]),
        );
        expect(shape("Corporate hub", drawn).lines).toEqual(["vnet-hub", "way out through its firewall"]);
    });

    test("so does a route whose address waits for the peering", () => {
        const [table, , subnet] = route;
        const waiting = resource(
            "network:Route",
            "default",
            { addressPrefix: "0.0.0.0/0", nextHopIpAddress: "[unknown]" },
            {
                routeTableName: [["network:RouteTable", "table"]],
                nextHopIpAddress: [["network:VirtualNetworkPeering", "hub"]],
            },
        );
        const parts = [table, subnet].filter((part) => part !== undefined);
        const drawn = pictureOf("dev", [...smallStack, ...parts, waiting, peering]);
        expect(ways(drawn)).toContain("Subnet routed -> Corporate hub: egress");
    });

    test("a route to our firewall leads there, and the firewall says how many names it lets out to", () => {
        const firewall = [
            resource("network:FirewallPolicy", "policy"),
            resource(
                "network:FirewallPolicyRuleCollectionGroup",
                "rules",
                { ruleCollections: [{ rules: [{ targetFqdns: ["a.example", "b.example"] }, { fqdnTags: ["Tag"] }] }] },
                { firewallPolicyName: [["network:FirewallPolicy", "policy"]] },
            ),
            resource("network:AzureFirewall", "fw", {}, { firewallPolicy: [["network:FirewallPolicy", "policy"]] }),
        ];
        const [table, , subnet] = route;
        const own = resource(
            "network:Route",
            "default",
            { addressPrefix: "0.0.0.0/0", nextHopIpAddress: "[unknown]" },
            {
                routeTableName: [["network:RouteTable", "table"]],
                nextHopIpAddress: [["network:AzureFirewall", "fw"]],
            },
        );
        const parts = [table, subnet].filter((part) => part !== undefined);
        const drawn = pictureOf("dev", [...smallStack, ...parts, own, ...firewall]);
        expect(ways(drawn)).toEqual(
            expect.arrayContaining(["Subnet routed -> Firewall: egress", "Firewall -> Internet: egress"]),
        );
        expect(shape("Firewall", drawn).lines).toEqual(["lets out to 2 names", "and Tag"]);
        expect(told(drawn)).toContain(urn("network:FirewallPolicyRuleCollectionGroup", "rules"));
    });

    test("a tunnel leads to the place at its other end, and its blocks are known by that place's name", () => {
        const drawn = pictureOf("dev", [
            ...smallStack,
            resource("network:VirtualNetworkGateway", "vpn", { gatewayType: "Vpn" }),
            resource("network:LocalNetworkGateway", "office", {
                localNetworkAddressSpace: { addressPrefixes: ["192.168.0.0/16"] },
            }),
            resource(
                "network:VirtualNetworkGatewayConnection",
                "tunnel",
                { connectionType: "IPsec" },
                {
                    virtualNetworkGateway1: [["network:VirtualNetworkGateway", "vpn"]],
                    localNetworkGateway2: [["network:LocalNetworkGateway", "office"]],
                },
            ),
        ]);
        expect(ways(drawn)).toEqual(
            expect.arrayContaining([
                "On-premises <-> Gateway: joined IPsec",
                "On-premises -> Subnet endpoints: allowed 22",
            ]),
        );
    });
});

test("ports that all callers of a closed subnet share are told once, on the subnet", () => {
    const third = resource(
        "network:Subnet",
        "third",
        { subnetName: "snet-x-third", addressPrefix: "10.0.3.0/24" },
        { virtualNetworkName: [["network:VirtualNetwork", "net"]] },
    );
    const rules = [
        { name: "all", access: "Allow", sourceAddressPrefixes: ["10.0.0.0/24", "10.0.3.0/24"], port: "443" },
        { name: "deny", access: "Deny", sourceAddressPrefix: "VirtualNetwork", port: "*" },
    ].map(({ port, ...rule }) => ({ ...rule, direction: "Inbound", destinationPortRange: port }));
    const shared = smallStack.map((each) =>
        each.urn === urn("network:NetworkSecurityGroup", "endpoints")
            ? { ...each, inputs: { securityRules: rules } }
            : each,
    );
    const drawn = pictureOf("dev", [...shared, third]);
    expect(ways(drawn)).toEqual(
        expect.arrayContaining([
            "Subnet nodes -> Subnet endpoints: allowed",
            "Subnet third -> Subnet endpoints: allowed",
        ]),
    );
    expect(shape("Subnet endpoints", drawn).lines).toEqual(["10.0.1.0/24", "takes 443"]);
});

describe("what a private link scope and a managed service reach", () => {
    test("is told on the scope, and is a line from the service", () => {
        const drawn = pictureOf("dev", [
            resource("resources:ResourceGroup", "platform"),
            resource("monitor:PrivateLinkScope", "scope"),
            resource("operationalinsights:Workspace", "logs"),
            resource(
                "monitor:PrivateLinkScopedResource",
                "logs",
                {},
                {
                    scopeName: [["monitor:PrivateLinkScope", "scope"]],
                    linkedResourceId: [["operationalinsights:Workspace", "logs"]],
                },
            ),
            resource("dashboard:Grafana", "grafana"),
            resource("monitor:AzureMonitorWorkspace", "metrics"),
            resource(
                "dashboard:ManagedPrivateEndpoint",
                "metrics",
                {},
                {
                    workspaceName: [["dashboard:Grafana", "grafana"]],
                    privateLinkResourceId: [["monitor:AzureMonitorWorkspace", "metrics"]],
                },
            ),
        ]);
        expect(shape("Monitor private link scope", drawn).lines).toContain("leads to logs");
        expect(ways(drawn)).toEqual(["Grafana -> Managed Prometheus: privateLink"]);
    });
});

describe("nothing is lost", () => {
    const strange = [
        resource("quantum:Workspace", "a", {}, { resourceGroupName: [["resources:ResourceGroup", "platform"]] }),
        resource("quantum:Workspace", "b", {}, { resourceGroupName: [["resources:ResourceGroup", "platform"]] }),
        resource("quantum:Probe", "c", {}, { subnet: [["network:Subnet", "nodes"]] }),
        resource("storage:BlobContainer", "of-nobody"),
        resource("resources:ResourceGroup", "empty"),
        resource("network:VirtualNetworkGatewayConnection", "of-nobody"),
    ];

    test("each resource is drawn, told on what it belongs to, or counted, be its kind known or not", () => {
        const all = [...smallStack, ...strange];
        expect([...told(pictureOf("dev", all))].sort()).toEqual(all.map((each) => each.urn).sort());
    });

    test("kinds that the picture does not know are plain boxes where they lie, alike ones together", () => {
        const drawn = pictureOf("dev", [...smallStack, ...strange]);
        expect(shape("2 × Workspace", drawn).lines).toEqual(["a", "b"]);
        expect(shape("Probe", drawn).inside).toBe(urn("network:Subnet", "nodes"));
    });
});

test("the order in which resources are told makes no difference", () => {
    expect(pictureOf("dev", [...smallStack].reverse())).toEqual(picture);
});
