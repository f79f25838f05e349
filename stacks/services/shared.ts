import * as pulumi from "@pulumi/pulumi";
import type { Placement } from "../../components/placement";
import { platformTags } from "../../components/tags";
import type { MirroredChart } from "../../components/workloads/chart";
import { mirrored, mirroredChart } from "../../components/workloads/mirrored-image";
import type { NodePlace } from "../../components/workloads/node-place";
import { pinned, type PinnedImage } from "../../components/workloads/pinned-image";
import { thirdParty, type ChartName, type ImageName } from "../../facts/third-party";
import type { FoundationContract } from "../contract";
import { imageIn, type ImagesBelow } from "../image-in";
import { lockedDigests } from "../locked-digests";
import type { ServicesSettings } from "../settings/services";

/** What every part of a services stack is told. */
export interface Shared {
    settings: ServicesSettings;
    below: FoundationContract;
    /** Where its identities and the like are made in Azure. */
    at: Placement;
    /** The cluster's provider. */
    cluster: pulumi.ProviderResource;
    /** A third party's image in the platform's registry. */
    image: (name: ImageName) => PinnedImage;
    chart: (name: ChartName) => MirroredChart;
    /**
     * An image of our own there, by its name in the images stack.
     * @param key Of config, that asks for it.
     * @throws pulumi.RunError when that stack has none of that name
     */
    ownImage: (key: string, name: string) => PinnedImage;
    /** Nodes for what the cluster cannot do without: those of the system, which are never none. */
    core: NodePlace;
    /** Copies of what must not be missed: two where an environment can lose a zone. */
    replicas: number;
    apiServerBlocks: readonly string[];
}

/**
 * Gathers it.
 * @throws pulumi.RunError naming all images and charts without a digest
 */
export function shared(
    settings: ServicesSettings,
    below: FoundationContract,
    cluster: pulumi.ProviderResource,
    images?: ImagesBelow,
): Shared {
    const { environment, workload, subscriptionId, location, resourceGroups, registry, network } = below;
    const system = below.cluster.nodePools.find(({ mode }) => mode === "System");
    if (system === undefined) throw new pulumi.RunError(`stack ${settings.foundation} has no system pool`);
    const digestOf = lockedDigests(settings.imageLock);
    const [services = ""] = network.blocks.services.split("/");
    return {
        ...{ settings, below, cluster },
        at: {
            ...{ naming: { workload, environment, subscriptionId }, location },
            ...{ resourceGroupName: resourceGroups.platform, tags: platformTags(workload, environment, below.tags) },
        },
        image: (name) => mirrored(name, registry.loginServer, digestOf),
        chart: (name) => ({ name: mirroredChart(name, registry.loginServer), version: thirdParty(name).version }),
        ownImage: (key, name) => {
            const { repository, digest } = imageIn(`mlplatform:${key}`, name, images);
            return pinned(registry.loginServer, repository, digest);
        },
        core: { pool: system.prefix, taints: system.taints },
        replicas: settings.tier.leastSystemNodes > 1 ? 2 : 1,
        // Its service has the first address of all services.
        apiServerBlocks: [`${services.replace(/\d+$/, "1")}/32`, network.blocks.apiServer],
    };
}
