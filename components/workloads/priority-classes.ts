import { PriorityClass } from "@pulumi/kubernetes/scheduling/v1/priorityClass";
import type * as pulumi from "@pulumi/pulumi";

/**
 * Who gives way to whom when there is not enough of something: higher stays. Pods that name none have 0. Those that keep places
 * free are at -10, below which the autoscaler would start no node for them.
 * @see https://learn.microsoft.com/azure/aks/cluster-autoscaler-overview (expendable-pods-priority-cutoff)
 */
export const priorities = {
    controllers: {
        value: 1_000_000,
        description: "What others on the platform depend on to be scheduled, scaled and reached.",
    },
    serving: { value: 100_000, description: "Answers people. Takes the place of training when GPUs are short." },
    training: { value: 1_000, description: "Starts over, or goes on from its last shard, after it had to give way." },
    placeholder: { value: -10, description: "Keeps a place warm, and gives way to anyone at once." },
} as const;

export type PriorityName = keyof typeof priorities;

/** Name of a class in the cluster. */
export const priorityClassName = (name: PriorityName): string => `platform-${name}`;

/** Makes the classes. */
export function priorityClasses(options: pulumi.CustomResourceOptions): PriorityClass[] {
    return Object.entries(priorities).map(
        ([name, { value, description }]) =>
            new PriorityClass(
                `priority-${name}`,
                {
                    ...{ metadata: { name: priorityClassName(name as PriorityName) }, value, description },
                    preemptionPolicy: name === "placeholder" ? "Never" : "PreemptLowerPriority",
                },
                options,
            ),
    );
}
