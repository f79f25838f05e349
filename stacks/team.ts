import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import type * as pulumi from "@pulumi/pulumi";
import { clusterProvider } from "../components/workloads/cluster-connection";
import { foundationBelow } from "./foundation-reference";
import type { TeamSettings } from "./settings/team";

/** One team's environment. */
export async function team(settings: TeamSettings): Promise<Record<string, pulumi.Output<unknown>>> {
    const below = await foundationBelow(settings);
    const provider = await clusterProvider("cluster", {
        ...{ resourceGroupName: below.resourceGroups.platform, clusterName: below.cluster.name },
        ...{ privateFqdn: below.cluster.privateFqdn, tenantId: below.tenantId },
    });
    const system = new Namespace("team", { metadata: { name: "team" } }, { provider });
    return { namespace: system.metadata.name };
}
