import { readFileSync } from "node:fs";
import { join } from "node:path";
import { resourceName } from "../../components/names";
import { readListed, type Listed } from "../../review/promotion/listed";
import { normalResources, type Names } from "../../review/promotion/normal";
import { proofOf, type Environment } from "../../review/promotion/proof";
import { tiers } from "../../stacks/tiers";
import { changesBetween } from "../changes-between";
import { stackResources } from "../stack-resources";
import type { Context } from "../stack-run";
import { settingsOf } from "../stack-settings";
import { UserError } from "../user-error";
import { proofLines } from "./proof-lines";

/**
 * Proves that what is planned for one environment is what is planned for the other, but for listed differences.
 * @throws UserError with all that is not listed
 */
export async function promotion(
    context: Context,
    [from = "", to = ""]: readonly string[],
    json: boolean,
): Promise<void> {
    const { at, terminal } = context;
    const listed = listedIn(at.root, from, to);
    const proof = proofOf(await environmentOf(context, from), await environmentOf(context, to), listed);
    if (json) terminal.line(JSON.stringify({ from, to, ...proof }, undefined, 2));
    else for (const line of proofLines(from, to, proof)) terminal.line(line);
    if (proof.unlisted.length > 0)
        throw new UserError(`${proof.unlisted.length} differences between ${from} and ${to} are not listed`);
    if (!json) terminal.step(terminal.good(`${to} gets what ${from} has, but for what is listed`));
}

/** @throws UserError when the file is wrong, or knows no such promotion. */
export function listedIn(root: string, from: string, to: string): Listed[] {
    let listed: Listed[] | undefined;
    try {
        listed = readListed(readFileSync(join(root, "promotion", "differences.yaml"), "utf8"), from, to);
    } catch (fault) {
        throw new UserError(fault instanceof Error ? fault.message : String(fault));
    }
    if (listed === undefined)
        throw new UserError(`promotion/differences.yaml has no promotion from "${from}" to "${to}"`);
    return listed;
}

async function environmentOf(context: Context, stack: string): Promise<Environment> {
    const { naming, environment, location } = await settingsOf(context, stack);
    const planned = await stackResources(context, stack, { planned: true, foreseen: true });
    const deployed = await stackResources(context, stack, { planned: false });
    const before = deployed.resourcesAre === "deployed" ? deployed.resources : [];
    const preview = {
        ...{ project: "", stack, findings: [], diagnostics: [] },
        resources: changesBetween(before, planned),
    };
    const names: Names = {
        ...{ stack, environment, workload: naming.workload, subscriptionId: naming.subscriptionId },
        globalHash:
            resourceName("vault", { ...naming, location })
                .split("-")
                .at(-2) ?? "",
    };
    const references = new Map(planned.resources.map((resource) => [resource.urn, resource.references]));
    const resources = normalResources(preview, names, (urn) => references.get(urn) ?? {});
    return { resources, tier: (path) => at(tiers[environment], path) };
}

/** Value at a path such as `records.retentionDays`. */
function at(root: unknown, path: string): unknown {
    return path
        .split(".")
        .reduce<unknown>(
            (value, step) =>
                typeof value === "object" && value !== null ? (value as Record<string, unknown>)[step] : undefined,
            root,
        );
}
