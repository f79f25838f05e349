import type * as pulumi from "@pulumi/pulumi";
import { number, object, text } from "./parse";
import { StackContract, type Pending } from "./stack-contract";

/** Counts up when a field changes its meaning or goes away; fields may be added without. */
export const servicesContractVersion = 1;

/** What the services promise to the teams' stacks. */
export const servicesContract = new StackContract(
    {
        servicesContractVersion: number(servicesContractVersion, servicesContractVersion),
        environment: text(),
        /** What routes name as their parent, and the domain below which names are theirs. */
        gateway: object({ namespace: text(), name: text(), domain: text() }),
        /** Queue of the cluster that a team's queue leads to. */
        trainingQueue: text(),
        /** Volumes under our key, and their snapshots. */
        storageClass: text(),
        snapshotClass: text(),
    },
    `no services stack of contract ${servicesContractVersion}`,
);

export type ServicesContract = ReturnType<(typeof servicesContract)["read"]>;

/** The services' outputs, in the version that is spoken here. */
export const servicesOutputs = (
    values: Pending<Omit<ServicesContract, "servicesContractVersion">>,
): Record<string, pulumi.Output<unknown>> => servicesContract.outputs({ servicesContractVersion, ...values });
