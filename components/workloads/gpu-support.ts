import { DaemonSet } from "@pulumi/kubernetes/apps/v1/daemonSet";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import type { core } from "@pulumi/kubernetes/types/input";
import * as pulumi from "@pulumi/pulumi";
import { createHash } from "node:crypto";
import { gpuMetrics } from "../../facts/gpu-metrics";
import { shown } from "../options";
import { refuse } from "../refuse";
import { namespace } from "./namespace";
import { metricsOpening, networkPolicies } from "./network-policies";
import { imageFaults, type PinnedImage } from "./pinned-image";

/** Arguments of {@link GpuSupport}. */
export interface GpuSupportArgs {
    devicePluginImage: PinnedImage;
    exporterImage: PinnedImage;
    /** Are GPUs of some pool divided? Then the plugin offers the parts as GPUs. */
    divided: boolean;
    /** Taints of the pools with GPUs, `key=value:effect`; those of GPUs and spot machines are tolerated always. */
    taints: readonly string[];
}

export const gpuNamespace = "platform-gpu";
/** Port of the exporter's metrics. */
export const gpuMetricsPort = 9400;

const metricsFile = [...gpuMetrics.map((row) => row.join(", ")), ""].join("\n");

/**
 * What makes GPUs usable and visible: NVIDIA's device plugin tells Kubernetes of them, its exporter tells Prometheus how they do.
 * AKS installs the driver, and nothing else.
 *
 * Both reach into the machine, so their namespace, and no other, is exempt from Pod Security. They are written out here instead of
 * taken from charts: two pods, whose every privilege can be read and tested.
 * @see https://learn.microsoft.com/azure/aks/use-nvidia-gpu#manually-install-the-nvidia-device-plugin
 * @throws pulumi.ResourceError naming every image that is not pinned by digest.
 */
export class GpuSupport extends pulumi.ComponentResource {
    constructor(name: string, args: GpuSupportArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:workloads:GpuSupport", name, shown(args), opts);
        refuse(this, [
            ...imageFaults("devicePluginImage", args.devicePluginImage),
            ...imageFaults("exporterImage", args.exporterImage),
        ]);
        const own = { parent: this };
        const home = namespace(gpuNamespace, {}, own, "privileged");
        const inside = { parent: this, dependsOn: [home] };
        networkPolicies(gpuNamespace, [metricsOpening([gpuMetricsPort], exporter)], inside);
        for (const account of ["device-plugin", "dcgm-exporter"])
            new ServiceAccount(
                `${name}-${account}`,
                { metadata: { name: account, namespace: gpuNamespace }, automountServiceAccountToken: false },
                inside,
            );
        const metrics = new ConfigMap(
            `${name}-metrics`,
            {
                metadata: { name: "dcgm-exporter-metrics", namespace: gpuNamespace },
                data: { "platform.csv": metricsFile },
            },
            inside,
        );
        const tolerations = tolerationsOf(args.taints);
        new DaemonSet(
            `${name}-device-plugin`,
            daemon("device-plugin", plugin, devicePluginPod(args), tolerations),
            inside,
        );
        new DaemonSet(
            `${name}-exporter`,
            daemon("dcgm-exporter", exporter, exporterPod(args.exporterImage), tolerations),
            { parent: this, dependsOn: [home, metrics] },
        );
        this.registerOutputs({});
    }
}

const plugin = { "app.kubernetes.io/name": "nvidia-device-plugin" };
const exporter = { "app.kubernetes.io/name": "dcgm-exporter" };
type Toleration = core.v1.Toleration;

