import { apiVersionOf } from "./objects";
import type { GroupVersionKind } from "./objects";

/** A type and the properties that cannot change in place; `[*]` stands for every element. */
type Row = readonly [type: RegExp, paths: readonly string[]];

const volumeSources = [
    ...["awsElasticBlockStore", "azureDisk", "azureFile", "cephfs", "cinder", "csi", "fc", "flexVolume", "flocker"],
    ...["gcePersistentDisk", "glusterfs", "hostPath", "iscsi", "local", "nfs", "photonPersistentDisk"],
    ...["portworxVolume", "quobyte", "rbd", "scaleIO", "storageos", "vsphereVolume"],
];

const podFields = [
    ...["affinity", "automountServiceAccountToken", "dnsConfig", "dnsPolicy", "enableServiceLinks", "hostAliases"],
    ...["hostIPC", "hostNetwork", "hostPID", "hostname", "imagePullSecrets", "nodeName", "nodeSelector", "overhead"],
    ...["preemptionPolicy", "priority", "priorityClassName", "readinessGates", "restartPolicy", "runtimeClassName"],
    ...["schedulerName", "securityContext", "serviceAccount", "serviceAccountName", "shareProcessNamespace"],
    ...["subdomain", "terminationGracePeriodSeconds", "volumes"],
];

const containerFields = [
    ...["args", "command", "env", "image", "imagePullPolicy", "lifecycle", "livenessProbe", "ports"],
    ...["readinessProbe", "resources", "securityContext", "stdin", "stdinOnce", "terminationMessagePath"],
    ...["terminationMessagePolicy", "tty", "volumeDevices", "volumeMounts", "workingDir"],
];

/**
 * What the provider replaces for. A DaemonSet's selector is not among them, though it cannot change: the provider's table
 * misspells the kind, and the API server refuses the update.
 * @see https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/provider/diff.go
 */
const rows: readonly Row[] = [
    [/^apps\/v1\/Deployment$/, ["spec.selector"]],
    [
        /^apps\/v1\/StatefulSet$/,
        [
            ...["spec.podManagementPolicy", "spec.revisionHistoryLimit", "spec.selector", "spec.serviceName"],
            "spec.volumeClaimTemplates",
        ],
    ],
    [/^batch\/v1\/Job$/, ["spec.completions", "spec.parallelism", "spec.selector", "spec.template"]],
    [/^v1\/ConfigMap$/, ["data", "binaryData"]],
    [/^v1\/Secret$/, ["type", "data", "stringData"]],
    [/^v1\/PersistentVolume$/, volumeSources.map((source) => `spec.${source}`)],
    [/^v1\/PersistentVolumeClaim$/, ["spec"]],
    [
        /^v1\/Pod$/,
        [
            ...podFields.map((field) => `spec.${field}`),
            ...containerFields.flatMap((field) => [`spec.containers[*].${field}`, `spec.initContainers[*].${field}`]),
        ],
    ],
    [/^v1\/ResourceQuota$/, ["spec.scopes"]],
    [/^v1\/Service$/, ["spec.clusterIP"]],
    [/^rbac\.authorization\.k8s\.io\/v1\/(Cluster)?RoleBinding$/, ["roleRef"]],
    [/^storage\.k8s\.io\/v1\/StorageClass$/, ["parameters", "provisioner"]],
];

const identity = ["metadata.name", "metadata.namespace"];

/** Kinds whose data the provider changes in place when it is told to. */
export interface Mutable {
    ConfigMap: boolean;
    Secret: boolean;
}

/** Paths whose change replaces an object of this type, as lists of keys. */
export function replacePaths(type: GroupVersionKind, mutable: Mutable, isImmutable: boolean): string[][] {
    const name = `${apiVersionOf(type)}/${type.kind}`;
    const inPlace = type.group === "" && !isImmutable && mutable[type.kind as keyof Mutable];
    const found = rows.filter(([pattern]) => pattern.test(name)).flatMap(([, paths]) => paths);
    const kept = inPlace ? found.filter((path) => path === "type") : found;
    return [...identity, ...kept].map((path) => path.split(/\.|(?=\[)/));
}

/** Does a change at this path, of a value with what lies below it, replace the object? */
export function isReplacing(
    path: readonly (string | number)[],
    value: unknown,
    paths: readonly (readonly string[])[],
): boolean {
    return paths.some((wanted) => {
        const common = Math.min(path.length, wanted.length);
        for (let index = 0; index < common; index += 1) {
            const [key, want] = [path[index], wanted[index]];
            if (typeof key === "number" ? want !== "[*]" : key !== want) return false;
        }
        return path.length >= wanted.length || reaches(value, wanted.slice(common));
    });
}

function reaches(value: unknown, [key, ...rest]: readonly string[]): boolean {
    if (key === undefined) return true;
    if (Array.isArray(value)) return key === "[*]" && value.some((item) => reaches(item, rest));
    if (typeof value !== "object" || value === null || !(key in value)) return false;
    return reaches((value as Record<string, unknown>)[key], rest);
}
