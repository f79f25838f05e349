import { nameOf } from "../ids";
import { parameterValues, policyDefinitions } from "../policy-definitions";
import { refusal } from "../refusal";
import type { ResourceType } from "../resource-type";
import { stableGuid } from "../guid";
import { onWrite, records, text } from "./reading";

const structure = "https://learn.microsoft.com/azure/governance/policy/concepts/assignment-structure";

/** The built-in definition that an assignment names. */
const definitionOf = (inputs: unknown): string => nameOf(text(inputs, "policyDefinitionId") ?? "").toLowerCase();

const policyAssignment: ResourceType = {
    token: "azure-native:authorization:PolicyAssignment",
    path: "/{scope}/providers/Microsoft.Authorization/policyAssignments/{policyAssignmentName}",
    name: {
        pattern: /^[^<>%&:\\?/#*]{0,63}[^<>%&:\\?/#* .]$/,
        rule: '1 to 64 characters without "<>%&:\\?/#*"; does not end with "." or a space',
        code: "InvalidPolicyAssignmentName",
        source: "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules (24 at a management group); code unverified",
    },
    forceNew: [],
    immutable: [
        {
            path: "assignmentType",
            code: "InvalidPolicyAssignmentUpdate",
            source: "https://learn.microsoft.com/rest/api/policyauthorization/policy-assignments/create (assignmentType: immutable); code unverified",
        },
    ],
    rules: [
        onWrite(
            `${structure}; https://learn.microsoft.com/azure/governance/policy/samples/built-in-policies`,
            ({ inputs }) => {
                const definition = definitionOf(inputs);
                const message = `The policy definition '${definition}' could not be found.`;
                return (
                    !Object.hasOwn(policyDefinitions, definition) && refusal(404, "PolicyDefinitionNotFound", message)
                );
            },
        ),
        onWrite(`${structure}#parameters; codes unverified`, ({ inputs }) => {
            const definition = policyDefinitions[definitionOf(inputs)];
            if (!definition) return undefined;
            const values = parameterValues(inputs);
            const known = [...definition.takes, ...definition.needs, ...(definition.effects ? ["effect"] : [])];
            const unknown = Object.keys(values).find((name) => !known.includes(name));
            if (unknown !== undefined)
                return refusal(400, "UndefinedPolicyParameter", `The policy has no parameter '${unknown}'.`);
            const missing = definition.needs.find((name) => values[name] === undefined);
            if (missing !== undefined)
                return refusal(400, "MissingPolicyParameter", `The parameter '${missing}' has no value.`);
            const { effect } = values;
            const allowed = effect === undefined || definition.effects?.some((one) => one === effect) === true;
            const message = `The value '${String(effect)}' of the parameter 'effect' must be one of ${definition.effects?.join(", ") ?? ""}.`;
            return !allowed && refusal(400, "PolicyParameterValueNotAllowed", message);
        }),
        onWrite(`${structure} (display name at most 128, description at most 512); code unverified`, ({ inputs }) => {
            const [title, why] = [text(inputs, "displayName") ?? "", text(inputs, "description") ?? ""];
            const long = title.length > 128 || why.length > 512;
            const message = `The display name has ${title.length} characters (at most 128), the description ${why.length} (at most 512).`;
            return long && refusal(400, "InvalidPolicyAssignment", message);
        }),
        onWrite(`${structure}#non-compliance-messages; code unverified`, ({ inputs }) => {
            const empty = records(inputs, "nonComplianceMessages").some((one) => text(one, "message") === undefined);
            return empty && refusal(400, "InvalidPolicyAssignment", "A non-compliance message must not be empty.");
        }),
        onWrite(`${structure}#identity (location with an identity); code unverified`, ({ inputs }) => {
            const placed = text(inputs, "identity.type") === undefined || text(inputs, "location") !== undefined;
            const message = "An assignment with a managed identity must have a location.";
            return !placed && refusal(400, "ManagedIdentityRequiresLocation", message);
        }),
    ],
    outputs: ({ id, inputs }) => ({
        scope: `/${(text(inputs, "scope") ?? "").replace(/^\/+/, "")}`,
        enforcementMode: text(inputs, "enforcementMode") ?? "Default",
        instanceId: stableGuid(id, "instance"),
    }),
};

export const policyTypes: readonly ResourceType[] = [policyAssignment];
