import { ValidatingAdmissionPolicy } from "@pulumi/kubernetes/admissionregistration/v1/validatingAdmissionPolicy";
import { ValidatingAdmissionPolicyBinding } from "@pulumi/kubernetes/admissionregistration/v1/validatingAdmissionPolicyBinding";
import { LimitRange } from "@pulumi/kubernetes/core/v1/limitRange";
import type { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import { ResourceQuota } from "@pulumi/kubernetes/core/v1/resourceQuota";
import { Role } from "@pulumi/kubernetes/rbac/v1/role";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding";
import type { core, rbac } from "@pulumi/kubernetes/types/input";
import * as pulumi from "@pulumi/pulumi";
import { shown } from "../options";
import { refuse } from "../refuse";
import { wholeNumberFault } from "../units";
import { namespace } from "./namespace";
import { routesLabel } from "./gateway";
import { inBlock, inNamespace, metricsOpening, networkPolicies, type Opening } from "./network-policies";
import { groupFaults, toEntra } from "./sign-in";
import { teamNamespace } from "./team-namespace";
import { teamLabel, teamQueue } from "./training-queue";
import { workloadIdentityLabel } from "./workload-identity";

/** What all of a team's pods may have at one time. */
export interface TenancyQuota {
    /** GPUs by the prefix of their pool. */
    gpus: Readonly<Record<string, number>>;
    /** vCPUs. */
    cpu: number;
    memoryGib: number;
    /** Of all volumes together. */
    storageGib: number;
    pods: number;
}

/** Arguments of {@link Tenancy}. */
export interface TenancyArgs {
    /** 2 to 20 of a-z, 0-9 and inner hyphens. */
    team: string;
    /** Object ids of Entra groups. Viewers look on: no shell, no secret, no change. */
    groups: { members: string; viewers?: string };
    quota: TenancyQuota;
    /** No GPU and no new pod, whatever the quota: what runs goes on to its end. @default false */
    frozen?: boolean;
    /** Addresses of storage, registry, vault and workspace. */
    privateEndpoints: string;
    gatewayNamespace: string;
    /** Is there a queue of the cluster for the team's own to lead to? @default false */
    hasQueue?: boolean;
    /** Pods behind the gateway, by label, and where they answer. */
    served: { pods: Readonly<Record<string, string>>; port: number; metricsPort: number };
}

/**
 * A team's place in the cluster: a namespace under Pod Security `restricted`, closed to the others but for what is named, with an
 * end to what it may have. Who belongs to the team may work in it, and nowhere else.
 * @throws pulumi.ResourceError naming every argument that breaks a rule.
 * @see https://kubernetes.io/docs/concepts/security/multi-tenancy/
 */
export class Tenancy extends pulumi.ComponentResource {
    readonly namespace: Namespace;
    /** Name of the namespace. Resolves once quota and policies hold: what waits for it never runs without them. */
    readonly ready: pulumi.Output<string>;

    constructor(name: string, args: TenancyArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:workloads:Tenancy", name, shown(args), opts);
        refuse(this, tenancyFaults(args));
        const { team, groups, quota, frozen = false } = args;
        const home = teamNamespace(team);
        // Its endpoints are behind the platform's gateway, which takes routes of namespaces with that label alone.
        const labels = { "mlplatform/part": "team", [teamLabel]: team, ...routesLabel };
        this.namespace = namespace(home, labels, { parent: this });
        const inside = { parent: this, dependsOn: [this.namespace] };
        const metadata = (object: string): { name: string; namespace: string } => ({ name: object, namespace: home });
        const guards: pulumi.Resource[] = [
            new ResourceQuota(
                `${name}-quota`,
                { metadata: metadata("team"), spec: { hard: hardLimits(quota, frozen) } },
                inside,
            ),
            new LimitRange(`${name}-limits`, { metadata: metadata("team"), spec: { limits: limits(quota) } }, inside),
            ...networkPolicies(home, openings(args), inside),
            ...gpuPools(name, home, Object.keys(quota.gpus), inside),
            ...(args.hasQueue === true ? [teamQueue(`${name}-queue`, home, inside).resource] : []),
        ];
        const bind = (role: string, group: string, rules: rbac.v1.PolicyRule[]): void => {
            const made = new Role(`${name}-${role}`, { metadata: metadata(role), rules }, inside);
            new RoleBinding(
                `${name}-${role}`,
                {
                    metadata: metadata(role),
                    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role },
                    // AKS knows groups by their object ids: https://learn.microsoft.com/azure/aks/kubernetes-rbac-entra-id
                    subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: group }],
                },
                { parent: this, dependsOn: [made] },
            );
        };
        bind("member", groups.members, [...viewing, ...working]);
        if (groups.viewers !== undefined) bind("viewer", groups.viewers, viewing);
        this.ready = pulumi.all(guards.map(({ urn }) => urn)).apply(() => home);
        this.registerOutputs({ namespace: this.ready });
    }
}

function tenancyFaults({ team, groups, quota }: TenancyArgs): (string | undefined | false)[] {
    const ids = [groups.members, groups.viewers].filter((id) => id !== undefined);
    return [
        !/^[a-z](?:-?[a-z0-9]){1,19}$/.test(team) &&
            `team must be 2 to 20 of a-z, 0-9 and single inner hyphens, from a letter on, got "${team}"`,
        ...groupFaults("groups", ids),
        ...Object.entries(quota.gpus).map(([pool, count]) => wholeNumberFault(`quota.gpus.${pool}`, count, 1, 1000)),
        wholeNumberFault("quota.cpu", quota.cpu, 1, 10_000),
        wholeNumberFault("quota.memoryGib", quota.memoryGib, 1, 100_000),
        wholeNumberFault("quota.storageGib", quota.storageGib, 0, 100_000),
        wholeNumberFault("quota.pods", quota.pods, 1, 5000),
    ];
}

