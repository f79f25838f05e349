import { stableGuid, stableHex } from "../guid";
import { groupId, nameOf, subscriptionOf } from "../ids";
import { isObject, merged, valueAt } from "../properties";
import type { Properties, Request, Stored } from "../resource-type";
import { poolOutputs } from "./agent-pool";
import { zoneName } from "./cluster-access";
import { runningVersion } from "./kubernetes-version";
import { flag, identityMap, records, regionOf, text, texts, userIdentity } from "./reading";

/** The service level of a cluster. */
export const tierOf = (inputs: unknown): string => text(inputs, "sku.tier") ?? "Free";

/** What AKS answers for a cluster on top of what was asked. */
export function clusterOutputs({ id, inputs, previous, azure }: Request): Properties {
    const [name, region] = [nameOf(id), regionOf(inputs)];
    const group = nameOf(groupId(id) ?? "");
    const version = text(inputs, "kubernetesVersion") ?? text(previous?.outputs, "kubernetesVersion") ?? "1.36";
    const nodeGroup = text(inputs, "nodeResourceGroup") ?? `MC_${group}_${name}_${region}`.slice(0, 80);
    const self: Pick<Stored, "id" | "inputs"> = { id, inputs: { ...inputs, kubernetesVersion: version } };
    const before = records(previous?.outputs, "agentPoolProfiles");
    const asked = records(inputs, "agentPoolProfiles").map((profile) => {
        const known = before.find((one) => one.name === profile.name);
        return poolOutputs(text(profile, "name") ?? "", profile, self, known);
    });
    // Pools that a PUT leaves out stay: https://github.com/pulumi/pulumi-azure-native/issues/579
    const kept = before.filter((one) => !asked.some((profile) => profile.name === one.name));
    const type = text(inputs, "identity.type") ?? "None";
    const overlay = text(inputs, "networkProfile.networkPluginMode") === "overlay";
    return {
        type: "Microsoft.ContainerService/managedClusters",
        location: region,
        kubernetesVersion: version,
        currentKubernetesVersion: runningVersion(version, text(previous?.outputs, "currentKubernetesVersion")),
        maxAgentPools: 100,
        powerState: { code: "Running" },
        ...hostNames(id, inputs, region),
        nodeResourceGroup: nodeGroup,
        resourceUID: stableHex(`${id.toLowerCase()}\nuid`, 24),
        enableRBAC: valueAt(inputs, "enableRBAC") !== false,
        disableLocalAccounts: flag(inputs, "disableLocalAccounts"),
        supportPlan: text(inputs, "supportPlan") ?? "KubernetesOfficial",
        sku: { name: text(inputs, "sku.name") ?? "Base", tier: tierOf(inputs) },
        servicePrincipalProfile: { clientId: text(inputs, "servicePrincipalProfile.clientId") ?? "msi" },
        agentPoolProfiles: [...asked, ...kept],
        oidcIssuerProfile: {
            enabled: true,
            issuerURL: `https://${region}.oic.prod-aks.azure.com/${azure.tenantId}/${stableGuid(id, "issuer")}/`,
        },
        identity: {
            type,
            ...(type === "SystemAssigned"
                ? { principalId: stableGuid(id, "principal"), tenantId: azure.tenantId }
                : {}),
            ...(type === "UserAssigned"
                ? { userAssignedIdentities: identityMap(azure, texts(inputs, "identity.userAssignedIdentities")) }
                : {}),
        },
        identityProfile: { kubeletidentity: kubeletIdentity(id, inputs, azure, nodeGroup) },
        networkProfile: merged(
            {
                networkPlugin: "azure",
                networkPolicy: "none",
                networkDataplane: "azure",
                loadBalancerSku: "standard",
                outboundType: "loadBalancer",
                serviceCidr: "10.0.0.0/16",
                dnsServiceIP: "10.0.0.10",
                ipFamilies: ["IPv4"],
                ...(overlay ? { podCidr: "10.244.0.0/16" } : {}),
            },
            isObject(inputs.networkProfile) ? inputs.networkProfile : {},
        ),
        ...(inputs.autoUpgradeProfile === undefined
            ? { autoUpgradeProfile: { nodeOSUpgradeChannel: "NodeImage" } }
            : {}),
    };
}

/** Names of the API server, as AKS forms them. */
function hostNames(id: string, inputs: Properties, region: string): Properties {
    const host = `${text(inputs, "dnsPrefix") ?? ""}-${stableHex(`${id.toLowerCase()}\nhost`, 8)}`;
    const zone = zoneName(inputs);
    const isPrivate = flag(inputs, "apiServerAccessProfile.enablePrivateCluster");
    const integrated = flag(inputs, "apiServerAccessProfile.enableVnetIntegration");
    const own = `${stableGuid(id, "zone")}.${integrated ? "private" : "privatelink"}.${region}.azmk8s.io`;
    const label = text(inputs, "fqdnSubdomain") ?? host;
    const open = !isPrivate || valueAt(inputs, "apiServerAccessProfile.enablePrivateClusterPublicFQDN") !== false;
    return {
        ...(open ? { fqdn: `${host}.hcp.${region}.azmk8s.io` } : {}),
        ...(isPrivate ? { privateFQDN: `${label}.${zone ?? own}` } : {}),
        azurePortalFQDN: `${stableHex(id.toLowerCase(), 32)}-priv.portal.hcp.${region}.azmk8s.io`,
    };
}

function kubeletIdentity(id: string, inputs: Properties, azure: Request["azure"], nodeGroup: string): Properties {
    const own = text(inputs, "identityProfile.kubeletidentity.resourceId");
    const found = own === undefined ? undefined : userIdentity(azure, own);
    const made = `${subscriptionOf(id) ?? ""}/resourceGroups/${nodeGroup}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${nameOf(id)}-agentpool`;
    return {
        resourceId: own ?? made,
        clientId: found?.clientId ?? stableGuid(id, "kubelet client"),
        objectId: found?.principalId ?? stableGuid(id, "kubelet principal"),
    };
}
