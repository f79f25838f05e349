import { groupId, nameOf, sameId, subscriptionOf } from "../ids";
import { valueAt } from "../properties";
import { refusal } from "../refusal";
import type { Properties, Refusal, Request, ResourceType, Rule } from "../resource-type";
import { clusterPath, clusterToken, fixedPoolRefusal, livePools, poolRefusal, poolTypes } from "./agent-pool";
import * as access from "./cluster-access";
import * as network from "./cluster-network";
import { clusterOutputs, tierOf } from "./cluster-outputs";
import { regional, tagged } from "./common-rules";
import { parseVersion, skewRefusal, upgradeRefusal, versionFault } from "./kubernetes-version";
import { maintenanceTypes } from "./maintenance";
import { amount, flag, onCreate, onUpdate, onWrite, records, regionOf, text } from "./reading";

const learn = "https://learn.microsoft.com/azure/aks";
const versions = `${learn}/supported-kubernetes-versions`;
const fixed = (path: string, source: string) => ({ path, code: "PropertyChangeNotAllowed", source });

/** As azure-native has them: provider/pkg/gen/replacement.go. */
const forceNew = [
    ...[
        "diskEncryptionSetID",
        "dnsPrefix",
        "fqdnSubdomain",
        "linuxProfile",
        "windowsProfile",
        "location",
        "nodeResourceGroup",
    ],
    ...[
        "serviceCidr",
        "serviceCidrs",
        "dnsServiceIP",
        "networkMode",
        "networkPlugin",
        "networkPluginMode",
        "podCidr",
    ].map((name) => `networkProfile.${name}`),
    ...["networkDataplane", "networkPolicy", "outboundType"].map((name) => `networkProfile.${name}`),
    "agentPoolProfiles[].networkProfile.nodePublicIPTags",
];

const immutable: ResourceType["immutable"] = [
    ...["diskEncryptionSetID", "dnsPrefix", "fqdnSubdomain", "nodeResourceGroup", "enableRBAC"].map((path) =>
        fixed(path, versions),
    ),
    ...["serviceCidr", "dnsServiceIP", "networkPlugin", "podCidr", "loadBalancerSku"].map((name) =>
        fixed(`networkProfile.${name}`, `${learn}/configure-azure-cni`),
    ),
    fixed("apiServerAccessProfile.subnetId", `${learn}/api-server-vnet-integration`),
    // https://github.com/Azure/azure-cli/issues/24764
    fixed("servicePrincipalProfile.clientId", `${learn}/update-credentials`),
];

/** The inline pools as pools. A cluster's PUT names those it knows; it neither adds nor takes away. */
function inlineRefusal(request: Request): Refusal | undefined {
    const { id, inputs, azure, previous } = request;
    const profiles = records(inputs, "agentPoolProfiles");
    const live = previous ? livePools(azure, id) : [];
    for (const profile of profiles) {
        const name = text(profile, "name") ?? "";
        const known = live.find((pool) => pool.name === name);
        if (previous && !known) {
            // Text: https://github.com/pulumi/pulumi-azure-native/issues/579
            const message =
                "A new agent pool was introduced. Adding agent pools to an existing cluster is not allowed through managed cluster operations. For agent pool specific change, please use per agent pool operations: https://aka.ms/agent-pool-rest-api";
            return refusal(400, "BadRequest", message);
        }
        const asked = profiles.map((one) => ({ name: text(one, "name") ?? "", profile: one }));
        const others = live.concat(previous ? [] : asked).filter((other) => other.name !== name);
        const pool = { name, profile, previous: known?.profile, cluster: inputs, location: regionOf(inputs), azure };
        const before = records(previous?.inputs, "agentPoolProfiles").find((one) => one.name === name);
        const refused =
            (before && fixedPoolRefusal(before, profile)) ??
            poolRefusal(pool) ??
            network.poolNetworkRefusal(pool, others) ??
            inlineVersionRefusal(profile, inputs);
        if (refused) return refused;
    }
    return undefined;
}

function inlineVersionRefusal(profile: Properties, cluster: Properties): Refusal | undefined {
    const version = text(profile, "orchestratorVersion");
    const control = text(cluster, "kubernetesVersion");
    return version !== undefined && control !== undefined ? skewRefusal(version, control) : undefined;
}

