import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import * as pulumi from "@pulumi/pulumi";
import { Access } from "../../components/governance/access";
import { scalerAccount } from "../../components/workloads/autoscaling";
import { DiskBackup } from "../../components/workloads/disk-backup";
import { gatewayNamespace, routesLabel } from "../../components/workloads/gateway";
import { Labelling, labellingOpenings } from "../../components/workloads/labelling";
import { namespace } from "../../components/workloads/namespace";
import { apiServerOpening, inBlock, networkPolicies, type Opening } from "../../components/workloads/network-policies";
import type { NodePlace } from "../../components/workloads/node-place";
import { notebookOpenings, Notebooks } from "../../components/workloads/notebooks";
import { pinned, type PinnedImage } from "../../components/workloads/pinned-image";
import { PipelineAgents } from "../../components/workloads/pipeline-agents";
import { outside } from "../../components/workloads/sign-in";
import { WorkloadIdentity } from "../../components/workloads/workload-identity";
import { vmSize } from "../../facts/vm-sizes";
import { hostOf } from "../settings/apps";
import type { Base } from "./base";
import type { Shared } from "./shared";

/**
 * What people work with: agents of pipelines, notebooks, labelling; and the backup of what these keep. Each is there if config
 * names it.
 * @throws pulumi.RunError naming every pool that is not what it is taken for
 */
export function apps(told: Shared, base: Base): pulumi.Output<unknown>[] {
    const faults = poolFaults(told);
    if (faults.length > 0) throw new pulumi.RunError(faults.join("\n"));
    const { pipelineAgents, notebooks, labelling } = told.settings;
    return [
        ...(pipelineAgents ? [agentsOf(told, base, pipelineAgents)] : []),
        ...(notebooks ? [notebooksOf(told, base, notebooks)] : []),
        ...(labelling ? [labellingOf(told, base, labelling)] : []),
        ...(notebooks || labelling ? [backupOf(told, base)] : []),
    ];
}

type Chosen<K extends "pipelineAgents" | "notebooks" | "labelling"> = NonNullable<Shared["settings"][K]>;

function agentsOf(told: Shared, base: Base, choice: Chosen<"pipelineAgents">): pulumi.Output<unknown> {
    const { at, below, cluster, apiServerBlocks } = told;
    const home = "platform-agents";
    const inside = closed(told, home, {}, [
        // Azure DevOps, and what a build fetches: which names, the firewall says. The platform's own services, and its API server.
        { name: "outside", to: [outside], ports: [443] },
        { name: "platform", to: [inBlock(below.network.blocks.privateEndpoints)], ports: [443] },
        apiServerOpening(apiServerBlocks),
    ]);
    const { oidcIssuerUrl } = below.cluster;
    const identity = (name: string, instance: string, account: typeof scalerAccount): WorkloadIdentity =>
        new WorkloadIdentity(name, { ...at, instance, oidcIssuerUrl, accounts: [account], cluster, after: inside });
    const agent = identity("agents-identity", "agents", { namespace: home, account: "agent" });
    const scaler = identity("agents-scaler-identity", "agents-scaler", scalerAccount);
    const agents = new PipelineAgents(
        "agents",
        {
            ...{
                ...choice,
                namespace: home,
                image: told.ownImage("pipelineAgents", "pipeline-agent"),
                nodes: place(told, choice.nodePool),
            },
            serviceAccountName: agent.ready.apply(() => "agent"),
            scalerClientId: scaler.ready,
        },
        { providers: [cluster], dependsOn: [base.autoscaling] },
    );
    return agents.scaledJobName;
}

function notebooksOf(told: Shared, base: Base, choice: Chosen<"notebooks">): pulumi.Output<unknown> {
    const { below, cluster, image, chart, settings, core, apiServerBlocks } = told;
    const home = "platform-notebooks";
    const hub = { app: "jupyterhub", component: "hub" };
    const inside = closed(told, home, routesLabel, [
        ...notebookOpenings(below.network.blocks.privateEndpoints, gatewayNamespace),
        apiServerOpening(apiServerBlocks, hub),
    ]);
    const host = hostOf("notebooks", settings.gateway.domain);
    const notebooks = new Notebooks(
        "notebooks",
        {
            ...{ ...choice, host, core, namespace: home, tenantId: below.tenantId, chart: chart("jupyterhub-chart") },
            hubImages: { hub: image("jupyterhub-hub"), proxy: image("jupyterhub-proxy"), pause: image("pause") },
            images: choice.images.map(({ name, title, image: own }, index) => ({
                ...{ name, title },
                image:
                    own === undefined
                        ? image("jupyterhub-singleuser")
                        : chosenImage(told, own, `notebooks.images[${index}].image`),
            })),
            sizes: choice.sizes.map((size) => ({
                ...size,
                ...(size.gpus === undefined && place(told, size.pool)),
            })),
            storageClassName: base.volumes.storageClassName,
        },
        { providers: [cluster], dependsOn: inside },
    );
    return route(told, base, home, host, "proxy-public", 80, [notebooks]).urn;
}

