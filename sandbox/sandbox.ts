import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { version as dockerVersion } from "@pulumi/docker/package.json";
import { version as kubernetesVersion } from "@pulumi/kubernetes/package.json";
import { Azure } from "./azure/azure";
import type { AzureOptions } from "./azure/azure";
import { AzureNative } from "./azure/backend";
import { clockOf } from "./azure/clock";
import type { Clock } from "./azure/clock";
import { Faults } from "./azure/faults";
import type { FaultOptions } from "./azure/faults";
import type { ResourceType } from "./azure/resource-type";
import { readSchema } from "./azure/schema";
import { DockerProvider } from "./docker/provider";
import type { DockerSurroundings, Registries } from "./docker/provider";
import { ControlPlanes } from "./kubernetes/control-planes";
import type { ControlPlanesOptions } from "./kubernetes/control-planes";
import { KubernetesProvider } from "./kubernetes/provider/backend";
import type { Surroundings } from "./kubernetes/provider/surroundings";
import { serve } from "./protocol/server";

export interface SandboxOptions {
    /** File that holds the sandbox's Azure, or `:memory:`. */
    store: string;
    /** Schema file made by `tools/extract-schema.ts`. */
    schemaPath: string;
    /** Real seconds per virtual second, or a clock. 0 is instant. @default 0 */
    clock?: number | Clock;
    /** @default none */
    faults?: FaultOptions;
    /** @default every type that the sandbox knows */
    types?: readonly ResourceType[];
    /** @default the published durations */
    durations?: AzureOptions["durations"];
    /**
     * Tells previews what Azure would answer, as if everything went well; the store changes with it, so give it a copy.
     * @default previews are told what azure-native knows: nothing that only Azure's answer tells
     */
    foresees?: boolean;
    /** How the control planes of its clusters are started. @default none are, and nothing lies in a cluster */
    controlPlanes?: ControlPlanesOptions;
    /** Where API servers listen, and how one logs in there. @default those of `controlPlanes` */
    clusters?: Surroundings;
    /** Where images are built, and with what. @default in the folder that the process runs in, and by nothing */
    docker?: Omit<DockerSurroundings, "registries">;
}

/** A running sandbox. */
export interface Sandbox {
    /** Of azure-native. */
    port: number;
    /** Where its providers listen, as `PULUMI_DEBUG_PROVIDERS` has it. */
    debugProviders: string;
    /** Variables that make a Pulumi engine use the sandbox instead of the real provider. */
    environment: { PULUMI_DEBUG_PROVIDERS: string };
    azure: Azure;
    /** Missing where none are started. */
    controlPlanes?: ControlPlanes;
    stop(): Promise<void>;
}

/** Starts the stand-ins of Azure and of the Kubernetes and Docker providers behind Pulumi's provider protocol. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
    const { store, schemaPath, clock = 0, faults, types, durations, foresees = false } = options;
    if (store !== ":memory:") mkdirSync(dirname(store), { recursive: true });
    const schema = readSchema(schemaPath);
    const azure = Azure.open({
        store,
        schema,
        clock: typeof clock === "number" ? clockOf(clock) : clock,
        ...(faults && { faults: new Faults(faults) }),
        ...(types && { types }),
        ...(durations && { durations }),
    });
    const pace = typeof clock === "number" ? { clock } : {};
    const planes = options.controlPlanes && new ControlPlanes(azure, { ...pace, ...options.controlPlanes });
    const credentials = planes && ((id: string) => planes.credentials(id));
    const clusters =
        options.clusters ??
        (planes && {
            ...{ addressOf: planes.addressOf, environment: planes.environment(), definitions: planes.definitions },
        });
    const served = await serve(new AzureNative(azure, schema, foresees ? "foreseen" : "unknown", credentials));
    const cluster = await serve(
        new KubernetesProvider(kubernetesVersion, { holdsChart: holdsChartIn(azure), ...clusters }),
    );
    const docker = await serve(
        new DockerProvider(dockerVersion, {
            project: process.cwd(),
            ...options.docker,
            registries: registriesOf(azure),
        }),
    );
    const debugProviders = `azure-native:${served.port},kubernetes:${cluster.port},docker:${docker.port}`;
    return {
        port: served.port,
        debugProviders,
        environment: { PULUMI_DEBUG_PROVIDERS: debugProviders },
        azure,
        ...(planes && { controlPlanes: planes }),
        stop: async () => {
            await Promise.all([
                served.stop(),
                cluster.stop(),
                docker.stop(),
                planes?.close(),
                options.docker?.builder?.close(),
            ]);
            azure.close();
        },
    };
}

/** A registry is told by the host that it gives its users. */
function holdsChartIn(azure: Azure): NonNullable<Surroundings["holdsChart"]> {
    return (host, repository, tag) =>
        azure.images().some((image) => {
            const isThat = image.repository === repository && image.tag === tag;
            return isThat && azure.get(image.registryId)?.outputs.loginServer === host;
        });
}

function registriesOf(azure: Azure): Registries {
    const idOf = (host: string): string | undefined =>
        azure.list("azure-native:containerregistry:Registry").find(({ outputs }) => outputs.loginServer === host)?.id;
    return {
        held: (host) => {
            const id = idOf(host);
            return id === undefined ? undefined : azure.images().filter(({ registryId }) => registryId === id);
        },
        push: (host, image) => {
            const registryId = idOf(host);
            if (registryId === undefined) throw new Error(`no registry answers at ${host}`);
            azure.pushImage({ ...image, registryId });
        },
    };
}
