import { learn, mandatory, type Requirement, type Rule } from "../rule";

const standard = "https://kubernetes.io/docs/concepts/security/pod-security-standards";

/** Kinds of objects that make pods, by where their pod is. */
const podsIn: readonly [suffix: string, path: string, types: readonly string[]][] = [
    [
        "",
        "spec.template.spec",
        [
            "kubernetes:apps/v1:Deployment",
            "kubernetes:apps/v1:StatefulSet",
            "kubernetes:apps/v1:DaemonSet",
            "kubernetes:apps/v1:ReplicaSet",
            "kubernetes:batch/v1:Job",
        ],
    ],
    ["-scheduled", "spec.jobTemplate.spec.template.spec", ["kubernetes:batch/v1:CronJob"]],
    ["-scaled", "spec.jobTargetRef.template.spec", ["kubernetes:keda.sh/v1alpha1:ScaledJob"]],
    ["-bare", "spec", ["kubernetes:core/v1:Pod"]],
];

/** One rule of pods, for each place that a pod can be in; each has a name of its own. */
const podRule = (
    name: string,
    requires: readonly Requirement[],
    texts: Pick<Rule, "reason" | "remedy" | "source">,
): Rule[] =>
    podsIn.map(([suffix, path, types]) =>
        mandatory({
            ...{ name: `${name}${suffix}`, types, ...texts },
            requires: requires.map((requirement) => ({ ...requirement, path: `${path}.${requirement.path}` })),
        }),
    );

/** Of every container that a pod has. */
const containers = (requirement: Requirement): Requirement[] =>
    ["containers", "initContainers"].map((list) => ({ ...requirement, path: `${list}[*].${requirement.path}` }));

