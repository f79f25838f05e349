import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import type * as pulumi from "@pulumi/pulumi";

/** @see https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
export const podSecurityLevels = ["restricted", "baseline", "privileged"] as const;
export type PodSecurityLevel = (typeof podSecurityLevels)[number];

/**
 * Labels by which Kubernetes refuses, logs and warns of pods that ask for more than the level allows. A namespace may run
 * under a looser one, and is still told of what the strictest would refuse.
 */
export const podSecurityLabels = (level: PodSecurityLevel): Record<string, string> => ({
    "pod-security.kubernetes.io/enforce": level,
    "pod-security.kubernetes.io/enforce-version": "latest",
    "pod-security.kubernetes.io/audit": "restricted",
    "pod-security.kubernetes.io/warn": "restricted",
});

/**
 * A namespace under Pod Security.
 * @param level What its pods may do at most. @default restricted
 */
export function namespace(
    name: string,
    labels: Readonly<Record<string, string>>,
    options: pulumi.CustomResourceOptions,
    level: PodSecurityLevel = "restricted",
): Namespace {
    return new Namespace(
        name,
        { metadata: { name, labels: { ...podSecurityLabels(level), "mlplatform/part": "platform", ...labels } } },
        options,
    );
}
