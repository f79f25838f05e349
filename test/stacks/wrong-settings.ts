import { hubZoneId, hubZoneIds, prod } from "./good-settings";
import { wrongRunners } from "./wrong-settings/runner";
import { wrongStates } from "./wrong-settings/state";
import { wrongTeams } from "./wrong-settings/teams";
import { wrongGovernance } from "./wrong-settings/governance";
import { wrongMonitoring } from "./wrong-settings/monitoring";
import { wrongHybrids } from "./wrong-settings/hybrid";
import { wrongNetworks } from "./wrong-settings/network";
import { inProd, without, wrong, type WrongSettings } from "./wrong-settings/row";

const pool = { prefix: "work", vmSize: "Standard_D4ds_v5", minCount: 0, maxCount: 3 };
const gpu = {
    prefix: "t4",
    vmSize: "Standard_NC4as_T4_v3",
    use: "training",
    driver: "Install",
    minCount: 0,
    maxCount: 2,
};
const userPool = (change: object): object => ({ userPools: [{ ...pool, ...change }] });
const gpuPool = (change: object): object => ({ gpuPools: [{ ...gpu, ...change }] });
const zonesButApiServer = Object.fromEntries(
    Object.entries(hubZoneIds).filter(([zone]) => zone !== "private.swedencentral.azmk8s.io"),
);
const key = {
    keyUriWithVersion: `https://corp.managedhsm.azure.net/keys/ml/${"0".repeat(32)}`,
    vaultId: "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/managedHSMs/corp",
    identity: {
        id: "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i",
        clientId: "44444444-4444-4444-8444-444444444444",
        principalId: "55555555-5555-4555-8555-555555555555",
    },
};

