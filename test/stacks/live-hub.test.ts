import { liveConfig } from "../live-config";
import { CompiledProject } from "../plain-pulumi/compiled-project";
import { hubScopeId, hubZoneIds } from "./good-settings";

// An environment behind a corporate hub's firewall comes up on the real engine once the hub's team has done its part, and goes
// away again, in the order that Azure needs.
jest.setTimeout(240_000);

const subscriptionId = liveConfig["azure-native:subscriptionId"];
const hubId = `/subscriptions/${subscriptionId}/resourceGroups/rg-hub/providers/Microsoft.Network/virtualNetworks/vnet-hub`;
const zoneId = hubZoneIds["private.swedencentral.azmk8s.io"];
const hubNetwork = { resourceGroupName: "rg-hub", virtualNetworkName: "vnet-hub" };

let project: CompiledProject;
beforeAll(async () => {
    project = await CompiledProject.open({
        ...liveConfig,
        "mlplatform:hub": { virtualNetworkId: hubId, addressSpaces: ["10.0.0.0/16"] },
        "mlplatform:egress": { kind: "hubFirewall", nextHopIpAddress: "10.0.1.4" },
        // In another subscription, as hubs' zones are.
        "mlplatform:dns": { mode: "hub", zoneIds: hubZoneIds, zoneRoleBy: "hub" },
        "mlplatform:dnsServers": ["10.0.2.4"],
        "mlplatform:monitoring": { privateLinkScopeId: hubScopeId },
    });
    const { azure } = project.sandbox;
    await azure.put("azure-native:resources:ResourceGroup", { resourceGroupName: "rg-hub", location: "swedencentral" });
    await azure.put("azure-native:network:VirtualNetwork", {
        ...{ ...hubNetwork, location: "swedencentral", addressSpace: { addressPrefixes: ["10.0.0.0/16"] } },
    });
});
afterAll(() => project.close());

const up = (): Promise<{ code: number; output: string }> =>
    project.pulumi("up", "-s", "dev", "--yes", "--skip-preview");
const kinds = (): string[] => project.sandbox.azure.list().map(({ token }) => token.split(":").at(-1) ?? "");

test("up stops before the cluster with the commands for the hub's team; once those have run, it goes on", async () => {
    const first = await up();
    expect(first.code).not.toBe(0);
    const said = first.output.replace(/\s+/g, " ");
    expect(said).toContain(
        "the hub's firewall cannot be reached, the peering is Initiated. The hub's team runs: az network",
    );
    expect(kinds()).not.toContain("ManagedCluster");
    expect(kinds()).not.toContain("Route");

    const network = project.sandbox.azure.list("azure-native:network:VirtualNetwork").find(({ id }) => id !== hubId);
    await project.sandbox.azure.put("azure-native:network:VirtualNetworkPeering", {
        ...{ ...hubNetwork, virtualNetworkPeeringName: "to-dev", remoteVirtualNetwork: { id: network?.id } },
        allowVirtualNetworkAccess: true,
    });
    const second = await up();
    expect(second.code).not.toBe(0);
    const asked = second.output.replace(/\s+/g, " ");
    expect(asked).toContain(
        "its identity has no role on the zone of the API server. The hub's team runs: az role assignment",
    );
    expect(kinds()).not.toContain("ManagedCluster");

    const [, roleAssignmentName, roleGuid = "", principalId] =
        /--name (\S+) --role (\S+) --assignee-object-id (\S+)/.exec(asked) ?? [];
    await project.sandbox.azure.put("azure-native:authorization:RoleAssignment", {
        ...{ scope: zoneId, roleAssignmentName, principalId, principalType: "ServicePrincipal" },
        roleDefinitionId: `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${roleGuid}`,
    });
    const third = await up();
    expect(third.output).toMatch(/\+ \d+ created/);
    expect(third.code).toBe(0);
});

test("nothing of it faces the internet, and the cluster goes out by the hub's firewall", () => {
    for (const kind of ["PublicIPAddress", "AzureFirewall", "NatGateway"]) expect(kinds()).not.toContain(kind);
    const [cluster] = project.sandbox.azure.list("azure-native:containerservice:ManagedCluster");
    expect(cluster?.inputs.networkProfile).toMatchObject({ outboundType: "userDefinedRouting" });
    const [route] = project.sandbox.azure.list("azure-native:network:Route");
    expect(route?.inputs).toMatchObject({ addressPrefix: "0.0.0.0/0", nextHopIpAddress: "10.0.1.4" });
});

test("a refresh that sees the hub's side has nothing to do there, and the hub is left behind as it was", async () => {
    // The cluster's pools show as after any refresh: docs/limits.md.
    const refreshed = await project.pulumi("preview", "-s", "dev", "--refresh");
    expect(refreshed.output).toMatch(/~ 1 to update\s+\d+ unchanged/);
    expect(refreshed.output).toMatch(/~ +azure-native:containerservice:ManagedCluster/);

    expect((await project.pulumi("destroy", "-s", "dev", "--yes", "--skip-preview")).code).toBe(0);
    expect(kinds().sort()).toEqual(["ResourceGroup", "RoleAssignment", "VirtualNetwork", "VirtualNetworkPeering"]);
});
