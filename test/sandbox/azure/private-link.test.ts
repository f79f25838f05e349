import { sandboxSubscriptionId, sandboxTenantId } from "../../../sandbox/azure/azure";
import type { Properties } from "../../../sandbox/azure/resource-type";
import { Estate, group, groupId, idOf, location, networkId, subnetId } from "./estate";
import { answer } from "./platform";

const accountId = `${groupId}/providers/Microsoft.Storage/storageAccounts/mldata`;
const vaultId = `${groupId}/providers/Microsoft.KeyVault/vaults/kv-ml`;
const registryId = `${groupId}/providers/Microsoft.ContainerRegistry/registries/mlimages`;
const zoneId = (name: string) => idOf(`privateDnsZones/${name}`);
const elsewhere = (id: string) => id.replace(sandboxSubscriptionId, "99999999-9999-4999-8999-999999999999");

const connect = (target: string, ...groupIds: string[]): Properties => ({
    privateLinkServiceConnections: [{ name: "c", privateLinkServiceId: target, groupIds }],
});

let estate: Estate;
beforeEach(async () => {
    estate = await Estate.withNetwork();
    await estate.subnet("snet", "10.0.1.0/24");
    const at = { resourceGroupName: group, location };
    await estate.azure.put("azure-native:storage:StorageAccount", {
        ...{ ...at, accountName: "mldata", kind: "StorageV2", sku: { name: "Standard_ZRS" } },
        ...{ minimumTlsVersion: "TLS1_2", allowBlobPublicAccess: false },
    });
    await estate.azure.put("azure-native:keyvault:Vault", {
        ...{ ...at, vaultName: "kv-ml" },
        properties: {
            ...{ tenantId: sandboxTenantId, sku: { family: "A", name: "premium" } },
            ...{ enableRbacAuthorization: true, enableSoftDelete: true, enablePurgeProtection: true },
        },
    });
    for (const [registryName, name] of [
        ["mlimages", "Premium"],
        ["mlbasic", "Basic"],
    ] as const) {
        await estate.azure.put("azure-native:containerregistry:Registry", { ...at, registryName, sku: { name } });
    }
});
afterEach(() => {
    estate.close();
});

