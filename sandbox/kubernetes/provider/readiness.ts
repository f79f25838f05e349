import { isObject } from "../../azure/properties";
import type { KubeApi } from "./api";
import { isNotFound } from "../api-faults";
import { apiVersionOf, at, conditionOf, isTrue, listAt, numberAt, textAt } from "./objects";
import type { GroupVersionKind, KubeObject } from "./objects";
import type { Values } from "../../protocol/values";
import { WaitFailed } from "./wait";
import type { Progress } from "./wait";

/** How the provider tells that an object of a type works. */
interface Readiness {
    /** Real seconds. @see https://github.com/pulumi/pulumi-kubernetes/tree/master/provider/pkg/await */
    timeoutSeconds: number;
    /** @throws WaitFailed when it will never be ready. */
    look: (object: KubeObject, api: KubeApi) => Promise<Progress> | Progress;
}

const core = (kind: string): GroupVersionKind => ({ group: "", version: "v1", kind });

/** Types whose objects are waited for; all others are ready when the API server has them. */
const types: Readonly<Partial<Record<string, Readiness>>> = {
    "apps/v1/Deployment": { timeoutSeconds: 600, look: deployment },
    "apps/v1/StatefulSet": { timeoutSeconds: 600, look: statefulSet },
    "apps/v1/DaemonSet": { timeoutSeconds: 600, look: daemonSet },
    "batch/v1/Job": { timeoutSeconds: 600, look: job },
    "v1/Pod": { timeoutSeconds: 600, look: pod },
    "v1/Service": { timeoutSeconds: 600, look: service },
    "networking.k8s.io/v1/Ingress": {
        timeoutSeconds: 600,
        look: (object) => byWhether(hasAddress(object), "no .status.loadBalancer address was assigned to it"),
    },
    "v1/PersistentVolumeClaim": { timeoutSeconds: 300, look: volumeClaim },
    "v1/PersistentVolume": {
        timeoutSeconds: 300,
        look: (object) => byWhether(["Available", "Bound"].includes(phase(object)), `it is ${phase(object)}`),
    },
    "v1/ResourceQuota": {
        timeoutSeconds: 60,
        look: (object) => {
            const [asked, taken] = [at(object, "spec", "hard"), at(object, "status", "hard")];
            const isTaken = keys(asked).every((key) => keys(taken).includes(key));
            return byWhether(isTaken, "the quota controller has not taken it up");
        },
    },
    "apiextensions.k8s.io/v1/CustomResourceDefinition": { timeoutSeconds: 60, look: definition },
};

export function readinessOf(type: GroupVersionKind): Readiness | undefined {
    return types[`${apiVersionOf(type)}/${type.kind}`];
}

function byWhether(isReady: boolean, otherwise: string): Progress {
    return isReady ? "done" : { because: [otherwise] };
}

function keys(value: unknown): string[] {
    return isObject(value) ? Object.keys(value) : [];
}

function phase(object: Values): string {
    return textAt(object, "status", "phase");
}

function hasAddress(object: Values): boolean {
    return listAt(object, "status", "loadBalancer", "ingress").length > 0;
}

/** Has the controller seen the latest change? */
function isObserved(object: KubeObject): boolean {
    return numberAt(object, "status", "observedGeneration") >= (object.metadata.generation ?? 0);
}

function said(condition: Values | undefined): string[] {
    if (!condition) return [];
    return [`[${textAt(condition, "reason")}] ${textAt(condition, "message")}`];
}

function replicasOf(object: Values): number {
    const asked = at(object, "spec", "replicas");
    return typeof asked === "number" ? asked : 1;
}

