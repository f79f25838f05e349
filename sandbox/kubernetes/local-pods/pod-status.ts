import type { V1ContainerState, V1ContainerStatus, V1Pod } from "@kubernetes/client-node";
import type { Ended } from "./local-process";

/** What a container is doing. */
export type ContainerNow =
    | { kind: "waiting"; reason: string; message?: string }
    | { kind: "running"; startedAt: Date }
    | ({ kind: "ended" } & Told);

/** An end, in the words of whoever tells it. */
export type Told = Omit<Ended, "reason"> & { reason: string };

/** A container as its pod's status shows it. */
export interface ContainerView {
    name: string;
    image: string;
    now: ContainerNow;
    /** How it ended before. */
    before?: Told;
    restarts: number;
    /** Its startup probe has succeeded. */
    started: boolean;
    ready: boolean;
}

const terminated = ({ exitCode, reason, startedAt, finishedAt }: Told): V1ContainerState => ({
    terminated: { exitCode, reason, startedAt, finishedAt },
});

function stateOf(now: ContainerNow): V1ContainerState {
    if (now.kind === "waiting")
        return { waiting: { reason: now.reason, ...(now.message !== undefined && { message: now.message }) } };
    return now.kind === "running" ? { running: { startedAt: now.startedAt } } : terminated(now);
}

function containerStatus(uid: string, view: ContainerView): V1ContainerStatus {
    const { name, image, now, before, restarts, started, ready } = view;
    const has = now.kind !== "waiting" || before !== undefined;
    return {
        ...{ name, image, imageID: image, ready, started, restartCount: restarts, state: stateOf(now) },
        ...(before && { lastState: terminated(before) }),
        ...(has && { containerID: `process://${uid}-${name}-${restarts}` }),
    };
}

/** Phase of a pod by its containers. @see https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-phase */
export function phaseOf(containers: readonly ContainerView[], over: boolean): string {
    if (over) return containers.every(({ now }) => now.kind === "ended" && now.exitCode === 0) ? "Succeeded" : "Failed";
    const begun = containers.some(({ now, before }) => now.kind !== "waiting" || before !== undefined);
    return begun ? "Running" : "Pending";
}

export interface PodNow {
    containers: readonly ContainerView[];
    /** Nothing of it starts again. */
    over: boolean;
    addresses: { hostIP: string; podIP: string };
    startTime: Date;
    /** Since when each condition is as it is. */
    since: (type: string, met: boolean) => Date;
}

/** The status of a pod as a kubelet writes it, as a strategic merge patch: conditions of others stay. */
export function podStatus(pod: V1Pod, { containers, over, addresses, startTime, since }: PodNow): object {
    const phase = phaseOf(containers, over);
    const ready = !over && containers.every((each) => each.ready);
    const unready = containers.filter((each) => !each.ready).map(({ name }) => name);
    const why = over
        ? { reason: phase === "Succeeded" ? "PodCompleted" : "PodFailed", message: null }
        : { reason: "ContainersNotReady", message: `containers with unready status: [${unready.join(" ")}]` };
    const condition = (type: string, met: boolean): object => ({
        ...{ type, status: met ? "True" : "False", lastTransitionTime: since(type, met) },
        ...(met ? { reason: null, message: null } : why),
    });
    return {
        phase,
        ...{ startTime, hostIP: addresses.hostIP, hostIPs: [{ ip: addresses.hostIP }] },
        ...{ podIP: addresses.podIP, podIPs: [{ ip: addresses.podIP }] },
        conditions: [
            condition("PodReadyToStartContainers", !over),
            condition("Initialized", true),
            condition("ContainersReady", ready),
            condition("Ready", ready),
            ...(pod.spec?.readinessGates ?? []).map(({ conditionType }) => condition(conditionType, true)),
        ],
        containerStatuses: containers.map((each) => containerStatus(pod.metadata?.uid ?? "", each)),
    };
}
