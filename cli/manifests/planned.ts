import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { readOwn, writeWhole } from "../../sandbox/files";
import { removeControlPlane } from "../../sandbox/kubernetes/control-plane/control-plane";
import { sandboxFiles } from "../../sandbox/kubernetes/identity/places";
import { cloudResources } from "../deployment";
import type { Deployment } from "../deployment";
import { places, type Places } from "../places";
import { startLayers } from "../platform";
import type { Context } from "../stack-run";
import { UserError } from "../user-error";
import { committedConfig, layersOf, stateFile } from "../workspace";
import type { StackManifests } from "./check";
import { asDocuments, manifestsOf } from "./manifest";

/** What the sandbox's control plane is of: tools/kubernetes/go.mod. */
const sandboxMinor = "1.34";

/**
 * What stacks above a foundation plan, with the versions that must take it: the sandbox's and the environment's on AKS. They can
 * be planned only on what they stand on. Where that is not up, it comes up for the length of this, in a home that is thrown away:
 * what people have in theirs stays as it is.
 */
export async function plannedManifests(
    context: Context,
    stacks: readonly string[],
): Promise<Map<string, StackManifests>> {
    const planned = new Map<string, StackManifests>();
    const environmentOf = (stack: string): string =>
        String(committedConfig(context.at, stack)["mlplatform:environment"]);
    // One environment after the other: each has a control plane of its own.
    for (const environment of new Set(stacks.map(environmentOf)))
        await onItsLayers(context, environment, async (below) => {
            for (const stack of stacks.filter((one) => environmentOf(one) === environment))
                planned.set(stack, {
                    manifests: await manifestsOf(below, stack, true),
                    minors: [...new Set([sandboxMinor, minorOf(context.at, environment)])],
                });
        });
    return planned;
}

/** Where all layers of the environment are up. */
async function onItsLayers(
    context: Context,
    environment: string,
    work: (below: Context) => Promise<void>,
): Promise<void> {
    if (layersOf(context.at, environment).every((layer) => isUp(context.at, layer))) {
        await work(context);
        return;
    }
    const home = mkdtempSync(join(tmpdir(), "mlplatform-planned-"));
    const below = { ...context, at: { ...places(home), root: context.at.root } };
    try {
        await startLayers(below, environment, {});
        await work(below);
    } finally {
        for (const folder of sandboxFiles(dirname(below.at.sandboxStore)).allClusters())
            await removeControlPlane(folder);
        rmSync(home, { recursive: true, force: true });
    }
}

/** Of the environment's AKS. */
function minorOf(at: Places, environment: string): string {
    const [foundation = environment] = layersOf(at, environment);
    const minor = /^1\.\d+/.exec(String(committedConfig(at, foundation)["mlplatform:kubernetesVersion"]))?.[0];
    if (minor === undefined)
        throw new UserError(`Pulumi.${foundation}.yaml names no Kubernetes version to check ${environment} against`);
    return minor;
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
