import { readSettings, SettingsError } from "../stacks/settings";
import type { Settings } from "../stacks/settings";
import type { Values } from "./commands";
import { Engine } from "./engine";
import { quotaAnswers, quotaCommands, quotaReport, reportLines } from "./quota";
import type { Context } from "./stack-run";
import { UserError } from "./user-error";
import { prepareWorkspace, settingsIn } from "./workspace";

/**
 * Says what a stack needs of its subscription and what that lacks.
 * @throws UserError when something is missing, so that a pipeline stops there.
 */
export async function quota(context: Context, stack: string, values: Values): Promise<void> {
    const { terminal } = context;
    const settings = await settingsOf(context, stack);
    const given = Object.entries(values).filter(([name, value]) => name in quotaCommands && typeof value === "string");
    const answers = await quotaAnswers(settings.location, Object.fromEntries(given));
    const report = quotaReport(settings, answers);
    terminal.line(
        terminal.bold(`Quota of stack "${stack}" in ${settings.location}; spare machines of upgrades counted in`),
    );
    for (const line of reportLines(report)) terminal.line(line);
    if (report.missing.length > 0)
        throw new UserError(`${report.missing.length} of what "${stack}" needs is missing in ${settings.location}`);
    terminal.step(terminal.good("nothing is missing"));
}

/** The stack's settings; where its file leaves something to its user, what the sandbox takes. */
async function settingsOf({ at }: Context, stack: string): Promise<Settings> {
    const engine = new Engine(at);
    const { folder } = await prepareWorkspace(at, engine, stack);
    const [copy, committed] = [await settingsIn(folder, engine, stack), await settingsIn(at.root, engine, stack)];
    const subscription: unknown = committed.config?.["azure-native:subscriptionId"];
    const config: Record<string, unknown> = {
        ...copy.config,
        ...(subscription !== undefined && { "azure-native:subscriptionId": subscription }),
    };
    const text = Object.entries(config).map(([key, value]) => [
        key,
        typeof value === "string" ? value : JSON.stringify(value),
    ]);
    try {
        return readSettings(Object.fromEntries(text) as Record<string, string>);
    } catch (fault) {
        if (fault instanceof SettingsError) throw new UserError(fault.message);
        throw fault;
    }
}