describe("PrivateEndpoint", () => {
    beforeEach(async () => {
        await estate.subnet("delegated", "10.0.2.0/24", {
            delegations: [{ name: "d", serviceName: "Microsoft.ContainerService/managedClusters" }],
        });
        await estate.subnet("small", "10.0.3.0/29");
    });
    const address = (privateIPAddress: string) => ({
        ...connect(vaultId, "vault"),
        ipConfigurations: [{ name: "i", groupId: "vault", memberName: "default", privateIPAddress }],
    });

    const endpoints: [string, Properties, string][] = [
        ["a vault", connect(vaultId, "vault"), "accepted"],
        ["a registry", connect(registryId, "registry"), "accepted"],
        ["blobs", connect(accountId, "blob"), "accepted"],
        ["blobs of the second region", connect(accountId, "blob_secondary"), "accepted"],
        ["something of another subscription", connect(elsewhere(vaultId), "vault"), "accepted"],
        ["a vault at an address", address("10.0.1.9"), "accepted"],
        ["a group the account does not have", connect(accountId, "vault"), "InvalidValuesForRequestParameters"],
        ["a group in capitals", connect(accountId, "BLOB"), "InvalidValuesForRequestParameters"],
        ["a group the vault does not have", connect(vaultId, "blob"), "BadRequest"],
        ["a group the registry does not have", connect(registryId, "vault"), "BadRequest"],
        ["a registry below Premium", connect(registryId.replace("mlimages", "mlbasic"), "registry"), "BadRequest"],
        ["no group", connect(accountId), "MissingParameterOnPrivateLinkServiceConnection"],
        ["two groups", connect(accountId, "blob", "file"), "OnlyOneGroupIdPermitted"],
        ["nothing", {}, "InvalidRequestFormat"],
        [
            "one automatically and one by hand",
            {
                ...connect(vaultId, "vault"),
                manualPrivateLinkServiceConnections: [
                    { name: "m", privateLinkServiceId: vaultId, groupIds: ["vault"] },
                ],
            },
            "InvalidRequestFormat",
        ],
        ["what is not there", connect(vaultId.replace("kv-ml", "kv-x"), "vault"), "InvalidResourceReference"],
        ["from no subnet", { ...connect(vaultId, "vault"), subnet: { id: subnetId("x") } }, "InvalidResourceReference"],
        ["from another region", { ...connect(vaultId, "vault"), location: "westeurope" }, "InvalidResourceReference"],
        [
            "from a delegated subnet",
            { ...connect(vaultId, "vault"), subnet: { id: subnetId("delegated") } },
            "PrivateEndpointCreationNotAllowedAsSubnetIsDelegated",
        ],
        ["at an address outside", address("10.0.9.9"), "PrivateIPAddressNotInSubnet"],
        ["at an address that Azure keeps", address("10.0.1.3"), "PrivateIPAddressInReservedRange"],
        [
            "with a name of 65 letters",
            { ...connect(vaultId, "vault"), privateEndpointName: "p".repeat(65) },
            "InvalidResourceName",
        ],
    ];
    test.each(endpoints)("to %s", async (_, over, code) => {
        expect(await answer(estate.put("network:PrivateEndpoint", over))).toBe(code);
    });

    test("takes the next free address for each of its host names", async () => {
        const first = await estate.put("network:PrivateEndpoint", connect(registryId, "registry"));
        const second = await estate.put("network:PrivateEndpoint", {
            privateEndpointName: "second",
            ...connect(accountId, "blob"),
        });
        expect(first.outputs).toMatchObject({
            customDnsConfigs: [
                { fqdn: "mlimages.swedencentral.data.azurecr.io", ipAddresses: ["10.0.1.4"] },
                { fqdn: "mlimages.azurecr.io", ipAddresses: ["10.0.1.5"] },
            ],
            privateLinkServiceConnections: [{ privateLinkServiceConnectionState: { status: "Approved" } }],
            networkInterfaces: [{ id: expect.stringMatching(/networkInterfaces\/pe\.nic\.[0-9a-f-]{36}$/) as string }],
        });
        expect(second.outputs).toMatchObject({
            customDnsConfigs: [{ fqdn: "mldata.blob.core.windows.net", ipAddresses: ["10.0.1.6"] }],
        });
        expect(
            await answer(
                estate.put("network:PrivateEndpoint", { privateEndpointName: "third", ...address("10.0.1.4") }),
            ),
        ).toBe("PrivateIPAddressIsAllocated");
    });

    test("waits for approval when asked by hand", async () => {
        const asked = [{ name: "m", privateLinkServiceId: vaultId, groupIds: ["vault"], requestMessage: "please" }];
        const { outputs } = await estate.put("network:PrivateEndpoint", { manualPrivateLinkServiceConnections: asked });
        expect(outputs).toMatchObject({
            manualPrivateLinkServiceConnections: [{ privateLinkServiceConnectionState: { status: "Pending" } }],
        });
    });

    test("is refused when its subnet is full", async () => {
        const small = { subnet: { id: subnetId("small") } };
        const codes = [];
        for (const [index, target] of [
            connect(registryId, "registry"),
            connect(accountId, "blob"),
            connect(vaultId, "vault"),
        ].entries()) {
            const over = { privateEndpointName: `pe${index}`, ...small, ...target };
            codes.push(await answer(estate.put("network:PrivateEndpoint", over)));
        }
        expect(codes).toEqual(["accepted", "accepted", "SubnetIsFull"]);
    });

    test("keeps its subnet and its target", async () => {
        await estate.put("network:PrivateEndpoint", connect(accountId, "blob"));
        const changed = [
            { ...connect(accountId, "blob"), subnet: { id: subnetId("small") } },
            connect(accountId, "file"),
            { ...connect(accountId, "blob"), customNetworkInterfaceName: "nic" },
        ];
        for (const over of changed) {
            expect(await answer(estate.put("network:PrivateEndpoint", over))).toBe("PropertyChangeNotAllowed");
        }
        expect(
            await answer(estate.put("network:PrivateEndpoint", { ...connect(accountId, "blob"), tags: { a: "b" } })),
        ).toBe("accepted");
    });

    test("reaches only what a storage account of a kind has", async () => {
        await estate.azure.put("azure-native:storage:StorageAccount", {
            ...{ resourceGroupName: group, location, accountName: "mlblocks", kind: "BlockBlobStorage" },
            ...{ sku: { name: "Premium_LRS" }, minimumTlsVersion: "TLS1_2", allowBlobPublicAccess: false },
        });
        const queue = connect(accountId.replace("mldata", "mlblocks"), "queue");
        expect(await answer(estate.put("network:PrivateEndpoint", queue))).toBe("InvalidValuesForRequestParameters");
    });
});

