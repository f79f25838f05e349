import type { Values } from "./commands";
import { quotaAnswers, quotaCommands, quotaReport, reportLines } from "./quota";
import type { Context } from "./stack-run";
import { settingsOf } from "./stack-settings";
import { UserError } from "./user-error";
import { projectOf } from "./workspace";

/**
 * Says what a stack needs of its subscription and what that lacks.
 * @throws UserError when something is missing, so that a pipeline stops there.
 */
export async function quota(context: Context, stack: string, values: Values): Promise<void> {
    const { terminal } = context;
    if (projectOf(context.at, stack).isBootstrap) throw new UserError(`"${stack}" has no machines`);
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
