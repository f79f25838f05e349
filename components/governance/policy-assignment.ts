import { PolicyAssignment as AzurePolicyAssignment } from "@pulumi/azure-native/authorization/policyAssignment";
import * as pulumi from "@pulumi/pulumi";
import { policyRows, type PolicyName, type PolicyRow } from "../../facts/policy-definitions";
import { childOptions, shown } from "../options";

/** Refuse what breaks a policy, or only report it. */
export const policyModes = ["enforce", "report"] as const;
export type PolicyMode = (typeof policyModes)[number];

/** Arguments of {@link PolicyAssignment}. */
export interface PolicyAssignmentArgs {
    /** Row of the table of policies. */
    policy: PolicyName;
    /** Full id of a resource group of ours. */
    scope: pulumi.Input<string>;
    mode: PolicyMode;
    /** Parameters beyond those of the row. @default - none */
    parameters?: Readonly<Record<string, unknown>>;
}

/**
 * One of Azure's built-in policies on one of the platform's own resource groups: never on the subscription, where it would
 * hit what Azure makes for itself, such as the group behind an Azure ML workspace.
 * @see https://learn.microsoft.com/azure/governance/policy/concepts/assignment-structure
 */
export class PolicyAssignment extends pulumi.ComponentResource {
    readonly assignmentId: pulumi.Output<string>;

    constructor(name: string, args: PolicyAssignmentArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:governance:PolicyAssignment", name, shown(args), opts);
        const { policy, scope, mode } = args;
        const { kind, guid, title, why, parameters }: PolicyRow = policyRows[policy];
        const values = Object.entries({ ...parameters, ...args.parameters });
        const assignment = new AzurePolicyAssignment(
            name,
            {
                ...{ scope, policyAssignmentName: policy, displayName: title, description: why },
                policyDefinitionId: `/providers/Microsoft.Authorization/${kind}/${guid}`,
                parameters: Object.fromEntries(values.map(([parameter, value]) => [parameter, { value }])),
                enforcementMode: mode === "enforce" ? "Default" : "DoNotEnforce",
                nonComplianceMessages: [{ message: why }],
            },
            // Its kind is the one thing that stays; an assignment holds nothing, so a new one does as well.
            childOptions(this, "authorization:PolicyAssignment", {
                ...{ replaceOnChanges: ["assignmentType"], deleteBeforeReplace: true },
            }),
        );
        this.assignmentId = assignment.id;
        this.registerOutputs({ assignmentId: this.assignmentId });
    }
}
