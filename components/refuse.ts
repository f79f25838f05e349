import * as pulumi from "@pulumi/pulumi";

/** Throws one error that lists every fault; Pulumi prints it against `resource`, without a stack. */
export function refuse(resource: pulumi.Resource, faults: readonly (string | false | undefined)[]): void {
    const found = faults.filter((fault) => fault !== false && fault !== undefined);
    if (found.length > 0) throw new pulumi.ResourceError(found.join("; "), resource, true);
}

/** A property that Azure never changes in place, with what to do instead. */
export interface Frozen {
    /** Dotted path in the resource's inputs, e.g. `properties.sku.name`. */
    path: string;
    /** What Azure's rule is, and what the reader can do. */
    instead: string;
}

/**
 * Resource option that refuses an in-place change of frozen properties, in the preview already.
 *
 * azure-native previews such a change as an update and fails half-way through the deployment. Replacing the resource
 * is no answer either where it holds data or keys: so the change is refused, and the error says what to do.
 * @param name Name of the resource, unique in the stack: hooks are registered under it.
 */
export function refuseChanges(name: string, frozen: readonly Frozen[]): Pick<pulumi.CustomResourceOptions, "hooks"> {
    const check: pulumi.ResourceHookFunction = ({ oldInputs, newInputs }) => {
        const faults = changeFaults(name, frozen, oldInputs ?? {}, newInputs ?? {});
        if (faults.length > 0) throw new Error(faults.join("; "));
    };
    return { hooks: { beforeUpdate: [new pulumi.ResourceHook(`${name}-frozen`, check, { onDryRun: true })] } };
}

/** What is wrong with going from one set of inputs to the other; empty when nothing is. */
export function changeFaults(
    name: string,
    frozen: readonly Frozen[],
    oldInputs: Record<string, unknown>,
    newInputs: Record<string, unknown>,
): string[] {
    return frozen.flatMap(({ path, instead }) => {
        const [before, after] = [at(oldInputs, path), at(newInputs, path)];
        if (isUnknown(after) || canonical(before) === canonical(after)) return [];
        return [`${name}: ${path} cannot change in place, got ${canonical(before)} -> ${canonical(after)}; ${instead}`];
    });
}

function at(inputs: Record<string, unknown>, path: string): unknown {
    const inner = (value: unknown, key: string): unknown => (isRecord(value) ? value[key] : undefined);
    // What lies in something unknown is unknown.
    return path
        .split(".")
        .reduce<unknown>((value, key) => (isUnknown(value, false) ? value : inner(value, key)), inputs);
}

function isRecord(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** In a preview, what is not known yet may still turn out unchanged: the deployment itself checks again. */
function isUnknown(value: unknown, deep = true): boolean {
    if (pulumi.isUnknown(value) || pulumi.Output.isInstance(value)) return true;
    if (!deep) return false;
    if (Array.isArray(value)) return value.some((item) => isUnknown(item));
    return isRecord(value) && Object.values(value).some((item) => isUnknown(item));
}

/** JSON with sorted keys; lists keep their order. */
function canonical(value: unknown): string {
    if (value === undefined) return "nothing";
    return JSON.stringify(value, (_, inner: unknown) =>
        isRecord(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
    );
}
