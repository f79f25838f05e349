import { resolve } from "node:path";
import { readOwn, writeWhole } from "../../sandbox/files";
import { cloudResources } from "../deployment";
import type { Deployment } from "../deployment";
import type { Places } from "../places";
import { startEnvironment, stopEnvironment } from "../platform";
import type { Context } from "../stack-run";
import { UserError } from "../user-error";
import { committedConfig, layersOf, stateFile } from "../workspace";
import type { StackManifests } from "./check";
import { asDocuments, manifestsOf } from "./manifest";

/** What the sandbox's control plane is of: tools/kubernetes/go.mod. */
const sandboxMinor = "1.34";

/**
 * What stacks above a foundation plan, with the versions that must take it: the sandbox's and the environment's on AKS. They can
 * be planned only on what they stand on, so that is brought up where it is not, and taken away afterwards.
 */
export async function plannedManifests(
    context: Context,
    stacks: readonly string[],
): Promise<Map<string, StackManifests>> {
    const planned = new Map<string, StackManifests>();
    const started = new Set<string>();
    try {
        for (const stack of stacks) {
            const environment = String(committedConfig(context.at, stack)["mlplatform:environment"]);
            const layers = layersOf(context.at, environment);
            if (layers.some((layer) => !isUp(context.at, layer))) {
                started.add(environment);
                await startEnvironment(context, environment, {});
            }
            const [foundation = environment] = layers;
            const version = committedConfig(context.at, foundation)["mlplatform:kubernetesVersion"];
            const minor = /^1\.\d+/.exec(String(version))?.[0];
            if (minor === undefined)
                throw new UserError(`Pulumi.${foundation}.yaml names no Kubernetes version to check ${stack} against`);
            const manifests = await manifestsOf(context, stack, true);
            planned.set(stack, { manifests, minors: [...new Set([sandboxMinor, minor])] });
        }
    } finally {
        for (const environment of started) await stopEnvironment(context, environment);
    }
    return planned;
}

/** Does the stack's state hold anything but its providers? */
function isUp(at: Places, stack: string): boolean {
    const state = readOwn(stateFile(at, stack)) as
        { checkpoint?: { latest?: Deployment["deployment"] | null } } | undefined;
    return cloudResources({ version: 3, deployment: state?.checkpoint?.latest ?? {} }).length > 0;
}

/** `manifests STACK`. */
export async function writeManifests(
    context: Context,
    stack: string,
    { planned, file }: { planned: boolean; file?: string },
): Promise<void> {
    const manifests = await manifestsOf(context, stack, planned);
    const documents = asDocuments(manifests);
    if (file === undefined) {
        context.terminal.line(documents);
        return;
    }
    writeWhole(resolve(file), documents);
    context.terminal.step(`${manifests.length} Kubernetes objects of ${stack} are in ${file}`);
}
