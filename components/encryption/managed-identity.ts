import { UserAssignedIdentity } from "@pulumi/azure-native/managedidentity/userAssignedIdentity";
import type * as pulumi from "@pulumi/pulumi";
import { resourceName } from "../names";
import { renamedOptions } from "../options";
import type { Placement } from "../placement";

/** A user-assigned identity, by the three ids that Azure's services ask for, each a different one. */
export interface ManagedIdentity {
    /** Full resource id. */
    id: pulumi.Output<string>;
    /** Application id; the registry names its key's identity by it. */
    clientId: pulumi.Output<string>;
    /** Object id; roles are given to it. */
    principalId: pulumi.Output<string>;
}

/** Makes a user-assigned identity: those outlive what they are assigned to, so roles can be given beforehand. */
export function managedIdentity(
    name: string,
    instance: string,
    at: Placement,
    parent: pulumi.Resource,
): ManagedIdentity {
    const { naming, resourceGroupName, location, tags } = at;
    const resource = new UserAssignedIdentity(
        name,
        {
            resourceName: resourceName("identity", { ...naming, location, instance }),
            resourceGroupName,
            location,
            tags,
        },
        renamedOptions(parent, "managedidentity:UserAssignedIdentity"),
    );
    return { id: resource.id, clientId: resource.clientId, principalId: resource.principalId };
}
