import * as pulumi from "@pulumi/pulumi";
import type { Pending } from "./contract";
import { number, object, text, type Parsed } from "./parse";

/** Counts up when a field changes its meaning or goes away; fields may be added without. */
export const servicesContractVersion = 1;

const contract = object({
    servicesContractVersion: number(servicesContractVersion, servicesContractVersion),
    environment: text(),
    /** What routes name as their parent, and the domain below which names are theirs. */
    gateway: object({ namespace: text(), name: text(), domain: text() }),
    /** Queue of the cluster that a team's queue leads to. */
    trainingQueue: text(),
    /** Volumes under our key, and their snapshots. */
    storageClass: text(),
    snapshotClass: text(),
});

/** What the services promise to the teams' stacks. */
export type ServicesContract = Parsed<typeof contract>;

/** The services' outputs: whatever is missing or misspelt does not compile. */
export function servicesOutputs(
    values: Pending<Omit<ServicesContract, "servicesContractVersion">>,
): Record<string, pulumi.Output<unknown>> {
    const outputs = { servicesContractVersion, ...values };
    return Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, pulumi.output<unknown>(value)]));
}

/**
 * Checks what a stack reference hands over.
 * @param stack Name of the stack that was read, for the error.
 * @throws Error naming every output that is missing or not as promised.
 */
export function readServices(stack: string, outputs: Readonly<Record<string, unknown>>): ServicesContract {
    const faults: string[] = [];
    const known = Object.fromEntries(Object.entries(outputs).filter(([name]) => servicesContractNames.includes(name)));
    const read = contract(stack, known, faults);
    if (read !== undefined && faults.length === 0) return read;
    throw new Error(
        `stack ${stack} is no services stack of contract ${servicesContractVersion}; bring it up with this version first:\n  ` +
            faults.join("\n  "),
    );
}

/** Names of the outputs. */
export const servicesContractNames: readonly string[] = [
    ...["servicesContractVersion", "environment", "gateway", "trainingQueue", "storageClass", "snapshotClass"],
];
