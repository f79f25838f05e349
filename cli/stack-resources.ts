import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { failed } from "./deploy";
import { Engine } from "./engine";
import { deployed, Planned } from "./export";
import type { ExportedResource, SavedPlan } from "./export";
import { exportState, newSession, operate } from "./session";
import { withStack } from "./stack-run";
import type { Context } from "./stack-run";
import { prepareWorkspace, stateFile } from "./workspace";

/** A stack's resources, and whether they are there or only planned. */
export interface StackResources {
    resourcesAre: "deployed" | "planned";
    resources: ExportedResource[];
}

/**
 * What is deployed; what is planned when nothing is, or when that is asked for. With `foreseen`, a plan has the values
 * that Azure would answer with, where they follow from the inputs, and made-up ones elsewhere.
 */
export async function stackResources(
    context: Context,
    stack: string,
    { planned, foreseen = false }: { planned: boolean; foreseen?: boolean },
): Promise<StackResources> {
    const there = planned ? undefined : await deployedIn(context, stack);
    return there
        ? { resourcesAre: "deployed", resources: there }
        : { resourcesAre: "planned", resources: await plannedIn(context, stack, foreseen) };
}

/** Reads the state alone, so it needs neither the sandbox nor its turn. */
async function deployedIn({ at, terminal }: Context, stack: string): Promise<ExportedResource[] | undefined> {
    const engine = new Engine(at);
    const workspace = await prepareWorkspace(at, engine, stack);
    if (!existsSync(stateFile(at, stack))) return undefined;
    const say = (text: string): void => {
        terminal.step(text);
    };
    const resources = deployed(await exportState(newSession({ at, engine, workspace, debugProviders: "", say })));
    return resources.length > 0 ? resources : undefined;
}

async function plannedIn(context: Context, stack: string, foresees: boolean): Promise<ExportedResource[]> {
    return await withStack(context, { command: "export", stack, behaviour: { foresees } }, async (run) => {
        const planned = new Planned();
        const folder = mkdtempSync(join(run.session.workspace.folder, "plan-"));
        try {
            const planFile = join(folder, "plan.json");
            const result = await operate(run.session, "preview", { onEvent: planned.onEvent, planFile });
            if (!result.ok) failed(run, "preview", result);
            return planned.resources(JSON.parse(readFileSync(planFile, "utf8")) as SavedPlan);
        } finally {
            rmSync(folder, { recursive: true, force: true });
        }
    });
}
