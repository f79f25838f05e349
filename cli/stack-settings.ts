import { SettingsError } from "../stacks/config";
import { readSettings } from "../stacks/settings";
import type { Settings } from "../stacks/settings";
import { Engine } from "./engine";
import type { Context } from "./stack-run";
import { UserError } from "./user-error";
import { prepareWorkspace, settingsIn, stackFiles } from "./workspace";

/**
 * A foundation's settings; where its file leaves something to its user, what the sandbox takes.
 * @throws UserError naming every fault of the stack's file, or when it is a stack of another kind.
 */
export async function settingsOf({ at }: Context, stack: string): Promise<Settings> {
    const other = stackFiles(at).find(({ name, kind }) => name === stack && kind !== "foundation");
    if (other) throw new UserError(`"${stack}" is no foundation, its kind is ${other.kind ?? "none"}`);
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
