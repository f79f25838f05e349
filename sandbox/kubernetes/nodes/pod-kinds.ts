import type { V1Pod } from "@kubernetes/client-node";
import { annotation } from "./node-object";

const owner = (pod: V1Pod): string | undefined =>
    pod.metadata?.ownerReferences?.find(({ controller }) => controller)?.kind;

export const isDaemon = (pod: V1Pod): boolean => owner(pod) === "DaemonSet";
export const isJobs = (pod: V1Pod): boolean => owner(pod) === "Job";
export const isOver = ({ status }: V1Pod): boolean => status?.phase === "Succeeded" || status?.phase === "Failed";
export const isLeaving = ({ metadata }: V1Pod): boolean => metadata?.deletionTimestamp !== undefined;
export const isReady = ({ status }: V1Pod): boolean =>
    (status?.conditions ?? []).some(({ type, status: met }) => type === "Ready" && met === "True");

/** A pod that the scheduler found no place for, and for which it makes none by preemption. */
export const isUnschedulable = ({ spec, status }: V1Pod): boolean =>
    !spec?.nodeName &&
    !status?.nominatedNodeName &&
    (status?.conditions ?? []).some(
        ({ type, status: met, reason }) => type === "PodScheduled" && met === "False" && reason === "Unschedulable",
    );

/** When the pod was made, in milliseconds since 1970. What a watch brings has its moments as text, whatever its type says. */
export const createdAt = ({ metadata }: V1Pod): number => new Date(metadata?.creationTimestamp ?? 0).getTime();

/** NVIDIA's device plugin, by the name of its image. */
export const isDevicePlugin = ({ spec }: Pick<V1Pod, "spec">): boolean =>
    (spec?.containers ?? []).some(({ image = "" }) => /(^|\/)k8s-device-plugin[@:]/.test(image));

/** What the autoscaler must know of the cluster's profile to take a node away. */
export interface RemovalRules {
    skipSystemPods: boolean;
    skipLocalStorage: boolean;
}

/**
 * Whether the autoscaler may move the pod.
 * @see https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/FAQ.md (what types of pods can prevent CA from removing a node)
 */
export function isMovable(pod: V1Pod, { skipSystemPods, skipLocalStorage }: RemovalRules): boolean {
    const safe = pod.metadata?.annotations?.["cluster-autoscaler.kubernetes.io/safe-to-evict"];
    if (safe === "true" || isOver(pod) || isLeaving(pod)) return true;
    if (safe === "false" || owner(pod) === undefined) return false;
    if (skipSystemPods && pod.metadata?.namespace === "kube-system") return false;
    return !skipLocalStorage || !(pod.spec?.volumes ?? []).some(({ emptyDir, hostPath }) => emptyDir ?? hostPath);
}

/** Seconds that the pod runs until it ends by itself; undefined for one that does not. */
export function runSeconds(pod: V1Pod, usual: number): number | undefined {
    const asked = pod.metadata?.annotations?.[annotation.runSeconds];
    if (asked !== undefined) return Number(asked);
    return isJobs(pod) ? usual : undefined;
}

/** Seconds that the pod takes to stop: its preStop sleep and what it asks for, within its grace period. */
export function stopSeconds({ metadata, spec }: V1Pod): number {
    const sleeps = (spec?.containers ?? []).map(({ lifecycle }) => lifecycle?.preStop?.sleep?.seconds ?? 0);
    const asked = Number(metadata?.annotations?.[annotation.stopSeconds] ?? 1);
    return Math.min(Math.max(0, ...sleeps) + asked, spec?.terminationGracePeriodSeconds ?? 30);
}
