import { zonesOffering } from "../../../facts/vm-sizes";
import { refusal } from "../refusal";
import { registeredFeatures } from "./features";
import { invalid, isSpot, isSystem, isWindows, learn, rule, sizeOf, zonesOfRegion } from "./pool-view";
import type { PoolRule } from "./pool-view";
import { amount, flag, text, texts } from "./reading";

const spotPools = `${learn}/spot-node-pool`;
const systemPools = `${learn}/use-system-pools`;

const names: PoolRule[] = [
    rule(`${systemPools}#limitations`, ({ name }) => {
        return (
            !/^[a-z][a-z0-9]{0,11}$/.test(name) &&
            invalid("name", `'${name}' is not 1 to 12 of a-z0-9, beginning with a letter.`)
        );
    }),
    rule(`${systemPools}#limitations`, (pool) => {
        const message = `Windows agent pool name '${pool.name}' can not be longer than 6 characters.`;
        return isWindows(pool) && pool.name.length > 6 && refusal(400, "WindowsAgentPoolNameTooLong", message);
    }),
];

const sizes: PoolRule[] = [
    // Documented as unsupported; that AKS refuses it is unverified.
    rule(`${learn}/quotas-skus-regions#restricted-vm-sizes (unverified)`, (pool) => {
        const size = text(pool.profile, "vmSize") ?? "";
        const message = `B series VMs are not supported for system node pools. Nodepool name: ${pool.name}.`;
        return isSystem(pool) && /^standard_b\d/i.test(size) && refusal(400, "SystemPoolSkuTooLow", message);
    }),
    rule(`${learn}/quotas-skus-regions`, (pool) => {
        const name = text(pool.profile, "vmSize");
        const size = sizeOf(pool);
        const offered = size && zonesOffering(size, pool.location, zonesOfRegion(pool.location)) !== undefined;
        const message = `Virtual Machine size: '${name ?? ""}' is not supported for subscription ${pool.azure.subscriptionId} in location '${pool.location}'.`;
        return name !== undefined && offered !== true && refusal(400, "VMSizeNotSupported", message);
    }),
    rule(`${learn}/reliability-availability-zones-configure`, ({ profile }) => {
        const wrong = texts(profile, "availabilityZones").find((zone) => !/^\d$/.test(zone));
        const message = `Availability zone '${wrong ?? ""}' should be in numeric format.`;
        return wrong !== undefined && refusal(400, "InvalidAvailabilityZoneFormat", message);
    }),
    // Text: https://github.com/MicrosoftDocs/azure-aks-docs/pull/416
    rule(`${learn}/reliability-availability-zones-configure`, (pool) => {
        const [size, all] = [sizeOf(pool), zonesOfRegion(pool.location)];
        const offered = size ? (zonesOffering(size, pool.location, all) ?? []) : all;
        const missing = texts(pool.profile, "availabilityZones").filter((zone) => !offered.includes(zone));
        const message = `The zone(s) '${missing.join(",")}' for resource '${pool.name}' is not supported. The supported zones for location '${pool.location}' are '${offered.join(",")}'`;
        return missing.length > 0 && refusal(400, "AvailabilityZoneNotSupported", message);
    }),
    // Text: https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/create-upgrade-delete/quota-exceeded-during-creation-or-upgrade
    rule(`${learn}/quotas-skus-regions`, (pool) => {
        const size = sizeOf(pool);
        if (!size) return undefined;
        const same = text(pool.previous, "vmSize")?.toLowerCase() === size.name.toLowerCase();
        const more = (amount(pool.profile, "count") ?? 0) - (same ? (amount(pool.previous, "count") ?? 0) : 0);
        const { limit, used } = pool.azure.quota(pool.location, size.family);
        const [asked, left] = [more * size.vCpus, Math.max(0, limit - used)];
        const message = `Insufficient vcpu quota requested ${asked}, remaining ${left} for family ${size.family} for region ${pool.location}. If you want to increase the quota, please follow this instruction: https://learn.microsoft.com/azure/quotas/view-quotas. Surge nodes would also consume vcpu quota.`;
        return asked > 0 && asked > left && refusal(400, "ErrCode_InsufficientVCPUQuota", message);
    }),
    rule(`${learn}/gpu-multi-instance`, (pool) => {
        const profile = text(pool.profile, "gpuInstanceProfile");
        const message = `VM size ${text(pool.profile, "vmSize") ?? ""} does not support multi-instance GPU.`;
        return (
            profile !== undefined &&
            sizeOf(pool)?.gpus?.mig !== true &&
            refusal(400, "VMSizeDoesNotSupportMIG", message)
        );
    }),
    rule(`${learn}/use-nvidia-gpu (code unverified)`, (pool) => {
        const driver = text(pool.profile, "gpuProfile.driver");
        const size = text(pool.profile, "vmSize") ?? "";
        return (
            driver !== undefined &&
            sizeOf(pool)?.gpus === undefined &&
            invalid("gpuProfile.driver", `${size} has no GPU.`)
        );
    }),
    rule(`${learn}/enable-host-encryption`, ({ profile }) => {
        const missing =
            flag(profile, "enableEncryptionAtHost") && !registeredFeatures.has("Microsoft.Compute/EncryptionAtHost");
        return (
            missing &&
            refusal(400, "SubscriptionNotEnabledEncryptionAtHost", "Subscription does not enable EncryptionAtHost.")
        );
    }),
    rule(`${learn}/enable-host-encryption`, (pool) => {
        const without = flag(pool.profile, "enableEncryptionAtHost") && sizeOf(pool)?.hostEncryption === false;
        const message = `The virtual machine size ${text(pool.profile, "vmSize") ?? ""} does not support EncryptionAtHost.`;
        return without && refusal(400, "VMSizeDoesNotSupportEncryptionAtHost", message);
    }),
    rule(`${learn}/concepts-storage#ephemeral-os-disk`, (pool) => {
        const asked = text(pool.profile, "osDiskType") === "Ephemeral";
        const message = `The virtual machine size ${text(pool.profile, "vmSize") ?? ""} does not support Ephemeral OS disk.`;
        return (
            asked && sizeOf(pool)?.ephemeralOsDiskGib === 0 && refusal(400, "VMSizeDoesNotSupportEphemeralOS", message)
        );
    }),
    rule(`${learn}/concepts-storage#ephemeral-os-disk`, (pool) => {
        const [room, asked] = [sizeOf(pool)?.ephemeralOsDiskGib, amount(pool.profile, "osDiskSizeGB")];
        const tooBig =
            text(pool.profile, "osDiskType") === "Ephemeral" &&
            room !== undefined &&
            asked !== undefined &&
            asked > room;
        const message = `The virtual machine size ${text(pool.profile, "vmSize") ?? ""} has a cache size of ${room ?? 0} GB, but the OS disk requires ${asked ?? 0} GB.`;
        return tooBig && refusal(400, "VMCacheSizeTooSmall", message);
    }),
    rule("https://learn.microsoft.com/rest/api/aks/agent-pools/create-or-update (code unverified)", ({ profile }) => {
        const size = amount(profile, "osDiskSizeGB");
        return (
            size !== undefined &&
            size !== 0 &&
            !(size >= 30 && size <= 2048) &&
            invalid("osDiskSizeGB", `It must be 0 or 30 to 2048, got ${size}.`)
        );
    }),
];

