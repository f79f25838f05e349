import { TypeTable } from "../sandbox/azure/type-table";
import { azureTypes } from "../sandbox/azure/types";
import { nameOf, idOf as kubernetesId } from "../sandbox/kubernetes/provider/objects";
import type { StateResource } from "./deployment";

const types = new TypeTable(azureTypes);

/**
 * Azure's id of a resource, from the path of its type and its inputs: what azure-native itself sends the PUT to. It is
 * the same rule for the sandbox and for Azure.
 * @throws when an input that is part of the path is missing or not known, naming it.
 */
export function armId(resource: StateResource, subscriptionId: string): string {
    return types.idOf(resource.type, resource.inputs ?? {}, subscriptionId);
}

/**
 * The id of a resource that its provider would have given it, of Azure or of the cluster.
 * @throws when its inputs do not tell.
 */
export function idAsCreated(resource: StateResource, subscriptionId: string): string {
    if (!resource.type.startsWith("kubernetes:")) return armId(resource, subscriptionId);
    const inputs = resource.inputs ?? {};
    if (nameOf(inputs) === "") throw new Error("its metadata names nothing");
    return kubernetesId(inputs);
}
