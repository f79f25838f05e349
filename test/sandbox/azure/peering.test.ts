import type { Properties, Stored } from "../../../sandbox/azure/resource-type";
import { Estate, groupId, networkId } from "./estate";
import { answer } from "./platform";

const hubId = `${groupId}/providers/Microsoft.Network/virtualNetworks/hub`;
const foreignHub =
    "/subscriptions/99999999-9999-4999-8999-999999999999/resourceGroups/x/providers/Microsoft.Network/virtualNetworks/hub";
const stateOf = (id: string): unknown => estate.azure.get(id)?.outputs.peeringState;

let estate: Estate;
beforeEach(async () => {
    estate = await Estate.withNetwork();
    await network("hub", "10.1.0.0/16");
});
afterEach(() => {
    estate.close();
});

const network = (virtualNetworkName: string, ...addressPrefixes: string[]): Promise<Stored> =>
    estate.put("network:VirtualNetwork", { virtualNetworkName, addressSpace: { addressPrefixes } });
/** From `vnet` to the hub. */
const out = (over: Properties = {}): Promise<Stored> =>
    estate.put("network:VirtualNetworkPeering", {
        ...{ virtualNetworkName: "vnet", virtualNetworkPeeringName: "to-hub", remoteVirtualNetwork: { id: hubId } },
        ...over,
    });
/** From the hub to `vnet`. */
const back = (over: Properties = {}): Promise<Stored> =>
    estate.put("network:VirtualNetworkPeering", {
        ...{ virtualNetworkName: "hub", virtualNetworkPeeringName: "to-vnet", remoteVirtualNetwork: { id: networkId } },
        ...over,
    });

test("a peering is initiated until the other side is made, then both are connected", async () => {
    const ours = await out();
    expect(stateOf(ours.id)).toBe("Initiated");
    const theirs = await back();
    expect([ours, theirs].map(({ id }) => stateOf(id))).toEqual(["Connected", "Connected"]);
    expect(estate.azure.get(networkId)?.outputs.virtualNetworkPeerings).toMatchObject([
        { name: "to-hub", peeringState: "Connected", remoteVirtualNetwork: { id: hubId } },
    ]);
});

test("a hub of another subscription is taken to be there and to have made its side", async () => {
    const { id } = await out({ remoteVirtualNetwork: { id: foreignHub } });
    expect(stateOf(id)).toBe("Connected");
});

test.each<[string, Properties, string]>([
    ["no other network", { remoteVirtualNetwork: undefined }, "InvalidResourceReference"],
    ["a network that is not there", { remoteVirtualNetwork: { id: `${hubId}2` } }, "InvalidResourceReference"],
    ["a name that ends in a dot", { virtualNetworkPeeringName: "to-hub." }, "InvalidResourceName"],
    ["the hub's gateway where there is none", { useRemoteGateways: true }, "RemoteVnetHasNoGateways"],
    [
        "gateways lent and borrowed at once",
        { useRemoteGateways: true, allowGatewayTransit: true },
        "PeeringUseRemoteGatewaysAndAllowGatewayTransit",
    ],
])("refuses %s", async (_, over, code) => {
    expect(await answer(out(over))).toBe(code);
});

test("two peerings with one network are refused, and so is another network for a peering", async () => {
    await out();
    expect(await answer(out({ virtualNetworkPeeringName: "again" }))).toBe("AnotherPeeringAlreadyReferencesRemoteVnet");
    await network("other", "10.2.0.0/16");
    const other = { id: `${groupId}/providers/Microsoft.Network/virtualNetworks/other` };
    expect(await answer(out({ remoteVirtualNetwork: other }))).toBe("ChangingRemoteVirtualNetworkNotAllowed");
});

test("addresses must not meet: those of the hub, nor those of who hangs on it already", async () => {
    await network("hub", "10.0.128.0/17");
    expect(await answer(out())).toBe("VnetAddressSpacesOverlap");
    await network("hub", "10.1.0.0/16");
    await network("neighbour", "10.0.0.0/24");
    const neighbour = `${groupId}/providers/Microsoft.Network/virtualNetworks/neighbour`;
    await back({ virtualNetworkPeeringName: "to-neighbour", remoteVirtualNetwork: { id: neighbour } });
    expect(await answer(out())).toBe("VnetAddressSpaceOverlapsWithAlreadyPeeredVnet");
});

test("a peered network takes further addresses, but none of the other's, and the peering is synced by its next write", async () => {
    const ours = await out();
    await back();
    expect(await answer(network("hub", "10.1.0.0/16", "10.0.0.0/24"))).toBe(
        "VnetAddressSpaceOverlapsWithAlreadyPeeredVnet",
    );
    await network("hub", "10.1.0.0/16", "10.3.0.0/16");
    expect(estate.azure.get(ours.id)?.outputs).toMatchObject({
        peeringSyncLevel: "RemoteNotInSync",
        remoteAddressSpace: { addressPrefixes: ["10.1.0.0/16"] },
        remoteVirtualNetworkAddressSpace: { addressPrefixes: ["10.1.0.0/16", "10.3.0.0/16"] },
    });
    await out({ syncRemoteAddressSpace: "true" });
    expect(estate.azure.get(ours.id)?.outputs.peeringSyncLevel).toBe("FullyInSync");
});

test("the other side of a network that went and came again is disconnected, and must be made anew first", async () => {
    const theirs = await back();
    await out();
    await estate.azure.delete(networkId);
    expect(estate.azure.get(networkId)).toBeUndefined();
    expect(stateOf(theirs.id)).toBe("Disconnected");
    await estate.put("network:VirtualNetwork");
    expect(await answer(out())).toBe("RemotePeeringIsDisconnected");
    await estate.azure.delete(theirs.id);
    await back();
    expect(stateOf((await out()).id)).toBe("Connected");
});

test("a peering waits until the other network is settled", async () => {
    const subnet = estate.put("network:Subnet", { virtualNetworkName: "hub", addressPrefix: "10.1.0.0/24" });
    expect(await answer(out())).toBe("ReferencedResourceNotProvisioned");
    await subnet;
    expect(await answer(out())).toBe("accepted");
});

test("a network takes one write at a time, its peerings' among them", async () => {
    const [first, second] = [estate.put("network:Subnet"), out()];
    expect(await answer(second)).toBe("AnotherOperationInProgress");
    await first;
});
