import * as pulumi from "@pulumi/pulumi";
import { pathFault } from "../../../components/network/hub-path";
import { HubPeering, hubFaults, peerBackCommand, type HubPeeringArgs } from "../../../components/network/hub-peering";
import { Network, type NetworkArgs } from "../../../components/network/network";
import { all, only, value } from "../../mocks";
import { place } from "../place";

const ours = place.naming.subscriptionId;
const theirs = "33333333-3333-4333-8333-333333333333";
const hubId = (subscription: string): string =>
    `/subscriptions/${subscription}/resourceGroups/rg-hub/providers/Microsoft.Network/virtualNetworks/vnet-hub`;
const hub = { virtualNetworkId: hubId(theirs), addressSpaces: ["10.0.0.0/16"] };
const networkId = `/subscriptions/${ours}/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/vnet`;

class Before extends pulumi.ComponentResource {
    constructor() {
        super("test:Before", "before");
    }
}
const args = (more: Partial<HubPeeringArgs["hub"]> = {}): HubPeeringArgs => ({
    ...{ resourceGroupName: "rg", virtualNetworkName: "vnet", virtualNetworkId: networkId, subscriptionId: ours },
    ...{ hub: { ...hub, ...more }, after: new Before() },
});
const alone: NetworkArgs = {
    ...place,
    ...{ addressBlock: "10.20.0.0/20", podCidr: "10.244.0.0/16", zones: ["1", "2", "3"] },
    egress: { kind: "hubFirewall", nextHopIpAddress: "10.0.1.4" },
};
const network: NetworkArgs = { ...alone, hub };
const built = async (more: Partial<NetworkArgs> = {}): Promise<Network> => {
    const made = new Network("network", { ...network, ...more });
    await value(made.egress.ready);
    return made;
};

test("our side lets in what the hub hands on, and lends no gateway", async () => {
    await value(new HubPeering("hub", args()).ready);
    expect(only("network:VirtualNetworkPeering").inputs).toMatchObject({
        ...{
            virtualNetworkName: "vnet",
            virtualNetworkPeeringName: "to-hub",
            remoteVirtualNetwork: { id: hubId(theirs) },
        },
        ...{ allowVirtualNetworkAccess: true, allowForwardedTraffic: true },
        ...{ allowGatewayTransit: false, useRemoteGateways: false },
    });
});

test("in one subscription the hub's side is made too, and first: its gateway is used only once it is lent", async () => {
    await value(
        new HubPeering("hub", args({ virtualNetworkId: hubId(ours), useGateways: true, peerBack: true })).ready,
    );
    expect(only("network:VirtualNetworkPeering", "hub-back").inputs).toMatchObject({
        ...{ resourceGroupName: "rg-hub", virtualNetworkName: "vnet-hub", virtualNetworkPeeringName: "to-vnet" },
        ...{ remoteVirtualNetwork: { id: networkId }, allowGatewayTransit: true, useRemoteGateways: false },
    });
    const own = only("network:VirtualNetworkPeering", "hub");
    expect(own.inputs.useRemoteGateways).toBe(true);
    expect(own.options.dependsOn.some((urn) => urn.endsWith("::hub-back"))).toBe(true);
});

test("a refresh after the other side was made shows no change, another hub is another peering", async () => {
    await value(new HubPeering("hub", args()).ready);
    const { options } = only("network:VirtualNetworkPeering");
    expect(options.ignoreChanges).toEqual(expect.arrayContaining(["peeringState", "peeringSyncLevel"]));
    expect(options.replaceOnChanges).toEqual(["remoteVirtualNetwork.id"]);
    expect(options.deleteBeforeReplace).toBe(true);
});

test("the hub's team is given the exact command for its side", () => {
    expect(peerBackCommand({ ...hub, useGateways: true }, networkId)).toBe(
        `az network vnet peering create --subscription ${theirs} --resource-group rg-hub --vnet-name vnet-hub ` +
            `--name to-vnet --remote-vnet ${networkId} --allow-vnet-access --allow-gateway-transit`,
    );
    expect(peerBackCommand(hub, networkId)).not.toContain("gateway");
});

