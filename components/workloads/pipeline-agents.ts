import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import * as pulumi from "@pulumi/pulumi";
import { shown } from "../options";
import { refuse } from "../refuse";
import { wholeNumberFault } from "../units";
import { imageFaults, type PinnedImage } from "./pinned-image";
import { nodePlaceFaults, placement, type NodePlace } from "./node-place";
import { hardenedContainer, hardenedPod } from "./hardened-pod";

/** What agents are for and how many there may be. */
export interface AgentChoice {
    /** Organisation of Azure DevOps, as in `https://dev.azure.com/ORGANISATION`. */
    organisation: string;
    /** Agent pool of the organisation. */
    pool: string;
    /** Ours, by digest; what it must do is in docs/own-images.md. */
    image: PinnedImage;
    /** Nodes without GPUs: a build never keeps a GPU from a model. */
    nodes: NodePlace;
    /** Agents at one time, 1 to 100. */
    maxAgents: number;
    /** Minutes after which a job is ended, 5 to 1440. @default 120 */
    maxJobMinutes?: number;
    /** Capabilities that these agents have and their jobs ask for, e.g. `builder` or `size -equals large`. @default - any job of the pool */
    demands?: readonly string[];
}

/** Arguments of {@link PipelineAgents}. */
export interface PipelineAgentsArgs extends AgentChoice {
    /** Namespace under Pod Security `restricted`, closed but for what agents need. */
    namespace: pulumi.Input<string>;
    /** Registers agents with the pool, by a token of its own. Has no role on Azure. */
    serviceAccountName: pulumi.Input<string>;
    /** Application id of the identity with which KEDA reads the pool's queue, and may no more. */
    scalerClientId: pulumi.Input<string>;
}

/**
 * Azure Pipelines agents, one for each job: KEDA makes a Kubernetes Job for a queued one, its agent takes that one and ends
 * (`--once`). Nothing is left of a job for the next, and nobody holds a personal access token: agents and KEDA sign in to Azure
 * DevOps by workload identity.
 *
 * Always a `ScaledJob`: under a `ScaledObject`, whose agents live on, KEDA 2.20 counts unassigned jobs only and so ends agents
 * that are at work (kedacore/keda#8185).
 * @see https://keda.sh/docs/2.20/scalers/azure-pipelines/
 * @throws pulumi.ResourceError naming every argument that breaks a rule.
 */
export class PipelineAgents extends pulumi.ComponentResource {
    /** Name of the KEDA object. Resolves once it is there. */
    readonly scaledJobName: pulumi.Output<string>;

    constructor(name: string, args: PipelineAgentsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:workloads:PipelineAgents", name, shown(args), opts);
        refuse(this, agentFaults("", args));
        const access = new CustomResource(
            `${name}-access`,
            {
                ...{ apiVersion: "keda.sh/v1alpha1", kind: "TriggerAuthentication" },
                metadata: { name: "azure-pipelines", namespace: args.namespace },
                spec: { podIdentity: { provider: "azure-workload", identityId: args.scalerClientId } },
            },
            { parent: this },
        );
        const job = new CustomResource(
            name,
            {
                ...{ apiVersion: "keda.sh/v1alpha1", kind: "ScaledJob" },
                metadata: { name: "agents", namespace: args.namespace },
                spec: scaledJob(args),
            },
            { parent: this, dependsOn: [access] },
        );
        this.scaledJobName = pulumi.all([job.metadata.name, job.id]).apply(([scaledJob]) => scaledJob);
        this.registerOutputs({ scaledJobName: this.scaledJobName });
    }
}

/** What is wrong with the choice; empty when nothing is. */
export function agentFaults(field: string, { maxJobMinutes = defaultJobMinutes, ...choice }: AgentChoice): string[] {
    const { organisation, pool, demands = [] } = choice;
    return [
        ...(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,48}[A-Za-z0-9])?$/.test(organisation)
            ? []
            : [
                  `${field}organisation must be 1 to 50 of letters, digits and inner hyphens, as in dev.azure.com/ORGANISATION, got "${organisation}"`,
              ]),
        ...(/^[^"/\\[\]:|<>+=;?*,]{1,64}$/.test(pool) && pool.trim() === pool
            ? []
            : [
                  `${field}pool must be the name of an agent pool, 1 to 64 characters without any of "/\\[]:|<>+=;?*, got "${pool}"`,
              ]),
        ...imageFaults(`${field}image`, choice.image),
        ...nodePlaceFaults(`${field}nodes`, choice.nodes),
        wholeNumberFault(`${field}maxAgents`, choice.maxAgents, 1, 100),
        wholeNumberFault(`${field}maxJobMinutes`, maxJobMinutes, 5, 1440),
        ...demands.flatMap((demand, index) =>
            demandRule.test(demand)
                ? []
                : [
                      `${field}demands[${index}] must be "name" or "name -equals value", the name of a-z, 0-9 and "_", got "${demand}"`,
                  ],
        ),
    ].filter((fault) => fault !== undefined);
}