async function deployment(object: KubeObject, api: KubeApi): Promise<Progress> {
    const [progressing, available] = [conditionOf(object, "Progressing"), conditionOf(object, "Available")];
    const isRolledOut =
        isObserved(object) &&
        progressing?.reason === "NewReplicaSetAvailable" &&
        numberAt(object, "status", "updatedReplicas") === replicasOf(object) &&
        numberAt(object, "status", "replicas") === replicasOf(object);
    if (isRolledOut && available?.status === "True") return "done";
    const because = [progressing, available].filter((condition) => condition?.status === "False").flatMap(said);
    return { because: [...because, ...(await troublesOf(object, api))] };
}

async function statefulSet(object: KubeObject, api: KubeApi): Promise<Progress> {
    const count = (key: string): number => numberAt(object, "status", key);
    const partition = numberAt(object, "spec", "updateStrategy", "rollingUpdate", "partition");
    const isUpdated =
        partition > 0 || textAt(object, "status", "currentRevision") === textAt(object, "status", "updateRevision");
    const wanted = replicasOf(object);
    if (isObserved(object) && isUpdated && count("replicas") === wanted && count("readyReplicas") === wanted)
        return "done";
    const because = `${count("readyReplicas")} of ${wanted} replicas are ready`;
    return { because: [because, ...(await troublesOf(object, api))] };
}

async function daemonSet(object: KubeObject, api: KubeApi): Promise<Progress> {
    const count = (key: string): number => numberAt(object, "status", key);
    const wanted = count("desiredNumberScheduled");
    const isOnDelete = at(object, "spec", "updateStrategy", "type") === "OnDelete";
    const isUpdated = isOnDelete || count("updatedNumberScheduled") === wanted;
    if (isObserved(object) && isUpdated && count("numberReady") === wanted) return "done";
    const because = `${count("numberReady")} of ${wanted} pods are ready`;
    return { because: [because, ...(await troublesOf(object, api))] };
}

async function job(object: KubeObject, api: KubeApi): Promise<Progress> {
    if (isTrue(object, "Complete") || isTrue(object, "Suspended")) return "done";
    const failed = conditionOf(object, "Failed");
    const troubles = await troublesOf(object, api);
    if (failed?.status === "True") {
        throw new WaitFailed([`Job '${object.metadata.name}' failed`, ...said(failed), ...troubles].join("\n  * "));
    }
    return { because: troubles };
}

async function pod(object: KubeObject, api: KubeApi): Promise<Progress> {
    if (isTrue(object, "Ready") || phase(object) === "Succeeded") return "done";
    return { because: [...podTroubles(object), ...(await warningsOf([object], api))] };
}

async function service(object: KubeObject, api: KubeApi): Promise<Progress> {
    const kind = textAt(object, "spec", "type");
    if (kind === "ExternalName") return "done";
    const because: string[] = [];
    if (kind === "LoadBalancer" && !hasAddress(object)) because.push("Service was not allocated an IP address");
    const isHeadless = at(object, "spec", "clusterIP") === "None";
    const hasSelector = keys(at(object, "spec", "selector")).length > 0;
    if (hasSelector && !isHeadless && !(await hasEndpoints(object, api))) {
        because.push(
            "Service does not target any Pods. Selected Pods may not be ready, or field '.spec.selector' may not match " +
                "labels on any Pods",
        );
    }
    return because.length === 0 ? "done" : { because: [...because, ...(await warningsOf([object], api))] };
}

async function hasEndpoints({ metadata }: KubeObject, api: KubeApi): Promise<boolean> {
    const slices = await api.list(
        { group: "discovery.k8s.io", version: "v1", kind: "EndpointSlice" },
        metadata.namespace,
        { labelSelector: `kubernetes.io/service-name=${metadata.name}` },
    );
    return slices.some((slice) => listAt(slice, "endpoints").some((one) => at(one, "conditions", "ready") !== false));
}