/** A quota on memory or GPUs refuses pods that do not say what they take; {@link limits} says it for them. */
function hardLimits(quota: TenancyQuota, frozen: boolean): Record<string, string> {
    const { gpus, cpu, memoryGib, storageGib, pods } = quota;
    const allGpus = Object.values(gpus).reduce((sum, count) => sum + count, 0);
    return {
        "requests.cpu": String(cpu),
        "requests.memory": `${memoryGib}Gi`,
        // Memory cannot be taken back from a pod: its limit is what it takes.
        "limits.memory": `${memoryGib}Gi`,
        // Of what a node has none of in half measures, requests and limits are one.
        "requests.nvidia.com/gpu": String(frozen ? 0 : allGpus),
        "requests.storage": `${storageGib}Gi`,
        pods: String(frozen ? 0 : pods),
        // The one way in is the platform's gateway.
        "services.loadbalancers": "0",
        "services.nodeports": "0",
    };
}

function limits({ cpu, memoryGib, storageGib }: TenancyQuota): core.v1.LimitRangeItem[] {
    const most = { cpu: String(cpu), memory: `${memoryGib}Gi` };
    return [
        {
            ...{ type: "Container", max: most },
            defaultRequest: { cpu: "250m", memory: "512Mi" },
            // Of CPU, whatever the team may have: a limit would slow a pod down, and one below its request refuses it.
            default: { cpu: most.cpu, memory: "512Mi" },
        },
        ...(storageGib > 0 ? [{ type: "PersistentVolumeClaim", max: { storage: `${storageGib}Gi` } }] : []),
    ];
}

function openings({ privateEndpoints, gatewayNamespace, served }: TenancyArgs): Opening[] {
    const { pods, port, metricsPort } = served;
    return [
        { name: "gateway", pods, from: [inNamespace(gatewayNamespace)], ports: [port] },
        metricsOpening([metricsPort], pods),
        { name: "platform", to: [inBlock(privateEndpoints)], ports: [443] },
        toEntra("entra", workloadIdentityLabel),
    ];
}

/**
 * A quota counts GPUs whatever they are: that they are of the pools in the order, this sees to.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
 */
function gpuPools(
    name: string,
    home: string,
    pools: readonly string[],
    options: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
    if (pools.length === 0) return [];
    const list = JSON.stringify(pools);
    const gpu = "'nvidia.com/gpu'";
    const asks = (containers: string): string =>
        `object.spec.?${containers}.orValue([]).exists(c, ${gpu} in c.?resources.?limits.orValue({}))`;
    const policyName = `${home}-gpu-pools`;
    const policy = new ValidatingAdmissionPolicy(
        `${name}-gpu-pools`,
        {
            metadata: { name: policyName },
            spec: {
                failurePolicy: "Fail",
                matchConstraints: {
                    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": home } },
                    resourceRules: [
                        { apiGroups: [""], apiVersions: ["v1"], resources: ["pods"], operations: ["CREATE"] },
                    ],
                },
                validations: [
                    {
                        expression:
                            `!(${asks("containers")} || ${asks("initContainers")}) || ` +
                            `object.spec.?nodeSelector[?'mlplatform/pool'].orValue('') in ${list}`,
                        message: `a pod with a GPU must say in nodeSelector which pool it is for: mlplatform/pool, one of ${pools.join(", ")}`,
                    },
                ],
            },
        },
        options,
    );
    const binding = new ValidatingAdmissionPolicyBinding(
        `${name}-gpu-pools`,
        { metadata: { name: policyName }, spec: { policyName, validationActions: ["Deny"] } },
        { ...options, dependsOn: [policy] },
    );
    return [policy, binding];
}

const see = ["get", "list", "watch"];
const change = ["create", "update", "patch", "delete"];

/** All but secrets. Nobody reads those by hand: who may is a pod's service account, by workload identity. */
const viewing: rbac.v1.PolicyRule[] = [
    {
        apiGroups: [""],
        resources: [
            ...["pods", "pods/log", "services", "endpoints", "configmaps", "events", "persistentvolumeclaims"],
            ...["resourcequotas", "limitranges", "serviceaccounts", "replicationcontrollers"],
        ],
        verbs: see,
    },
    { apiGroups: ["apps"], resources: ["deployments", "replicasets", "statefulsets"], verbs: see },
    { apiGroups: ["batch"], resources: ["jobs", "cronjobs"], verbs: see },
    { apiGroups: ["autoscaling"], resources: ["horizontalpodautoscalers"], verbs: see },
    { apiGroups: ["policy"], resources: ["poddisruptionbudgets"], verbs: see },
    { apiGroups: ["networking.k8s.io"], resources: ["networkpolicies"], verbs: see },
    { apiGroups: ["gateway.networking.k8s.io"], resources: ["httproutes"], verbs: see },
    { apiGroups: ["keda.sh"], resources: ["scaledobjects"], verbs: see },
    { apiGroups: ["kueue.x-k8s.io"], resources: ["localqueues", "workloads"], verbs: see },
];

/**
 * Jobs, their data and a look inside of them. Endpoints come with the team's stack, where others sign them; policies, quotas and
 * roles are not a team's to change.
 */
const working: rbac.v1.PolicyRule[] = [
    { apiGroups: ["batch"], resources: ["jobs"], verbs: change },
    { apiGroups: [""], resources: ["configmaps", "persistentvolumeclaims"], verbs: change },
    { apiGroups: [""], resources: ["pods"], verbs: ["delete"] },
    // As a web socket it is a GET, before it was one a POST.
    { apiGroups: [""], resources: ["pods/exec", "pods/portforward"], verbs: ["get", "create"] },
];
