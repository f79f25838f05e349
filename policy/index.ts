import {
    PolicyPack,
    type PolicyResource,
    type ResourceValidationPolicy,
    type StackValidationPolicy,
} from "@pulumi/policy";
import { environmentOf, findings } from "./judge";
import { plainType, type Rule } from "./rule";
import { rules } from "./rules";
import { lacking, stackRules, type StackResource, type StackRule } from "./stack-rules";

/** What a violation says, so that nobody needs another page. */
const message = (what: string, { reason, remedy, source }: Pick<Rule, "reason" | "remedy" | "source">): string =>
    `${what}, as ${reason}. Remedy: ${remedy}. Source: ${source}`;

const policyOf = (rule: Rule): ResourceValidationPolicy => ({
    ...{ name: rule.name, description: rule.reason, enforcementLevel: rule.severity },
    validateResource: ({ type, name, props }, report) => {
        for (const { kind, message: what } of findings(rule, { type, name, inputs: props }))
            if (kind === "violated") report(message(what, rule));
    },
});

/** A policy has one level, and what nobody can tell yet must stop nothing. */
const undetermined: ResourceValidationPolicy = {
    name: "undetermined",
    description: "what a rule asks for is known only after the update: look at the next preview",
    enforcementLevel: "advisory",
    validateResource: ({ type, name, props }, report) => {
        const open = rules.flatMap((rule) =>
            findings(rule, { type, name, inputs: props })
                .filter(({ kind }) => kind === "undetermined")
                .map(({ path }) => `${path} (${rule.name})`),
        );
        if (open.length > 0) report(`known only after the update: ${open.join(", ")}`);
    },
};

const stackPolicyOf = (rule: StackRule): StackValidationPolicy => ({
    ...{ name: rule.name, description: rule.reason, enforcementLevel: rule.severity },
    validateStack: ({ resources }, report) => {
        for (const { name, urn } of lacking(rule, resources.map(stackResource)))
            report(message(`${name} must have ${rule.asks}`, rule), urn);
    },
});

function stackResource({ urn, type: token, name, props, opts, propertyDependencies }: PolicyResource): StackResource {
    const type = plainType(token);
    const comesFrom = Object.entries(propertyDependencies).map(
        ([property, of]) => [property, of.map((one) => one.urn)] as const,
    );
    const metadata = type.startsWith("kubernetes:")
        ? (props.metadata as Record<string, string> | undefined)
        : undefined;
    return {
        ...{ urn, type, name, comesFrom: Object.fromEntries(comesFrom), protect: opts.protect },
        ...environmentOf(props),
        ...(metadata?.namespace !== undefined && { namespace: metadata.namespace }),
        ...(metadata?.name !== undefined && { objectName: metadata.name }),
    };
}

new PolicyPack("mlplatform", {
    policies: [...rules.map(policyOf), undetermined, ...stackRules.map(stackPolicyOf)],
});