function labellingOf(told: Shared, base: Base, choice: Chosen<"labelling">): pulumi.Output<unknown> {
    const { at, below, cluster, image, settings } = told;
    const home = "platform-labelling";
    const inside = closed(
        told,
        home,
        routesLabel,
        labellingOpenings(below.network.blocks.privateEndpoints, gatewayNamespace),
    );
    const account = "labelling-proxy";
    const { identity, ready } = new WorkloadIdentity("labelling-identity", {
        ...{ ...at, instance: "labelling", oidcIssuerUrl: below.cluster.oidcIssuerUrl },
        ...{ accounts: [{ namespace: home, account }], cluster, after: inside },
    });
    const access = choice.containers.map(
        (container) =>
            new Access(`labelling-${container}`, {
                ...{ row: "labelling-pictures", principalId: identity.principalId },
                scope: `${below.storage.work.id}/blobServices/default/containers/${container}`,
                ...{ subscriptionId: below.subscriptionId, propagationSeconds: settings.rolePropagationSeconds },
            }),
    );
    const host = hostOf("labelling", settings.gateway.domain);
    const labelling = new Labelling(
        "labelling",
        {
            ...{ ...choice, host, namespace: home, tenantId: below.tenantId, nodes: place(told, choice.nodePool) },
            proxyImage: told.ownImage("labelling", "labelling-proxy"),
            ...{ labelStudioImage: image("label-studio"), postgresqlImage: image("postgresql") },
            storageClassName: base.volumes.storageClassName,
            proxyAccountName: pulumi.all([ready, ...access.map((role) => role.ready)]).apply(() => account),
            blobEndpoint: below.storage.work.endpoints.blob ?? "",
        },
        { providers: [cluster], dependsOn: inside },
    );
    return route(told, base, home, host, "labelling-proxy", 8080, [labelling]).urn;
}

function backupOf(told: Shared, { volumes }: Base): pulumi.Output<unknown> {
    const { cluster, settings, core, apiServerBlocks } = told;
    const home = "platform-backup";
    const inside = closed(told, home, {}, [apiServerOpening(apiServerBlocks)]);
    const backup = new DiskBackup(
        "backup",
        {
            ...{ ...settings.backup, namespace: home, nodes: core, image: told.ownImage("backup", "backup") },
            ...{ storageClassName: volumes.storageClassName, snapshotClassName: volumes.snapshotClassName },
        },
        { providers: [cluster], dependsOn: inside },
    );
    return backup.cronJobName;
}

/** A namespace under Pod Security, closed but for what is named. What comes into it waits for all of that. */
function closed(
    { cluster }: Shared,
    name: string,
    labels: Readonly<Record<string, string>>,
    openings: readonly Opening[],
): pulumi.Resource[] {
    const home = namespace(name, labels, { provider: cluster });
    return [home, ...networkPolicies(name, openings, { provider: cluster, dependsOn: [home] })];
}

/** Takes a host name of the gateway to a service. */
function route(
    { cluster }: Shared,
    { gateway }: Base,
    home: string,
    host: string,
    service: string,
    port: number,
    dependsOn: pulumi.Resource[],
): CustomResource {
    return new CustomResource(
        `${home}-route`,
        {
            ...{ apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute" },
            metadata: { name: service, namespace: home },
            spec: {
                parentRefs: [gateway.parent],
                hostnames: [host],
                rules: [
                    {
                        matches: [{ path: { type: "PathPrefix", value: "/" } }],
                        backendRefs: [{ name: service, port }],
                    },
                ],
            },
        },
        { provider: cluster, dependsOn },
    );
}

/** An image for people to work in: one of our own by its name, or any of the platform's registry by its digest. */
function chosenImage({ below, ownImage }: Shared, image: string, field: string): PinnedImage {
    const [repository = "", digest] = image.split("@");
    return digest === undefined ? ownImage(field, image) : pinned(below.registry.loginServer, repository, digest);
}

/** Nodes of a pool, with the taints that its config states. */
function place({ below }: Shared, pool: string): NodePlace {
    return { pool, taints: below.cluster.nodePools.find(({ prefix }) => prefix === pool)?.taints ?? [] };
}

/** What is wrong with the pools that config names; the foundation alone knows them. */
function poolFaults({ settings, below }: Shared): string[] {
    const { pipelineAgents, notebooks, labelling, foundation } = settings;
    const pools = below.cluster.nodePools;
    const faultOf = (field: string, name: string, gpus?: number, cores = 0): string[] => {
        const pool = pools.find(({ prefix }) => prefix === name);
        const say = (rule: string): string[] => [`mlplatform:${field} must be ${rule}, got "${name}"`];
        if (pool === undefined)
            return say(`a pool of stack ${foundation}, one of ${pools.map(({ prefix }) => prefix).join(", ")}`);
        if (pool.spot) return say("a pool whose machines are not taken away, and that one is of spot machines");
        const size = vmSize(pool.vmSize);
        const held = size?.gpus?.count ?? 0;
        if (gpus === undefined && pool.use !== undefined) return say("a pool without GPUs");
        if (gpus !== undefined && held < gpus)
            return say(`a pool whose machines have ${gpus} GPUs; ${pool.vmSize} has ${held}`);
        if (size !== undefined && cores >= size.vCpus)
            return say(`a pool whose machines have more than ${cores} cores; ${pool.vmSize} has ${size.vCpus}`);
        return [];
    };
    return [
        ...(pipelineAgents ? faultOf("pipelineAgents.nodePool", pipelineAgents.nodePool) : []),
        ...(labelling ? faultOf("labelling.nodePool", labelling.nodePool) : []),
        ...(notebooks?.sizes ?? []).flatMap(({ pool, gpus, cores }, index) =>
            faultOf(`notebooks.sizes[${index}].pool`, pool, gpus, cores),
        ),
    ];
}
