import { join } from "node:path";
import type { V1Container, V1EnvVar, V1Pod } from "@kubernetes/client-node";
import { field, resource } from "./fields";
import { NotYet } from "./volumes";
import type { Mount, Sources } from "./volumes";

/** A path of the container as it is on this machine; a text that is no path in a mounted folder stays. */
export function onThisMachine(text: string, mounts: readonly Mount[]): string {
    const inside = mounts
        .filter(({ path }) => text === path || text.startsWith(`${path}/`))
        .sort((a, b) => b.path.length - a.path.length)[0];
    return inside ? join(inside.folder, text.slice(inside.path.length)) : text;
}

/**
 * The environment of a container, in the order in which Kubernetes reads it: whole maps, then single variables, which may name
 * those before them as `$(NAME)`. A value that is a path in a mounted folder is that folder's on this machine.
 * @throws NotYet when something that it names is not there
 */
export async function environmentOf(
    pod: V1Pod,
    container: V1Container,
    sources: Sources,
    mounts: readonly Mount[],
): Promise<Record<string, string>> {
    const result: Record<string, string> = {};
    for (const { prefix = "", configMapRef, secretRef } of container.envFrom ?? []) {
        const from = configMapRef
            ? ((await sources.configMap(configMapRef.name ?? ""))?.data ?? missing("configmap", configMapRef))
            : secretRef
              ? decoded((await sources.secret(secretRef.name ?? ""))?.data ?? missing("secret", secretRef))
              : {};
        for (const [key, value] of Object.entries(from)) result[prefix + key] = value;
    }
    for (const variable of container.env ?? []) {
        const value = await valueOf(pod, container, variable, sources);
        if (value !== undefined) result[variable.name] = expanded(value, result);
    }
    return Object.fromEntries(Object.entries(result).map(([name, value]) => [name, onThisMachine(value, mounts)]));
}

/** `$(NAME)` is the variable's value, `$$(NAME)` stands for itself, and what is not known stays as it is. */
export function expanded(text: string, known: Readonly<Record<string, string>>): string {
    return text.replace(/\$\$|\$\(([^)]+)\)/g, (whole, name: string | undefined) =>
        name === undefined ? "$" : (known[name] ?? whole),
    );
}

async function valueOf(
    pod: V1Pod,
    container: V1Container,
    { value, valueFrom }: V1EnvVar,
    sources: Sources,
): Promise<string | undefined> {
    if (!valueFrom) return value ?? "";
    const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = valueFrom;
    if (fieldRef) return field(pod, fieldRef.fieldPath);
    if (resourceFieldRef) return resource(container, resourceFieldRef.resource, resourceFieldRef.divisor);
    if (configMapKeyRef) {
        const found = (await sources.configMap(configMapKeyRef.name ?? ""))?.data?.[configMapKeyRef.key];
        if (found === undefined) refuseWithout(`key "${configMapKeyRef.key}" of configmap`, configMapKeyRef);
        return found;
    }
    if (secretKeyRef) {
        const found = (await sources.secret(secretKeyRef.name ?? ""))?.data?.[secretKeyRef.key];
        if (found === undefined) refuseWithout(`key "${secretKeyRef.key}" of secret`, secretKeyRef);
        return found === undefined ? undefined : Buffer.from(found, "base64").toString("utf8");
    }
    return undefined;
}

interface Reference {
    name?: string;
    optional?: boolean;
}

function refuseWithout(what: string, { name = "", optional = false }: Reference): void {
    if (!optional) throw new NotYet(`${what} "${name}" not found`);
}

function missing(what: string, reference: Reference): Record<string, string> {
    refuseWithout(what, reference);
    return {};
}

const decoded = (data: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(
        Object.entries(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString("utf8")]),
    );
