import { resolve } from "node:path";
import { sandboxSubscriptionId, sandboxTenantId } from "../../sandbox/azure/azure";
import { readSchema } from "../../sandbox/azure/schema";
import { writeWhole } from "../../sandbox/files";
import { schemaOf } from "../local-azure";
import { stackResources } from "../stack-resources";
import type { Context } from "../stack-run";
import { armTemplate } from "./template";
import type { ArmTemplate } from "./template";

/** The ARM template of what a stack has deployed, or plans. */
export async function armTemplateOf(context: Context, stack: string, planned: boolean): Promise<ArmTemplate> {
    const found = await stackResources(context, stack, { planned, foreseen: true });
    const schema = readSchema(await schemaOf(context.at));
    const place = { subscriptionId: sandboxSubscriptionId, tenantId: sandboxTenantId };
    return armTemplate({ stack, ...found, schema, ...place });
}

/** `export STACK --arm FILE`. */
export async function writeArmTemplate(
    context: Context,
    stack: string,
    { planned, file }: { planned: boolean; file: string },
): Promise<void> {
    const template = await armTemplateOf(context, stack, planned);
    writeWhole(resolve(file), `${JSON.stringify(template, undefined, 2)}\n`);
    context.terminal.step(`${template.resources.length} resources are in ${file}: ${template.metadata.description}`);
}
