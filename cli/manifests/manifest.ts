import { UserError } from "../user-error";
import { stackResources } from "../stack-resources";
import type { ExportedResource } from "../export";
import type { Context } from "../stack-run";

/** A Kubernetes object as a stack has it made. */
export interface Manifest {
    /** The program's name of it. */
    ownName: string;
    object: KubernetesObject;
}

export interface KubernetesObject {
    apiVersion: string;
    kind: string;
    metadata: { name?: string; namespace?: string } & Record<string, unknown>;
    [field: string]: unknown;
}

/** Every object that a stack has made, or plans to make. What charts make of their values is their publishers' and not among them. */
export async function manifestsOf(context: Context, stack: string, planned: boolean): Promise<Manifest[]> {
    return manifestsIn((await stackResources(context, stack, { planned })).resources);
}

/** The Kubernetes objects among resources. */
export function manifestsIn(resources: readonly Pick<ExportedResource, "type" | "name" | "inputs">[]): Manifest[] {
    return resources
        .filter(({ type }) => type.startsWith("kubernetes:") && !type.startsWith("kubernetes:helm.sh/"))
        .map(({ name, inputs }) => ({ ownName: name, object: objectOf(name, inputs) }));
}

function objectOf(name: string, inputs: unknown): KubernetesObject {
    const { apiVersion, kind, metadata, ...object } = inputs as Partial<KubernetesObject>;
    if (apiVersion === undefined || kind === undefined || metadata === undefined)
        throw new UserError(`${name} is no Kubernetes object: it lacks apiVersion, kind or metadata`);
    return { apiVersion, kind, metadata, ...object };
}

/** As documents that `kubectl` and scanners read: JSON is YAML. */
export const asDocuments = (manifests: readonly Manifest[]): string =>
    manifests.map(({ object }) => `${JSON.stringify(object, undefined, 2)}\n`).join("---\n");
