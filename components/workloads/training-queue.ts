import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import * as pulumi from "@pulumi/pulumi";
import { vmSize } from "../../facts/vm-sizes";
import type { GpuUse } from "../cluster/gpu-pool";
import { shown } from "../options";
import { refuse } from "../refuse";
import { wholeNumberFault } from "../units";
import { hardenedContainer } from "./hardened-pod";
import { chartRelease, type MirroredChart } from "./chart";
import { repositoryAndTag } from "./mirrored-image";
import { namespace } from "./namespace";
import {
    apiServerOpening,
    inBlock,
    inNamespace,
    metricsOpening,
    networkPolicies,
    type Opening,
} from "./network-policies";
import { placement, type NodePlace } from "./node-place";
import { imageFaults, type PinnedImage } from "./pinned-image";
import { priorityClassName } from "./priority-classes";

/** A pool that jobs may run on. */
export interface QueuedPool {
    prefix: string;
    vmSize: string;
    maxCount: number;
    spot: boolean;
    taints: readonly string[];
    /** @default - no GPUs */
    use?: GpuUse;
}

/** Arguments of {@link TrainingQueue}. */
export interface TrainingQueueArgs {
    chart: MirroredChart;
    image: PinnedImage;
    /** Where its controller runs. */
    core: NodePlace;
    replicas: number;
    /** User pools, with GPUs and without. */
    pools: readonly QueuedPool[];
    /** GPUs of serving that training may have while nobody is served by them. @default 0 */
    lentGpus?: number;
    /** Addresses of the API server: that of its service and its subnet. */
    apiServerBlocks: readonly string[];
}

export const queueNamespace = "platform-queues";
/** Label of namespaces whose jobs are queued. */
export const teamLabel = "mlplatform/team";
/** Queue of the whole cluster that the queues of teams lead to. */
export const trainingQueue = "training";
const servingQueue = "serving";
const cohort = "platform";
const api = "kueue.x-k8s.io/v1beta2";
const covered = ["cpu", "memory", "nvidia.com/gpu"] as const;

/**
 * Jobs start when there is room for them, and wait in line when there is not: Kueue keeps a job suspended until its GPUs are free
 * within the quotas below. GPUs for serving are a queue of their own, which lends none, or as many as config says, and takes
 * them back at once.
 * @see https://kueue.sigs.k8s.io/docs/concepts/cluster_queue/
 * @throws pulumi.ResourceError naming every argument that breaks a rule.
 */
export class TrainingQueue extends pulumi.ComponentResource {
    /** Name of the queue that teams' queues lead to. Resolves once it is there. */
    readonly queueName: pulumi.Output<string>;

    constructor(name: string, args: TrainingQueueArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:workloads:TrainingQueue", name, shown(args), opts);
        refuse(this, queueFaults(args));
        const home = namespace(queueNamespace, {}, { parent: this });
        const inside = { parent: this, dependsOn: [home] };
        networkPolicies(queueNamespace, openings(args.apiServerBlocks), inside);
        const release = chartRelease(
            name,
            { chart: args.chart, release: "kueue", namespace: queueNamespace, values: values(args) },
            inside,
        );
        const installed = { parent: this, dependsOn: [release] };
        const flavours = args.pools.map(
            (pool) =>
                new CustomResource(
                    `${name}-${pool.prefix}`,
                    {
                        ...{ apiVersion: api, kind: "ResourceFlavor", metadata: { name: pool.prefix } },
                        spec: flavour(pool),
                    },
                    installed,
                ),
        );
        const queue = (instance: string, spec: object): CustomResource =>
            new CustomResource(
                `${name}-${instance}`,
                { ...{ apiVersion: api, kind: "ClusterQueue", metadata: { name: instance } }, spec },
                { parent: this, dependsOn: [release, ...flavours] },
            );
        const serving = args.pools.filter(({ use }) => use === "serving");
        if (serving.length > 0) queue(servingQueue, servingSpec(serving, args.lentGpus ?? 0));
        const training = queue(trainingQueue, trainingSpec(args.pools));
        this.queueName = training.urn.apply(() => trainingQueue);
        this.registerOutputs({ queueName: this.queueName });
    }
}

