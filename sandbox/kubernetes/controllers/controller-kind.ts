import type { Program } from "../control-plane/children";
import type { KubeObject } from "../provider/objects";
import type { BuiltController } from "./built";

/** Names of loopback ports that a controller listens on. */
export const controllerPorts = ["webhook", "metrics", "health", "api", "internal", "webhookHealth"] as const;
export type ControllerPorts = Record<(typeof controllerPorts)[number], number>;

/** Where and as what a controller runs. */
export interface Setup {
    /** Namespace of its chart's release. */
    namespace: string;
    ports: ControllerPorts;
    built: BuiltController;
    /** Folder of its own. */
    folder: string;
    /** Folder in which its certificate lies, as its secret has it. */
    certificates: string;
    /** Kubeconfig of an account of its namespace: its token is all that the program has. */
    kubeconfigOf: (account: string) => string;
    /** Text of a value in a config map of its namespace. */
    configuration: string;
}

/** A controller of a chart that is run for real. */
export interface ControllerKind {
    /** Name of the chart. */
    chart: "keda" | "kueue";
    /** Deployment of the chart that tells where it is installed. */
    deployment: string;
    /** Config map and key that it is configured by. @default - by its command line */
    configuration?: { name: string; key: string };
    accounts: readonly string[];
    /** Secret that it keeps its certificate in. */
    certificate: string;
    /** What its chart brings beside what the sandbox's release holds: rights, webhooks, APIs. */
    objects: (setup: Setup) => KubeObject[];
    /** The program that makes the certificate. */
    program: (setup: Setup) => Program;
    /** Those that need it. */
    others: (setup: Setup) => Program[];
    /** Places that answer 200 once all is running. */
    probes: (setup: Setup) => string[];
    /** API that must be available then. @default none */
    apiService?: string;
}
