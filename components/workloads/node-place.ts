/** Nodes that a workload goes to: by their pool and by nothing else, never by luck. */
export interface NodePlace {
    /** Prefix of the pool in the foundation's config. */
    pool: string;
    /** Taints that keep everyone else off the pool, as its config states them: `key=value:NoSchedule`. @default - none */
    taints?: readonly string[];
}

const prefix = /^[a-z][a-z0-9]{0,7}$/;
const taint = /^((?:[a-z0-9.-]+\/)?[A-Za-z0-9][\w.-]*)(?:=([\w.-]*))?:(NoSchedule|PreferNoSchedule|NoExecute)$/;

/** What is wrong with the place; empty when nothing is. */
export function nodePlaceFaults(field: string, place: NodePlace): string[] {
    return [
        !prefix.test(place.pool) &&
            `${field}.pool must be the prefix of a pool, 1 to 8 of a-z and 0-9 from a letter on, got "${place.pool}"`,
        ...(place.taints ?? []).flatMap((one, index) => [
            !taint.test(one) &&
                `${field}.taints[${index}] must be KEY=VALUE:EFFECT with effect NoSchedule, PreferNoSchedule or NoExecute, got "${one}"`,
            one.includes("nvidia.com/gpu") && `${field}.taints[${index}] must not be that of GPUs, got "${one}"`,
            one.includes("scalesetpriority=spot") &&
                `${field}.pool must have no spot machines, which can be taken away at any time, got "${place.pool}"`,
        ]),
    ].filter((fault) => fault !== false);
}

export interface Toleration {
    key: string;
    operator: "Exists" | "Equal";
    value?: string;
    effect: string;
}

export interface Placement {
    nodeSelector: Record<string, string>;
    tolerations: Toleration[];
}

/** The part of a pod's spec that takes it there. */
export function placement(place: NodePlace): Placement {
    return {
        nodeSelector: { "mlplatform/pool": place.pool },
        tolerations: (place.taints ?? []).map((one) => {
            const [, key = "", value = "", effect = ""] = taint.exec(one) ?? [];
            return { key, operator: "Equal", value, effect };
        }),
    };
}

/** The same for a pool with GPUs, which nobody enters without asking for one. */
export function gpuPlacement(pool: string): Placement {
    return {
        nodeSelector: { "mlplatform/pool": pool, accelerator: "nvidia" },
        tolerations: [{ key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" }],
    };
}
