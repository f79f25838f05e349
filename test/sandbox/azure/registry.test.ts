import type { Properties } from "../../../sandbox/azure/resource-type";
import { answer, layered, Platform, subnetId } from "./platform";
import type { OwnKey } from "./platform";

let platform: Platform;
beforeEach(async () => {
    platform = await Platform.open();
});
afterEach(() => {
    platform.close();
});

const put = (over: Properties = {}) => platform.put("containerregistry:Registry", over);
const policies = (named: Properties): Properties => ({ policies: named });
const on = { status: "enabled" };
const encryptedBy = ({ identity, uri }: OwnKey): Properties => ({
    identity: { type: "UserAssigned", userAssignedIdentities: { [identity.id]: {} } },
    encryption: { status: "enabled", keyVaultProperties: { keyIdentifier: uri, identity: identity.clientId } },
});

test("tells its login server, its data endpoint and its policies", async () => {
    const { id } = await put({ registryName: "CrMlDev1", dataEndpointEnabled: true, publicNetworkAccess: "Disabled" });
    expect(platform.azure.get(id)?.outputs).toMatchObject({
        loginServer: "crmldev1.azurecr.io",
        dataEndpointHostNames: ["crmldev1.swedencentral.data.azurecr.io"],
        sku: { name: "Premium", tier: "Premium" },
        policies: { exportPolicy: { status: "enabled" }, retentionPolicy: { status: "disabled", days: 7 } },
        privateEndpointConnections: [],
        provisioningState: "Succeeded",
    });
});

const basic = { sku: { name: "Basic" } };
const asked: [string, Properties, string][] = [
    ["a basic one, open", basic, "accepted"],
    ["a name of four", { registryName: "abcd" }, "InvalidResourceName"],
    ["a name with a hyphen", { registryName: "cr-ml-dev" }, "InvalidResourceName"],
    ["basic and closed", { ...basic, publicNetworkAccess: "Disabled" }, "DisablingPublicNetworkAccessNotSupported"],
    [
        "standard with rules",
        { sku: { name: "Standard" }, networkRuleSet: { defaultAction: "Deny" } },
        "SkuNotSupported",
    ],
    ["standard with a data endpoint", { sku: { name: "Standard" }, dataEndpointEnabled: true }, "SkuNotSupported"],
    ["standard with retention", { sku: { name: "Standard" }, ...policies({ retentionPolicy: on }) }, "SkuNotSupported"],
    ["basic and pulled by anybody", { ...basic, anonymousPullEnabled: true }, "SkuNotSupported"],
    ["zones where there are none", { location: "westus", zoneRedundancy: "Enabled" }, "ZoneRedundancyNotSupported"],
    ["no export, but open", policies({ exportPolicy: { status: "disabled" } }), "BadRequest"],
    [
        "no export, and closed",
        { ...policies({ exportPolicy: { status: "disabled" } }), publicNetworkAccess: "Disabled" },
        "accepted",
    ],
    ["retention and soft delete", policies({ retentionPolicy: on, softDeletePolicy: on }), "BadRequest"],
    ["366 days of retention", policies({ retentionPolicy: { ...on, days: 366 } }), "BadRequest"],
    ["91 days of soft delete", policies({ softDeletePolicy: { ...on, retentionDays: 91 } }), "BadRequest"],
    ["an unknown region", { location: "atlantis" }, "LocationNotAvailableForResourceType"],
];
test.each(asked)("%s", async (_, over, code) => {
    expect(await answer(put(over))).toBe(code);
});

test("a name is unique across Azure", async () => {
    platform.azure.take("azure-native:containerregistry:Registry", "crmldev1");
    expect(await answer(put())).toBe("AlreadyInUse");
});

const changes: [string, Properties, string][] = [
    ["a policy", policies({ retentionPolicy: { ...on, days: 30 } }), "accepted"],
    ["the SKU", basic, "accepted"],
    ["zone redundancy", { zoneRedundancy: "Disabled" }, "PropertyChangeNotAllowed"],
];
test.each(changes)("changed: %s", async (_, over, code) => {
    await put({ zoneRedundancy: "Enabled" });
    expect(await answer(put({ zoneRedundancy: "Enabled", ...over }))).toBe(code);
});

