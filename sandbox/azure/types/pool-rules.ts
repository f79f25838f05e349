import { valueAt } from "../properties";
import { refusal } from "../refusal";
import type { Properties } from "../resource-type";
import { registeredFeatures } from "./features";
import { poolSizeRules } from "./pool-size-rules";
import { autoscales, invalid, isSpot, isSystem, isWindows, learn, rule } from "./pool-view";
import type { PoolRule } from "./pool-view";
import { amount, flag, text, texts } from "./reading";

const spotPools = `${learn}/spot-node-pool`;
const autoscaler = `${learn}/cluster-autoscaler`;

const counts: PoolRule[] = [
    rule("https://learn.microsoft.com/rest/api/aks/agent-pools/create-or-update", ({ profile }) => {
        const message = `maxPods must be at least 10, got ${amount(profile, "maxPods") ?? 0}.`;
        return (amount(profile, "maxPods") ?? 10) < 10 && refusal(400, "InsufficientMaxPods", message);
    }),
    rule(`${learn}/quotas-skus-regions`, ({ profile }) => {
        const message = `maxPods must be at most 250, got ${amount(profile, "maxPods") ?? 0}.`;
        return (amount(profile, "maxPods") ?? 10) > 250 && refusal(400, "MaxPodsLimitExceeded", message);
    }),
    // Needed with the autoscaler too: https://github.com/pulumi/pulumi-kubernetes/issues/2704
    rule("https://github.com/pulumi/pulumi-azure-native/issues/2943", ({ profile }) => {
        const message = "Required parameter properties.count is missing (null).";
        return amount(profile, "count") === undefined && refusal(400, "InvalidParameter", message);
    }),
    // Text: https://github.com/kubernetes-sigs/cluster-api-provider-azure/issues/5947
    rule(`${learn}/quotas-skus-regions`, (pool) => {
        const [count, least] = [amount(pool.profile, "count") ?? 0, isSystem(pool) ? 1 : 0];
        const wrong = !(Number.isInteger(count) && count >= least && count <= 1000);
        const message = `agentPoolProfile.count was ${count}. It must be greater or equal to minCount:${least} and less than or equal to maxCount:1000.`;
        return wrong && refusal(400, "InvalidParameter", message);
    }),
    rule(autoscaler, (pool) => {
        const [least, most] = [amount(pool.profile, "minCount"), amount(pool.profile, "maxCount")];
        const missing = autoscales(pool) && (least === undefined || most === undefined);
        return missing && invalid("minCount", "minCount and maxCount are required when enableAutoScaling is true.");
    }),
    rule(autoscaler, (pool) => {
        const [least, most] = [amount(pool.profile, "minCount") ?? 0, amount(pool.profile, "maxCount") ?? 0];
        const wrong = autoscales(pool) && !(least <= most && most >= 1 && most <= 1000);
        return (
            wrong && invalid("minCount", `minCount ${least} must not be above maxCount ${most}, which is 1 to 1000.`)
        );
    }),
    // https://github.com/Azure/azure-cli/pull/22442: a system pool does not scale to nothing.
    rule(autoscaler, (pool) => {
        const least = amount(pool.profile, "minCount") ?? 1;
        return (
            autoscales(pool) &&
            isSystem(pool) &&
            least < 1 &&
            invalid("minCount", "A system node pool needs minCount of at least 1.")
        );
    }),
    // Only for a new pool: the autoscaler brings an existing one into a changed range. Code unverified.
    rule("https://github.com/Azure/AKS/issues/3513", (pool) => {
        const count = amount(pool.profile, "count") ?? 0;
        const [least, most] = [amount(pool.profile, "minCount") ?? 0, amount(pool.profile, "maxCount") ?? 1000];
        const outside = !pool.previous && autoscales(pool) && !(count >= least && count <= most);
        return outside && invalid("count", `count ${count} is not within minCount ${least} and maxCount ${most}.`);
    }),
    rule(`${autoscaler} (code unverified)`, (pool) => {
        const given = ["minCount", "maxCount"].filter((path) => amount(pool.profile, path) !== undefined);
        return (
            !autoscales(pool) &&
            given.length > 0 &&
            invalid(given.join(", "), "It is for pools with enableAutoScaling alone.")
        );
    }),
    rule(`${learn}/node-auto-provisioning#limitations (code unverified)`, (pool) => {
        const provisioning = text(pool.cluster, "nodeProvisioningProfile.mode") === "Auto";
        return (
            provisioning &&
            autoscales(pool) &&
            invalid("enableAutoScaling", "Node auto-provisioning excludes the cluster autoscaler.")
        );
    }),
];