const longTerm = (inputs: unknown): boolean => text(inputs, "supportPlan") === "AKSLongTermSupport";

const versionRules: readonly Rule[] = [
    onWrite(versions, ({ id, inputs, previous }) => {
        const version = text(inputs, "kubernetesVersion");
        // A cluster may stay on a version that has left support; it cannot go there.
        if (version === undefined || version === text(previous?.inputs, "kubernetesVersion")) return undefined;
        const fault = versionFault(version, longTerm(inputs));
        const message = `Managed cluster ${nameOf(id)} ${fault ?? ""} For more information, please check https://aka.ms/supported-version-list`;
        return fault !== undefined && refusal(400, "K8sVersionNotSupported", message);
    }),
    onUpdate(`${learn}/upgrade-aks-cluster`, ({ inputs }, previous) => {
        const [before, after] = [text(previous.outputs, "currentKubernetesVersion"), text(inputs, "kubernetesVersion")];
        return before !== undefined && after !== undefined && upgradeRefusal(before, after);
    }),
    onUpdate(`${learn}/upgrade-aks-cluster`, ({ id, inputs, azure }) => {
        const control = text(inputs, "kubernetesVersion");
        for (const pool of control === undefined ? [] : livePools(azure, id)) {
            const refused = skewRefusal(
                text(pool.profile, "currentOrchestratorVersion") ?? control ?? "",
                control ?? "",
            );
            if (refused) return refused;
        }
        return undefined;
    }),
    onUpdate(`${learn}/spot-node-pool (code unverified)`, ({ id, inputs, azure }, previous) => {
        const moved = (before: unknown, after: unknown, path: string): boolean =>
            parseVersion(text(before, path) ?? "")?.minor !== parseVersion(text(after, path) ?? "")?.minor;
        const asked = records(inputs, "agentPoolProfiles");
        const pools = livePools(azure, id);
        const both =
            moved(previous.inputs, inputs, "kubernetesVersion") &&
            pools.some(({ name, profile }) => {
                const next = asked.find((one) => one.name === name);
                return next !== undefined && moved(profile, next, "orchestratorVersion");
            });
        const spot = pools.find(({ profile }) => text(profile, "scaleSetPriority") === "Spot");
        const message = `The control plane and node pools cannot be upgraded at the same time with spot pool '${spot?.name ?? ""}'; upgrade them separately.`;
        return both && spot !== undefined && refusal(400, "OperationNotAllowed", message);
    }),
    onWrite(`${learn}/long-term-support (code unverified)`, ({ inputs }) => {
        const wrong = longTerm(inputs) && tierOf(inputs) !== "Premium";
        return (
            wrong &&
            refusal(400, "BadRequest", `supportPlan AKSLongTermSupport needs sku.tier Premium, got ${tierOf(inputs)}.`)
        );
    }),
    onWrite(`${learn}/cost-analysis (code unverified)`, ({ inputs }) => {
        const wrong = flag(inputs, "metricsProfile.costAnalysis.enabled") && tierOf(inputs) === "Free";
        return wrong && refusal(400, "BadRequest", "Cost analysis needs sku.tier Standard or Premium, got Free.");
    }),
    onWrite(`${learn}/auto-upgrade-node-os-image (code unverified)`, ({ inputs }) => {
        const [channel, os] = ["upgradeChannel", "nodeOSUpgradeChannel"].map((name) =>
            text(inputs, `autoUpgradeProfile.${name}`),
        );
        const wrong = channel === "node-image" && os !== undefined && os !== "NodeImage";
        const message = `upgradeChannel node-image needs nodeOSUpgradeChannel NodeImage, got ${os ?? ""}.`;
        return wrong && refusal(400, "InvalidParameter", message);
    }),
];

