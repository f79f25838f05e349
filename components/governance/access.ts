import { RoleAssignment } from "@pulumi/azure-native/authorization/roleAssignment";
import * as pulumi from "@pulumi/pulumi";
import { accessRow, principals, rolesOfTheFoundation, type AccessRowName } from "../../facts/access-table";
import { roleDefinitionId } from "../../facts/role-definitions";
import { renamedOptions, shown } from "../options";
import { rangeFault } from "../units";
import { refuse } from "../refuse";
import { delegationCondition } from "./delegation";
import { guid } from "./guid";

/** Arguments of {@link Access}. */
export interface AccessArgs {
    /** Row of the access table: which role, for what kind of principal, and why. What is in no row is not given. */
    row: AccessRowName;
    /** Full id of what the role is given on. */
    scope: pulumi.Input<string>;
    /** Object id of the one who gets it. */
    principalId: pulumi.Input<string>;
    subscriptionId: string;
    /** How long to wait for the role to apply, 0 to 1800 seconds. Azure says up to ten minutes; most take one or two. */
    propagationSeconds: number;
}

/**
 * One row of the access table: one role for one principal on one scope. Whoever needs the role takes `ready`, which waits
 * until it applies.
 * The assignment's name follows from scope, principal and role, so that the same three never make a second one, and an
 * identity that was deleted and made again gets a new one instead of `RoleAssignmentUpdateNotPermitted`.
 * @throws pulumi.ResourceError when `propagationSeconds` is out of range.
 */
export class Access extends pulumi.ComponentResource {
    /** Id of the assignment. Resolves once the role has had its time to apply. */
    readonly ready: pulumi.Output<string>;

    constructor(name: string, args: AccessArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:governance:Access", name, shown(args), opts);
        const { row, scope, principalId, subscriptionId, propagationSeconds } = args;
        const { principal, role, why, onlyRolesOfTheFoundation } = accessRow(row);
        refuse(this, [rangeFault("propagationSeconds", propagationSeconds, 0, 1800)]);

        const roleAssignmentName = pulumi
            .all([scope, principalId])
            .apply(([where, who]) => guid(where.toLowerCase(), who.toLowerCase(), role));
        const wait = new pulumi.ResourceHook(`${name}-propagation`, () => sleep(propagationSeconds));
        const assignment = new RoleAssignment(
            name,
            {
                ...{ scope, principalId, roleAssignmentName, description: why },
                // Always stated: without it Azure looks the principal up, and a new identity is not found until it is
                // replicated. https://learn.microsoft.com/azure/role-based-access-control/troubleshooting
                principalType: principals[principal].type,
                // In the scope's subscription, which may be a hub's: Azure stores it so, and another one would show as drift.
                roleDefinitionId: pulumi
                    .output(scope)
                    .apply((where) => roleDefinitionId(subscriptionOf(where) ?? subscriptionId, role)),
                ...(onlyRolesOfTheFoundation === true && {
                    condition: delegationCondition(rolesOfTheFoundation()),
                    conditionVersion: "2.0",
                }),
            },
            // Azure changes no assignment. Another scope, principal or role is another name, so another assignment, made
            // first: nobody is without access in between.
            renamedOptions(this, "authorization:RoleAssignment", {
                hooks: { afterCreate: [wait] },
            }),
        );
        this.ready = assignment.id;
        this.registerOutputs({ ready: this.ready });
    }
}

const subscriptionOf = (id: string): string | undefined => /^\/subscriptions\/([^/]+)/i.exec(id)?.[1];
const sleep = (seconds: number): Promise<void> => new Promise((done) => setTimeout(done, seconds * 1000));