const spot: PoolRule[] = [
    rule(`${spotPools} (code unverified)`, (pool) => {
        const given = ["scaleSetEvictionPolicy", "spotMaxPrice"].find(
            (path) => valueAt(pool.profile, path) !== undefined,
        );
        return (
            !isSpot(pool) && given !== undefined && invalid(given, "It is for pools with scaleSetPriority Spot alone.")
        );
    }),
    rule(`${spotPools} (code unverified)`, ({ profile }) => {
        const price = amount(profile, "spotMaxPrice");
        return (
            price !== undefined &&
            price !== -1 &&
            !(price > 0) &&
            invalid("spotMaxPrice", `It must be -1 or above 0, got ${price}.`)
        );
    }),
    rule(`${spotPools}#limitations`, (pool) => {
        const given = ["maxSurge", "maxUnavailable"].find(
            (one) => text(pool.profile, `upgradeSettings.${one}`) !== undefined,
        );
        const words = given === "maxSurge" ? "max surge" : (given ?? "");
        return isSpot(pool) && given !== undefined && invalid(`upgrade.${given}`, `Spot pools can't set ${words}.`);
    }),
    rule(`${learn}/use-capacity-reservation-groups`, (pool) => {
        const reserved = text(pool.profile, "capacityReservationGroupID") !== undefined;
        return (
            isSpot(pool) &&
            reserved &&
            refusal(400, "CRGConflictWithSpotVM", "Capacity reservation groups do not go with spot VMs.")
        );
    }),
];

