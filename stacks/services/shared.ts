import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { Placement } from "../../components/placement";
import { platformTags } from "../../components/tags";
import type { MirroredChart } from "../../components/workloads/chart";
import { mirrored, mirroredChart } from "../../components/workloads/mirrored-image";
import type { NodePlace } from "../../components/workloads/node-place";
import type { PinnedImage } from "../../components/workloads/pinned-image";
import { thirdParty, type ChartName, type ImageName } from "../../facts/third-party";
import type { FoundationContract } from "../contract";
import { digestsOf, readImageLock } from "../image-lock";
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
        core: { pool: system.prefix, taints: system.taints },
        replicas: settings.tier.leastSystemNodes > 1 ? 2 : 1,
        // Its service has the first address of all services.
        apiServerBlocks: [`${services.replace(/\d+$/, "1")}/32`, network.blocks.apiServer],
    };
}

function lockedDigests(file: string): ReturnType<typeof digestsOf> {
    try {
        const path = resolve(file);
        const content = existsSync(path) ? readFileSync(path, "utf8") : undefined;
        return digestsOf(file, readImageLock(file, content));
    } catch (fault) {
        throw new pulumi.RunError(fault instanceof Error ? fault.message : String(fault));
    }
}