describe("PrivateDnsZoneGroup", () => {
    const zones = (...names: string[]) => ({
        privateDnsZoneConfigs: names.map((name) => ({
            name: name.replaceAll(".", "-"),
            privateDnsZoneId: zoneId(name),
        })),
    });
    const blobZone = "privatelink.blob.core.windows.net";
    beforeEach(async () => {
        await estate.put("network:PrivateEndpoint", connect(accountId, "blob"));
        await estate.put("privatedns:PrivateZone");
        await estate.put("privatedns:PrivateZone", { privateZoneName: "privatelink.file.core.windows.net" });
    });

    const hubZone = { name: "z", privateDnsZoneId: elsewhere(zoneId(blobZone)) };
    const groups: [string, Properties, string][] = [
        ["the zone of the endpoint", zones(blobZone), "accepted"],
        ["the zone of a hub in another subscription", { privateDnsZoneConfigs: [hubZone] }, "accepted"],
        ["a zone that is not there", zones("privatelink.dfs.core.windows.net"), "InvalidPrivateDnsZoneIds"],
        [
            "an id that is no zone's",
            { privateDnsZoneConfigs: [{ name: "z", privateDnsZoneId: networkId }] },
            "InvalidPrivateDnsZoneIds",
        ],
        [
            "a configuration without a name",
            { privateDnsZoneConfigs: [{ privateDnsZoneId: zoneId(blobZone) }] },
            "InvalidRequestFormat",
        ],
        ["one name twice", zones(blobZone, blobZone), "InvalidRequestFormat"],
        [
            "six zones",
            { privateDnsZoneConfigs: Array.from({ length: 6 }, (_, index) => ({ ...hubZone, name: `z${index}` })) },
            "InvalidPrivateDnsZoneIds",
        ],
        [
            "an endpoint that is not there",
            { ...zones(blobZone), privateEndpointName: "x-pe" },
            "ParentResourceNotFound",
        ],
    ];
    test.each(groups)("with %s", async (_, over, code) => {
        expect(await answer(estate.put("network:PrivateDnsZoneGroup", over))).toBe(code);
    });

    test("accepts a zone of another service without a word, and puts no record there", async () => {
        const { outputs } = await estate.put("network:PrivateDnsZoneGroup", zones("privatelink.file.core.windows.net"));
        expect(outputs).toMatchObject({ privateDnsZoneConfigs: [{ recordSets: [] }] });
    });

    test("keeps the endpoint's addresses in the zone, and is the only one of its endpoint", async () => {
        const { outputs } = await estate.put("network:PrivateDnsZoneGroup", zones(blobZone));
        expect(outputs).toMatchObject({
            privateDnsZoneConfigs: [
                { recordSets: [{ recordSetName: "mldata", fqdn: `mldata.${blobZone}`, ipAddresses: ["10.0.1.4"] }] },
            ],
        });
        const second = { privateDnsZoneGroupName: "second", ...zones(blobZone) };
        expect(await answer(estate.put("network:PrivateDnsZoneGroup", second))).toBe(
            "MoreThanOnePrivateDnsZoneGroupPerPrivateEndpointNotAllowed",
        );
        const zone = await estate.put("privatedns:PrivateZone", { tags: { a: "b" } });
        expect(zone.outputs).toMatchObject({ numberOfRecordSets: 2 });
    });
});

