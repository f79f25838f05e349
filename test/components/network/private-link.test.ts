import { PrivateDns, hubZoneFaults } from "../../../components/network/private-dns";
import { PrivateLink } from "../../../components/network/private-link";
import {
    privateLinkTargets,
    zoneNames,
    type PrivateLinkTargetKind,
} from "../../../components/network/private-link-targets";
import { all, only, value } from "../../mocks";
import { place, privateLink } from "../place";

const hubId = (zone: string): string =>
    `/subscriptions/33333333-3333-4333-8333-333333333333/resourceGroups/hub/providers/Microsoft.Network/privateDnsZones/${zone}`;

// https://learn.microsoft.com/azure/private-link/private-endpoint-dns
test.each<[PrivateLinkTargetKind, string, string[]]>([
    ["registry", "registry", ["privatelink.azurecr.io"]],
    ["vault", "vault", ["privatelink.vaultcore.azure.net"]],
    ["blob", "blob", ["privatelink.blob.core.windows.net"]],
    ["file", "file", ["privatelink.file.core.windows.net"]],
    ["dfs", "dfs", ["privatelink.dfs.core.windows.net"]],
    ["queue", "queue", ["privatelink.queue.core.windows.net"]],
    ["table", "table", ["privatelink.table.core.windows.net"]],
    ["workspace", "amlworkspace", ["privatelink.api.azureml.ms", "privatelink.notebooks.azure.net"]],
])("%s is reached through group %s, resolved in %j", async (target, groupId, zones) => {
    const args = { ...place, target, targetId: "/target", targetName: "thing", privateLink: privateLink(target) };
    await value(new PrivateLink("link", args).ready);
    expect(only("network:PrivateEndpoint").inputs).toMatchObject({
        privateEndpointName: `pep-thing-${groupId}`,
        subnet: { id: "/subnet" },
        privateLinkServiceConnections: [{ groupIds: [groupId], privateLinkServiceId: "/target" }],
    });
    const configs = only("network:PrivateDnsZoneGroup").inputs.privateDnsZoneConfigs as {
        privateDnsZoneId: string;
    }[];
    expect(configs.map(({ privateDnsZoneId }) => privateDnsZoneId)).toEqual(zones.map((zone) => `/id/dns-${zone}`));
});

test("an endpoint that would move is replaced, old one first as its name is taken", async () => {
    const args = {
        ...place,
        target: "vault",
        targetId: "/v",
        targetName: "v1",
        privateLink: privateLink("vault"),
    } as const;
    await value(new PrivateLink("link", args).ready);
    const { options } = only("network:PrivateEndpoint");
    expect(options.replaceOnChanges).toEqual(expect.arrayContaining(["privateLinkServiceConnections", "subnet"]));
    expect(options.deleteBeforeReplace).toBe(true);
});

test("an endpoint whose name would be too long is refused", () => {
    const targetName = "t".repeat(60);
    const args = { ...place, target: "vault", targetId: "/v", targetName, privateLink: privateLink("vault") } as const;
    expect(() => new PrivateLink("link", args)).toThrow("privateEndpoint name must be 2 to 64 characters");
});

describe("zones", () => {
    test("of our own are made once each, linked to the network, and given out when they are linked", async () => {
        const uses = ["vault", "blob", "monitor", "apiServer"] as const;
        const dns = new PrivateDns("dns", { ...place, virtualNetworkId: "/vnet", uses, zones: { kind: "own" } });
        const ids = dns.zoneIds("apiServer") ?? [];
        await Promise.all([...ids, ...(dns.zoneIds("monitor") ?? []), ...(dns.zoneIds("vault") ?? [])].map(value));
        const zones = all("privatedns:PrivateZone").map(({ inputs }) => inputs.privateZoneName);
        // Blob and monitor share one.
        expect(zones.filter((zone) => zone === "privatelink.blob.core.windows.net")).toHaveLength(1);
        expect(zones).toContain("private.swedencentral.azmk8s.io");
        expect(all("privatedns:VirtualNetworkLink")).toHaveLength(zones.length);
        for (const { inputs } of all("privatedns:VirtualNetworkLink"))
            expect(inputs).toMatchObject({
                location: "global",
                registrationEnabled: false,
                virtualNetwork: { id: "/vnet" },
            });
    });

    test("of a hub in another subscription are taken as they are", async () => {
        const [zone = ""] = zoneNames("vault", place.location);
        const zones = { kind: "hub", zoneIds: { [zone]: hubId(zone) } } as const;
        const dns = new PrivateDns("dns", { ...place, virtualNetworkId: "/vnet", uses: ["vault"], zones });
        const args = {
            ...place,
            target: "vault",
            targetId: "/v",
            targetName: "v1",
            privateLink: { subnetId: "/s", dns },
        } as const;
        await value(new PrivateLink("link", args).ready);
        expect(all("privatedns:PrivateZone")).toEqual([]);
        expect(only("network:PrivateDnsZoneGroup").inputs.privateDnsZoneConfigs).toEqual([
            { name: "privatelink-vaultcore-azure-net", privateDnsZoneId: hubId(zone) },
        ]);
    });

    test("left to policy get no zone and no zone group of ours, or the two would fight", async () => {
        const dns = new PrivateDns("dns", {
            ...place,
            virtualNetworkId: "/vnet",
            uses: ["vault"],
            zones: { kind: "policy" },
        });
        const args = {
            ...place,
            target: "vault",
            targetId: "/v",
            targetName: "v1",
            privateLink: { subnetId: "/s", dns },
        } as const;
        await expect(value(new PrivateLink("link", args).ready)).resolves.toBe("/id/link");
        expect(all("privatedns:PrivateZone")).toEqual([]);
        expect(all("network:PrivateDnsZoneGroup")).toEqual([]);
    });

    test.each([
        [{}, "zones must hold the id of privatelink.vaultcore.azure.net"],
        [
            { "privatelink.vaultcore.azure.net": "privatelink.vaultcore.azure.net" },
            "must be the full id of the private DNS zone privatelink.vaultcore.azure.net",
        ],
        [
            { "privatelink.vaultcore.azure.net": hubId("privatelink.azurecr.io") },
            "must be the full id of the private DNS zone",
        ],
    ])("of a hub given as %j are refused", (zoneIds, message) => {
        expect(hubZoneFaults("zones", zoneNames("vault", place.location), zoneIds).join("; ")).toContain(message);
        const zones = { kind: "hub", zoneIds } as const;
        expect(() => new PrivateDns("dns", { ...place, virtualNetworkId: "/vnet", uses: ["vault"], zones })).toThrow(
            "privatelink.vaultcore.azure.net",
        );
    });

    test("that were not asked for are missed by name", () => {
        const dns = new PrivateDns("dns", {
            ...place,
            virtualNetworkId: "/vnet",
            uses: ["vault"],
            zones: { kind: "own" },
        });
        expect(() => dns.zoneIds("registry")).toThrow('uses must hold "registry"');
    });
});

test("a cluster with API-server VNet integration is resolved in private., not privatelink.", () => {
    expect(zoneNames("apiServer", "westeurope")).toEqual(["private.westeurope.azmk8s.io"]);
    expect(Object.keys(privateLinkTargets)).not.toContain("cluster");
});