/** GPUs and spot machines always; whatever else the pools carry, exactly. */
function tolerationsOf(taints: readonly string[]): Toleration[] {
    const always: Toleration[] = [
        { key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" },
        // https://learn.microsoft.com/azure/aks/spot-node-pool
        { key: "kubernetes.azure.com/scalesetpriority", operator: "Equal", value: "spot", effect: "NoSchedule" },
    ];
    const more = [...new Set(taints)].sort().flatMap((taint): Toleration[] => {
        const [, key = "", value = "", effect = ""] = /^([^=:]+)(?:=([^:]*))?:(\w+)$/.exec(taint) ?? [];
        return always.some((one) => one.key === key) ? [] : [{ key, operator: "Equal", value, effect }];
    });
    return [...always, ...more];
}

function daemon(
    name: string,
    labels: Record<string, string>,
    pod: core.v1.PodSpec,
    tolerations: Toleration[],
): ConstructorParameters<typeof DaemonSet>[1] {
    return {
        metadata: { name, namespace: gpuNamespace, labels },
        spec: {
            selector: { matchLabels: labels },
            updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1 } },
            template: {
                metadata: {
                    labels,
                    // A new list of metrics is read by new pods.
                    ...(name === "dcgm-exporter" && {
                        annotations: { "mlplatform/metrics": createHash("sha256").update(metricsFile).digest("hex") },
                    }),
                },
                spec: {
                    ...pod,
                    nodeSelector: { accelerator: "nvidia" },
                    ...{ tolerations, priorityClassName: "system-node-critical" },
                    ...{ automountServiceAccountToken: false, enableServiceLinks: false },
                },
            },
        },
    };
}

function devicePluginPod({ devicePluginImage: image, divided }: GpuSupportArgs): core.v1.PodSpec {
    return {
        serviceAccountName: "device-plugin",
        containers: [
            {
                ...{ name: "plugin", image },
                env: [
                    // One profile for a whole pool, so parts are asked for as GPUs are.
                    { name: "MIG_STRATEGY", value: divided ? "single" : "none" },
                    // Starts before the driver is there; it waits instead of failing over and over.
                    { name: "FAIL_ON_INIT_ERROR", value: "false" },
                    { name: "NVIDIA_VISIBLE_DEVICES", value: "all" },
                    { name: "NVIDIA_DRIVER_CAPABILITIES", value: "compute,utility" },
                ],
                resources: {
                    requests: { cpu: "50m", memory: "64Mi" },
                    limits: { memory: "128Mi" },
                },
                securityContext: divided
                    ? // Reads how GPUs are divided: https://github.com/NVIDIA/k8s-device-plugin (values of its chart)
                      { capabilities: { drop: ["ALL"], add: ["SYS_ADMIN"] }, readOnlyRootFilesystem: true }
                    : {
                          ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
                          capabilities: { drop: ["ALL"] },
                      },
                volumeMounts: [{ name: "device-plugins", mountPath: "/var/lib/kubelet/device-plugins" }],
            },
        ],
        volumes: [{ name: "device-plugins", hostPath: { path: "/var/lib/kubelet/device-plugins", type: "Directory" } }],
    };
}

function exporterPod(image: PinnedImage): core.v1.PodSpec {
    return {
        serviceAccountName: "dcgm-exporter",
        containers: [
            {
                ...{ name: "exporter", image, args: ["-f", "/etc/platform/platform.csv"] },
                env: [
                    { name: "DCGM_EXPORTER_LISTEN", value: `:${gpuMetricsPort}` },
                    // Says which pod has which GPU; not where GPUs are divided or shared (NVIDIA/dcgm-exporter#577).
                    { name: "DCGM_EXPORTER_KUBERNETES", value: "true" },
                    { name: "NODE_NAME", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
                ],
                ports: [{ name: "metrics", containerPort: gpuMetricsPort }],
                readinessProbe: { httpGet: { path: "/health", port: "metrics" }, initialDelaySeconds: 45 },
                livenessProbe: {
                    httpGet: { path: "/health", port: "metrics" },
                    ...{ initialDelaySeconds: 45, periodSeconds: 30, failureThreshold: 5 },
                },
                resources: {
                    requests: { cpu: "100m", memory: "256Mi" },
                    limits: { memory: "512Mi" },
                },
                // Metrics of multiprocessors are profiling, which the driver lets administrators do alone.
                securityContext: {
                    ...{ runAsUser: 0, readOnlyRootFilesystem: true },
                    capabilities: { drop: ["ALL"], add: ["SYS_ADMIN"] },
                },
                volumeMounts: [
                    { name: "metrics-list", mountPath: "/etc/platform", readOnly: true },
                    { name: "pod-resources", mountPath: "/var/lib/kubelet/pod-resources", readOnly: true },
                    { name: "tmp", mountPath: "/tmp" },
                ],
            },
        ],
        volumes: [
            { name: "metrics-list", configMap: { name: "dcgm-exporter-metrics" } },
            { name: "pod-resources", hostPath: { path: "/var/lib/kubelet/pod-resources", type: "Directory" } },
            { name: "tmp", emptyDir: { sizeLimit: "16Mi" } },
        ],
    };
}