/** Name of a team's queue, in every team's namespace. */
export const teamQueueName = "jobs";

/** The queue of a team, in its namespace, that its jobs name by the label `kueue.x-k8s.io/queue-name`. */
export function teamQueue(
    name: string,
    namespaceName: string,
    options: pulumi.CustomResourceOptions,
): { resource: CustomResource; queueName: string } {
    const queueName = teamQueueName;
    const resource = new CustomResource(
        name,
        {
            ...{ apiVersion: api, kind: "LocalQueue" },
            metadata: { name: queueName, namespace: namespaceName },
            spec: { clusterQueue: trainingQueue },
        },
        options,
    );
    return { resource, queueName };
}

function queueFaults({ image, pools, lentGpus = 0, replicas }: TrainingQueueArgs): (string | undefined)[] {
    const servingGpus = pools.filter(({ use }) => use === "serving").reduce((sum, pool) => sum + sizeOf(pool).gpus, 0);
    return [
        ...imageFaults("image", image),
        wholeNumberFault("replicas", replicas, 1, 5),
        wholeNumberFault("lentGpus", lentGpus, 0, servingGpus),
        pools.length === 0 ? "pools must hold at least 1, got 0: nothing could ever start" : undefined,
        ...pools.flatMap(({ prefix, vmSize: size }) =>
            vmSize(size) === undefined
                ? [`pools ${prefix}: vmSize must be one of facts/vm-sizes.ts, got "${size}"`]
                : [],
        ),
    ];
}

/** All of a pool at its largest. Machines keep a part for themselves, which the scheduler sees to; GPUs are exact. */
function sizeOf({ vmSize: name, maxCount }: QueuedPool): { cpu: number; memoryGib: number; gpus: number } {
    const { vCpus = 0, memoryGib = 0, gpus } = vmSize(name) ?? {};
    return { cpu: vCpus * maxCount, memoryGib: memoryGib * maxCount, gpus: (gpus?.count ?? 0) * maxCount };
}

function flavour({ prefix, spot, taints }: QueuedPool): object {
    const all = [...taints, ...(spot ? ["kubernetes.azure.com/scalesetpriority=spot:NoSchedule"] : [])];
    return {
        nodeLabels: { "mlplatform/pool": prefix },
        // A job that is let in gets these: it need not know on which pool there is room.
        tolerations: all.map((taint) => {
            const [, key = "", value = "", effect = ""] = /^([^=:]+)(?:=([^:]*))?:(\w+)$/.exec(taint) ?? [];
            return { key, operator: "Equal", value, effect };
        }),
    };
}

type Limits = Partial<Record<"borrowingLimit" | "lendingLimit", string>>;

// Quantities are texts: Kueue's webhook writes numbers as such, and every preview would show a difference.
function quotas(pool: QueuedPool, own: boolean, gpuLimits: Limits, limits: Limits): object {
    const { cpu, memoryGib, gpus } = sizeOf(pool);
    const of = { cpu, memory: `${memoryGib}Gi`, "nvidia.com/gpu": gpus };
    return {
        name: pool.prefix,
        resources: covered.map((name) => ({
            ...{ name, nominalQuota: own ? String(of[name]) : "0" },
            ...(name === "nvidia.com/gpu" ? gpuLimits : limits),
        })),
    };
}

