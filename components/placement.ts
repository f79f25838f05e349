import type * as pulumi from "@pulumi/pulumi";
import type { Naming } from "./names";

/** Where a component's resources go and what they are called. Reads the same in every component. */
export interface Placement {
    naming: Naming;
    resourceGroupName: pulumi.Input<string>;
    /** Azure region in its short form, e.g. `swedencentral`. */
    location: string;
    /** Put on everything that takes tags. */
    tags: Record<string, string>;
}
