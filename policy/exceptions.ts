/** What a rule does not hold for, and why. */
export interface Exception {
    rule: string;
    type: string;
    /** Name in the program. */
    name: string;
    /** The one property, with `[*]` for any of a list; all else that the rule asks for holds. Of a rule on the stack: none. */
    path?: string;
    /** Only such values; any where left out. */
    value?: RegExp;
    /** Only where tagged with this environment. */
    environment?: string;
    reason: string;
}

const vault = "azure-native:keyvault:Vault";
const key = "azure-native:keyvault:Key";
const roleAssignment = "azure-native:authorization:RoleAssignment";
const account = "azure-native:storage:StorageAccount";
const daemonSet = "kubernetes:apps/v1:DaemonSet";
/** What the bootstrap's resources are tagged with. */
const bootstrap = "boot";
/** An address, or 256 at most. */
const few = /^[\d.]+(\/(2[4-9]|3[0-2]))?$/;
const container = "spec.template.spec.containers[*]";

/** Each for one property of one resource. A test holds that none is there without need. */
export const exceptions: readonly Exception[] = [
    {
        ...{ rule: "key-wraps-only", type: key, name: "cluster-key" },
        ...{ path: "properties.keyOps[*]", value: /^(encrypt|decrypt)$/ },
        reason: "the cluster encrypts the key of its secrets by encrypt and decrypt, and asks for nothing else",
    },
    {
        ...{ rule: "key-wraps-only", type: key, name: "secrets-key" },
        ...{ path: "properties.keyOps[*]", value: /^(encrypt|decrypt)$/ },
        reason: "Pulumi encrypts the key of a state's secrets by encrypt and decrypt",
    },
    ...["properties.rotationPolicy.lifetimeActions", "properties.rotationPolicy.attributes.expiryTime"].map((path) => ({
        ...{ rule: "key-rotates", type: key, name: "secrets-key", path },
        reason: "Pulumi decrypts with the version that a stack's file names: a new one goes with `pulumi stack change-secrets-provider`",
    })),
    ...[
        { rule: "reached-privately", type: account, name: "state" },
        { rule: "reached-privately", type: vault, name: "vault" },
    ].map((one) => ({
        ...{ ...one, environment: bootstrap },
        reason: "it is there before any network is: each environment brings an endpoint of its own to it (mlplatform:state)",
    })),
    {
        ...{ rule: "diagnosed", type: vault, name: "vault", environment: bootstrap },
        reason: "it is there before any workspace for logs is; its keys are used by deployments alone",
    },
    ...[
        { rule: "storage-closed", type: account, name: "state", path: "publicNetworkAccess" },
        {
            rule: "storage-closed",
            type: account,
            name: "state",
            path: "networkRuleSet.ipRules[*].iPAddressOrRange",
            value: few,
        },
        { rule: "vault-closed", type: vault, name: "vault", path: "properties.publicNetworkAccess" },
        {
            rule: "vault-closed",
            type: vault,
            name: "vault",
            path: "properties.networkAcls.ipRules[*].value",
            value: few,
        },
    ].map((one) => ({
        ...{ ...one, environment: bootstrap },
        reason: "those who begin come from addresses that they name (operatorAddresses), until there is a network to come from",
    })),
    {
        ...{ rule: "storage-closed", type: account, name: "workspace-storage" },
        ...{ path: "networkRuleSet.bypass", value: /^AzureServices$/ },
        reason: "the service behind the workspace writes there as itself, which Azure asks for",
    },
    {
        ...{ rule: "storage-closed", type: account, name: "flow-storage" },
        ...{ path: "networkRuleSet.bypass", value: /^AzureServices$/ },
        reason: "Azure's watcher writes flow logs there from outside of the network",
    },
    {
        ...{ rule: "subnet-no-default-way-out", type: "azure-native:network:Subnet", name: "network-api-server" },
        path: "defaultOutboundAccess",
        reason: "it is delegated, and the way out of a delegated subnet is its service's",
    },
    {
        ...{ rule: "no-mighty-roles", type: roleAssignment, name: "ci-deploy-subscription" },
        // Contributor.
        ...{ path: "roleDefinitionId", value: /b24988ac-6180-42a0-ab88-20f7382dd24c$/ },
        reason: "who deploys makes resource groups; only workflows of the protected branch in a protected environment are it",
    },
    {
        ...{ rule: "no-mighty-roles", type: roleAssignment, name: "ci-deploy-roles" },
        // Role Based Access Control Administrator.
        ...{ path: "roleDefinitionId", value: /f58310d9-a9f6-439a-9e8d-f62e7b41a168$/ },
        reason: "who deploys gives roles; a condition limits which, and to whom",
    },
    {
        ...{ rule: "namespace-restricted", type: "kubernetes:core/v1:Namespace", name: "platform-gpu" },
        ...{ path: 'metadata.labels["pod-security.kubernetes.io/enforce"]', value: /^privileged$/ },
        reason: "drivers' programs need the node's devices; nobody else may start anything there",
    },
    ...["gpu-device-plugin", "gpu-exporter"].flatMap((name): Exception[] => [
        {
            ...{ rule: "pod-not-on-the-host", type: daemonSet, name },
            ...{ path: "spec.template.spec.volumes[*].hostPath.path", value: /^\/var\/lib\/kubelet\// },
            reason: "it tells the kubelet of GPUs, or what runs on them, by a socket in a folder of the node's",
        },
        {
            ...{ rule: "container-not-root", type: daemonSet, name, path: `${container}.securityContext.runAsNonRoot` },
            reason: "the kubelet's folder is root's",
        },
        {
            ...{ rule: "container-few-system-calls", type: daemonSet, name },
            path: `${container}.securityContext.seccompProfile.type`,
            reason: "its publisher gives no profile, and the driver's calls are beyond the runtime's",
        },
    ]),
    {
        ...{ rule: "container-without-rights", type: daemonSet, name: "gpu-exporter" },
        ...{ path: `${container}.securityContext.capabilities.add[*]`, value: /^SYS_ADMIN$/ },
        reason: "NVIDIA's profiling counters take CAP_SYS_ADMIN",
    },
    {
        ...{ rule: "container-without-rights", type: daemonSet, name: "gpu-exporter" },
        path: `${container}.securityContext.allowPrivilegeEscalation`,
        reason: "the API server refuses to forbid it to a container with CAP_SYS_ADMIN",
    },
    {
        ...{ rule: "container-read-only", type: "kubernetes:apps/v1:StatefulSet", name: "labelling" },
        path: `${container}.securityContext.readOnlyRootFilesystem`,
        reason: "Label Studio writes beside its program",
    },
    {
        ...{ rule: "pod-no-token-scheduled", type: "kubernetes:batch/v1:CronJob", name: "backup" },
        path: "spec.jobTemplate.spec.template.spec.automountServiceAccountToken",
        reason: "it asks the API server for snapshots, by a role that lets it do just that",
    },
];

/** A rule, what it finds, and where. */
export interface Finding {
    rule: string;
    type: string;
    name: string;
    path?: string;
    value?: unknown;
    environment?: string;
}

/** Is the finding allowed? */
export function exempt(finding: Finding): boolean {
    return exceptions.some((one) => covers(one, finding));
}

/** Is the exception about the finding? */
export function covers({ rule, type, name, path, value, environment }: Exception, found: Finding): boolean {
    if (rule !== found.rule || type !== found.type || name !== found.name) return false;
    if (environment !== undefined && environment !== found.environment) return false;
    if (path !== found.path?.replace(/\[\d+\]/g, "[*]")) return false;
    return value === undefined || (typeof found.value === "string" && value.test(found.value));
}
