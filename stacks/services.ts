import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import type * as pulumi from "@pulumi/pulumi";
import { clusterProvider } from "../components/workloads/cluster-connection";
import { foundationBelow } from "./foundation-reference";
import type { ServicesSettings } from "./settings/services";

/** What the cluster shares. Needs the cluster's API, so it runs from inside the network. */
export async function services(settings: ServicesSettings): Promise<Record<string, pulumi.Output<unknown>>> {
    const below = await foundationBelow(settings);
    const provider = await clusterProvider("cluster", {
        ...{ resourceGroupName: below.resourceGroups.platform, clusterName: below.cluster.name },
        ...{ privateFqdn: below.cluster.privateFqdn, tenantId: below.tenantId },
    });
    const system = new Namespace("platform-system", { metadata: { name: "platform-system" } }, { provider });
    return { systemNamespace: system.metadata.name };
}
