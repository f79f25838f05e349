import { planAddresses } from "../components/network/address-plan";
import { portOf, ruleCollections, type OutboundRule } from "../components/network/firewall-rules";
import type { Sender } from "../facts/outbound";
import { outboundOf } from "../stacks/foundation/outbound";
import type { Settings } from "../stacks/settings";
import type { Context } from "./stack-run";
import { settingsOf } from "./stack-settings";
import { table } from "./table";

/** Priority of the group among the hub's own, which its team may change. */
const groupPriority = 1000;

/** Prints what a firewall must let through, for people or for Azure. */
export async function firewallRules(context: Context, stack: string, json: boolean): Promise<void> {
    const { terminal } = context;
    const settings = await settingsOf(context, stack);
    if (json) {
        terminal.line(JSON.stringify(ruleGroupBody(settings), undefined, 2));
        return;
    }
    for (const line of ruleLines(stack, settings)) terminal.line(line);
}

function sendersOf({ addressSpace }: Settings): Record<Sender, string> {
    const { nodes, agents } = planAddresses(addressSpace);
    return { nodes, agents };
}

/**
 * Body of a rule collection group, as Azure Resource Manager takes it.
 * @see https://learn.microsoft.com/azure/templates/microsoft.network/firewallpolicies/rulecollectiongroups
 */
export function ruleGroupBody(settings: Settings): { properties: object } {
    const collections = ruleCollections(outboundOf(settings), sendersOf(settings));
    return { properties: { priority: groupPriority, ruleCollections: collections } };
}

/** The rules as a table, with the page behind each, and how to hand them to Azure Firewall. */
export function ruleLines(stack: string, settings: Settings): string[] {
    const rules = outboundOf(settings);
    const senders = sendersOf(settings);
    const { workload, environment } = settings.naming;
    const group = `SUBSCRIPTION/resourceGroups/GROUP/providers/Microsoft.Network/firewallPolicies/POLICY/ruleCollectionGroups/${workload}-${environment}`;
    return [
        `What a firewall must let through for stack "${stack}": nodes are ${senders.nodes}, agents ${senders.agents}`,
        "",
        ...table([["RULE", "FROM", "TO", "PORT", "FOR"], ...rules.flatMap(rows)]),
        "",
        "Pages:",
        ...table(rules.map(({ name, source }) => [name, source])),
        "",
        "For a policy of Azure Firewall:",
        `  npx mlplatform firewall-rules ${stack} --json > rules.json`,
        `  az rest --method put --body @rules.json --url "https://management.azure.com/subscriptions/${group}?api-version=2024-05-01"`,
    ];
}

/** One row for each host; what they have in common stands in the first. */
function rows(rule: OutboundRule): string[][] {
    const { to } = rule;
    const targets = "fqdnTag" in to ? [`tag ${to.fqdnTag}`] : "fqdns" in to ? to.fqdns : to.addresses;
    const protocol = rule.protocol === "Dns" ? "UDP, TCP" : rule.protocol.toUpperCase();
    return targets.map((target, index) =>
        index === 0
            ? [rule.name, rule.from.join(", "), target, `${portOf(rule)} ${protocol}`, rule.purpose]
            : ["", "", target, "", ""],
    );
}
