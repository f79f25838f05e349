import type { V1Container, V1Pod } from "@kubernetes/client-node";
import { quantity } from "../nodes/quantity";

/** A field of the pod as the downward API gives it. @see https://kubernetes.io/docs/concepts/workloads/pods/downward-api/ */
export function field({ metadata, spec, status }: V1Pod, path: string): string {
    const keyed = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
    if (keyed) {
        const [, kind, key = ""] = keyed;
        return (kind === "labels" ? metadata?.labels : metadata?.annotations)?.[key] ?? "";
    }
    const known: Readonly<Record<string, string | undefined>> = {
        "metadata.name": metadata?.name,
        "metadata.namespace": metadata?.namespace,
        "metadata.uid": metadata?.uid,
        "spec.nodeName": spec?.nodeName,
        "spec.serviceAccountName": spec?.serviceAccountName,
        "status.hostIP": status?.hostIP,
        "status.podIP": status?.podIP,
        "status.podIPs": status?.podIP,
    };
    return known[path] ?? "";
}

/** A request or limit of the container, in whole units as the downward API gives it. */
export function resource({ resources }: V1Container, path: string, divisor = "1"): string {
    const [kind, name = ""] = path.split(/\.(.*)/s);
    const of = kind === "limits" ? resources?.limits : resources?.requests;
    return String(Math.ceil(quantity(of?.[name] ?? "0") / (quantity(divisor) || 1)));
}
