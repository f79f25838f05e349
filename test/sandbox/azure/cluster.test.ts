import type { Properties } from "../../../sandbox/azure/resource-type";
import { clusterTypes } from "../../../sandbox/azure/types/cluster";
import { encryptionTypes } from "../../../sandbox/azure/types/encryption";
import { registryTypes } from "../../../sandbox/azure/types/registry";
import { storageTypes } from "../../../sandbox/azure/types/storage";
import { clusterId, ClusterEstate, zoneId } from "./cluster-estate";
import { answer, group, idOf, layered, location, subnetId } from "./platform";

let estate: ClusterEstate;
beforeEach(async () => {
    estate = await ClusterEstate.open();
});
afterEach(() => {
    estate.platform.close();
});

type Case = [string, (estate: ClusterEstate) => Properties | Promise<Properties>, string];
const refuses = async (over: Case[1], code: string) => {
    expect(await answer(estate.put(await over(estate)))).toBe(code);
};
const server = (over: Properties): Properties => ({ apiServerAccessProfile: over });
const subnet = (name: string, addressPrefix: string, over: Properties = {}) =>
    estate.platform.put("network:Subnet", { subnetName: name, addressPrefix, ...over });

test("tells what AKS makes of it", async () => {
    const { outputs } = await estate.put();
    expect(outputs).toMatchObject({
        currentKubernetesVersion: "1.36.5",
        nodeResourceGroup: "MC_rg-ml_aks_swedencentral",
        privateFQDN: expect.stringMatching(/^aks-ml-[0-9a-f]{8}\.private\.swedencentral\.azmk8s\.io$/) as string,
        oidcIssuerProfile: {
            enabled: true,
            issuerURL: expect.stringMatching(/^https:\/\/swedencentral\.oic\.prod-aks\.azure\.com\//) as string,
        },
        identityProfile: { kubeletidentity: { objectId: estate.kubelet.principalId } },
        identity: { userAssignedIdentities: { [estate.control.id]: { principalId: estate.control.principalId } } },
        agentPoolProfiles: [{ name: "bootstrap", mode: "System", maxPods: 250, currentOrchestratorVersion: "1.36.5" }],
        powerState: { code: "Running" },
        provisioningState: "Succeeded",
    });
    expect(outputs.fqdn).toBeUndefined();
});

const shapes: Case[] = [
    ["a bad name", () => ({ resourceName: "-aks" }), "InvalidParameter"],
    ["no prefix", () => ({ dnsPrefix: undefined }), "InvalidParameter"],
    ["a prefix of 55", () => ({ dnsPrefix: "a".repeat(55) }), "InvalidParameter"],
    [
        "a subdomain without a zone",
        () => ({ dnsPrefix: undefined, fqdnSubdomain: "aks", ...server({ privateDNSZone: "system" }) }),
        "InvalidParameter",
    ],
    ["a node group of 81", () => ({ nodeResourceGroup: "g".repeat(81) }), "InvalidParameter"],
    ["its own group for nodes", () => ({ nodeResourceGroup: group }), "NodeResourceGroupSameAsResourceGroup"],
    [
        "a group that is there for nodes",
        async ({ platform }) => {
            await platform.azure.put("azure-native:resources:ResourceGroup", { resourceGroupName: "rg-2", location });
            return { nodeResourceGroup: "rg-2" };
        },
        "NodeResourceGroupAlreadyExists",
    ],
    [
        "an image cleaner of an hour",
        () => ({ securityProfile: { imageCleaner: { enabled: true, intervalHours: 1 } } }),
        "InvalidParameter",
    ],
    ["an unknown region", () => ({ location: "atlantis" }), "LocationNotAvailableForResourceType"],
    ["no pools", () => ({ agentPoolProfiles: [] }), "InvalidParameter"],
    [
        "no system pool",
        (world) => ({ agentPoolProfiles: [world.bootstrap({ mode: "User" })] }),
        "MustDefineAtLeastOneSystemPool",
    ],
    [
        "an inline pool that breaks a rule of pools",
        (world) => ({ agentPoolProfiles: [world.bootstrap({ vmSize: "Standard_Z9" })] }),
        "VMSizeNotSupported",
    ],
];
test.each(shapes)("%s", async (_, over, code) => refuses(over, code));

const versions: Case[] = [
    ["the newest", () => ({ kubernetesVersion: "1.37.1" }), "accepted"],
    ["a minor that is gone", () => ({ kubernetesVersion: "1.29" }), "K8sVersionNotSupported"],
    ["a patch that is not there", () => ({ kubernetesVersion: "1.36.99" }), "K8sVersionNotSupported"],
    ["long-term only, without the plan", () => ({ kubernetesVersion: "1.33" }), "K8sVersionNotSupported"],
    [
        "long-term with it",
        () => ({ kubernetesVersion: "1.33", supportPlan: "AKSLongTermSupport", sku: { tier: "Premium" } }),
        "accepted",
    ],
    ["the plan without Premium", () => ({ supportPlan: "AKSLongTermSupport" }), "BadRequest"],
    [
        "a pool ahead",
        (world) => ({ agentPoolProfiles: [world.bootstrap({ orchestratorVersion: "1.37" })] }),
        "NodePoolMcVersionIncompatible",
    ],
    [
        "cost analysis for free",
        () => ({ sku: { tier: "Free" }, metricsProfile: { costAnalysis: { enabled: true } } }),
        "BadRequest",
    ],
    [
        "node images by two channels",
        () => ({ autoUpgradeProfile: { upgradeChannel: "node-image", nodeOSUpgradeChannel: "SecurityPatch" } }),
        "InvalidParameter",
    ],
];
test.each(versions)("version: %s", async (_, over, code) => refuses(over, code));

const delegations = [{ name: "aks", serviceName: "Microsoft.ContainerService/managedClusters" }];
const zone = async (name: string) => {
    const { id } = await estate.platform.put("privatedns:PrivateZone", { location: "global", privateZoneName: name });
    await estate.platform.grant(estate.control, "privateDnsZoneContributor", id);
    return id;
};
const zones: Case[] = [
    ["a subzone", async () => server({ privateDNSZone: await zone("ml.private.swedencentral.azmk8s.io") }), "accepted"],
    [
        "the private link form too",
        async () => server({ privateDNSZone: await zone("privatelink.swedencentral.azmk8s.io") }),
        "accepted",
    ],
    [
        "of another region",
        async () => server({ privateDNSZone: await zone("private.westeurope.azmk8s.io") }),
        "InvalidPrivateDNSZoneResourceID",
    ],
    [
        "the integration's form without integration",
        () => ({
            ...server({ enableVnetIntegration: false, subnetId: undefined }),
            securityProfile: { azureKeyVaultKms: { enabled: false } },
        }),
        "InvalidPrivateDNSZoneResourceID",
    ],
    ["an id of something else", () => server({ privateDNSZone: subnetId("nodes") }), "InvalidPrivateDNSZoneResourceID"],
    ["a word", () => server({ privateDNSZone: "mine" }), "InvalidPrivateDNSZoneMode"],
    [
        "that is not there",
        () => server({ privateDNSZone: zoneId("ml.private.swedencentral.azmk8s.io") }),
        "PrivateDNSZoneResourceNotFoundError",
    ],
    ["none, and no public name", () => server({ privateDNSZone: "none" }), "NonePrivateDNSZonePublicFQDNDisabledError"],
    ["on a public cluster", () => server({ enablePrivateCluster: false }), "InvalidParameter"],
    [
        "with an identity of the cluster's own",
        () => ({ identity: { type: "SystemAssigned", userAssignedIdentities: undefined }, identityProfile: undefined }),
        "SystemAssignedIdentityNotSupportedForCustomPrivateDNSZone",
    ],
    [
        "without a role on it",
        async ({ platform }) => {
            const { id } = await platform.put("privatedns:PrivateZone", {
                location: "global",
                privateZoneName: "ml.private.swedencentral.azmk8s.io",
            });
            return server({ privateDNSZone: id });
        },
        "CustomPrivateDNSZoneMissingPermissionError",
    ],
];
test.each(zones)("private zone: %s", async (_, over, code) => refuses(over, code));

/** The cluster under an identity that was granted all but what the case is about. */
const as = async (...granted: ("network" | "zone" | "kubelet" | "disk" | "crypto" | "wrap" | "vault")[]) => {
    const { platform, key, kubelet } = estate;
    const identity = await platform.identity("id-new");
    const grants = {
        network: () => platform.grant(identity, "networkContributor", idOf("Microsoft.Network/virtualNetworks/vnet")),
        zone: () => platform.grant(identity, "privateDnsZoneContributor", zoneId("private.swedencentral.azmk8s.io")),
        kubelet: () => platform.grant(identity, "managedIdentityOperator", kubelet.id),
        disk: () => platform.grant(identity, "reader", idOf("Microsoft.Compute/diskEncryptionSets/des")),
        crypto: () => platform.grant(identity, "keyVaultCryptoUser", key.vaultId),
        wrap: () => platform.grant(identity, "keyVaultCryptoServiceEncryptionUser", key.vaultId),
        vault: () => platform.grant(identity, "keyVaultContributor", key.vaultId),
    };
    for (const one of granted) await grants[one]();
    return { identity: { userAssignedIdentities: [identity.id] } };
};
const roles: Case[] = [
    ["all of them", () => as("network", "zone", "kubelet", "disk", "crypto", "vault"), "accepted"],
    ["none on the network", () => as("zone", "kubelet", "disk", "crypto", "vault"), "LinkedAuthorizationFailed"],
    [
        "none on the kubelet's identity",
        () => as("network", "zone", "disk", "crypto", "vault"),
        "CustomKubeletIdentityMissingPermissionError",
    ],
    [
        "none on the disk encryption set",
        () => as("network", "zone", "kubelet", "crypto", "vault"),
        "LinkedAuthorizationFailed",
    ],
    ["none on the vault", () => as("network", "zone", "kubelet", "disk", "crypto"), "LinkedAuthorizationFailed"],
    [
        "wrapping only, where KMS encrypts",
        () => as("network", "zone", "kubelet", "disk", "wrap", "vault"),
        "AzureKeyVaultKmsValidateIdentityPermissionCustomerError",
    ],
];
test.each(roles)("roles: %s", async (_, over, code) => refuses(over, code));

const kms = (over: Properties): Properties => ({ securityProfile: { azureKeyVaultKms: over } });
const identities: Case[] = [
    ["no identity", () => ({ identity: undefined, identityProfile: undefined }), "InvalidParameter"],
    [
        "two identities",
        ({ control, kubelet }) => ({ identity: { userAssignedIdentities: [control.id, kubelet.id] } }),
        "InvalidParameter",
    ],
    [
        "an identity that is not there",
        ({ control }) => ({ identity: { userAssignedIdentities: [`${control.id}x`] } }),
        "FailedIdentityOperation",
    ],
    [
        "a kubelet identity without one of ours for the cluster",
        () => ({
            identity: { type: "SystemAssigned", userAssignedIdentities: undefined },
            ...server({ privateDNSZone: "system" }),
            ...kms({ enabled: false }),
        }),
        "CustomKubeletIdentityOnlySupportedOnUserAssignedMSICluster",
    ],
    [
        "a kubelet identity with another's client id",
        ({ control }) => ({ identityProfile: { kubeletidentity: { clientId: control.clientId } } }),
        "CustomKubeletIdentityPropertyError",
    ],
    [
        "a disk encryption set that is not there",
        () => ({ diskEncryptionSetID: idOf("Microsoft.Compute/diskEncryptionSets/none") }),
        "DiskEncryptionSetError",
    ],
    ["KMS without version", ({ key }) => kms({ keyId: key.uri }), "BadRequest"],
    ["KMS without the vault's id", () => kms({ keyVaultResourceId: undefined }), "BadRequest"],
    [
        "KMS with another vault's id",
        () => kms({ keyVaultResourceId: idOf("Microsoft.KeyVault/vaults/other") }),
        "BadRequest",
    ],
    [
        "private KMS without integration",
        () => server({ enableVnetIntegration: false, subnetId: undefined, privateDNSZone: "system" }),
        "BadRequest",
    ],
    [
        "public KMS of a closed vault",
        () => kms({ keyVaultNetworkAccess: "Public", keyVaultResourceId: undefined }),
        "AzureKeyVaultKmsValidateIdentityPermissionCustomerError",
    ],
    [
        "KMS with a key that is not there",
        ({ key }) => kms({ keyId: key.versioned.replace("/keys/key/", "/keys/other/") }),
        "AzureKeyVaultKmsValidateIdentityPermissionCustomerError",
    ],
];
test.each(identities)("identity: %s", async (_, over, code) => refuses(over, code));

const security: Case[] = [
    ["Entra ID without RBAC", () => ({ enableRBAC: false }), "RBACNotEnabledForAAD"],
    [
        "an admin group that is none",
        () => ({ aadProfile: { adminGroupObjectIDs: ["admins"] } }),
        "InvalidAdminGroupObjectID",
    ],
    ["Azure RBAC without managed Entra ID", () => ({ aadProfile: { managed: false } }), "InvalidParameter"],
    ["no local accounts and no Entra ID", () => ({ aadProfile: undefined }), "BadRequest"],
    ["workload identity without issuer", () => ({ oidcIssuerProfile: undefined }), "BadRequest"],
    [
        "Defender without workspace",
        () => ({ securityProfile: { defender: { securityMonitoring: { enabled: true } } } }),
        "LogAnalyticsWorkspaceNotSetForAzureDefender",
    ],
    [
        "the monitoring addon without workspace",
        () => ({ addonProfiles: { omsagent: { enabled: true } } }),
        "LogAnalyticsWorkspaceNotSet",
    ],
];
test.each(security)("security: %s", async (_, over, code) => refuses(over, code));

describe("changed", () => {
    const changes: Case[] = [
        ["tags", () => ({ tags: { env: "dev" } }), "accepted"],
        ["the next minor", () => ({ kubernetesVersion: "1.37" }), "accepted"],
        ["the same by its full name", () => ({ kubernetesVersion: "1.36.5" }), "accepted"],
        ["an older minor", () => ({ kubernetesVersion: "1.35" }), "OperationNotAllowed"],
        ["an older patch", () => ({ kubernetesVersion: "1.36.1" }), "OperationNotAllowed"],
        ["the node group", () => ({ nodeResourceGroup: "nodes" }), "PropertyChangeNotAllowed"],
        ["disk encryption", () => ({ diskEncryptionSetID: undefined }), "PropertyChangeNotAllowed"],
        [
            "the API server's subnet",
            async () => (await subnet("api2", "10.1.9.0/28", { delegations }), server({ subnetId: subnetId("api2") })),
            "PropertyChangeNotAllowed",
        ],
        ["VNet integration off", () => server({ enableVnetIntegration: false }), "PropertyChangeNotAllowed"],
        [
            "the private zone",
            async () => server({ privateDNSZone: await zone("ml.private.swedencentral.azmk8s.io") }),
            "PropertyChangeNotAllowed",
        ],
        [
            "no private zone any more",
            () => server({ privateDNSZone: "none", enablePrivateClusterPublicFQDN: true }),
            "accepted",
        ],
        ["where KMS finds the vault", () => kms({ keyVaultNetworkAccess: "Public" }), "PropertyChangeNotAllowed"],
        ["no KMS any more", () => kms({ enabled: false }), "accepted"],
        [
            "no issuer any more",
            () => ({ oidcIssuerProfile: undefined, securityProfile: { workloadIdentity: undefined } }),
            "OIDCIssuerFeatureCannotBeDisabled",
        ],
        [
            "no Entra ID any more",
            () => ({ aadProfile: undefined, disableLocalAccounts: false }),
            "PropertyChangeNotAllowed",
        ],
        [
            "a new inline pool",
            (world) => ({ agentPoolProfiles: [world.bootstrap(), world.bootstrap({ name: "more", mode: "User" })] }),
            "BadRequest",
        ],
        [
            "the inline pool's size",
            (world) => ({ agentPoolProfiles: [world.bootstrap({ vmSize: "Standard_D4s_v5" })] }),
            "PropertyChangeNotAllowed",
        ],
        [
            "the inline pool's zones",
            (world) => ({ agentPoolProfiles: [world.bootstrap({ availabilityZones: ["1"] })] }),
            "PropertyChangeNotAllowed",
        ],
        [
            "the inline pool's labels",
            (world) => ({ agentPoolProfiles: [world.bootstrap({ nodeLabels: { a: "b" } })] }),
            "accepted",
        ],
    ];
    test.each(changes)("%s", async (_, over, code) => {
        await estate.put();
        await refuses(over, code);
    });

    test("a cluster without integration stays private or public", async () => {
        const plain = {
            ...server({ enableVnetIntegration: false, subnetId: undefined, privateDNSZone: "system" }),
            ...kms({ enabled: false }),
        };
        await estate.put(plain);
        const open = server({ enablePrivateCluster: false, privateDNSZone: undefined });
        const asked = layered(plain, open);
        expect(await answer(estate.put(asked))).toBe("PropertyChangeNotAllowed");
    });

    test("a control plane waits for pools that are four minors behind", async () => {
        const plan = { supportPlan: "AKSLongTermSupport", sku: { tier: "Premium" } };
        await estate.put({
            ...plan,
            kubernetesVersion: "1.35",
            agentPoolProfiles: [estate.bootstrap({ orchestratorVersion: "1.32" })],
        });
        const asked = {
            ...plan,
            kubernetesVersion: "1.36",
            agentPoolProfiles: [estate.bootstrap({ orchestratorVersion: "1.32" })],
        };
        expect(await answer(estate.put(asked))).toBe("NodePoolMcVersionIncompatible");
    });

    test("with a spot pool, control plane and pools go up one after the other", async () => {
        await estate.put({ kubernetesVersion: "1.35", agentPoolProfiles: [estate.bootstrap()] });
        await estate.pool("spot", { scaleSetPriority: "Spot", orchestratorVersion: "1.35" });
        const at = (version: string) => [estate.bootstrap({ orchestratorVersion: version })];
        const together = estate.put({ kubernetesVersion: "1.36", agentPoolProfiles: at("1.36") });
        expect(await answer(together)).toBe("OperationNotAllowed");
        for (const pools of ["1.35", "1.36"]) {
            const step = estate.put({ kubernetesVersion: "1.36", agentPoolProfiles: at(pools) });
            expect(await answer(step)).toBe("accepted");
        }
    });

    test("an alias stays on the patch that the channel has brought it to", async () => {
        await estate.put();
        estate.platform.azure.set(clusterId, "currentKubernetesVersion", "1.36.4");
        await estate.put({ tags: { env: "dev" } });
        expect(estate.platform.seen(clusterId, "currentKubernetesVersion")).toBe("1.36.4");
    });

    test("a pool that a PUT leaves out stays; one that is gone cannot come back inline", async () => {
        await estate.put({ agentPoolProfiles: [estate.bootstrap(), estate.bootstrap({ name: "second" })] });
        await estate.put({ agentPoolProfiles: [estate.bootstrap()] });
        const names = () =>
            (estate.platform.seen(clusterId, "agentPoolProfiles") as Properties[]).map(({ name }) => name);
        expect(names()).toEqual(["bootstrap", "second"]);
        estate.platform.azure.set(clusterId, "agentPoolProfiles", [estate.bootstrap({ name: "second" })]);
        expect(await answer(estate.put())).toBe("BadRequest");
    });
});

test("a disk encryption set stays while a cluster uses it", async () => {
    await estate.put();
    const set = idOf("Microsoft.Compute/diskEncryptionSets/des");
    expect(await answer(estate.platform.azure.delete(set))).toBe("OperationNotAllowed");
    await estate.platform.azure.delete(clusterId);
    expect(await answer(estate.platform.azure.delete(set))).toBe("accepted");
});

test("the subnets of nodes and API server stay while the cluster does", async () => {
    await estate.put();
    for (const name of ["nodes", "apiserver"]) {
        expect(await answer(estate.platform.azure.delete(subnetId(name)))).toBe("InUseSubnetCannotBeDeleted");
    }
});

test("every rule says where it comes from", () => {
    const types = [...encryptionTypes, ...registryTypes, ...storageTypes, ...clusterTypes];
    const sources = types.flatMap((type) =>
        [...type.rules, ...type.immutable, ...(type.name ? [type.name] : [])].map(({ source }) => source),
    );
    expect(sources.length).toBeGreaterThan(200);
    expect(sources.filter((source) => !source.startsWith("https://"))).toEqual([]);
});
