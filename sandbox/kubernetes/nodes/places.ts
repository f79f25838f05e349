import type { V1DaemonSet, V1Node, V1Pod } from "@kubernetes/client-node";
import { gpuResources, nodeCapacity, type MigStrategy } from "./capacity";
import type { FleetDescription, NodePool } from "./description";
import { misfit, placeNamed, type Place } from "./fit";
import { nodeLabels, nodeTaints } from "./node-object";
import { isDaemon, isDevicePlugin, isOver } from "./pod-kinds";
import { amounts } from "./quantity";

/** How the cluster's device plugin offers divided GPUs; undefined when there is no device plugin. */
export function pluginStrategy(daemons: readonly V1DaemonSet[]): MigStrategy | undefined {
    const spec = daemons.map(({ spec: each }) => each?.template).find((each) => each && isDevicePlugin(each))?.spec;
    if (!spec) return undefined;
    return strategyOf({ spec });
}

/** The same of a pod of the device plugin: by its environment or argument, `none` where it says nothing. */
export function strategyOf({ spec }: Pick<V1Pod, "spec">): MigStrategy {
    const said = (spec?.containers ?? []).flatMap(({ env = [], args = [], command = [] }) => [
        ...env.flatMap(({ name, value }) => (name === "MIG_STRATEGY" && value ? [value] : [])),
        ...[...command, ...args].flatMap((word) => /^--mig-strategy=(.+)$/.exec(word)?.[1] ?? []),
    ]);
    const [strategy] = said;
    return strategy === "single" || strategy === "mixed" ? strategy : "none";
}

/** Taints that daemon sets' pods tolerate without asking. */
const daemonTolerations = [
    "not-ready",
    "unreachable",
    "disk-pressure",
    "memory-pressure",
    "pid-pressure",
    "unschedulable",
];

/** The pod that a daemon set would have on a place. */
function daemonPod({ metadata, spec }: V1DaemonSet): V1Pod {
    const template = spec?.template;
    const given = daemonTolerations.map((name) => ({ key: `node.kubernetes.io/${name}`, operator: "Exists" }));
    return {
        metadata: {
            name: `${metadata?.name ?? ""}-template`,
            namespace: metadata?.namespace,
            labels: template?.metadata?.labels,
            ownerReferences: [
                {
                    apiVersion: "apps/v1",
                    kind: "DaemonSet",
                    name: metadata?.name ?? "",
                    uid: metadata?.uid ?? "",
                    controller: true,
                },
            ],
        },
        spec: Object.assign({ containers: [] }, template?.spec, {
            tolerations: [...(template?.spec?.tolerations ?? []), ...given],
        }),
    };
}

/** The place with the pods that daemon sets will still put there. */
function withDaemons(place: Place, daemons: readonly V1DaemonSet[]): Place {
    const there = new Set(place.pods.flatMap(({ metadata }) => metadata?.ownerReferences?.map(({ uid }) => uid) ?? []));
    const coming = daemons
        .filter(({ metadata }) => !there.has(metadata?.uid ?? ""))
        .map(daemonPod)
        .filter((pod) => misfit(pod, place, [place]) === undefined);
    return { ...place, pods: [...place.pods, ...coming] };
}

/** What the pool's next machine would be, in that zone. */
export function templatePlace(
    fleet: FleetDescription,
    pool: NodePool,
    zone: string,
    daemons: readonly V1DaemonSet[],
): Omit<Place, "name"> {
    const bare = {
        labels: nodeLabels(fleet, pool, zone),
        taints: nodeTaints(pool),
        allocatable: amounts({
            ...nodeCapacity(pool).allocatable,
            ...gpuResources(pool, pluginStrategy(daemons) ?? "none"),
        }),
        unschedulable: false,
        pods: [],
    };
    return withDaemons(placeNamed("template", bare), daemons);
}

/**
 * A node as a place. Its GPUs count from the start, as the autoscaler counts on them before the device plugin has offered
 * them.
 */
export function nodePlace(
    node: V1Node,
    pool: NodePool | undefined,
    pods: readonly V1Pod[],
    daemons: readonly V1DaemonSet[],
): Place {
    const name = node.metadata?.name ?? "";
    const place = {
        name,
        labels: node.metadata?.labels ?? {},
        taints: (node.spec?.taints ?? []).filter(({ key }) => key !== "node.kubernetes.io/not-ready"),
        allocatable: {
            ...(pool && amounts(gpuResources(pool, pluginStrategy(daemons) ?? "none"))),
            ...amounts(node.status?.allocatable),
        },
        unschedulable: node.spec?.unschedulable === true,
        pods: pods.filter((pod) => !isOver(pod)),
    };
    return withDaemons(place, daemons);
}

/** The pods of a place that would have to go elsewhere with its node. */
export const guests = ({ pods }: Place): V1Pod[] => pods.filter((pod) => !isDaemon(pod));
