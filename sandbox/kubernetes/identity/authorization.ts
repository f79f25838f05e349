import { isAtOrBelow } from "../../azure/ids";
import type { AzureFacts, ClusterRole } from "../azure-facts";

/** What the API server asks. @see https://kubernetes.io/docs/reference/access-authn-authz/webhook/ */
export interface AccessReview {
    user?: string;
    groups?: readonly string[];
    resourceAttributes?: {
        namespace?: string;
        verb?: string;
        group?: string;
        resource?: string;
        subresource?: string;
    };
    nonResourceAttributes?: { path?: string; verb?: string };
}

/** What a role lets its holder do, as far as it is not everything: the resources it reads, and those it may change. */
interface Grant {
    reads: readonly string[];
    changes: readonly string[];
}

const workloads = [
    ...["apps/daemonsets", "apps/deployments", "apps/replicasets", "apps/statefulsets"],
    ...["autoscaling/horizontalpodautoscalers", "batch/cronjobs", "batch/jobs", "configmaps", "endpoints", "events"],
    ...["extensions/daemonsets", "extensions/deployments", "extensions/ingresses", "extensions/networkpolicies"],
    ...["extensions/replicasets", "networking.k8s.io/ingresses", "networking.k8s.io/networkpolicies"],
    ...["persistentvolumeclaims", "pods", "policy/poddisruptionbudgets", "replicationcontrollers"],
    ...["serviceaccounts", "services"],
];
const readOnly = [
    ...["apps/controllerrevisions", "discovery.k8s.io/endpointslices", "events.k8s.io/events", "limitranges"],
    ...["metrics.k8s.io/pods", "metrics.k8s.io/nodes", "namespaces", "resourcequotas"],
];

/**
 * Data actions of the built-in roles. Custom resources are in none of them but Admin and Cluster Admin.
 * @see https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/containers (read in MicrosoftDocs/azure-docs, 0088bfa77543)
 */
const grants: Readonly<Record<Exclude<ClusterRole, "aksRbacAdmin" | "aksRbacClusterAdmin">, Grant>> = {
    aksRbacReader: { reads: [...workloads, ...readOnly], changes: [] },
    aksRbacWriter: { reads: readOnly, changes: [...workloads, "secrets", "coordination.k8s.io/leases"] },
};

/** Everything but these is what Admin may do: its `notDataActions`. */
const notForAdmin = ["resourcequotas/write", "resourcequotas/delete", "namespaces/write", "namespaces/delete"];

const reads = new Set(["get", "list", "watch"]);
const writes = new Set(["create", "update", "patch"]);
const deletes = new Set(["delete", "deletecollection"]);
/** Parts of pods that do something, whatever the verb. */
const doing = new Set(["exec", "attach", "portforward", "proxy"]);

/**
 * Does Azure let them? As on AKS with Entra ID and Azure RBAC: members of the admin groups may do everything; others what
 * their role assignments say, at the cluster (or above) or at a namespace.
 * @see https://learn.microsoft.com/azure/aks/manage-azure-rbac
 */
export function isAllowed(review: AccessReview, { cluster, roleAssignments }: AzureFacts): boolean {
    const who = [review.user ?? "", ...(review.groups ?? [])].map((one) => one.toLowerCase());
    if (cluster.adminGroupObjectIds.some((group) => who.includes(group.toLowerCase()))) return true;
    if (!cluster.usesAzureRbac) return false;
    const namespace = review.resourceAttributes?.namespace ?? "";
    const asked = namespace === "" ? cluster.id : `${cluster.id}/namespaces/${namespace}`;
    return roleAssignments.some(
        ({ principalId, role, scope }) =>
            who.includes(principalId.toLowerCase()) && isAtOrBelow(asked, scope) && lets(role, review),
    );
}

function lets(role: ClusterRole, { resourceAttributes: asked }: AccessReview): boolean {
    if (role === "aksRbacClusterAdmin") return true;
    if (!asked) return false;
    const { group = "", resource = "", subresource = "", verb = "" } = asked;
    const name = group === "" ? resource : `${group}/${resource}`;
    const action = resource === "pods" && doing.has(subresource) ? "action" : actionOf(verb);
    if (role === "aksRbacAdmin") return !notForAdmin.includes(`${name}/${action}`);
    const { reads: readable, changes } = grants[role];
    return changes.includes(name) || (action === "read" && readable.includes(name));
}

function actionOf(verb: string): string {
    if (reads.has(verb)) return "read";
    if (writes.has(verb)) return "write";
    return deletes.has(verb) ? "delete" : "action";
}
