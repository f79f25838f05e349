import type { core } from "@pulumi/kubernetes/types/input";

/**
 * What every pod of ours says so that Pod Security `restricted` admits it.
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export const hardenedPod = {
    securityContext: {
        runAsNonRoot: true,
        runAsUser: 1000,
        runAsGroup: 1000,
        fsGroup: 1000,
        fsGroupChangePolicy: "OnRootMismatch",
        seccompProfile: { type: "RuntimeDefault" },
    },
    // Who talks to the cluster's API says so.
    automountServiceAccountToken: false,
    // Names of all services of the namespace as environment: nothing needs them, and they grow with the namespace.
    enableServiceLinks: false,
} satisfies Partial<core.v1.PodSpec>;

/** The same for every container; what it must write has a volume. */
export const hardenedContainer = {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
    capabilities: { drop: ["ALL"] },
    seccompProfile: { type: "RuntimeDefault" },
} satisfies core.v1.SecurityContext;
