import { existsSync } from "node:fs";
import { join } from "node:path";
import { textOf, writeWhole } from "../../sandbox/files";
import { ordersFolder } from "../../stacks/team/fleet";
import { readOrders } from "../../stacks/team/order";
import { environments } from "../../stacks/tiers";
import type { Places } from "../places";
import { UserError } from "../user-error";

/**
 * Writes the file of a team's stack, `ENVIRONMENT-TEAM`, where there is an order and no such file: a new team takes one file,
 * its order. What is written is committed with it.
 * @throws UserError when the order is wrong, or does not hold there.
 */
export function writeTeamStack({ root }: Pick<Places, "root">, stack: string, say: (text: string) => void): void {
    const environment = environments.find((one) => stack.startsWith(`${one}-`));
    const file = join(root, `Pulumi.${stack}.yaml`);
    if (environment === undefined || existsSync(file)) return;
    const team = stack.slice(environment.length + 1);
    const order = `${ordersFolder}/${team}.yaml`;
    if (!/^[a-z0-9-]+$/.test(team) || team === "fleet") return;
    const content = textOf(join(root, order));
    if (content === undefined) return;
    const faults: string[] = [];
    const orders = readOrders(order, content, faults);
    const ordered = orders.map((one) => one.environment);
    if (faults.length > 0) throw new UserError(faults.join("\n"));
    if (!ordered.includes(environment))
        throw new UserError(`${order} orders nothing in ${environment}, its environments are ${ordered.join(", ")}`);
    const above = (["services", "images"] as const).filter((kind) =>
        existsSync(join(root, `Pulumi.${environment}-${kind}.yaml`)),
    );
    writeWhole(file, teamStackText(environment, team, above));
    say(`Pulumi.${stack}.yaml is written, from ${order}: commit both`);
}

/** @param above Which of the stacks are there of what the environment's cluster shares, and of our own images. */
export function teamStackText(environment: string, team: string, above: readonly ("services" | "images")[]): string {
    return `# The environment of team ${team} in ${environment}. All that it is lies in its order, ${ordersFolder}/${team}.yaml (docs/teams.md).
#
#   pulumi config set azure-native:subscriptionId YOUR-SUBSCRIPTION
#   pulumi config set azure-native:tenantId YOUR-TENANT
config:
  mlplatform:kind: team
  mlplatform:environment: ${environment}
  mlplatform:foundation: ${environment}
${above.map((kind) => `  mlplatform:${kind}: ${environment}-${kind}\n`).join("")}  mlplatform:team: ${team}
`;
}