/** A claim whose class waits for its first consumer is bound only with the first pod. */
async function volumeClaim(object: KubeObject, api: KubeApi): Promise<Progress> {
    if (phase(object) === "Bound") return "done";
    const name = textAt(object, "spec", "storageClassName");
    if (name !== "") {
        const type = { group: "storage.k8s.io", version: "v1", kind: "StorageClass" };
        const found = await api.get(type, undefined, name).catch((fault: unknown) => {
            if (isNotFound(fault)) return undefined;
            throw fault;
        });
        if (found?.volumeBindingMode === "WaitForFirstConsumer") return "done";
    }
    return { because: [`it is ${phase(object)}`, ...(await warningsOf([object], api))] };
}

function definition(object: KubeObject): Progress {
    const refused = conditionOf(object, "NamesAccepted");
    if (refused?.status === "False") throw new WaitFailed(`its names were not accepted: ${textAt(refused, "message")}`);
    return byWhether(isTrue(object, "Established"), "the API server does not serve it yet");
}

/** Why the pods of a workload do not work: what holds their containers up, and the last warnings. */
async function troublesOf(workload: KubeObject, api: KubeApi): Promise<string[]> {
    const labels = at(workload, "spec", "selector", "matchLabels");
    if (!isObject(labels)) return [];
    const { namespace, uid } = workload.metadata;
    const labelSelector = Object.entries(labels)
        .map(([key, value]) => `${key}=${String(value)}`)
        .join(",");
    const [pods, sets] = await Promise.all([
        api.list(core("Pod"), namespace, { labelSelector }),
        api.list({ group: "apps", version: "v1", kind: "ReplicaSet" }, namespace, { labelSelector }),
    ]);
    const owners = new Set([uid, ...sets.filter(isOwnedBy(new Set([uid]))).map(({ metadata }) => metadata.uid)]);
    const own = pods.filter(isOwnedBy(owners)).filter((one) => !isTrue(one, "Ready"));
    const holders = sets.filter(({ metadata }) => owners.has(metadata.uid));
    return [...own.flatMap(podTroubles), ...(await warningsOf([workload, ...holders, ...own], api))];
}

function isOwnedBy(owners: ReadonlySet<string | undefined>): (object: KubeObject) => boolean {
    return ({ metadata }) => (metadata.ownerReferences ?? []).some((owner) => owners.has(owner.uid));
}

function podTroubles(object: KubeObject): string[] {
    const label = `[Pod ${object.metadata.namespace ?? ""}/${object.metadata.name ?? ""}]`;
    const scheduled = conditionOf(object, "PodScheduled");
    if (scheduled?.status === "False")
        return [`${label}: [${textAt(scheduled, "reason")}] ${textAt(scheduled, "message")}`];
    const statuses = [
        ...listAt(object, "status", "initContainerStatuses"),
        ...listAt(object, "status", "containerStatuses"),
    ];
    return statuses.flatMap((status) => {
        const state = at(status, "state", "waiting") ?? at(status, "state", "terminated");
        if (status.ready === true || !isObject(state) || state.reason === "Completed") return [];
        const message = textAt(state, "message");
        const why = `[${textAt(state, "reason")}]${message === "" ? "" : ` ${message}`}`;
        return [`${label}: containers with unready status: [${String(status.name)}] -- ${why}`];
    });
}

/** The latest warning of each kind about these objects. */
async function warningsOf(objects: readonly KubeObject[], api: KubeApi): Promise<string[]> {
    const namespace = objects[0]?.metadata.namespace;
    if (namespace === undefined) return [];
    const wanted = new Set(objects.map(({ metadata }) => metadata.uid));
    const events = await api.list(core("Event"), namespace, { fieldSelector: "type=Warning" });
    const about = events.filter((event) => wanted.has(textAt(event, "involvedObject", "uid")));
    const latest = new Map<string, string>();
    for (const event of about) {
        const subject = `${textAt(event, "involvedObject", "kind")} ${textAt(event, "involvedObject", "name")}`;
        latest.set(
            `${subject} ${textAt(event, "reason")}`,
            `${subject}: [${textAt(event, "reason")}] ${textAt(event, "message")}`,
        );
    }
    return [...latest.values()].slice(-maxWarnings);
}

const maxWarnings = 5;
