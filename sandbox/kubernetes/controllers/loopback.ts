import { isObject } from "../../azure/properties";
import type { Values } from "../../protocol/values";
import { at, listAt, withAt } from "../provider/objects";
import type { KubeObject } from "../provider/objects";

/**
 * A service that leads to this machine: so the API server finds webhooks and APIs where the cluster has no network. It asks
 * for the port that the registration names.
 */
export function loopbackService(name: string, namespace: string): KubeObject {
    return {
        ...{ apiVersion: "v1", kind: "Service", metadata: { name, namespace } },
        spec: { type: "ExternalName", externalName: "localhost" },
    };
}

/** Has the API server ask at that service and port: a webhook, a conversion or an API, whichever the manifest registers. */
export function askedAt(object: KubeObject, service: { name: string; namespace: string; port: number }): KubeObject {
    const put = (value: Values, ...path: string[]): Values => {
        const known = at(value, ...path);
        return isObject(known) ? withAt(value, path, { ...known, ...service }) : value;
    };
    const below = ["clientConfig", "service"];
    const asked = {
        ...put(put(object, "spec", "conversion", "webhook", ...below), "spec", "service"),
        ...("webhooks" in object && { webhooks: listAt(object, "webhooks").map((one) => put(one, ...below)) }),
    };
    return asked as KubeObject;
}

/** The manifest in that namespace, with its rights for these accounts instead of the one that it names. */
export function movedTo(
    object: KubeObject,
    namespace: string,
    { from, accounts }: { from: { namespaces: readonly string[]; account: string }; accounts: readonly string[] },
): KubeObject {
    const { metadata } = object;
    const moves = metadata.namespace !== undefined && from.namespaces.includes(metadata.namespace);
    const subjects = listAt(object, "subjects").flatMap((subject) =>
        subject.name === from.account
            ? accounts.map((name) => ({ kind: "ServiceAccount", name, namespace }))
            : [subject],
    );
    return {
        ...object,
        metadata: { ...metadata, ...(moves && { namespace }) },
        ...("subjects" in object && { subjects }),
    };
}