const changeRules: readonly Rule[] = [
    onUpdate(`${learn}/private-clusters`, ({ inputs }, previous) => {
        const path = "apiServerAccessProfile.enablePrivateCluster";
        const integrated = flag(previous.inputs, "apiServerAccessProfile.enableVnetIntegration");
        const changed = flag(previous.inputs, path) !== flag(inputs, path);
        // With VNet integration a cluster can be made private and public at will.
        return changed && !integrated && changeRefused(path);
    }),
    onUpdate(`${learn}/api-server-vnet-integration`, ({ inputs }, previous) => {
        const path = "apiServerAccessProfile.enableVnetIntegration";
        return flag(previous.inputs, path) && !flag(inputs, path) && changeRefused(path);
    }),
    onUpdate(
        `${learn}/private-clusters#update-a-private-cluster-from-a-private-dns-zone-to-public`,
        ({ inputs }, previous) => {
            const path = "apiServerAccessProfile.privateDNSZone";
            const [before, after] = [text(previous.inputs, path) ?? "system", text(inputs, path) ?? "system"];
            return !sameId(before, after) && after.toLowerCase() !== "none" && changeRefused(path);
        },
    ),
    onUpdate(`${learn}/use-kms-etcd-encryption (code unverified)`, ({ inputs }, previous) => {
        const kms = "securityProfile.azureKeyVaultKms";
        const [before, after] = [previous.inputs, inputs].map(
            (one) => text(one, `${kms}.keyVaultNetworkAccess`) ?? "Public",
        );
        const both = flag(previous.inputs, `${kms}.enabled`) && flag(inputs, `${kms}.enabled`);
        return both && before !== after && changeRefused(`${kms}.keyVaultNetworkAccess`);
    }),
    // The issuer is on for every new cluster, and stays.
    onWrite(`${learn}/use-oidc-issuer`, ({ inputs, previous }) => {
        const off = previous && valueAt(inputs, "oidcIssuerProfile.enabled") !== true;
        return off && refusal(400, "OIDCIssuerFeatureCannotBeDisabled", "The OIDC issuer cannot be disabled.");
    }),
    // The code is unverified.
    onUpdate(`${learn}/enable-authentication-microsoft-entra-id`, ({ inputs }, previous) => {
        const left = flag(previous.inputs, "aadProfile.managed") && !flag(inputs, "aadProfile.managed");
        return left && changeRefused("aadProfile.managed");
    }),
];

function changeRefused(path: string): Refusal {
    return refusal(400, "PropertyChangeNotAllowed", `Changing property '${path}' is not allowed.`);
}

const shapeRules: readonly Rule[] = [
    onWrite(
        "https://learn.microsoft.com/rest/api/aks/managed-clusters/create-or-update (code unverified)",
        ({ inputs }) => {
            const [prefix, subdomain] = [text(inputs, "dnsPrefix"), text(inputs, "fqdnSubdomain")];
            const message = "Exactly one of dnsPrefix and fqdnSubdomain is required.";
            return (prefix === undefined) === (subdomain === undefined) && refusal(400, "InvalidParameter", message);
        },
    ),
    onWrite("https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules", ({ inputs }) => {
        const prefix = text(inputs, "dnsPrefix") ?? "a";
        const fine = /^[a-zA-Z0-9]([a-zA-Z0-9-]{0,52}[a-zA-Z0-9])?$/.test(prefix);
        const message = `The value of parameter dnsPrefix '${prefix}' is invalid: 1 to 54 letters, digits and hyphens, not at the ends.`;
        return !fine && refusal(400, "InvalidParameter", message);
    }),
    onWrite(`${learn}/private-clusters (code unverified)`, ({ inputs }) => {
        const wrong = text(inputs, "fqdnSubdomain") !== undefined && access.zoneName(inputs) === undefined;
        return wrong && refusal(400, "InvalidParameter", "fqdnSubdomain needs a private DNS zone of your own.");
    }),
    onCreate(
        "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules",
        ({ inputs }) => {
            const group = text(inputs, "nodeResourceGroup") ?? "";
            return (
                group.length > 80 &&
                refusal(400, "InvalidParameter", `nodeResourceGroup takes 80 characters, got ${group.length}.`)
            );
        },
    ),
    onCreate(`${learn}/faq`, ({ id, inputs }) => {
        const same = nameOf(groupId(id) ?? "").toLowerCase() === text(inputs, "nodeResourceGroup")?.toLowerCase();
        return (
            same &&
            refusal(400, "NodeResourceGroupSameAsResourceGroup", "The node resource group cannot be the cluster's own.")
        );
    }),
    onCreate(`${learn}/faq`, ({ id, inputs, azure }) => {
        const group = `${subscriptionOf(id) ?? ""}/resourceGroups/${text(inputs, "nodeResourceGroup") ?? ""}`;
        const message = `Resource group '${nameOf(group)}' already exists; AKS makes the node resource group itself.`;
        return azure.find(group) !== undefined && refusal(409, "NodeResourceGroupAlreadyExists", message);
    }),
    onWrite(`${learn}/image-cleaner (code unverified)`, ({ inputs }) => {
        const hours = amount(inputs, "securityProfile.imageCleaner.intervalHours");
        const wrong = hours !== undefined && !(hours >= 24 && hours <= 2160);
        return (
            wrong && refusal(400, "InvalidParameter", `imageCleaner.intervalHours must be 24 to 2160, got ${hours}.`)
        );
    }),
];