test("private endpoints keep it at Premium, and its GET lists them", async () => {
    const { id } = await put();
    await platform.put("network:VirtualNetwork");
    await platform.put("network:Subnet", { subnetName: "endpoints", addressPrefix: "10.1.9.0/24" });
    const connection = { name: "registry", groupIds: ["registry"], privateLinkServiceId: id };
    const subnet = { id: subnetId("endpoints") };
    const endpoint = {
        location: "swedencentral",
        privateEndpointName: "pe",
        subnet,
        privateLinkServiceConnections: [connection],
    };
    await platform.put("network:PrivateEndpoint", endpoint);
    expect(await answer(put(basic))).toBe("SkuNotSupported");
    expect(platform.seen(id, "privateEndpointConnections[0].privateLinkServiceConnectionState.status")).toBe(
        "Approved",
    );
});

describe("with a key of ours", () => {
    test("is made, follows the key's versions and keeps the key", async () => {
        const key = await platform.keyFor("id-cr");
        const { id } = await put(encryptedBy(key));
        expect(platform.seen(id, "encryption.keyVaultProperties")).toMatchObject({
            keyIdentifier: key.uri,
            keyRotationEnabled: true,
        });
        expect(await answer(put({}))).toBe("BadRequest");
        expect(await answer(put({ ...encryptedBy(key), tags: { env: "dev" } }))).toBe("accepted");
    });

    test("is not added later", async () => {
        const key = await platform.keyFor("id-cr");
        await put();
        expect(await answer(put(encryptedBy(key)))).toBe("BadRequest");
    });

    const wrong: [string, (key: OwnKey) => Properties, string][] = [
        ["on a standard registry", () => ({ sku: { name: "Standard" } }), "SkuNotSupported"],
        ["and content trust", () => policies({ trustPolicy: on }), "BlockedForEncryptionEnabledRegistry"],
        [
            "by an identity that it does not have",
            () => ({ encryption: { keyVaultProperties: { identity: "11111111-1111-4111-8111-111111111112" } } }),
            "BadRequest",
        ],
        [
            "that is not there",
            (key) => ({ encryption: { keyVaultProperties: { keyIdentifier: `${key.uri}x` } } }),
            "BadRequest",
        ],
    ];
    test.each(wrong)("%s", async (_, over, code) => {
        const key = await platform.keyFor("id-cr");
        expect(await answer(put(layered(encryptedBy(key), over(key))))).toBe(code);
    });

    const vaults: [string, Properties, Properties][] = [
        ["without purge protection", { enablePurgeProtection: undefined }, {}],
        ["that trusts no Azure service", { networkAcls: { bypass: "None" } }, {}],
        ["with an elliptic key", {}, { properties: { kty: "EC" } }],
    ];
    test.each(vaults)("of a vault %s", async (_, properties, over) => {
        const key = await platform.keyFor("id-cr", { properties }, over);
        expect(await answer(put(encryptedBy(key)))).toBe("BadRequest");
    });

    test("says which identity may not use which key", async () => {
        const key = await platform.keyFor("id-cr");
        const identity = await platform.identity("id-none");
        await expect(put(encryptedBy({ ...key, identity }))).rejects.toThrow(
            `Failed to access KeyId '${key.uri}'. Verify that identity '${identity.clientId}' has 'Get, Wrap Key, Unwrap Key' permission`,
        );
    });

    test("waits for the role", async () => {
        const key = await platform.keyFor("id-other");
        const identity = await platform.identity("id-late");
        await platform.grant(identity, "keyVaultCryptoServiceEncryptionUser", key.keyId, 5);
        expect(await answer(put(encryptedBy({ ...key, identity })))).toBe("BadRequest");
        await platform.clock.wait(60_000);
        expect(await answer(put(encryptedBy({ ...key, identity })))).toBe("accepted");
    });
});