const system: PoolRule[] = [
    rule(`${systemPools}#limitations`, (pool) => {
        const message = `System node pool must be of OS type Linux. Nodepool name: ${pool.name}.`;
        return isSystem(pool) && isWindows(pool) && refusal(400, "SystemPoolMustBeLinux", message);
    }),
    rule(`${spotPools}#limitations`, (pool) => {
        const message = `System node pool must have scaleSetPriority Regular. Nodepool name: ${pool.name}.`;
        return isSystem(pool) && isSpot(pool) && refusal(400, "SystemPoolMustBeRegular", message);
    }),
    // Text: https://github.com/MicrosoftDocs/azure-dev-docs/issues/216
    rule(`${systemPools}#limitations`, (pool) => {
        const size = sizeOf(pool);
        const low = isSystem(pool) && size && (size.vCpus < 2 || size.memoryGib < 4);
        const message = `System node pool must use VM sku with more than 2 cores and 4GB memory. Nodepool name: ${pool.name}.`;
        return low && refusal(400, "SystemPoolSkuTooLow", message);
    }),
    // Text: https://github.com/Azure/AKS/issues/2578
    rule("https://aka.ms/aks/system-taints", (pool) => {
        const hard = texts(pool.profile, "nodeTaints").filter(
            (taint) => !/^CriticalAddonsOnly=|:PreferNoSchedule$/.test(taint),
        );
        const message =
            "Operation failed due to insufficient nodes for system pod scheduling. Placing custom taints on system pool is not supported(except 'CriticalAddonsOnly' taint or taint effect is 'PreferNoSchedule'). Please refer to https://aka.ms/aks/system-taints for detail";
        return isSystem(pool) && hard.length > 0 && refusal(400, "SystemPoolHasRestrictedTaint", message);
    }),
    rule(`${systemPools}#limitations`, (pool) => {
        const pods = amount(pool.profile, "maxPods");
        const message = `System node pool ${pool.name} must support at least 30 pods, got maxPods ${pods ?? 0}.`;
        return (
            isSystem(pool) &&
            pods !== undefined &&
            pods < 30 &&
            refusal(400, "InsufficientAgentPoolMaxPodsPerAgentPool", message)
        );
    }),
];

/** What a pool's name, size, zones, disks and mode must be. */
export const poolSizeRules: readonly PoolRule[] = [...names, ...sizes, ...system];