export const kubernetesRules: readonly Rule[] = [
    ...podRule(
        "pod-not-on-the-host",
        [
            { path: "hostNetwork", isNot: true },
            { path: "hostPID", isNot: true },
            { path: "hostIPC", isNot: true },
            { path: "volumes[*].hostPath.path", given: false },
        ],
        {
            reason: "whoever is in the pod is not on the node",
            remedy: "use a volume of the cluster's",
            source: standard,
        },
    ),
    ...podRule(
        "container-without-rights",
        [
            ...containers({ path: "securityContext.privileged", isNot: true }),
            ...containers({ path: "securityContext.allowPrivilegeEscalation", is: false }),
            ...containers({ path: "securityContext.capabilities.drop", includes: "ALL" }),
            ...containers({ path: "securityContext.capabilities.add[*]", given: false }),
        ],
        {
            reason: "whoever is in the container stays there",
            remedy: "use components/workloads, which sets it",
            source: standard,
        },
    ),
    ...podRule("container-not-root", containers({ path: "securityContext.runAsNonRoot", is: true }), {
        reason: "a hole in the runtime is worth less",
        remedy: "give the image a user with a number",
        source: standard,
    }),
    ...podRule(
        "container-few-system-calls",
        containers({ path: "securityContext.seccompProfile.type", oneOf: ["RuntimeDefault", "Localhost"] }),
        {
            reason: "most holes of the kernel are in calls that nobody needs",
            remedy: "say RuntimeDefault",
            source: standard,
        },
    ),
    ...podRule("container-read-only", containers({ path: "securityContext.readOnlyRootFilesystem", is: true }), {
        reason: "nobody puts a program of their own there",
        remedy: "give it an emptyDir where it writes",
        source: "CKV_K8S_22",
    }),
    ...podRule("image-by-digest", containers({ path: "image", matches: /@sha256:[0-9a-f]{64}$/ }), {
        reason: "what was tried is what runs",
        remedy: "take it from the stack's images (docs/images.md)",
        source: "CKV_K8S_43",
    }),
    ...podRule(
        "container-bounded",
        [
            ...containers({ path: "resources.limits.memory", given: true }),
            ...containers({ path: "resources.requests.memory", given: true }),
            ...containers({ path: "resources.requests.cpu", given: true }),
        ],
        {
            reason: "one pod takes no node down, and the scheduler knows where it fits",
            remedy: "say what it needs",
            source: "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers, CKV_K8S_10, CKV_K8S_13",
        },
    ),
    ...podRule("pod-no-token", [{ path: "automountServiceAccountToken", is: false }], {
        reason: "whoever is in the pod does not ask the API server",
        remedy: "say automountServiceAccountToken false, or in policy/exceptions.ts what it asks for",
        source: "https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account, CKV_K8S_38",
    }),
    mandatory({
        name: "namespace-restricted",
        types: ["kubernetes:core/v1:Namespace"],
        requires: [{ path: 'metadata.labels["pod-security.kubernetes.io/enforce"]', is: "restricted" }],
        reason: "the API server refuses what the rules on pods refuse, whoever asks",
        remedy: "use components/workloads, which labels it",
        source: standard,
    }),
    mandatory({
        name: "service-inside",
        types: ["kubernetes:core/v1:Service"],
        requires: [{ path: "spec.type", matchesNot: /^(LoadBalancer|NodePort|ExternalName)$/ }],
        reason: "what is reached from outside goes through the gateway",
        remedy: "give it a route at the gateway",
        source: "https://kubernetes.io/docs/concepts/services-networking/service",
    }),
    mandatory({
        name: "role-without-stars",
        types: ["kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", "kubernetes:rbac.authorization.k8s.io/v1:Role"],
        each: "rules[*]",
        requires: [
            { path: "verbs[*]", isNot: "*" },
            { path: "resources[*]", isNot: "*" },
            { path: "apiGroups[*]", isNot: "*" },
        ],
        reason: "rights on all that there will ever be are nobody's",
        remedy: "name what it reads and writes",
        source: "https://kubernetes.io/docs/concepts/security/rbac-good-practices, CKV_K8S_49",
    }),
    mandatory({
        name: "binding-to-somebody",
        types: [
            "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding",
            "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
        ],
        requires: [
            { path: "roleRef.name", isNot: "cluster-admin" },
            { path: "subjects[*].name", matchesNot: /^system:(anonymous|unauthenticated|authenticated|masters)$/ },
        ],
        reason: "nobody is everybody, and nobody is an administrator by a binding",
        remedy: "bind a role of its own to a group or an account",
        source: "https://kubernetes.io/docs/concepts/security/rbac-good-practices",
    }),
    mandatory({
        name: "account-no-token",
        types: ["kubernetes:core/v1:ServiceAccount"],
        requires: [{ path: "automountServiceAccountToken", is: false }],
        reason: "a pod that says nothing gets no token",
        remedy: "say automountServiceAccountToken false, and true in the one pod that asks the API server",
        source: "https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account, CKV_K8S_41",
    }),
    mandatory({
        name: "admission-refuses",
        types: ["kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy"],
        requires: [{ path: "spec.failurePolicy", is: "Fail" }],
        reason: "what cannot be judged is not let in",
        remedy: "say failurePolicy Fail",
        source: "https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy",
    }),
    mandatory({
        name: "admission-binding-refuses",
        types: ["kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding"],
        requires: [{ path: "spec.validationActions", includes: "Deny" }],
        reason: "a warning holds nobody back",
        remedy: "say validationActions Deny",
        source: "https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy",
    }),
    mandatory({
        name: "disks-closed",
        types: ["kubernetes:storage.k8s.io/v1:StorageClass"],
        requires: [
            { path: "parameters.diskEncryptionSetID", given: true },
            { path: "parameters.networkAccessPolicy", is: "DenyAll" },
            { path: "parameters.publicNetworkAccess", is: "Disabled" },
        ],
        reason: "pods' disks are encrypted with a key of ours, and nobody exports them by a link",
        remedy: "use components/workloads, which sets it",
        source: "https://learn.microsoft.com/azure/aks/azure-csi-disk-storage-provision, CKV_AZURE_251",
    }),
    mandatory({
        name: "quota-no-way-in",
        types: ["kubernetes:core/v1:ResourceQuota"],
        requires: [
            { path: 'spec.hard["services.loadbalancers"]', is: "0" },
            { path: 'spec.hard["services.nodeports"]', is: "0" },
        ],
        reason: "a team opens no way into the cluster past the gateway",
        remedy: "give it a route at the gateway",
        source: "https://kubernetes.io/docs/concepts/policy/resource-quotas",
    }),
    mandatory({
        name: "not-to-the-machine",
        types: ["kubernetes:networking.k8s.io/v1:NetworkPolicy"],
        each: "spec.egress[*].to[*]",
        when: [{ path: "ipBlock.cidr", is: "0.0.0.0/0" }],
        requires: [{ path: "ipBlock.except", includes: "169.254.0.0/16" }],
        reason: "a node's metadata service gives its identity to whoever asks",
        remedy: "except 169.254.0.0/16",
        source: learn("aks/imds-restriction"),
    }),
    mandatory({
        name: "chart-from-the-registry",
        types: ["kubernetes:helm.sh/v3:Release"],
        requires: [{ path: "chart", matches: /^oci:\/\/[a-z0-9]+\.azurecr\.(io|us|cn)\// }],
        reason: "what is installed is what was copied, whatever its publisher does",
        remedy: "copy it into the registry (docs/images.md)",
        source: learn("container-registry/container-registry-image-formats"),
    }),
    mandatory({
        name: "gateway-container",
        types: ["kubernetes:gateway.envoyproxy.io/v1alpha1:EnvoyProxy"],
        requires: [
            { path: "image", matches: /@sha256:[0-9a-f]{64}$/ },
            { path: "securityContext.privileged", isNot: true },
            { path: "securityContext.allowPrivilegeEscalation", is: false },
            { path: "securityContext.capabilities.drop", includes: "ALL" },
            { path: "securityContext.readOnlyRootFilesystem", is: true },
            { path: "securityContext.runAsNonRoot", is: true },
            { path: "securityContext.seccompProfile.type", is: "RuntimeDefault" },
            { path: "resources.limits.memory", given: true },
        ].map((of) => ({ ...of, path: `spec.provider.kubernetes.envoyDeployment.container.${of.path}` })),
        reason: "it is what answers the world, so it has no rights beyond that",
        remedy: "make it with components/workloads/gateway.ts, which sets it",
        source: standard,
    }),
];