const labelsAndTaints: PoolRule[] = [
    rule(`${learn}/use-node-taints (code unverified)`, ({ profile }) => {
        const form =
            /^[a-zA-Z0-9][\w./-]{0,252}=([a-zA-Z0-9]([\w.-]{0,61}[a-zA-Z0-9])?)?:(NoSchedule|PreferNoSchedule|NoExecute)$/;
        const wrong = texts(profile, "nodeTaints").find((taint) => !form.test(taint));
        return (
            wrong !== undefined &&
            invalid(
                "nodeTaints",
                `'${wrong}' is not key=value:effect with effect NoSchedule, PreferNoSchedule or NoExecute.`,
            )
        );
    }),
    rule("https://github.com/Azure/AKS/issues/1412 (code unverified)", ({ profile }) => {
        const keys = texts(profile, "nodeTaints").map((taint) => taint.replace(/=[^:]*:/, ":"));
        const twice = keys.find((key, index) => keys.indexOf(key) !== index);
        return twice !== undefined && invalid("nodeTaints", `More than one taint has key and effect '${twice}'.`);
    }),
    rule("https://github.com/Azure/karpenter-provider-azure/pull/1558 (code unverified)", ({ profile }) => {
        const own = texts(profile, "nodeTaints").find((taint) =>
            /^kubernetes\.azure\.com\/(?!scalesetpriority=spot:)/.test(taint),
        );
        return own !== undefined && invalid("nodeTaints", `'${own}' has the reserved prefix kubernetes.azure.com.`);
    }),
    // Text: https://github.com/hashicorp/terraform-provider-azurerm/issues/18567
    rule("https://aka.ms/aks-node-labels-116", ({ profile }) => {
        const reserved = texts(profile, "nodeLabels").find((key) => {
            const [prefix = ""] = key.includes("/") ? key.split("/") : [];
            return /(^|\.)(kubernetes|k8s)\.io$/.test(prefix) && !/(^|\.)(kubelet|node)\.kubernetes\.io$/.test(prefix);
        });
        const message = `For Kubernetes version greater than or equal to 1.16, node label keys in the 'kubernetes.io' or 'k8s.io' namespace must begin with an allowed prefix (kubelet.kubernetes.io, node.kubernetes.io). Got '${reserved ?? ""}'. For more information, please check https://aka.ms/aks-node-labels-116.`;
        return reserved !== undefined && refusal(400, "BadRequest", message);
    }),
    rule(`${learn}/use-labels#reserved-system-labels (code unverified)`, ({ profile }) => {
        const own = texts(profile, "nodeLabels").find((key) =>
            /^kubernetes\.azure\.com\/(?!scalesetpriority$)/.test(key),
        );
        return (
            own !== undefined &&
            refusal(400, "NodeLabelKeyNotAllowed", `Invalid node label key ${own}: the prefix is reserved for AKS.`)
        );
    }),
    rule(`${learn}/use-labels (code unverified)`, ({ profile }) => {
        const labels = Object.entries((valueAt(profile, "nodeLabels") ?? {}) as Properties);
        const value = /^([A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?)?$/;
        const key = /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/;
        const wrong = labels.find(([name, content]) => !key.test(name) || !value.test(String(content)));
        return (
            wrong !== undefined && invalid("nodeLabels", `'${wrong[0]}=${String(wrong[1])}' is no label of Kubernetes.`)
        );
    }),
];

const rest: PoolRule[] = [
    rule(`${learn}/upgrade-aks-cluster#customize-node-surge-upgrade (code unverified)`, ({ profile }) => {
        const surge = text(profile, "upgradeSettings.maxSurge");
        const fine = surge === undefined || /^\d+$/.test(surge) || /^(100|[1-9]\d?)%$/.test(surge);
        return !fine && invalid("upgrade.maxSurge", `It must be a number of nodes or 1% to 100%, got ${surge}.`);
    }),
    rule(`${learn}/upgrade-aks-cluster (code unverified)`, ({ profile }) => {
        const drain = amount(profile, "upgradeSettings.drainTimeoutInMinutes");
        const soak = amount(profile, "upgradeSettings.nodeSoakDurationInMinutes");
        if (drain !== undefined && !(drain >= 1 && drain <= 1440)) {
            return invalid("upgrade.drainTimeoutInMinutes", `It must be 1 to 1440, got ${drain}.`);
        }
        const wrong = soak !== undefined && !(soak >= 0 && soak <= 30);
        return wrong && invalid("upgrade.nodeSoakDurationInMinutes", `It must be 0 to 30, got ${soak}.`);
    }),
    rule(`${learn}/use-windows-gpu`, (pool) => {
        const sku = text(pool.profile, "osSKU");
        const wrong = sku !== undefined && sku.startsWith("Windows") !== isWindows(pool);
        return (
            wrong &&
            refusal(
                400,
                "InvalidOSSKU",
                `OS SKU ${sku} does not go with OS type ${text(pool.profile, "osType") ?? "Linux"}.`,
            )
        );
    }),
    rule("https://learn.microsoft.com/azure/aks/windows-faq", (pool) => {
        const plugin = text(pool.cluster, "networkProfile.networkPlugin") ?? "azure";
        return (
            isWindows(pool) &&
            plugin !== "azure" &&
            refusal(400, "AzureCNIOnlyForWindows", "Windows agent pools need Azure CNI.")
        );
    }),
    rule("https://learn.microsoft.com/azure/aks/windows-faq", (pool) => {
        const missing = isWindows(pool) && valueAt(pool.cluster, "windowsProfile") === undefined;
        return (
            missing && refusal(400, "WindowsProfileMissing", "Windows agent pools need windowsProfile on the cluster.")
        );
    }),
    rule("https://learn.microsoft.com/azure/aks/use-pod-sandboxing", ({ profile }) => {
        const runtime = text(profile, "workloadRuntime");
        const feature = { WasmWasi: "WasmNodePoolPreview", KataVmIsolation: "KataVMIsolationPreview" }[runtime ?? ""];
        const missing = feature !== undefined && !registeredFeatures.has(`Microsoft.ContainerService/${feature}`);
        const message = `Preview feature Microsoft.ContainerService/${feature ?? ""} not registered.`;
        return missing && refusal(400, "PreviewFeatureNotRegistered", message);
    }),
    rule(`${learn}/egress-outboundtype`, ({ profile, cluster }) => {
        const routed = text(cluster, "networkProfile.outboundType") === "userDefinedRouting";
        const message = "User-defined routing does not go with public IPs on nodes.";
        return routed && flag(profile, "enableNodePublicIP") && refusal(400, "UDRWithNodePublicIPNotAllowed", message);
    }),
];

/** The rules that hold for every pool, in the order in which they are asked. */
export const poolRules: readonly PoolRule[] = [...poolSizeRules, ...spot, ...counts, ...labelsAndTaints, ...rest];
