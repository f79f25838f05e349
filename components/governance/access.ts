import { RoleAssignment } from "@pulumi/azure-native/authorization/roleAssignment";
import * as pulumi from "@pulumi/pulumi";
import { roleDefinitionId, type RoleName } from "../../facts/role-definitions";
import { renamedOptions, shown } from "../options";
import { rangeFault } from "../units";
import { refuse } from "../refuse";
import { guid } from "./guid";

/** Arguments of {@link Access}. */
export interface AccessArgs {
    /** Full id of what the role is given on. */
    scope: pulumi.Input<string>;
    role: RoleName;
    /** Object id of the one who gets it. */
    principalId: pulumi.Input<string>;
    /**
     * Always stated: without it Azure looks the principal up, and a new identity is not found until it is replicated.
     * @see https://learn.microsoft.com/azure/role-based-access-control/troubleshooting
     */
    principalType: "ServicePrincipal" | "User" | "Group";
    subscriptionId: string;
    /** How long to wait for the role to apply, 0 to 1800 seconds. Azure says up to ten minutes; most take one or two. */
    propagationSeconds: number;
}

/**
 * One role for one principal on one scope. Whoever needs the role takes `ready`, which waits until it applies.
 * The assignment's name follows from scope, principal and role, so that the same three never make a second one, and an
 * identity that was deleted and made again gets a new one instead of `RoleAssignmentUpdateNotPermitted`.
 * @throws pulumi.ResourceError when `propagationSeconds` is out of range.
 */
export class Access extends pulumi.ComponentResource {
    /** Id of the assignment. Resolves once the role has had its time to apply. */
    readonly ready: pulumi.Output<string>;

    constructor(name: string, args: AccessArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:governance:Access", name, shown(args), opts);
        const { scope, role, principalId, principalType, subscriptionId, propagationSeconds } = args;
        refuse(this, [rangeFault("propagationSeconds", propagationSeconds, 0, 1800)]);

        const roleAssignmentName = pulumi
            .all([scope, principalId])
            .apply(([where, who]) => guid(where.toLowerCase(), who.toLowerCase(), role));
        const wait = new pulumi.ResourceHook(`${name}-propagation`, () => sleep(propagationSeconds));
        const assignment = new RoleAssignment(
            name,
            {
                ...{ scope, principalId, principalType, roleAssignmentName },
                roleDefinitionId: roleDefinitionId(subscriptionId, role),
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

const sleep = (seconds: number): Promise<void> => new Promise((done) => setTimeout(done, seconds * 1000));