export const wrongSettings: readonly WrongSettings[] = [
    ...wrongNetworks,
    ...wrongMonitoring,
    ...wrongHybrids,
    // What must be there, and what must not.
    without("mlplatform:kind"),
    without("mlplatform:environment"),
    without("mlplatform:workload"),
    without("mlplatform:location"),
    without("mlplatform:adminGroupObjectIds"),
    without("azure-native:subscriptionId"),
    without("azure-native:tenantId"),
    wrong(
        "a key misspelt",
        { adressSpace: "10.0.0.0/20" },
        "mlplatform:adressSpace is not a setting of foundation stacks; did you mean mlplatform:addressSpace?",
    ),
    wrong(
        "a key of nobody's",
        { colour: "blue" },
        "mlplatform:colour is not a setting of foundation stacks; Pulumi.yaml lists them",
    ),
    wrong(
        "hardening turned off",
        { publicNetworkAccess: "Enabled" },
        "mlplatform:publicNetworkAccess is not a setting: the platform is closed and encrypted, always",
    ),
    inProd(
        "local accounts in prod",
        { enableLocalAccounts: "true" },
        "mlplatform:enableLocalAccounts is not a setting: the platform is closed",
    ),
    // One value each.
    wrong(
        "a kind of nobody's",
        { kind: "frontend" },
        'mlplatform:kind must be one of foundation, images, services, team, got "frontend"',
    ),
    wrong(
        "an environment of nobody's",
        { environment: "test" },
        'mlplatform:environment must be one of dev, staging, prod, got "test"',
    ),
    wrong(
        "a workload in capitals",
        { workload: "MLP" },
        'mlplatform:workload must be 2 to 8 characters of a-z and 0-9 from a letter on, got "MLP"',
    ),
    wrong(
        "a workload too long",
        { workload: "machinelearning" },
        'must be 2 to 8 characters of a-z and 0-9 from a letter on, got "machinelearning"',
    ),
    wrong("a region by its display name", { location: "Sweden Central" }, 'got "Sweden Central"'),
    wrong(
        "a region without the integration",
        { location: "qatarcentral" },
        'mlplatform:location must offer API-server VNet integration, got "qatarcentral"',
    ),
    wrong(
        "a subscription that is no GUID",
        { "azure-native:subscriptionId": "my-sub" },
        'azure-native:subscriptionId must be a GUID such as 8c4ef2b1-..., and not the one of zeros, got "my-sub"',
    ),
    wrong(
        "a tenant of zeros",
        { "azure-native:tenantId": "00000000-0000-0000-0000-000000000000" },
        "azure-native:tenantId must be a GUID",
    ),
    wrong(
        "an admin group by name",
        { adminGroupObjectIds: ["ml-admins"] },
        'mlplatform:adminGroupObjectIds[0] must be a GUID such as 8c4ef2b1-..., and not the one of zeros, got "ml-admins"',
    ),
    wrong("no admin group", { adminGroupObjectIds: [] }, "mlplatform:adminGroupObjectIds must hold at least 1, got 0"),
    wrong(
        "an admin group twice",
        { adminGroupObjectIds: ["5d7a1a52-7f3c-4d86-9a3e-0c3b8f2f6e11", "5D7A1A52-7F3C-4D86-9A3E-0C3B8F2F6E11"] },
        "mlplatform:adminGroupObjectIds must name each group once",
    ),
    wrong(
        "an admin group outside of a list",
        { adminGroupObjectIds: "5d7a1a52-7f3c-4d86-9a3e-0c3b8f2f6e11" },
        "mlplatform:adminGroupObjectIds must be a list",
    ),
    // Zones.
    wrong("a zone that no region has", { zones: ["4"] }, 'mlplatform:zones[0] must be one of 1, 2, 3, got "4"'),
    wrong("a zone twice", { zones: ["1", "1"] }, "mlplatform:zones must name each zone once, got 1, 1"),
    wrong(
        "zones in a region without",
        { location: "westus", zones: ["1"] },
        "mlplatform:zones must be empty in westus, which has no availability zones, got 1",
    ),
    inProd("prod in one zone", { zones: ["1"] }, "mlplatform:zones must name 3 zones in prod, got 1"),
    inProd(
        "prod in a region without zones",
        { location: "westus" },
        "mlplatform:zones must name 3 zones in prod, got none",
    ),
    // Addresses.
    wrong(
        "a block that is none",
        { addressSpace: "10.20.0.0" },
        'mlplatform:addressSpace must be an IPv4 block at its first address, such as 10.20.0.0/20, got "10.20.0.0"',
    ),
    wrong(
        "a block that starts in the middle",
        { addressSpace: "10.20.1.0/20" },
        'mlplatform:addressSpace must be an IPv4 block at its first address, such as 10.20.0.0/20, got "10.20.1.0/20"',
    ),
    wrong(
        "a block too small",
        { addressSpace: "10.20.0.0/24" },
        'mlplatform:addressSpace must be a /16 to /22, got "10.20.0.0/24"',
    ),
    wrong("a block too large", { addressSpace: "10.0.0.0/12" }, "mlplatform:addressSpace must be a /16 to /22"),
    wrong("a public block", { addressSpace: "20.0.0.0/20" }, "mlplatform:addressSpace must lie in 10.0.0.0/8"),
    wrong(
        "a block that AKS keeps",
        { addressSpace: "172.30.0.0/20" },
        'mlplatform:addressSpace must not overlap 172.30.0.0/16, which AKS keeps, got "172.30.0.0/20"',
    ),
    wrong(
        "pods in the network",
        { podCidr: "10.20.0.0/16" },
        'mlplatform:podCidr must not overlap addressSpace 10.20.0.0/20, got "10.20.0.0/16"',
    ),
    wrong(
        "pods in a kept range",
        { podCidr: "172.16.0.0/12" },
        "mlplatform:podCidr must not overlap 172.30.0.0/16, which AKS keeps",
    ),
    wrong(
        "pods with too few nodes' worth",
        { podCidr: "10.244.0.0/22" },
        "mlplatform:podCidr must hold a /24 for each of 6 nodes",
    ),
    wrong(
        "services in the network",
        { serviceCidr: "10.20.8.0/24" },
        'mlplatform:serviceCidr must not overlap addressSpace 10.20.0.0/20, got "10.20.8.0/24"',
    ),
    wrong(
        "services among the pods",
        { serviceCidr: "10.244.8.0/24" },
        "mlplatform:podCidr must not overlap serviceCidr 10.244.8.0/24",
    ),
    wrong(
        "services too many",
        { serviceCidr: "10.96.0.0/12" },
        'mlplatform:serviceCidr must be smaller than a /12, got "10.96.0.0/12"',
    ),
    wrong(
        "DNS outside of the services",
        { dnsServiceIp: "10.97.0.10" },
        'mlplatform:dnsServiceIp must lie in serviceCidr 10.96.0.0/16, got "10.97.0.10"',
    ),
    wrong(
        "DNS at the first address",
        { dnsServiceIp: "10.96.0.0" },
        'mlplatform:dnsServiceIp must not be the first address of serviceCidr 10.96.0.0/16, got "10.96.0.0"',
    ),
    wrong(
        "DNS that is no address",
        { dnsServiceIp: "dns" },
        'mlplatform:dnsServiceIp must be an IPv4 address, got "dns"',
    ),
    wrong(
        "more nodes than addresses",
        { addressSpace: "10.20.0.0/22", ...userPool({ maxCount: 600 }) },
        "mlplatform:addressSpace must leave an address for each of 607 nodes",
    ),
    // The way out.
    wrong(
        "a way out of nobody's",
        { egress: { kind: "loadBalancer" } },
        'mlplatform:egress.kind must be one of natGateway, firewall, hubFirewall, got "loadBalancer"',
    ),
    inProd(
        "a NAT gateway in prod",
        { egress: { kind: "natGateway" } },
        'mlplatform:egress.kind must be firewall or hubFirewall in prod: what leaves must be known by name, got "natGateway"',
    ),
    wrong(
        "a NAT gateway in another zone",
        { zones: ["1"], egress: { kind: "natGateway", zone: "2" } },
        'mlplatform:egress.zone must be one of the zones 1, got "2"',
    ),
    wrong(
        "a NAT gateway that waits too long",
        { egress: { kind: "natGateway", idleTimeoutMinutes: 500 } },
        "mlplatform:egress.idleTimeoutMinutes must be a whole number from 4 to 120, got 500",
    ),
    wrong(
        "names for a NAT gateway",
        { egress: { kind: "natGateway", allowedFqdns: ["example.com"] } },
        "mlplatform:egress.allowedFqdns is not for a natGateway",
    ),
    wrong(
        "a zone for a firewall",
        { egress: { kind: "firewall", zone: "1" } },
        "mlplatform:egress.zone is not for a firewall",
    ),
    wrong(
        "a field of egress misspelt",
        { egress: { kind: "firewall", fqdns: [] } },
        "mlplatform:egress.fqdns is not a field",
    ),
    wrong(
        "a URL for a name",
        { egress: { kind: "firewall", allowedFqdns: ["https://example.com/"] } },
        "mlplatform:egress.allowedFqdns",
    ),
    // Names.
    wrong(
        "a hub without zones",
        { dns: { mode: "hub" } },
        "mlplatform:dns.zoneIds must hold the id of privatelink.azurecr.io",
    ),
    wrong(
        "a hub without the API server's zone",
        { dns: { mode: "hub", zoneIds: zonesButApiServer } },
        "mlplatform:dns.zoneIds must hold the id of private.swedencentral.azmk8s.io",
    ),
    wrong(
        "a hub's zone for another use",
        {
            dns: {
                mode: "hub",
                zoneIds: { ...hubZoneIds, "privatelink.azurecr.io": hubZoneId("privatelink.vaultcore.azure.net") },
            },
        },
        'mlplatform:dns.zoneIds["privatelink.azurecr.io"] must be the full id of the private DNS zone privatelink.azurecr.io',
    ),
    wrong(
        "the zone of the private link form",
        {
            dns: {
                mode: "hub",
                zoneIds: {
                    ...hubZoneIds,
                    "privatelink.swedencentral.azmk8s.io": hubZoneId("privatelink.swedencentral.azmk8s.io"),
                },
            },
        },
        "mlplatform:dns.zoneIds must hold zones that are used",
    ),
    wrong(
        "a DNS mode of nobody's",
        { dns: { mode: "public" } },
        'mlplatform:dns.mode must be one of own, hub, policy, got "public"',
    ),
    wrong(
        "a hub's resolvers with zones of our own",
        { dnsServers: ["10.1.0.4"] },
        "mlplatform:dnsServers needs mlplatform:dns.mode hub or policy",
    ),
    wrong(
        "a resolver by name",
        { dns: { mode: "hub", zoneIds: hubZoneIds }, dnsServers: ["dns.corp"] },
        'mlplatform:dnsServers must be IPv4 addresses, got "dns.corp"',
    ),
    wrong(
        "the world at the API server",
        { apiServerClients: ["0.0.0.0/0"] },
        'mlplatform:apiServerClients must be private addresses: the API server has no public ones, got "0.0.0.0/0"',
    ),
    wrong(
        "a client that is no block",
        { apiServerClients: ["10.1.0.1"] },
        'mlplatform:apiServerClients must be IPv4 blocks such as 10.1.0.0/16, got "10.1.0.1"',
    ),
    wrong(
        "clients among the pods",
        { apiServerClients: ["10.244.0.0/24"] },
        "mlplatform:apiServerClients must not overlap podCidr 10.244.0.0/16",
    ),
    // Versions.
    wrong(
        "a patch version",
        { kubernetesVersion: "1.36.2" },
        'mlplatform:kubernetesVersion must stop at the minor version: patches are Azure\'s to pick (channel patch), got "1.36.2"',
    ),
    wrong(
        "a version without support",
        { kubernetesVersion: "1.29" },
        'mlplatform:kubernetesVersion must be one that AKS supports: 1.34, 1.35, 1.36, 1.37, got "1.29"',
    ),
    wrong(
        "pools ahead of their control plane",
        { kubernetesVersion: "1.35", poolsVersion: "1.36" },
        'mlplatform:poolsVersion must be kubernetesVersion 1.35 or up to 2 minor versions behind it, got "1.36"',
    ),
    wrong(
        "pools three versions behind",
        { kubernetesVersion: "1.37", poolsVersion: "1.34" },
        'mlplatform:poolsVersion must be kubernetesVersion 1.37 or up to 2 minor versions behind it, got "1.34"',
    ),
    wrong(
        "a patch version for pools",
        { poolsVersion: "1.36.2" },
        'mlplatform:poolsVersion must stop at the minor version: patches are Azure\'s to pick (channel patch), got "1.36.2"',
    ),
    wrong(
        "no version at all",
        { kubernetesVersion: "latest" },
        'mlplatform:kubernetesVersion must be a version of Kubernetes such as 1.36, got "latest"',
    ),
    wrong(
        "channels that exclude each other",
        { upgradeChannel: "node-image", nodeOsChannel: "SecurityPatch" },
        'mlplatform:nodeOsChannel must be NodeImage with mlplatform:upgradeChannel node-image, got "SecurityPatch"',
    ),
    wrong(
        "a channel of nobody's",
        { upgradeChannel: "weekly" },
        'mlplatform:upgradeChannel must be one of none, patch, stable, rapid, node-image, got "weekly"',
    ),
    inProd(
        "rapid upgrades in prod",
        { upgradeChannel: "rapid" },
        'mlplatform:upgradeChannel must be one of none, patch, stable, node-image in prod, got "rapid"',
    ),
    inProd(
        "nodes without patches in prod",
        { nodeOsChannel: "None" },
        'mlplatform:nodeOsChannel must be one of NodeImage, SecurityPatch in prod, got "None"',
    ),
    inProd(
        "prod without a promise",
        { slaTier: "Free" },
        'mlplatform:slaTier must be one of Standard, Premium in prod, got "Free"',
    ),
    wrong(
        "a window too short",
        { maintenance: { day: "Sunday", startTime: "02:00", durationHours: 2, utcOffset: "+01:00" } },
        "mlplatform:maintenance.durationHours must be a whole number from 4 to 24, got 2",
    ),
    wrong(
        "a window at no time",
        { maintenance: { day: "Sunday", startTime: "2 am", durationHours: 4, utcOffset: "+01:00" } },
        'mlplatform:maintenance.startTime must be 00:00 to 23:59, got "2 am"',
    ),
    wrong(
        "a window on no day",
        { maintenance: { day: "Someday", startTime: "02:00", durationHours: 4, utcOffset: "+01:00" } },
        "mlplatform:maintenance.day must be one of Monday",
    ),
    wrong(
        "a window in a time zone by name",
        { maintenance: { day: "Sunday", startTime: "02:00", durationHours: 4, utcOffset: "CET" } },
        'mlplatform:maintenance.utcOffset must read +01:00 or -07:00, got "CET"',
    ),
    // Pools.
    wrong(
        "a size of nobody's",
        userPool({ vmSize: "Standard_D4_v99" }) as Record<string, unknown>,
        'mlplatform:userPools[0].vmSize must be a size of facts/vm-sizes.ts, got "Standard_D4_v99"',
    ),
    wrong(
        "a burstable bootstrap pool",
        { bootstrapPool: { vmSize: "Standard_B2s" } },
        'mlplatform:bootstrapPool.vmSize must be a size of facts/vm-sizes.ts, got "Standard_B2s"',
    ),
    wrong(
        "GPUs in the bootstrap pool",
        { bootstrapPool: { vmSize: "Standard_NC4as_T4_v3" } },
        "mlplatform:bootstrapPool.vmSize must have no GPUs",
    ),
    wrong(
        "GPUs for the system",
        { systemPool: { vmSize: "Standard_NC4as_T4_v3" } },
        "mlplatform:systemPool.vmSize has GPUs: list it under mlplatform:gpuPools",
    ),
    wrong(
        "GPUs among user pools",
        userPool({ vmSize: "Standard_NC4as_T4_v3" }) as Record<string, unknown>,
        "mlplatform:userPools[0].vmSize has GPUs: list it under mlplatform:gpuPools",
    ),
    wrong(
        "a system pool from none",
        { systemPool: { minCount: 0 } },
        "mlplatform:systemPool.minCount must be a whole number from 1 to 1000, got 0",
    ),
    inProd(
        "a lone system node in prod",
        { systemPool: { minCount: 1 } },
        "mlplatform:systemPool.minCount must be at least 3 in prod, got 1",
    ),
    wrong(
        "least above most",
        userPool({ minCount: 5 }) as Record<string, unknown>,
        "mlplatform:userPools[0].minCount must not be above maxCount 3, got 5",
    ),
    wrong(
        "a pool that can hold nothing",
        userPool({ maxCount: 0 }) as Record<string, unknown>,
        "mlplatform:userPools[0].maxCount must be a whole number from 1 to 1000, got 0",
    ),
    wrong(
        "half a node",
        userPool({ maxCount: 1.5 }) as Record<string, unknown>,
        "mlplatform:userPools[0].maxCount must be a whole number from 1 to 1000, got 1.5",
    ),
    wrong(
        "a pool's name too long",
        userPool({ prefix: "workloads" }) as Record<string, unknown>,
        'mlplatform:userPools[0].prefix must be 1 to 8 characters of a-z and 0-9 from a letter on (a pool\'s name ends at 12, 4 of which tell its generations apart), got "workloads"',
    ),
    wrong(
        "a pool's name with a hyphen",
        userPool({ prefix: "my-pool" }) as Record<string, unknown>,
        "mlplatform:userPools[0].prefix must be 1 to 8 characters",
    ),
    wrong(
        "a pool's name twice",
        { userPools: [pool, pool] },
        'mlplatform:userPools[1].prefix must be no other pool\'s, got "work" again',
    ),
    wrong(
        "a pool's name across kinds",
        { ...userPool({ prefix: "t4" }), ...gpuPool({}) },
        'mlplatform:gpuPools[0].prefix must be no other pool\'s, got "t4" again',
    ),
    wrong(
        "the system pool's name",
        userPool({ prefix: "sys" }) as Record<string, unknown>,
        'mlplatform:userPools[0].prefix must be no other pool\'s, got "sys" again',
    ),
    wrong(
        "a disk too small",
        userPool({ osDiskSizeGib: 10 }) as Record<string, unknown>,
        "mlplatform:userPools[0].osDiskSizeGib must be a whole number from 30 to 2048, got 10",
    ),
    wrong(
        "too many pods a node",
        userPool({ maxPods: 300 }) as Record<string, unknown>,
        "mlplatform:userPools[0].maxPods must be a whole number from 10 to 250, got 300",
    ),
    wrong(
        "a label that Kubernetes keeps",
        userPool({ labels: { "kubernetes.io/os": "linux" } }) as Record<string, unknown>,
        'mlplatform:userPools[0].labels: "kubernetes.io/os" has a prefix that Kubernetes and AKS keep for themselves',
    ),
    wrong(
        "a taint without effect",
        userPool({ taints: ["team=vision"] }) as Record<string, unknown>,
        'mlplatform:userPools[0].taints must read key=value:NoSchedule, :NoExecute or :PreferNoSchedule, got "team=vision"',
    ),
    wrong(
        "a zone that the platform does not span",
        { zones: ["1", "2"], ...userPool({ zones: ["3"] }) },
        "mlplatform:userPools[0].zones must be of mlplatform:zones 1, 2, got 3",
    ),
    wrong(
        "a field of a pool misspelt",
        userPool({ maxNodes: 3 }) as Record<string, unknown>,
        "mlplatform:userPools[0].maxNodes is not a field",
    ),
    wrong(
        "a price without spot",
        userPool({ spotMaxPrice: 0.5 }) as Record<string, unknown>,
        "mlplatform:userPools[0].spotMaxPrice needs spot: true, got 0.5",
    ),
    wrong(
        "a price of nothing",
        userPool({ spot: true, spotMaxPrice: 0 }) as Record<string, unknown>,
        "mlplatform:userPools[0].spotMaxPrice must be -1 or above 0, got 0",
    ),
    wrong(
        "spot machines reserved",
        userPool({
            spot: true,
            capacityReservationGroupId:
                "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/capacityReservationGroups/c",
        }) as Record<string, unknown>,
        "mlplatform:userPools[0].capacityReservationGroupId must be unset with spot",
    ),
    wrong(
        "a reservation by name",
        userPool({ capacityReservationGroupId: "gpus" }) as Record<string, unknown>,
        'mlplatform:userPools[0].capacityReservationGroupId must be the full id of a capacity reservation group, got "gpus"',
    ),
    // GPUs.
    wrong(
        "spot machines for serving",
        gpuPool({ use: "serving", spot: true }) as Record<string, unknown>,
        "mlplatform:gpuPools[0].spot must be false for serving",
    ),
    wrong(
        "idle GPUs for training",
        gpuPool({ minCount: 1 }) as Record<string, unknown>,
        "mlplatform:gpuPools[0].minCount must be 0 for training: idle GPUs cost most of all, got 1",
    ),
    wrong(
        "a GPU pool without GPUs",
        gpuPool({ vmSize: "Standard_D4ds_v5" }) as Record<string, unknown>,
        'mlplatform:gpuPools[0].vmSize must have GPUs, got "Standard_D4ds_v5"',
    ),
    wrong(
        "a T4 divided",
        gpuPool({ migProfile: "MIG1g" }) as Record<string, unknown>,
        'mlplatform:gpuPools[0].migProfile needs an A100, H100 or H200, got "Standard_NC4as_T4_v3"',
    ),
    wrong(
        "a GPU divided without a driver",
        gpuPool({ vmSize: "Standard_NC24ads_A100_v4", migProfile: "MIG3g", driver: "None" }) as Record<string, unknown>,
        'mlplatform:gpuPools[0].driver must be "Install" with migProfile, got "None"',
    ),
    wrong(
        "a division that GPUs do not have",
        gpuPool({ vmSize: "Standard_NC24ads_A100_v4", migProfile: "MIG5g" }) as Record<string, unknown>,
        'mlplatform:gpuPools[0].migProfile must be one of MIG1g, MIG2g, MIG3g, MIG4g, MIG7g, got "MIG5g"',
    ),
    wrong(
        "a GPU pool without a driver mode",
        { gpuPools: [{ ...gpu, driver: undefined }] },
        "mlplatform:gpuPools[0].driver must be one of Install, None, got nothing",
    ),
    wrong(
        "a GPU that the region does not have",
        { location: "westcentralus", zones: [], ...gpuPool({}) },
        'mlplatform:gpuPools[0].vmSize must be offered in westcentralus, got "Standard_NC4as_T4_v3"; if az vm list-skus says it is, list it under mlplatform:verifiedVmSizes',
    ),
    wrong(
        "a GPU that the zone does not have",
        { location: "eastus", ...gpuPool({ vmSize: "Standard_NC24ads_A100_v4", zones: ["2"] }) },
        "mlplatform:gpuPools[0].zones must offer Standard_NC24ads_A100_v4 in eastus (1), got 2",
    ),
    wrong(
        "a verified size of nobody's",
        { verifiedVmSizes: ["Standard_X1"] },
        'mlplatform:verifiedVmSizes[0] must be a size of facts/vm-sizes.ts, got "Standard_X1"',
    ),
    wrong(
        "more GPUs than quota",
        { ...gpuPool({ maxCount: 4 }), vcpuQuotas: { "Standard NCASv3_T4 Family": 8 } },
        'mlplatform:vcpuQuotas["Standard NCASv3_T4 Family"] must cover 16 vCPUs, all pools of the family at their most, got 8',
    ),
    wrong(
        "a quota family of nobody's",
        { vcpuQuotas: { T4: 8 } },
        'mlplatform:vcpuQuotas must name families of facts/vm-sizes.ts, such as "standardDSv5Family", got "T4"',
    ),
    // Keys, names and roles.
    wrong(
        "a generation before the first",
        { generation: "0" },
        'mlplatform:generation must be a whole number from 1 to 99, got "0"',
    ),
    wrong(
        "a generation past the last",
        { generation: "100" },
        'mlplatform:generation must be a whole number from 1 to 99, got "100"',
    ),
    wrong("a generation of nobody's", { generations: { cluster: 2 } }, "mlplatform:generations.cluster is not a field"),
    wrong(
        "roles waited for too long",
        { rolePropagationSeconds: "3600" },
        'mlplatform:rolePropagationSeconds must be a number from 0 to 1800, got "3600"',
    ),
    inProd(
        "roles not waited for in prod",
        { rolePropagationSeconds: "5" },
        "mlplatform:rolePropagationSeconds must be at least 60 in prod, got 5",
    ),
    wrong(
        "a key without its version",
        { existingKeys: { disks: { ...key, keyUriWithVersion: "https://corp.managedhsm.azure.net/keys/ml" } } },
        "mlplatform:existingKeys.disks.keyUriWithVersion must be https://<name>.managedhsm.azure.net/keys/<key>/<version>",
    ),
    wrong(
        "a key of another vault's",
        { existingKeys: { storage: { ...key, vaultId: "/corp" } } },
        'mlplatform:existingKeys.storage.vaultId must be the full id of a vault or managed HSM, got "/corp"',
    ),
    wrong(
        "a key that nobody may use",
        { existingKeys: { registry: { ...key, identity: undefined } } },
        "mlplatform:existingKeys.registry.identity must be an object with id, clientId, principalId, got nothing",
    ),
    wrong(
        "a key for the cluster's secrets",
        { existingKeys: { cluster: key } },
        "mlplatform:existingKeys.cluster is not a field, must be one of registry, storage, disks",
    ),
    // Governance.
    wrong(
        "a workspace by name",
        { logAnalyticsWorkspaceId: "logs" },
        'mlplatform:logAnalyticsWorkspaceId must be the full id of a Log Analytics workspace, got "logs"',
    ),
    wrong(
        "tags too many",
        { tags: Object.fromEntries(Array.from({ length: 15 }, (_, index) => [`tag${index}`, "x"])) },
        "mlplatform:tags must hold at most 15 tags",
    ),
    wrong(
        "a tag that Azure keeps",
        { tags: { "azure-owner": "me" } },
        'mlplatform:tags: "azure-owner" begins with a prefix that Azure keeps',
    ),
    wrong(
        "a tag of the platform's own",
        { tags: { environment: "prod" } },
        'mlplatform:tags: "environment" is set by the platform; remove it',
    ),
    wrong("a tag that is no text", { tags: { team: 7 } }, 'mlplatform:tags["team"] must be text, got 7'),
    wrong(
        "records locked in dev",
        { lockRecords: "true" },
        "mlplatform:lockRecords must be false in dev: a locked policy keeps the environment from being destroyed, got true",
    ),
    without("mlplatform:owner", prod),
    without("mlplatform:costCentre", prod),
    wrong("an owner by name", { owner: "Jane" }, 'mlplatform:owner must be an e-mail address, got "Jane"'),
    wrong("half a teardown", { teardown: "maybe" }, 'mlplatform:teardown must be true or false, got "maybe"'),
    ...wrongGovernance,
    ...wrongRunners,
    ...wrongStates,
    ...wrongTeams,
];