describe("PrivateZone", () => {
    const names: [string, Properties, string][] = [
        ["a service's", {}, "accepted"],
        ["our own", { privateZoneName: "ml.contoso.internal" }, "accepted"],
        ["of one label", { privateZoneName: "contoso" }, "BadRequest"],
        ["with an empty label", { privateZoneName: "a..b" }, "BadRequest"],
        ["with a label of 64 letters", { privateZoneName: `${"a".repeat(64)}.b` }, "BadRequest"],
        ["of 35 labels", { privateZoneName: Array.from({ length: 35 }, () => "a").join(".") }, "BadRequest"],
        ["that Azure keeps", { privateZoneName: "core.windows.net" }, "BadRequest"],
        ["in a region", { location }, "LocationNotAvailableForResourceType"],
        ["nowhere", { location: "" }, "LocationRequired"],
    ];
    test.each(names)("%s", async (_, over, code) => {
        expect(await answer(estate.put("privatedns:PrivateZone", over))).toBe(code);
    });

    test("cannot go before its links", async () => {
        const { id, outputs } = await estate.put("privatedns:PrivateZone");
        expect(outputs).toMatchObject({ numberOfRecordSets: 1, numberOfVirtualNetworkLinks: 0 });
        const link = await estate.put("privatedns:VirtualNetworkLink");
        expect(link.outputs).toMatchObject({ virtualNetworkLinkState: "Completed" });
        expect(await answer(estate.azure.delete(id))).toBe("CannotDeleteResource");
        await estate.azure.delete(link.id);
        expect(await answer(estate.azure.delete(id))).toBe("accepted");
    });
});

describe("VirtualNetworkLink", () => {
    const own = { privateZoneName: "ml.contoso.internal" };
    beforeEach(async () => {
        await estate.put("privatedns:PrivateZone");
        await estate.put("privatedns:PrivateZone", own);
        await estate.put("privatedns:PrivateZone", { privateZoneName: "other.internal" });
    });
    const links: [string, Properties, string][] = [
        ["to a network", {}, "accepted"],
        ["to a network of another subscription", { virtualNetwork: { id: elsewhere(networkId) } }, "accepted"],
        ["that registers in our own zone", { ...own, registrationEnabled: true }, "accepted"],
        ["with fallback to the Internet", { resolutionPolicy: "NxDomainRedirect" }, "accepted"],
        ["to no network", { virtualNetwork: { id: `${networkId}-x` } }, "InvalidResourceReference"],
        ["that registers in a service's zone", { registrationEnabled: true }, "BadRequest"],
        ["with fallback in our own zone", { ...own, resolutionPolicy: "NxDomainRedirect" }, "BadRequest"],
        ["in a region", { location }, "LocationNotAvailableForResourceType"],
        ["of a zone that is not there", { privateZoneName: "x.internal" }, "ParentResourceNotFound"],
    ];
    test.each(links)("%s", async (_, over, code) => {
        expect(await answer(estate.put("privatedns:VirtualNetworkLink", over))).toBe(code);
    });

    test("is the only one between its zone and its network, and stays there", async () => {
        await estate.put("privatedns:VirtualNetworkLink");
        await estate.put("network:VirtualNetwork", { virtualNetworkName: "other" });
        const other = { virtualNetwork: { id: networkId.replace(/vnet$/, "other") } };
        const second = { virtualNetworkLinkName: "second" };
        expect(await answer(estate.put("privatedns:VirtualNetworkLink", second))).toBe("Conflict");
        expect(await answer(estate.put("privatedns:VirtualNetworkLink", { ...second, ...other }))).toBe("accepted");
        expect(await answer(estate.put("privatedns:VirtualNetworkLink", other))).toBe("BadRequest");
    });

    test("cannot lead to a second zone of the same name", async () => {
        await estate.put("privatedns:VirtualNetworkLink");
        await estate.put("resources:ResourceGroup", { resourceGroupName: "rg-hub" });
        await estate.put("privatedns:PrivateZone", { resourceGroupName: "rg-hub" });
        expect(await answer(estate.put("privatedns:VirtualNetworkLink", { resourceGroupName: "rg-hub" }))).toBe(
            "BadRequest",
        );
    });

    test("registers a network in one zone only", async () => {
        await estate.put("privatedns:VirtualNetworkLink", { ...own, registrationEnabled: true });
        const second = { privateZoneName: "other.internal", registrationEnabled: true };
        expect(await answer(estate.put("privatedns:VirtualNetworkLink", second))).toBe("BadRequest");
    });
});
