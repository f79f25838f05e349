import { existsSync, readFileSync } from "node:fs";
import type { Deployment } from "./deployment";
import { Engine } from "./engine";
import { exportState, newSession } from "./session";
import type { Context } from "./stack-run";
import { UserError } from "./user-error";
import { prepareWorkspace, stateFile } from "./workspace";

/**
 * A stack's state: from a file that `pulumi stack export --file` wrote, or the sandbox's. Reads alone, so it needs
 * neither the sandbox nor its turn.
 */
export async function stateOf({ at, terminal }: Context, stack: string, file?: string): Promise<Deployment> {
    if (file !== undefined) return stateFrom(file);
    const engine = new Engine(at);
    const workspace = await prepareWorkspace(at, engine, stack);
    if (!existsSync(stateFile(at, stack))) return { version: 3, deployment: {} };
    const say = (text: string): void => {
        terminal.step(text);
    };
    return await exportState(newSession({ at, engine, workspace, debugProviders: "", say }));
}

function stateFrom(file: string): Deployment {
    try {
        const read: unknown = JSON.parse(readFileSync(file, "utf8"));
        if (typeof read === "object" && read !== null && "deployment" in read) return read as Deployment;
        throw new Error("it holds no deployment");
    } catch (fault) {
        const reason = fault instanceof Error ? fault.message : String(fault);
        throw new UserError(`--state ${file} cannot be read as what pulumi stack export writes: ${reason}`);
    }
}
