import * as pulumi from "@pulumi/pulumi";
import { hubTeamCommands, hubTeamOutputs } from "../../stacks/foundation/hub-team";
import { readSettings, type Settings } from "../../stacks/settings";
import { dev, hubScopeId, hubZoneIds } from "./good-settings";

const networkId = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/vnet-mlp-dev-sdc";
const hubId =
    "/subscriptions/33333333-3333-4333-8333-333333333333/resourceGroups/rg-hub/providers/Microsoft.Network/virtualNetworks/vnet-hub";
const hub = { virtualNetworkId: hubId, addressSpaces: ["10.0.0.0/16"] };
const settings = (change: Record<string, unknown>): Settings =>
    readSettings({
        ...dev,
        ...Object.fromEntries(
            Object.entries(change).map(([key, value]) => [`mlplatform:${key}`, JSON.stringify(value)]),
        ),
    });
const zones = { dns: { mode: "hub", zoneIds: hubZoneIds }, monitoring: { privateLinkScopeId: hubScopeId } };

test("the hub's team is told to peer, and to link each zone but the one that AKS links itself", () => {
    const commands = hubTeamCommands(settings({ hub, ...zones }), networkId);
    expect(commands[0]).toContain("az network vnet peering create --subscription 33333333");
    expect(commands.slice(1)).toHaveLength(Object.keys(hubZoneIds).length - 1);
    expect(commands).toContain(
        "az network private-dns link vnet create --subscription 33333333-3333-4333-8333-333333333333 --resource-group hub " +
            `--zone-name privatelink.azurecr.io --name vnet-mlp-dev-sdc --virtual-network ${networkId} --registration-enabled false`,
    );
    expect(commands.join()).not.toContain("azmk8s.io");
});

test("with the hub's resolvers no zone is linked, with a hub that joins us nothing is peered", () => {
    expect(hubTeamCommands(settings({ hub, ...zones, dnsServers: ["10.0.2.4"] }), networkId)).toHaveLength(1);
    expect(hubTeamCommands(settings({ hub: { addressSpaces: ["10.0.0.0/16"] } }), networkId)).toEqual([]);
});

test("rules are among the outputs when the hub has the firewall, and nothing is without a hub", async () => {
    const read = (change: Record<string, unknown>): Promise<unknown> =>
        new Promise((done) => {
            pulumi.output(hubTeamOutputs(settings(change), pulumi.output(networkId))).apply(done);
        });
    const egress = { kind: "hubFirewall", nextHopIpAddress: "10.0.1.4" };
    const behind = (await read({ hub, egress })) as { hubTeam: { firewallRules: { name: string }[] } };
    expect(behind.hubTeam.firewallRules.map(({ name }) => name)).toContain("sign-in");
    expect(await read({ hub })).toMatchObject({ hubTeam: { firewallRules: [] } });
    expect(await read({})).toEqual({});
});

test.each<[Record<string, unknown>, string[]]>([
    [{}, []],
    [{ hub }, ["peerBack is off: the hub's team makes its side of the peering"]],
    [{ hub: { addressSpaces: ["10.0.0.0/16"] } }, ["no virtualNetworkId: the hub's team joins the networks"]],
    [zones, ["the hub's team links its zones to our network"]],
    [
        { hub, egress: { kind: "hubFirewall", nextHopIpAddress: "10.0.1.4" } },
        ["makes its side of the peering", "its team must allow what npx mlplatform firewall-rules prints"],
    ],
])("%j warns of what others must do", (change, said) => {
    const { warnings } = settings(change);
    expect(warnings).toHaveLength(said.length);
    for (const [index, warning] of warnings.entries()) expect(warning).toContain(said[index]);
});
