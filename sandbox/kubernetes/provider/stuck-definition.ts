import { ApiError } from "../api-faults";
import type { KubeApi } from "./api";
import { listAt, nameOf, textAt } from "./objects";
import type { GroupVersionKind, KubeObject } from "./objects";

/**
 * Has the API server look again at a definition whose removal has got stuck. Its finalizer leaves off at a conflict, as it is to
 * hear of what changed; where that was only its own note of why it failed (`storage is (re)initializing`, of a definition that
 * has just come), it does not, and looks again after minutes. Any other change wakes it.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.34.1/staging/src/k8s.io/apiextensions-apiserver/pkg/controller/finalizer/crd_finalizer.go
 */
export async function wakeFinalizer(api: KubeApi, type: GroupVersionKind, object: KubeObject): Promise<void> {
    if (type.kind !== "CustomResourceDefinition") return;
    const noted = listAt(object, "status", "conditions").find((one) => one.type === "Terminating");
    if (!noted || textAt(noted, "reason") === "InstanceDeletionInProgress") return;
    const { apiVersion, kind } = object;
    const name = nameOf(object);
    const metadata = { name, uid: object.metadata.uid, annotations: { "sandbox/woken-at": new Date().toISOString() } };
    const options = { manager: "sandbox-wake", force: true, dryRun: false };
    await api
        .apply(type, undefined, name, { apiVersion, kind, metadata }, options)
        // It went in the meantime.
        .catch((fault: unknown) => {
            if (!(fault instanceof ApiError)) throw fault;
        });
}
