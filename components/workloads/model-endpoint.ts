import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import { HorizontalPodAutoscaler } from "@pulumi/kubernetes/autoscaling/v2/horizontalPodAutoscaler";
import { Service } from "@pulumi/kubernetes/core/v1/service";
import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1/podDisruptionBudget";
import type { core } from "@pulumi/kubernetes/types/input";
import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { shown } from "../options";
import { refuse } from "../refuse";
import { wholeNumberFault } from "../units";
import { coldStart, type ColdStart } from "./cold-start";
import { disruptionFaults, type RolloutStrategy } from "./placement";
import { priorityClassName } from "./priority-classes";
import { cpuScaler, queueScaler, replicasOf, scalingFaults, type Scaling } from "./scaling";
import { defaultLoadSeconds, roomFaults, scorerFaults, scorerPod, type Scorer, type ScorerRoom } from "./scorer-pod";
import { modelAnnotations, modelLabels } from "./served-model";

/** A version on trial beside the one that serves. Its replicas are fixed: two that scale each other's share never settle. */
export interface Canary extends Scorer {
    /** 1 to 100. */
    replicas: number;
    /** Percent of requests that it answers, 0 to 100. The rollout controller's to change from then on. */
    weight: number;
    /** Percent of requests that it gets a copy of, its answers dropped: 0 to 100. Only with weight 0. @default 0 */
    mirrorPercent?: number;
}

/** What an endpoint is. */
export interface EndpointShape extends Scorer, ScorerRoom {
    scaling: Scaling;
    /** Replicas that answer while nodes are exchanged, fewer than there are. @default - all but one */
    minAvailable?: number;
    canary?: Canary;
}

/** Arguments of {@link ModelEndpoint}. */
export interface ModelEndpointArgs extends EndpointShape {
    /** Name of the endpoint, of the model in its protocol, and its path: 1 to 30 of a-z, 0-9 and inner hyphens. */
    endpoint: string;
    namespace: string;
    /** First label of its host name. */
    team: string;
    /** May read the model, by workload identity. */
    serviceAccountName: string;
    /** What it is reached by, and the domain below which its names are. */
    gateway: { name: string; namespace: string; domain: string };
    /** Where KEDA asks for the queue. Its own identity may. */
    metricsUrl: string;
    /** From {@link strategyOf}: is there room for one pod more? */
    strategy: RolloutStrategy;
    /** Is the OS disk of the pool's nodes on their host? */
    ephemeralDisk: boolean;
}

export const scorerPorts = { http: 8000, metrics: 8002 } as const;

/** Seconds: for the gateway to learn that a pod goes, for its last requests, and a rest. */
const drain = { spread: 15, requests: 60, rest: 15 } as const;

/**
 * A model that answers: the Open Inference Protocol at `https://TEAM.DOMAIN/ENDPOINT/v2/...` behind the platform's gateway.
 *
 * Its probes ask the model, not the server. What ends has left the gateway before it stops, with its last requests answered. Pods are
 * exchanged as the GPUs allow. Probes and deadlines follow from what a start from nothing takes.
 * @see https://github.com/kserve/open-inference-protocol
 * @throws pulumi.ResourceError naming every argument that breaks a rule.
 */
export class ModelEndpoint extends pulumi.ComponentResource {
    /** Where it answers. Resolves once it does. */
    readonly url: pulumi.Output<string>;
    /** Of the version that serves. */
    readonly coldStart: ColdStart;

