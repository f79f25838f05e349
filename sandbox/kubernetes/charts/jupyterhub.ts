import { isObject } from "../../azure/properties";
import { at, textAt } from "../provider/objects";
import type { KubeObject } from "../provider/objects";
import { whole } from "./chart";
import type { Chart, ReleaseView } from "./chart";
import { configMap, countOf, daemonSet, deployment, picked, placement, service, serviceAccount } from "./parts";
import type { Workload } from "./parts";

const image = whole("name", "tag", "pullPolicy", "pullSecrets");
const security = whole("containerSecurityContext", "podSecurityContext", "resources");
const place = whole("nodeSelector", "tolerations", "networkPolicy", "pdb", "labels", "annotations");
const affinity = whole("nodeAffinity", "tolerations");

/** Its hub starts no notebooks: nobody signs in. Labels are the chart's own, by which network policies find its pods. */
export const jupyterhub: Chart = {
    ...{ name: "jupyterhub", version: "4.4.0", appVersion: "5.5.0" },
    source: "https://z2jh.jupyter.org/en/stable/resources/reference.html",
    values: {
        hub: {
            ...{ ...place, ...security, image },
            ...whole("config", "extraConfig", "extraEnv", "extraFiles", "serviceAccount", "concurrentSpawnLimit"),
            ...whole("baseUrl", "allowNamedServers", "service", "loadRoles", "extraVolumes", "extraVolumeMounts"),
            db: { type: true, pvc: whole("storageClassName", "storage", "accessModes", "annotations"), url: true },
        },
        proxy: {
            ...whole("https", "service", "traefik", "secretSync"),
            chp: { ...place, ...security, image, extraCommandLineFlags: true, defaultTarget: true },
        },
        singleuser: {
            ...{ image, networkPolicy: true, cloudMetadata: whole("blockWithIptables", "ip") },
            ...whole("profileList", "defaultUrl", "cmd", "uid", "fsGid", "allowPrivilegeEscalation", "startTimeout"),
            ...whole(
                "cpu",
                "memory",
                "nodeSelector",
                "extraTolerations",
                "extraEnv",
                "extraLabels",
                "serviceAccountName",
            ),
            ...whole("extraAnnotations", "lifecycleHooks", "initContainers", "extraContainers", "extraFiles", "events"),
            storage: whole(
                "type",
                "capacity",
                "dynamic",
                "static",
                "extraVolumes",
                "extraVolumeMounts",
                "homeMountPath",
            ),
        },
        scheduling: {
            userScheduler: true,
            podPriority: whole(
                "enabled",
                "globalDefault",
                "defaultPriority",
                "imagePullerPriority",
                "userPlaceholderPriority",
            ),
            userPlaceholder: { ...security, image, ...whole("enabled", "replicas", "labels", "annotations") },
            ...{ userPods: affinity, corePods: affinity },
        },
        prePuller: {
            ...{
                ...security,
                hook: true,
                continuous: whole("enabled"),
                pause: { image, containerSecurityContext: true },
            },
            ...whole("extraImages", "extraTolerations", "pullProfileListImages", "pullOnlyOnNodesWithTaint", "labels"),
        },
        cull: whole(
            "enabled",
            "timeout",
            "every",
            "users",
            "maxAge",
            "adminUsers",
            "concurrency",
            "removeNamedServers",
        ),
        ...whole("fullnameOverride", "imagePullSecret", "imagePullSecrets", "ingress", "debug", "global", "rbac"),
    },
    definitions: [],
    removesDefinitions: false,
    objects: (release) => [...hub(release), ...proxy(release), ...placeholders(release), ...puller(release)],
};

/** The chart's own selector. */
const labelsOf = (release: ReleaseView, component: string): Record<string, string> => ({
    ...{ app: "jupyterhub", component, release: release.name },
});

/** What the chart's parts are told in the same words. */
function part(release: ReleaseView, component: string, values: unknown, over: Partial<Workload>): Workload {
    const own = textAt(values, "image", "name");
    const [podSecurity, security] = [at(values, "podSecurityContext"), at(values, "containerSecurityContext")];
    const labels = at(values, "labels");
    return {
        name: component,
        image: `${own}:${textAt(values, "image", "tag")}`,
        labels: { ...(isObject(labels) && (labels as Record<string, string>)), ...labelsOf(release, component) },
        container: { ...picked(values, ["resources"]), ...(isObject(security) && { securityContext: security }) },
        ...over,
        pod: {
            ...picked(values, placement),
            ...(isObject(podSecurity) && { securityContext: podSecurity }),
            ...over.pod,
        },
    };
}

