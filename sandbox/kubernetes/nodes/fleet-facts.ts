import { vmSize } from "../../../facts/vm-sizes";
import type { Azure } from "../../azure/azure";
import { isAtOrBelow, nameOf } from "../../azure/ids";
import { vcpuQuota } from "../../azure/quota";
import type { Stored } from "../../azure/resource-type";
import { livePools, poolToken } from "../../azure/types/agent-pool";
import { isObject, valueAt } from "../../azure/properties";
import { text } from "../../azure/types/reading";
import { readOwn } from "../../files";
import { clusterFiles } from "../control-plane/settings";
import type { FleetDescription } from "./description";

/** What Azure says about a cluster's machines, for the process that plays them. */
export function fleetOf(azure: Azure, cluster: Stored): FleetDescription {
    const { id, inputs, outputs } = cluster;
    const location = text(inputs, "location") ?? "";
    const pools = livePools(azure, id);
    const podCidr = text(outputs, "networkProfile.podCidr");
    const subnetId = pools.map(({ profile }) => text(profile, "vnetSubnetID")).find((each) => each !== undefined);
    const subnet = subnetId === undefined ? undefined : azure.find(subnetId);
    const nodeCidr = subnet && text(subnet.inputs, "addressPrefix");
    const families = pools.flatMap(({ profile }) => vmSize(text(profile, "vmSize") ?? "")?.family ?? []);
    const others = azure.list().filter((each) => !isAtOrBelow(each.id, id));
    const left = (family: string): number => {
        const { limit, used } = vcpuQuota(others, location, family);
        return limit - used;
    };
    const profile = valueAt(inputs, "autoScalerProfile");
    return {
        cluster: {
            ...{ name: nameOf(id), location, subscriptionId: id.split("/")[2] ?? "" },
            nodeResourceGroup: text(outputs, "nodeResourceGroup") ?? "",
            ...(podCidr !== undefined && { podCidr }),
            ...(nodeCidr !== undefined && { nodeCidr }),
            autoScalerProfile: isObject(profile) ? profile : {},
        },
        pools,
        vcpuQuota: Object.fromEntries([...new Set(families)].map((family) => [family, left(family)])),
        images: azure.images().flatMap(({ registryId, repository, tag, digest }) => {
            const server = text(azure.find(registryId)?.outputs, "loginServer");
            return server === undefined ? [] : [`${server}/${repository}@${digest}`, `${server}/${repository}:${tag}`];
        }),
    };
}

/** Numbers of machines by pool, as the controller of the cluster in that folder has told them last. */
export function machineCounts(folder: string): Readonly<Record<string, number>> {
    return (readOwn(clusterFiles(folder).machines) ?? {}) as Readonly<Record<string, number>>;
}

/** Lets Azure show the numbers of machines that the pools have now, as its own autoscaler would. */
export function showCounts(azure: Azure, cluster: Stored, counts: Readonly<Record<string, number>>): void {
    for (const { id, outputs } of azure.list(poolToken)) {
        const count = counts[nameOf(id)];
        if (!isAtOrBelow(id, cluster.id) || count === undefined || outputs.count === count) continue;
        azure.set(id, "count", count);
    }
}