    constructor(name: string, args: ModelEndpointArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:workloads:ModelEndpoint", name, shown(args), opts);
        refuse(this, [...endpointNameFaults("endpoint", args.endpoint), ...endpointFaults("endpoint", args)]);
        const { endpoint, namespace, canary } = args;
        const baseline = this.version(name, "baseline", args, args);
        const trial = canary && this.version(name, "canary", args, canary);
        this.coldStart = baseline.start;
        const host = `${args.team}.${args.gateway.domain}`;
        const rules = routeRules(args);
        const hash = canary && trialHash(canary, rules);
        const route = new CustomResource(
            `${name}-route${hash === undefined ? "" : `-${hash}`}`,
            {
                ...{ apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute" },
                metadata: {
                    name: hash === undefined ? endpoint : `${endpoint}-${hash}`,
                    ...{ namespace, labels: endpointLabels(endpoint) },
                },
                spec: { ...routePlace(args, host), rules },
            },
            {
                parent: this,
                dependsOn: [baseline.deployment, baseline.service, ...(trial ? [trial.deployment, trial.service] : [])],
                // The weights are the rollout controller's from the first on. To Kubernetes, rules have one owner, who whoever
                // sends them takes them from: they are ignored whole. Other rules than weights make another route, by its hash.
                ignoreChanges: canary ? ["spec.rules"] : [],
            },
        );
        this.url = route.id.apply(() => `https://${host}/${endpoint}`);
        this.registerOutputs({ url: this.url });
    }

    /** Everything of one version but its share of the requests. */
    private version(
        name: string,
        track: "baseline" | "canary",
        args: ModelEndpointArgs,
        scorer: Scorer,
    ): { deployment: Deployment; service: Service; start: ColdStart } {
        const { endpoint, namespace, canary } = args;
        const scaling = track === "canary" ? { replicas: canary?.replicas ?? 1 } : args.scaling;
        const { least } = replicasOf(scaling);
        const scaled = scaling.replicas === undefined;
        const object = `${endpoint}-${track}`;
        const labels = { ...endpointLabels(endpoint), "mlplatform/track": track };
        const metadata = { name: object, namespace, labels };
        const start = startOf(args, scorer, args.ephemeralDisk);
        const limit = `${Math.ceil((start.progressDeadlineSeconds * (least + 1)) / 60)}m`;
        const deployment = new Deployment(
            `${name}-${track}`,
            {
                metadata,
                spec: {
                    replicas: least,
                    selector: { matchLabels: labels },
                    strategy: { type: "RollingUpdate", rollingUpdate: { ...args.strategy } },
                    ...{ progressDeadlineSeconds: start.progressDeadlineSeconds, revisionHistoryLimit: 5 },
                    template: {
                        metadata: {
                            labels: { ...labels, ...modelLabels(scorer.model), "azure.workload.identity/use": "true" },
                            annotations: {
                                ...modelAnnotations(scorer.model),
                                "prometheus.io/scrape": "true",
                                "prometheus.io/port": String(scorerPorts.metrics),
                            },
                        },
                        spec: servingPod(args, scorer, labels, start),
                    },
                },
            },
            {
                parent: this,
                customTimeouts: { create: limit, update: limit },
                ignoreChanges: scaled ? ["spec.replicas"] : [],
            },
        );
        const service = new Service(
            `${name}-${track}-service`,
            {
                metadata,
                spec: { type: "ClusterIP", selector: labels, ports: [{ name: "http", port: 80, targetPort: "http" }] },
            },
            // An endpoint is there once something answers for it.
            { parent: this, dependsOn: [deployment] },
        );
        if (least > 1)
            new PodDisruptionBudget(
                `${name}-${track}-budget`,
                {
                    metadata,
                    spec: {
                        selector: { matchLabels: labels },
                        // A pod that is not ready answers nobody, and need not hold up a node.
                        unhealthyPodEvictionPolicy: "AlwaysAllow",
                        ...(track === "baseline" && args.minAvailable !== undefined
                            ? { minAvailable: args.minAvailable }
                            : { maxUnavailable: 1 }),
                    },
                },
                { parent: this },
            );
        if (scaled) this.scaler(name, args, object, deployment);
        return { deployment, service, start };
    }

    private scaler(name: string, args: ModelEndpointArgs, target: string, deployment: Deployment): void {
        const { endpoint, namespace, scaling, metricsUrl } = args;
        const metadata = { name: target, namespace, labels: endpointLabels(endpoint) };
        const options = { parent: this, dependsOn: [deployment] };
        if (scaling.cpu)
            new HorizontalPodAutoscaler(`${name}-scaler`, { metadata, spec: cpuScaler(target, scaling.cpu) }, options);
        const { queue } = scaling;
        if (!queue) return;
        const authentication = new CustomResource(
            `${name}-metrics`,
            {
                ...{ apiVersion: "keda.sh/v1alpha1", kind: "TriggerAuthentication", metadata },
                spec: { podIdentity: { provider: "azure-workload" } },
            },
            { parent: this },
        );
        new CustomResource(
            `${name}-scaler`,
            {
                ...{ apiVersion: "keda.sh/v1alpha1", kind: "ScaledObject", metadata },
                spec: queueScaler(
                    { deployment: target, namespace, model: endpoint, metricsUrl, authentication: target },
                    queue,
                ),
            },
            { ...options, dependsOn: [deployment, authentication] },
        );
    }
}

/** What a start of a scorer in that room takes from nothing. */
export const startOf = ({ gpus }: ScorerRoom, scorer: Scorer, ephemeralDisk: boolean): ColdStart =>
    coldStart({
        ...{ gpu: gpus > 0, ephemeralDisk, imageGib: scorer.imageGib, modelBytes: scorer.model.sizeBytes },
        loadSeconds: scorer.loadSeconds ?? defaultLoadSeconds,
    });

export const endpointLabels = (endpoint: string): Record<string, string> => ({
    "app.kubernetes.io/name": endpoint,
    "app.kubernetes.io/component": "endpoint",
});

/** What is wrong with a name of an endpoint or a batch; empty when nothing is. */
export function endpointNameFaults(field: string, name: string): string[] {
    if (/^[a-z](?:[a-z0-9-]{0,28}[a-z0-9])?$/.test(name)) return [];
    return [`${field} must be 1 to 30 of a-z, 0-9 and inner hyphens from a letter on, got "${name}"`];
}

/** What is wrong with an endpoint, whatever the pools are; empty when nothing is. */
export function endpointFaults(field: string, shape: EndpointShape): string[] {
    const { scaling, minAvailable, canary } = shape;
    return [
        ...scorerFaults(field, shape),
        ...roomFaults(field, shape),
        ...scalingFaults(`${field}.scaling`, scaling, shape.gpus),
        ...disruptionFaults(field, replicasOf(scaling).least, minAvailable),
        ...(canary ? canaryFaults(`${field}.canary`, canary) : []),
    ];
}

function canaryFaults(field: string, canary: Canary): string[] {
    const { replicas, weight, mirrorPercent = 0 } = canary;
    return [
        ...scorerFaults(field, canary),
        wholeNumberFault(`${field}.replicas`, replicas, 1, 100),
        wholeNumberFault(`${field}.weight`, weight, 0, 100),
        wholeNumberFault(`${field}.mirrorPercent`, mirrorPercent, 0, 100),
        weight > 0 && mirrorPercent > 0
            ? `${field}.mirrorPercent must be 0 beside a weight: it would see requests twice, got ${mirrorPercent} and weight ${weight}`
            : undefined,
    ].filter((fault) => fault !== undefined);
}

/** Tells one trial from the next: each begins with the share that was ordered, never with what the last had come to. */
const trialHash = ({ image, model }: Canary, rules: readonly object[]): string => {
    const unweighed = JSON.stringify(rules, (key, value: unknown) => (key === "weight" ? undefined : value));
    return createHash("sha256").update(`${image} ${model.sha256} ${unweighed}`).digest("hex").slice(0, 8);
};

function servingPod(
    args: ModelEndpointArgs,
    scorer: Scorer,
    labels: Readonly<Record<string, string>>,
    { startupProbe }: ColdStart,
): core.v1.PodSpec {
    const { endpoint, serviceAccountName } = args;
    const get = (path: string): core.v1.Probe => ({ httpGet: { path, port: "http" } });
    const spread = (topologyKey: string): core.v1.TopologySpreadConstraint => ({
        ...{ maxSkew: 1, topologyKey, labelSelector: { matchLabels: { ...labels } } },
        // GPUs are often to be had in one zone only, and a rule without an exception would wait there for ever.
        whenUnsatisfiable: "ScheduleAnyway",
        // What a rollout replaces does not count.
        matchLabelKeys: ["pod-template-hash"],
    });
    return {
        ...scorerPod({
            ...{ scorer, room: args, spot: false, serviceAccountName },
            priorityClassName: priorityClassName("serving"),
            graceSeconds: drain.spread + drain.requests + drain.rest,
            env: [
                { name: "MODEL_NAME", value: endpoint },
                { name: "DRAIN_SECONDS", value: String(drain.requests) },
            ],
            container: {
                args: ["serve"],
                ports: [
                    { name: "http", containerPort: scorerPorts.http, protocol: "TCP" },
                    { name: "metrics", containerPort: scorerPorts.metrics, protocol: "TCP" },
                ],
                startupProbe: { ...get("/v2/health/ready"), ...startupProbe, timeoutSeconds: 5 },
                // A server can be ready while its model is not.
                readinessProbe: {
                    ...get(`/v2/models/${endpoint}/ready`),
                    ...{ periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 3 },
                },
                // Never by inference: under load it would end those who work hardest.
                livenessProbe: {
                    ...get("/v2/health/live"),
                    ...{ periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
                },
                // The gateway goes on sending until it has heard that the pod goes.
                lifecycle: { preStop: { sleep: { seconds: drain.spread } } },
            },
        }),
        topologySpreadConstraints: [spread("topology.kubernetes.io/zone"), spread("kubernetes.io/hostname")],
    };
}

function routePlace({ gateway }: ModelEndpointArgs, host: string): object {
    const { name, namespace } = gateway;
    return {
        parentRefs: [{ group: "gateway.networking.k8s.io", kind: "Gateway", name, namespace }],
        hostnames: [host],
    };
}

function routeRules({ endpoint, canary }: ModelEndpointArgs): object[] {
    const backend = (track: "baseline" | "canary"): object => ({
        ...{ group: "", kind: "Service", name: `${endpoint}-${track}`, port: 80 },
    });
    const { weight = 0, mirrorPercent = 0 } = canary ?? {};
    return [
        {
            matches: [{ path: { type: "PathPrefix", value: `/${endpoint}` } }],
            filters: [
                {
                    type: "URLRewrite",
                    urlRewrite: { path: { type: "ReplacePrefixMatch", replacePrefixMatch: "/" } },
                },
                ...(mirrorPercent > 0
                    ? [
                          {
                              type: "RequestMirror",
                              requestMirror: { backendRef: backend("canary"), percent: mirrorPercent },
                          },
                      ]
                    : []),
            ],
            backendRefs: [
                { ...backend("baseline"), weight: 100 - weight },
                ...(canary ? [{ ...backend("canary"), weight }] : []),
            ],
            timeouts: { request: `${drain.requests}s` },
        },
    ];
}
