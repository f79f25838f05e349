import { regions } from "../../../facts/regions";
import { vmSize } from "../../../facts/vm-sizes";
import { refusal } from "../refusal";
import type { Properties, Refusal, Subscription } from "../resource-type";
import { flag, text } from "./reading";

/** A node pool as it is asked for: inline in its cluster, or as a resource of its own. */
export interface Pool {
    name: string;
    profile: Properties;
    /** The same pool as it stands. */
    previous?: Properties;
    /** Inputs of its cluster. */
    cluster: Properties;
    location: string;
    azure: Subscription;
}

/** A documented rule of node pools. */
export interface PoolRule {
    source: string;
    refuse: (pool: Pool) => Refusal | undefined | false;
}

export const learn = "https://learn.microsoft.com/azure/aks";

export const isSystem = ({ profile }: Pool): boolean => text(profile, "mode") === "System";
export const isSpot = ({ profile }: Pool): boolean => text(profile, "scaleSetPriority") === "Spot";
export const isWindows = ({ profile }: Pool): boolean => text(profile, "osType") === "Windows";
export const autoscales = ({ profile }: Pool): boolean => flag(profile, "enableAutoScaling");
export const sizeOf = ({ profile }: Pool) => vmSize(text(profile, "vmSize") ?? "");
export const zonesOfRegion = (location: string): readonly string[] =>
    regions[location]?.zones === true ? ["1", "2", "3"] : [];

export const rule = (source: string, refuse: PoolRule["refuse"]): PoolRule => ({ source, refuse });

/** As AKS words it: https://github.com/hashicorp/terraform-provider-azurerm/pull/31129 */
export function invalid(parameter: string, details: string): Refusal {
    const message = `The value of parameter agentPoolProfile.${parameter} is invalid. Error details: ${details} Please see https://aka.ms/aks-naming-rules for more details.`;
    return refusal(400, "InvalidParameter", message);
}
