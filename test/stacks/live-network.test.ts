import { liveConfig } from "../live-config";
import { compiled, CompiledProject } from "../plain-pulumi/compiled-project";
import { corporateSettings, faultsOf, type Kinds } from "./network-kinds";

// The network of an environment goes from each right combination to the next on the real engine, and away in the end: what
// one way out or hub is made of gives way to the next in the order that Azure needs. Without the cluster, which keeps its
// way out and its zone for life, so that one network can walk through all of them.
jest.setTimeout(300_000);

const program = `
const { ResourceGroup } = require("@pulumi/azure-native/resources/resourceGroup");
const { dropApiVersionAliases } = require(${compiled("stacks/api-version-aliases.js")});
const { corporateNetwork } = require(${compiled("stacks/foundation/network.js")});
const { hubTeamOutputs } = require(${compiled("stacks/foundation/hub-team.js")});
const { loadSettings } = require(${compiled("stacks/settings.js")});
module.exports = () => {
    const settings = loadSettings();
    dropApiVersionAliases();
    const { naming, location } = settings;
    const group = new ResourceGroup("group", { resourceGroupName: "rg-network", location });
    const at = { naming, location, resourceGroupName: group.name, tags: {} };
    const { network } = corporateNetwork(settings, at);
    return hubTeamOutputs(settings, network.virtualNetworkId);
};
`;

const hub = { resourceGroupName: "rg-hub", virtualNetworkName: "vnet-hub" };
/** Of a virtual WAN, whose peerings are in the network though nobody here made them. */
const virtualHub =
    "/subscriptions/99999999-9999-4999-8999-999999999999/resourceGroups/wan/providers/Microsoft.Network/virtualNetworks/hub";

/** Right combinations in which every way out meets every hub that it goes with, and every keeper of zones is there once. */
const walk = coveringWalk();

let project: CompiledProject;
beforeAll(async () => {
    project = await CompiledProject.open(liveConfig, program);
    const { azure } = project.sandbox;
    await azure.put("azure-native:resources:ResourceGroup", { resourceGroupName: "rg-hub", location: "swedencentral" });
    await azure.put("azure-native:network:VirtualNetwork", {
        ...{ ...hub, location: "swedencentral", addressSpace: { addressPrefixes: ["10.0.0.0/16"] } },
    });
});
afterAll(() => project.close());

const named = (token: string): Record<string, unknown>[] =>
    project.sandbox.azure.list(`azure-native:network:${token}`).map(({ inputs }) => inputs);

test.each(walk)("$name", async ({ kinds, network }) => {
    project.configure({ ...liveConfig, ...network });
    const up = await project.pulumi("up", "-s", "dev", "--yes", "--skip-preview");
    if (up.code !== 0) throw new Error(up.output);
    if (named("VirtualNetworkPeering").length === 0) await joinFromVirtualHub();
    const { egress } = kinds;
    expect(named("NatGateway")).toHaveLength(egress === "NAT gateway" ? 1 : 0);
    expect(named("AzureFirewall")).toHaveLength(egress === "own firewall" ? 1 : 0);
    expect(named("PublicIPAddress")).toHaveLength(egress === "hub's firewall" ? 0 : 1);
    const hops = { "NAT gateway": [], "own firewall": ["10.20.8.4"], "hub's firewall": ["10.0.1.4"] }[egress];
    // The default route, and one for each block behind a hub: a default route does not lead to private addresses.
    expect([...new Set(named("Route").map(({ nextHopIpAddress }) => nextHopIpAddress))]).toEqual(hops);
    expect(named("Route").filter(({ addressPrefix }) => addressPrefix === "0.0.0.0/0")).toHaveLength(hops.length);
    expect(named("RouteTable")[0]?.disableBgpRoutePropagation).toBe(egress !== "NAT gateway");
    const ours = named("VirtualNetworkPeering").filter(({ virtualNetworkPeeringName: name }) => name === "to-hub");
    expect(ours).toHaveLength(kinds.hub.startsWith("hub of") ? 1 : 0);
});

test("goes away whole, and leaves the hub as it was", async () => {
    const destroy = await project.pulumi("destroy", "-s", "dev", "--yes", "--skip-preview");
    expect(destroy.code).toBe(0);
    expect(project.sandbox.azure.list().map(({ token }) => token.split(":").at(-1))).toEqual([
        "ResourceGroup",
        "VirtualNetwork",
    ]);
});

async function joinFromVirtualHub(): Promise<void> {
    const [own] = named("VirtualNetwork").filter(({ virtualNetworkName }) => virtualNetworkName !== "vnet-hub");
    await project.sandbox.azure.put("azure-native:network:VirtualNetworkPeering", {
        ...{ resourceGroupName: "rg-network", virtualNetworkName: own?.virtualNetworkName },
        ...{ virtualNetworkPeeringName: "from-virtual-hub", remoteVirtualNetwork: { id: virtualHub } },
    });
}

function coveringWalk(): typeof corporateSettings {
    // Ways to on-premises of our own have a live test of their own: live-hybrid.test.ts.
    const right = corporateSettings.filter(({ kinds }) => kinds.hybrid === "no hybrid" && faultsOf(kinds).length === 0);
    const met = ({ egress, hub: joined, dns }: Kinds): string[] => [`${egress} ${joined}`, dns];
    const missing = new Set(right.flatMap(({ kinds }) => met(kinds)));
    const steps: (typeof right)[number][] = [];
    while (missing.size > 0) {
        const gain = ({ kinds }: (typeof right)[number]): number =>
            met(kinds).filter((pair) => missing.has(pair)).length;
        const [best] = [...right].sort((a, b) => gain(b) - gain(a));
        if (best === undefined) break;
        steps.push(best);
        for (const pair of met(best.kinds)) missing.delete(pair);
    }
    return steps;
}