/** Lends as many GPUs as it may, shared out from the first pool on, with what their machines have besides. */
function servingSpec(pools: readonly QueuedPool[], lentGpus: number): object {
    let left = lentGpus;
    const flavors = pools.map((pool) => {
        const lent = Math.min(left, sizeOf(pool).gpus);
        left -= lent;
        return quotas(pool, true, { lendingLimit: String(lent) }, lent > 0 ? {} : { lendingLimit: "0" });
    });
    return {
        ...{ cohortName: cohort, queueingStrategy: "BestEffortFIFO" },
        namespaceSelector: { matchExpressions: [{ key: teamLabel, operator: "Exists" }] },
        resourceGroups: [{ coveredResources: [...covered], flavors }],
        preemption: { reclaimWithinCohort: "Any", withinClusterQueue: "Never" },
    };
}

/** Pools of training, batch and work are its own; of serving it has what is lent. Cheapest first: without GPUs, then spot. */
function trainingSpec(pools: readonly QueuedPool[]): object {
    const rank = ({ use, spot }: QueuedPool): number => (use === "serving" ? 3 : use === undefined ? 0 : spot ? 1 : 2);
    const ordered = [...pools].sort((a, b) => rank(a) - rank(b) || (a.prefix < b.prefix ? -1 : 1));
    return {
        ...{ cohortName: cohort, queueingStrategy: "BestEffortFIFO" },
        namespaceSelector: { matchExpressions: [{ key: teamLabel, operator: "Exists" }] },
        resourceGroups: [
            {
                coveredResources: [...covered],
                flavors: ordered.map((pool) => quotas(pool, pool.use !== "serving", {}, {})),
            },
        ],
        preemption: { reclaimWithinCohort: "LowerPriority", withinClusterQueue: "LowerPriority" },
    };
}

function values({ chart, image, core, replicas }: TrainingQueueArgs): Record<string, pulumi.Input<unknown>> {
    return {
        // Certificates of its webhook are its own: no other controller for one certificate.
        ...{ enableCertManager: false, enablePrometheus: false, enableKueueViz: false },
        controllerManager: {
            replicas,
            ...placement(core),
            manager: {
                image: { ...repositoryAndTag(image, `v${chart.version}`), pullPolicy: "IfNotPresent" },
                priorityClassName: priorityClassName("controllers"),
                containerSecurityContext: hardenedContainer,
                resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "512Mi" } },
            },
            podDisruptionBudget: { enabled: replicas > 1, minAvailable: 1 },
        },
        managerConfig: { controllerManagerConfigYaml: managerConfig },
    };
}

/** JSON is YAML. */
const managerConfig = JSON.stringify({
    ...{ apiVersion: "config.kueue.x-k8s.io/v1beta2", kind: "Configuration" },
    health: { healthProbeBindAddress: ":8081" },
    metrics: { bindAddress: ":8443", enableClusterQueueResources: true },
    webhook: { port: 9443 },
    leaderElection: { leaderElect: true, resourceName: "c1f6bfd2.kueue.x-k8s.io" },
    internalCertManagement: { enable: true },
    // Of teams' namespaces every job is queued, whether it names a queue or not: none gets around the line.
    manageJobsWithoutQueueName: true,
    managedJobsNamespaceSelector: { matchExpressions: [{ key: teamLabel, operator: "Exists" }] },
    integrations: { frameworks: ["batch/job"] },
    // Disks are the scheduler's to count: a job that asks for what no queue has is never let in.
    resources: { excludeResourcePrefixes: ["ephemeral-storage"] },
    // A node with a GPU takes minutes to come. A job whose nodes never come gives its place to the next.
    waitForPodsReady: { timeout: "30m", blockAdmission: false, requeuingStrategy: { backoffLimitCount: 5 } },
});

function openings(apiServerBlocks: readonly string[]): Opening[] {
    return [
        apiServerOpening(apiServerBlocks),
        // The API server asks the webhook from its own subnet, or through the agents in kube-system.
        { name: "webhook", from: [...apiServerBlocks.map(inBlock), inNamespace("kube-system")], ports: [9443] },
        metricsOpening([8443]),
    ];
}
