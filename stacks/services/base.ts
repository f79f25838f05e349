import type * as pulumi from "@pulumi/pulumi";
import { Autoscaling } from "../../components/workloads/autoscaling";
import { EncryptedVolumes } from "../../components/workloads/encrypted-volumes";
import { Gateway } from "../../components/workloads/gateway";
import { GpuSupport } from "../../components/workloads/gpu-support";
import { MetricsCollection } from "../../components/workloads/metrics-collection";
import { priorityClasses } from "../../components/workloads/priority-classes";
import { TrainingQueue } from "../../components/workloads/training-queue";
import type { Shared } from "./shared";

/** What everything else in the cluster builds on. */
export interface Base {
    gateway: Gateway;
    autoscaling: Autoscaling;
    queue: TrainingQueue;
    volumes: EncryptedVolumes;
    /** What pods name to give way or to stay. */
    priorities: readonly pulumi.Resource[];
}

/** Priorities, volumes, GPUs, the way in, queues, autoscaling and the collection of metrics. */
export function base({ settings, below, at, cluster, image, chart, core, replicas, apiServerBlocks }: Shared): Base {
    const options = { provider: cluster };
    const priorities = priorityClasses(options);
    const after = { ...options, dependsOn: priorities };
    const { nodePools, oidcIssuerUrl } = below.cluster;
    const gpuPools = nodePools.filter(({ use }) => use !== undefined);
    const { tenantId, rolePropagationSeconds } = { ...below, ...settings };
    const privateEndpointsBlock = below.network.blocks.privateEndpoints;
    const common = { ...at, core, replicas, tenantId, oidcIssuerUrl, rolePropagationSeconds, apiServerBlocks, cluster };

    const volumes = new EncryptedVolumes(
        "volumes",
        {
            ...{ diskEncryptionSetId: below.diskEncryptionSetId, keepsDisks: settings.tier.protect },
            zoneRedundant: nodePools.some(({ zones }) => zones.length === 3),
            // The group of the set, which outlives the cluster and holds nothing that a role on snapshots could reach.
            snapshotResourceGroup: below.diskEncryptionSetId.split("/")[4] ?? "",
        },
        options,
    );
    if (gpuPools.length > 0)
        new GpuSupport(
            "gpu",
            {
                devicePluginImage: image("nvidia-device-plugin"),
                exporterImage: image("dcgm-exporter"),
                divided: gpuPools.some(({ migProfile }) => migProfile !== undefined),
                taints: gpuPools.flatMap(({ taints }) => taints),
            },
            options,
        );
    new MetricsCollection("metrics", { namespaces: ["platform-.+", "team-.+"] }, options);
    const gateway = new Gateway(
        "gateway",
        {
            ...{ ...common, ...settings.gateway, chart: chart("envoy-gateway-chart") },
            images: { controller: image("envoy-gateway"), proxy: image("envoy"), pause: image("pause") },
            ...{ vault: below.vault, subnetId: below.network.subnetIds.ingress },
        },
        after,
    );
    const autoscaling = new Autoscaling(
        "scaling",
        {
            ...{ ...common, chart: chart("keda-chart"), privateEndpointsBlock },
            images: {
                ...{ operator: image("keda"), metricsServer: image("keda-metrics-apiserver") },
                webhooks: image("keda-admission-webhooks"),
            },
            metricsWorkspaceId: below.monitoring.metricsWorkspaceId,
        },
        after,
    );
    const queue = new TrainingQueue(
        "queues",
        {
            ...{ chart: chart("kueue-chart"), image: image("kueue"), core, replicas, apiServerBlocks },
            ...{ pools: nodePools.filter(({ mode }) => mode === "User"), lentGpus: settings.lentServingGpus },
        },
        after,
    );
    return { gateway, autoscaling, queue, volumes, priorities };
}