function hub(release: ReleaseView): KubeObject[] {
    const values = at(release.values, "hub");
    const claim = at(values, "db", "pvc");
    const hasDisk = textAt(values, "db", "type") === "sqlite-pvc";
    const volumes = hasDisk ? [{ name: "pvc", persistentVolumeClaim: { claimName: "hub-db-dir" } }] : [];
    return [
        serviceAccount(release, "hub", at(values, "serviceAccount", "annotations")),
        configMap(release, "hub", { "values.json": JSON.stringify(release.values) }),
        ...(hasDisk ? [diskClaim(release, claim)] : []),
        deployment(release, {
            ...part(release, "hub", values, { serviceAccount: "hub", ports: [8081], pod: { volumes } }),
            // One at a time: two hubs would write one database.
            strategy: { type: "Recreate" },
        }),
        service(release, "hub", { hub: [8081, 8081] }),
    ];
}

function diskClaim(release: ReleaseView, claim: unknown): KubeObject {
    const storageClassName = textAt(claim, "storageClassName");
    return {
        ...{ apiVersion: "v1", kind: "PersistentVolumeClaim" },
        metadata: { name: "hub-db-dir", namespace: release.namespace },
        spec: {
            accessModes: ["ReadWriteOnce"],
            ...(storageClassName !== "" && { storageClassName }),
            resources: { requests: { storage: textAt(claim, "storage") || "1Gi" } },
        },
    };
}

function proxy(release: ReleaseView): KubeObject[] {
    const values = at(release.values, "proxy");
    const kind = textAt(values, "service", "type") || "LoadBalancer";
    const open = service(release, "proxy-public", { http: [80, 8000] }, "proxy");
    return [
        deployment(release, part(release, "proxy", at(values, "chp"), { ports: [8000, 8001] })),
        service(release, "proxy-api", { api: [8001, 8001] }, "proxy"),
        { ...open, spec: { ...(open.spec as object), type: kind } },
    ];
}

/** Pods that keep room, and give way to whoever comes. */
function placeholders(release: ReleaseView): KubeObject[] {
    const values = at(release.values, "scheduling", "userPlaceholder");
    const user = at(release.values, "singleuser");
    const priorities = at(release.values, "scheduling", "podPriority");
    const tolerations = at(user, "extraTolerations");
    const hasPriority = at(priorities, "enabled") === true;
    const priorityClassName = `${release.name}-user-placeholder-priority`;
    const priority: KubeObject = {
        ...{ apiVersion: "scheduling.k8s.io/v1", kind: "PriorityClass", metadata: { name: priorityClassName } },
        ...{ value: countOf(priorities, -10, "userPlaceholderPriority"), globalDefault: false },
    };
    if (at(values, "enabled") !== true) return hasPriority ? [priority] : [];
    const requests = {
        ...(at(user, "cpu", "guarantee") !== undefined && { cpu: at(user, "cpu", "guarantee") }),
        ...(at(user, "memory", "guarantee") !== undefined && { memory: at(user, "memory", "guarantee") }),
    };
    const workload = part(release, "user-placeholder", values, {
        replicas: countOf(values, 0, "replicas"),
        pod: {
            ...picked(user, ["nodeSelector"]),
            ...(Array.isArray(tolerations) && { tolerations }),
            ...(hasPriority && { priorityClassName }),
        },
    });
    const sized = { ...workload, container: { ...workload.container, resources: { requests } } };
    return [...(hasPriority ? [priority] : []), deployment(release, sized)];
}

/** Brings the first image to each node that stands ready. */
function puller(release: ReleaseView): KubeObject[] {
    const values = at(release.values, "prePuller");
    if (at(values, "continuous", "enabled") !== true) return [];
    const user = at(release.values, "singleuser");
    const workload = part(
        release,
        "continuous-image-puller",
        { ...asObject(values), ...asObject(at(values, "pause")) },
        {
            pod: picked(user, ["nodeSelector"]),
        },
    );
    return [daemonSet(release, workload)];
}

function asObject(value: unknown): Record<string, unknown> {
    return isObject(value) ? value : {};
}
