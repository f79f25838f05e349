import type * as pulumi from "@pulumi/pulumi";
import { durationOf } from "../facts/durations";

/**
 * Options of a component's child: its parent, and how long its operations may take before they count as hung. Pulumi's
 * own limit is two hours for everything.
 * @param token Type without the package, e.g. `network:Subnet`.
 */
export function childOptions(
    parent: pulumi.Resource,
    token: string,
    more: pulumi.CustomResourceOptions = {},
): pulumi.CustomResourceOptions {
    return { parent, customTimeouts: timeouts(`azure-native:${token}`), ...more };
}

/**
 * Options of a child whose Azure name changes whenever it must be replaced: the new one is made before the old one goes.
 * azure-native would delete first, as names are mostly the same, and so take away what is in use.
 */
export function renamedOptions(
    parent: pulumi.Resource,
    token: string,
    more: pulumi.CustomResourceOptions = {},
): pulumi.CustomResourceOptions {
    return childOptions(parent, token, { deleteBeforeReplace: false, ...more });
}

/** Six times what an operation typically takes: Azure's slow days are that slow. Never under 20 minutes. */
function timeouts(token: string): pulumi.CustomTimeouts {
    const typical = durationOf(token);
    const limit = (seconds: number): string => `${Math.max(20, Math.ceil((seconds * 6) / 60))}m`;
    return { create: limit(typical.create), update: limit(typical.update), delete: limit(typical.delete) };
}

/**
 * The arguments of a component that are known right away, for its own record in state and previews. A component waits
 * for the arguments it shows before any child is made: with the outputs of others among them, everything would wait
 * for everything.
 */
export function shown(args: object): pulumi.Inputs {
    return Object.fromEntries(Object.entries(args).filter(([, value]) => isPlain(value)));
}

function isPlain(value: unknown): boolean {
    if (typeof value !== "object" || value === null) return typeof value !== "function";
    if (Array.isArray(value)) return value.every(isPlain);
    return Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isPlain);
}