const defaultJobMinutes = 120;

/** In small letters, so that none is a variable that the agent itself goes by. */
const demandRule = /^([a-z][a-z0-9_]*)(?: -equals ([\w.-]+))?$/;

function capability(demand: string): { name: string; value: string } {
    const [, name = "", value = "true"] = demandRule.exec(demand) ?? [];
    return { name, value };
}

/** Of one agent: a build of images and a preview of the largest stack fit. */
const size = { cpu: "1", memory: "4Gi", workGib: 20 };

function scaledJob({ maxAgents, maxJobMinutes = defaultJobMinutes, ...args }: PipelineAgentsArgs): object {
    const demands = (args.demands ?? []).join(",");
    return {
        jobTargetRef: {
            ...{ parallelism: 1, completions: 1 },
            // A job that has lost its agent is queued again by Azure DevOps, and gets a new one.
            backoffLimit: 0,
            activeDeadlineSeconds: maxJobMinutes * 60,
            template: {
                metadata: {
                    labels: { "app.kubernetes.io/name": "pipeline-agent", "azure.workload.identity/use": "true" },
                    // A node that looks idle to the autoscaler is in the middle of a deployment.
                    annotations: { "cluster-autoscaler.kubernetes.io/safe-to-evict": "false" },
                },
                spec: agentPod(args),
            },
        },
        pollingInterval: 15,
        ...{ successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 10 },
        ...{ minReplicaCount: 0, maxReplicaCount: maxAgents },
        // A change of this object leaves running jobs alone; by default KEDA would delete them, this very deployment among them.
        rollout: { strategy: "gradual" },
        // Counts what waits for an agent, less the agents that are on their way.
        scalingStrategy: { strategy: "accurate" },
        triggers: [
            {
                type: "azure-pipelines",
                metadata: {
                    organizationURLFromEnv: "AZP_URL",
                    poolName: args.pool,
                    targetPipelinesQueueLength: "1",
                    ...(demands !== "" && { demands, requireAllDemandsAndIgnoreOthers: "true" }),
                },
                authenticationRef: { name: "azure-pipelines" },
            },
        ],
    };
}

function agentPod(args: Omit<PipelineAgentsArgs, "maxAgents">): object {
    const folders = [
        { name: "agent", path: "/agent", gib: 1 },
        { name: "work", path: "/work", gib: size.workGib },
        { name: "tmp", path: "/tmp", gib: 2 },
    ];
    return {
        ...hardenedPod,
        ...placement(args.nodes),
        serviceAccountName: args.serviceAccountName,
        restartPolicy: "Never",
        // Time to tell Azure DevOps that the job was cancelled, and to take the agent off its list.
        terminationGracePeriodSeconds: 300,
        containers: [
            {
                ...{ name: "agent", image: args.image, args: ["--once"] },
                env: [
                    { name: "AZP_URL", value: `https://dev.azure.com/${args.organisation}` },
                    { name: "AZP_POOL", value: args.pool },
                    { name: "AZP_AGENT_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
                    { name: "AZP_WORK", value: "/work" },
                    // An agent's environment is what it can do: https://learn.microsoft.com/azure/devops/pipelines/agents/agents#capabilities
                    ...(args.demands ?? []).map(capability),
                ],
                securityContext: hardenedContainer,
                resources: {
                    requests: { cpu: size.cpu, memory: size.memory, "ephemeral-storage": `${size.workGib}Gi` },
                    limits: { memory: size.memory, "ephemeral-storage": `${size.workGib + 4}Gi` },
                },
                volumeMounts: folders.map(({ name, path }) => ({ name, mountPath: path })),
            },
        ],
        volumes: folders.map(({ name, gib }) => ({ name, emptyDir: { sizeLimit: `${gib}Gi` } })),
    };
}