test("behind a hub's firewall nothing of ours faces the internet, and no learned route leads around it", async () => {
    const made = await built();
    expect(made.egress.outboundType).toBe("userDefinedRouting");
    expect(await value(made.egress.publicIpAddresses)).toEqual([]);
    for (const type of ["PublicIPAddress", "AzureFirewall", "NatGateway"]) expect(all(`network:${type}`)).toEqual([]);
    expect(only("network:RouteTable").inputs.disableBgpRoutePropagation).toBe(true);
    expect(only("network:Route").inputs).toMatchObject({
        ...{ addressPrefix: "0.0.0.0/0", nextHopType: "VirtualAppliance", nextHopIpAddress: "10.0.1.4" },
    });
    expect(all("network:Subnet").map(({ inputs }) => inputs.subnetName)).not.toContain("AzureFirewallSubnet");
});

test("the default route comes after the peering, which comes after the subnets, and only when the hub is reached", async () => {
    await built();
    const peering = only("network:VirtualNetworkPeering").options.dependsOn;
    expect(peering.some((urn) => urn.endsWith("::network-agents"))).toBe(true);
    const { dependsOn, hooks } = only("network:Route").options;
    expect(dependsOn.some((urn) => urn.includes("VirtualNetworkPeering"))).toBe(true);
    expect(hooks).toEqual(["network-egress-path"]);
});

test("a hub whose team joins the networks gets no peering from here", async () => {
    await built({ hub: { addressSpaces: ["10.0.0.0/16"] } });
    expect(all("network:VirtualNetworkPeering")).toEqual([]);
});

test("with a firewall of our own, the peering is made before it keeps the network busy", async () => {
    await built({ egress: { kind: "firewall", tier: "Standard" } });
    const { dependsOn } = only("network:AzureFirewall").options;
    expect(dependsOn.some((urn) => urn.includes("VirtualNetworkPeering"))).toBe(true);
});

describe("the way to the hub's firewall", () => {
    const peering = (peeringState: string, id = hubId(theirs)): object => ({
        peeringState,
        remoteVirtualNetwork: { id },
    });

    test.each<[string, object[]]>([
        ["with the hub as it is named", [peering("Connected")]],
        ["with the hub in other letters", [peering("Connected", hubId(theirs).toUpperCase())]],
    ])("is there over a connected peering %s", (_, peerings) => {
        expect(pathFault("egress", hub, networkId, peerings)).toBeUndefined();
    });

    test.each<[string, object[]]>([
        ["missing", []],
        ["Initiated", [peering("Initiated")]],
        ["Disconnected", [peering("Disconnected")]],
        ["missing", [peering("Connected", hubId(ours))]],
    ])("is not there while the peering is %s, and the error says who runs what", (state, peerings) => {
        const fault = pathFault("egress", hub, networkId, peerings);
        expect(fault).toContain(`egress: the hub's firewall cannot be reached, the peering is ${state}.`);
        expect(fault).toContain("The hub's team runs: az network vnet peering create --subscription 33333333");
    });

    test("is whatever peering the hub's team makes, when it is theirs to make", () => {
        const joined = { addressSpaces: ["10.0.0.0/16"] };
        expect(pathFault("egress", joined, networkId, [peering("Connected", "/any")])).toBeUndefined();
        expect(pathFault("egress", joined, networkId, [])).toContain(`The hub's team joins ${networkId} to the hub`);
    });
});

test.each<[object, string]>([
    [{ virtualNetworkId: "hub" }, 'hub.virtualNetworkId must be the full id of a virtual network, got "hub"'],
    [{ addressSpaces: [] }, "hub.addressSpaces must hold the hub's address blocks"],
    [{ peerBack: true }, "hub.peerBack must be false for a hub of another subscription"],
])("refuses %j before anything is registered", (change, message) => {
    expect(hubFaults("hub", { ...hub, ...change }, ours).join()).toContain(message);
    expect(() => new Network("network", { ...network, hub: { ...hub, ...change } })).toThrow(message);
    expect(all("network:VirtualNetwork")).toEqual([]);
});

test("refuses a hub's firewall without a hub", () => {
    expect(() => new Network("network", alone)).toThrow("hub is missing: its firewall is the way out");
});
