import { Azure, sandboxSubscriptionId } from "../../../sandbox/azure/azure";
import type { Properties, ResourceType, Stored } from "../../../sandbox/azure/resource-type";
import { azureTypes } from "../../../sandbox/azure/types";
import { answer } from "./platform";

// Who may use whose gateway over a peering.

const group = `/subscriptions/${sandboxSubscriptionId}/resourceGroups/rg`;
const idOf = (name: string): string => `${group}/providers/Microsoft.Network/virtualNetworks/${name}`;
/** As far as peerings look at it: it is in a network. */
const gateway: ResourceType = {
    token: "azure-native:network:VirtualNetworkGateway",
    path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/virtualNetworkGateways/{virtualNetworkGatewayName}",
    ...{ forceNew: [], immutable: [], rules: [] },
    outputs: () => ({}),
};

let azure: Azure;
beforeEach(async () => {
    azure = Azure.open({ store: ":memory:", types: [...azureTypes, gateway] });
    await azure.put("azure-native:resources:ResourceGroup", { resourceGroupName: "rg", location: "swedencentral" });
    for (const [index, name] of ["vnet", "hub", "other"].entries())
        await put("VirtualNetwork", {
            ...{ virtualNetworkName: name, location: "swedencentral" },
            addressSpace: { addressPrefixes: [`10.${index}.0.0/16`] },
        });
});
afterEach(() => {
    azure.close();
});

const put = (type: string, inputs: Properties): Promise<Stored> =>
    azure.put(`azure-native:network:${type}`, { resourceGroupName: "rg", ...inputs });
const peer = (from: string, to: string, more: Properties = {}): Promise<Stored> =>
    put("VirtualNetworkPeering", {
        ...{ virtualNetworkName: from, virtualNetworkPeeringName: `to-${to}`, remoteVirtualNetwork: { id: idOf(to) } },
        ...more,
    });
const gatewayIn = (network: string): Promise<Stored> =>
    put("VirtualNetworkGateway", {
        virtualNetworkGatewayName: `vgw-${network}`,
        ipConfigurations: [{ name: "main", subnet: { id: `${idOf(network)}/subnets/GatewaySubnet` } }],
    });
const useGateways = { useRemoteGateways: true };
const lendGateways = { allowGatewayTransit: true };

test("a hub that has a gateway and lends it is used", async () => {
    await gatewayIn("hub");
    await peer("hub", "vnet", lendGateways);
    expect(await answer(peer("vnet", "hub", useGateways))).toBe("accepted");
});

test.each<[string, () => Promise<unknown>, string]>([
    ["a hub without a gateway", () => peer("hub", "vnet", lendGateways), "RemoteVnetHasNoGateways"],
    [
        "a hub that does not lend its gateway",
        async () => {
            await gatewayIn("hub");
            await peer("hub", "vnet");
        },
        "RemotePeeringAllowGatewayTransitIsFalse",
    ],
    ["a hub whose side is not made yet", () => gatewayIn("hub"), "RemotePeeringAllowGatewayTransitIsFalse"],
    [
        "a network with a gateway of its own",
        async () => {
            await gatewayIn("vnet");
            await gatewayIn("hub");
            await peer("hub", "vnet", lendGateways);
        },
        "VnetWithGatewayCannotUseRemoteGateways",
    ],
    [
        "two hubs at once",
        async () => {
            for (const hub of ["other", "hub"]) {
                await gatewayIn(hub);
                await peer(hub, "vnet", lendGateways);
            }
            await peer("vnet", "other", useGateways);
        },
        "OnlyOnePeeringCanUseRemoteGateways",
    ],
])("refuses the gateway of %s", async (_, prepare, code) => {
    await prepare();
    expect(await answer(peer("vnet", "hub", useGateways))).toBe(code);
});
