import { durationOf } from "../facts/durations";
import { chainOf, prerequisites, type Chain } from "../review/time/chain";
import { cloudResources, dependenciesOf } from "./deployment";
import type { Deployment, StateResource } from "./deployment";

/** Which resources of a state each one waits for before it is made. */
export function prerequisitesIn(state: Deployment): (resource: StateResource) => StateResource[] {
    return prerequisites(state.deployment.resources ?? [], dependenciesOf);
}

/**
 * The longest chain of creations in which each waits for the one before: what a first `up` takes at least on Azure,
 * where everything else runs beside it.
 */
export function longestChain(state: Deployment, secondsOf: (resource: StateResource) => number): Chain {
    return chainOf(cloudResources(state), prerequisitesIn(state), secondsOf);
}

/**
 * Seconds that a resource keeps those that depend on it waiting: its creation, and for a role the time that the program
 * gives it to take effect.
 */
export function creationSeconds(propagationSeconds: number): (resource: StateResource) => number {
    return ({ type, resourceHooks }) => {
        const awaited = resourceHooks?.AfterCreate?.some((name) => name.endsWith("-propagation")) ?? false;
        return durationOf(type).create + (awaited ? propagationSeconds : 0);
    };
}
