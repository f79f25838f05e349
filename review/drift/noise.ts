import { isMap } from "../model/inputs";
import type { ResourceChange } from "../model/preview";
import type { Finding } from "./finding";

/** What Azure moves by itself, and no person has. */
interface Noise {
    /** @default any */
    type?: string;
    path: RegExp;
    /** Only where this holds of what the state has. */
    when?: (change: ResourceChange) => boolean;
    reason: string;
}

const scales = ({ old }: ResourceChange): boolean => isMap(old?.inputs) && old.inputs.enableAutoScaling === true;

/** Seen with azure-native 3.28.0. Short, as whoever changes something else must not hide in it. */
const noises: readonly Noise[] = [
    {
        type: "azure-native:containerservice:ManagedCluster",
        path: /^agentPoolProfiles(\[|$)/,
        reason: "Azure lists all pools here, with the machines that they have just now; each pool is a resource of its own",
    },
    {
        type: "azure-native:containerservice:AgentPool",
        path: /^count$/,
        when: scales,
        reason: "the autoscaler's number of machines",
    },
    { path: /(^|\.)etag$/, reason: "Azure's own mark of a version" },
];

/** Why a finding is none; undefined when it is one. */
export function noiseOf({ type, path }: Finding, change: ResourceChange): string | undefined {
    if (path === undefined) return undefined;
    return noises.find(
        (noise) => (noise.type ?? type) === type && noise.path.test(path) && (noise.when?.(change) ?? true),
    )?.reason;
}
