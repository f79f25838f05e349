import { isAtOrBelow, nameOf, parentId } from "./ids";
import { parameterValues, policyDefinitions } from "./policy-definitions";
import { refusal } from "./refusal";
import type { Properties, Refusal, Request, Stored } from "./resource-type";

/** Does the assignment refuse that request? It does so at once; Azure takes up to half an hour to begin. */
function refuses({ inputs }: Stored, armType: string, asked: Properties): boolean {
    if (inputs.enforcementMode === "DoNotEnforce") return false;
    const definition = policyDefinitions[nameOf(String(inputs.policyDefinitionId)).toLowerCase()];
    const parameters = parameterValues(inputs);
    // The default of all definitions here that let one choose is to report.
    const effect = definition?.effects ? (parameters.effect ?? "Audit") : "Deny";
    const applies = definition?.about === undefined || definition.about.toLowerCase() === armType.toLowerCase();
    return effect === "Deny" && applies && definition?.breaks?.(asked, parameters) === true;
}

/**
 * Azure Policy, for the definitions that the sandbox knows: a request that breaks an enforced one with effect Deny, on its
 * scope or above, is refused. What is there already stays.
 * @see https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-policy-requestdisallowedbypolicy
 */
export function refuseDisallowed({ id, inputs, azure }: Request, armType: string): Refusal | undefined {
    if (/^Microsoft\.Authorization\//i.test(armType) || armType === "Microsoft.Resources/resourceGroups")
        return undefined;
    const assignments = azure.list("azure-native:authorization:PolicyAssignment");
    const broken = assignments.find((assignment) => {
        const scope = parentId(assignment.id);
        return scope !== undefined && isAtOrBelow(id, scope) && refuses(assignment, armType, inputs);
    });
    if (!broken) return undefined;
    const title = typeof broken.inputs.displayName === "string" ? broken.inputs.displayName : nameOf(broken.id);
    const message = `Resource '${nameOf(id)}' was disallowed by policy. Policy identifiers: '[{"policyAssignment":{"name":"${title}","id":"${broken.id}"}}]'.`;
    return refusal(403, "RequestDisallowedByPolicy", message);
}
