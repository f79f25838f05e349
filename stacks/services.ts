import type * as pulumi from "@pulumi/pulumi";
import { clusterProvider } from "../components/workloads/cluster-connection";
import { foundationBelow, imagesBelow } from "./foundation-reference";
import { apps } from "./services/apps";
import { base } from "./services/base";
import { shared } from "./services/shared";
import { servicesOutputs } from "./services-contract";
import type { ServicesSettings } from "./settings/services";

/** What the cluster shares. Needs the cluster's API, so it runs from inside the network. */
export async function services(settings: ServicesSettings): Promise<Record<string, pulumi.Output<unknown>>> {
    const below = await foundationBelow(settings);
    const cluster = await clusterProvider("cluster", {
        ...{ resourceGroupName: below.resourceGroups.platform, clusterName: below.cluster.name },
        ...{ privateFqdn: below.cluster.privateFqdn, tenantId: below.tenantId },
    });
    const images = await imagesBelow(settings.images, below.environment);
    const told = shared(settings, below, cluster, images);
    const made = base(told);
    const { gateway, queue, volumes } = made;
    apps(told, made);
    return servicesOutputs({
        environment: below.environment,
        gateway: {
            namespace: gateway.parent.apply(({ namespace }) => namespace),
            name: gateway.parent.apply(({ name }) => name),
            domain: settings.gateway.domain,
        },
        ...{ trainingQueue: queue.queueName, storageClass: volumes.storageClassName },
        snapshotClass: volumes.snapshotClassName,
    });
}
