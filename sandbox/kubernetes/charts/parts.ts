import { isObject } from "../../azure/properties";
import type { Values } from "../../protocol/values";
import { at, textAt } from "../provider/objects";
import type { KubeObject } from "../provider/objects";
import type { ReleaseView } from "./chart";

/** A workload that stands in for one of a chart's. */
export interface Workload {
    name: string;
    replicas?: number;
    image: string;
    serviceAccount?: string;
    ports?: readonly number[];
    /** Where it runs and what it takes, as its values say. */
    pod?: Values;
    container?: Values;
    labels?: Record<string, string>;
    /** Of its pods. */
    annotations?: Record<string, string>;
    /** Of a deployment. @default the API's own */
    strategy?: Values;
}

/** Labels by which a chart's pods are told apart. */
function selectorOf(release: ReleaseView, name: string): Record<string, string> {
    return { "app.kubernetes.io/name": name, "app.kubernetes.io/instance": release.name };
}

/** An image as most charts want it told: registry, repository and tag, the latter with a digest. */
export function imageOf(values: unknown, otherwise: string): string {
    const [registry, repository, tag] = [
        textAt(values, "registry"),
        textAt(values, "repository"),
        textAt(values, "tag"),
    ];
    if (repository === "") return otherwise;
    const place = registry === "" ? repository : `${registry}/${repository}`;
    const mark = tag.startsWith("sha256:") ? "@" : ":";
    return tag === "" ? place : `${place}${mark}${tag}`;
}

/** Those of the values that are there, by the name that a pod or a container has for them. */
export function picked(values: unknown, names: readonly string[]): Values {
    const found = names.map((name): [string, unknown] => [name, at(values, name)]);
    return Object.fromEntries(found.filter(([, value]) => value !== undefined));
}

/** What a pod takes from values of the same names. */
export const placement = ["nodeSelector", "tolerations", "affinity", "topologySpreadConstraints", "priorityClassName"];

export function deployment(release: ReleaseView, workload: Workload): KubeObject {
    return workloadOf(release, "Deployment", workload, {
        replicas: workload.replicas ?? 1,
        ...(workload.strategy && { strategy: workload.strategy }),
    });
}

export function daemonSet(release: ReleaseView, workload: Workload): KubeObject {
    return workloadOf(release, "DaemonSet", workload, {});
}

function workloadOf(release: ReleaseView, kind: string, workload: Workload, spec: Values): KubeObject {
    const { name, image, serviceAccount, ports = [], pod = {}, container = {}, labels = {}, annotations } = workload;
    const matchLabels = selectorOf(release, name);
    return {
        ...{ apiVersion: "apps/v1", kind, metadata: { name, namespace: release.namespace } },
        spec: {
            ...spec,
            selector: { matchLabels },
            template: {
                metadata: { labels: { ...labels, ...matchLabels }, ...(annotations && { annotations }) },
                spec: {
                    ...(serviceAccount !== undefined && { serviceAccountName: serviceAccount }),
                    ...pod,
                    containers: [
                        { name, image, ports: ports.map((containerPort) => ({ containerPort })), ...container },
                    ],
                },
            },
        },
    };
}

export function service(
    release: ReleaseView,
    name: string,
    ports: Readonly<Record<string, readonly [port: number, target: number]>>,
    workload = name,
): KubeObject {
    return {
        ...{ apiVersion: "v1", kind: "Service", metadata: { name, namespace: release.namespace } },
        spec: {
            selector: selectorOf(release, workload),
            ports: Object.entries(ports).map(([port, [number, targetPort]]) => ({
                ...{ name: port, port: number, targetPort },
            })),
        },
    };
}

export function serviceAccount(release: ReleaseView, name: string, annotations: unknown): KubeObject {
    return {
        ...{ apiVersion: "v1", kind: "ServiceAccount" },
        metadata: {
            ...{ name, namespace: release.namespace },
            ...(isObject(annotations) && { annotations: annotations as Record<string, string> }),
        },
    };
}

export function configMap(release: ReleaseView, name: string, data: Record<string, string>): KubeObject {
    return { ...{ apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: release.namespace } }, data };
}

/** The count that the values say. */
export function countOf(values: unknown, otherwise: number, ...path: string[]): number {
    const found = at(values, ...path);
    return typeof found === "number" ? found : otherwise;
}