const poolRules: readonly Rule[] = [
    // Text: https://github.com/Azure/AKS/issues/2495
    onCreate(`${learn}/use-system-pools`, ({ inputs }) => {
        const none = records(inputs, "agentPoolProfiles").length === 0;
        return none && refusal(400, "InvalidParameter", "Required parameter agentPoolProfiles is missing (null).");
    }),
    onWrite(`${learn}/use-system-pools`, ({ id, inputs, azure, previous }) => {
        const asked = records(inputs, "agentPoolProfiles");
        const kept = previous ? livePools(azure, id).filter(({ name }) => !asked.some((one) => one.name === name)) : [];
        const all = [...asked, ...kept.map(({ profile }) => profile)];
        const missing = !all.some((profile) => text(profile, "mode") === "System");
        return missing && refusal(400, "MustDefineAtLeastOneSystemPool", "Must define at least one system pool.");
    }),
    onWrite(`${learn}/create-node-pools`, inlineRefusal),
];

const cluster: ResourceType = {
    token: clusterToken,
    path: clusterPath,
    name: {
        pattern: /^[a-zA-Z0-9]([-_a-zA-Z0-9]{0,61}[a-zA-Z0-9])?$/,
        rule: "1 to 63 letters, digits, hyphens and underscores, beginning and ending with a letter or digit",
        code: "InvalidParameter",
        source: "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftcontainerservice",
    },
    forceNew,
    immutable,
    rules: [
        ...regional,
        tagged,
        ...shapeRules,
        ...versionRules,
        ...changeRules,
        onWrite(`${learn}/use-managed-identity`, access.identityRefusal),
        onWrite(`${learn}/azure-cni-powered-by-cilium`, network.pluginRefusal),
        ...poolRules,
        onWrite(`${learn}/concepts-network-azure-cni-overlay`, network.rangeRefusal),
        onWrite(`${learn}/egress-outboundtype`, network.outboundRefusal),
        onWrite(`${learn}/api-server-vnet-integration`, access.integrationRegionRefusal),
        onWrite(`${learn}/api-server-vnet-integration`, network.apiServerSubnetRefusal),
        onWrite(`${learn}/private-clusters#configure-a-private-dns-zone`, access.privateZoneRefusal),
        onWrite(`${learn}/manage-local-accounts-managed-azure-ad`, access.securityRefusal),
        onWrite(
            `${learn}/use-managed-identity#use-a-pre-created-kubelet-managed-identity`,
            access.kubeletIdentityRefusal,
        ),
        onWrite(`${learn}/configure-azure-cni#prerequisites`, access.subnetRoleRefusal),
        onWrite(`${learn}/azure-disk-customer-managed-keys`, access.diskKeyRefusal),
        onWrite(`${learn}/use-kms-etcd-encryption`, access.kmsRefusal),
    ],
    outputs: clusterOutputs,
    view: (stored, azure) => ({
        agentPoolProfiles: livePools(azure, stored.id).map((pool) => ({ ...pool.profile, name: pool.name })),
    }),
};

export const clusterTypes: readonly ResourceType[] = [cluster, ...poolTypes, ...maintenanceTypes];
