import { AsyncResource } from "node:async_hooks";
import { getRoleAssignment } from "@pulumi/azure-native/authorization/getRoleAssignment";
import * as pulumi from "@pulumi/pulumi";
import { accessRow } from "../../facts/access-table";
import { roleDefinitions } from "../../facts/role-definitions";
import { guid } from "../governance/guid";

/**
 * Hook that makes no cluster before its identity has been given its role on a hub's zone. Only the hub's team may give it, and
 * only once the identity is there; a cluster made earlier fails half-way and stays as `Failed`.
 * @param name Name of the cluster's resource, unique in the stack.
 * @param principalId Object id of the cluster's identity.
 * @param zoneId Full id of the API server's zone.
 */
export function needZoneRole(
    name: string,
    principalId: pulumi.Output<string>,
    zoneId: pulumi.Input<string>,
): pulumi.ResourceHook {
    const check: pulumi.ResourceHookFunction = async () => {
        const [principal, zone] = await new Promise<[string, string]>((done) => {
            pulumi.all([principalId, zoneId]).apply(done);
        });
        const given = await getRoleAssignment({
            scope: zone,
            roleAssignmentName: assignmentName(zone, principal),
        }).then(
            () => true,
            (fault: unknown) => !/\b404\b|NotFound/.test(String(fault)),
        );
        // Whoever may not look is let through: Azure judges.
        if (!given) throw new Error(zoneRoleFault(name, zone, principal));
    };
    // The engine calls hooks from outside of the program's context, where Pulumi does not know whom to ask.
    return new pulumi.ResourceHook(`${name}-zone-role`, AsyncResource.bind(check));
}

/** As `Access` would name it, so that it can be found without a list of all. */
export const assignmentName = (zoneId: string, principalId: string): string =>
    guid(zoneId.toLowerCase(), principalId.toLowerCase(), accessRow("cluster-api-server-zone").role);

/** What the hub's team runs, said where it is missing. */
export function zoneRoleFault(name: string, zoneId: string, principalId: string): string {
    const { role } = accessRow("cluster-api-server-zone");
    return (
        `${name}: its identity has no role on the zone of the API server. The hub's team runs: ` +
        `az role assignment create --name ${assignmentName(zoneId, principalId)} --role ${roleDefinitions[role]} ` +
        `--assignee-object-id ${principalId} --assignee-principal-type ServicePrincipal --scope ${zoneId}; then run up again`
    );
}
