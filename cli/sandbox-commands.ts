import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { Azure } from "../sandbox/azure/azure";
import type { Stored } from "../sandbox/azure/resource-type";
import { coveragePage } from "../sandbox/azure/coverage-page";
import { readSchema } from "../sandbox/azure/schema";
import { Store } from "../sandbox/azure/store";
import { azureTypes } from "../sandbox/azure/types";
import { kindOf } from "../review/model/names";
import { schemaOf } from "./local-azure";
import { takeRunLock } from "./run-lock";
import { withSandbox } from "./stack-run";
import type { Context } from "./stack-run";
import { table } from "./table";
import { UserError } from "./user-error";

/** Looks at and changes what is in the sandbox's Azure, as someone with the portal could. */
export async function sandboxCommand(context: Context, [action = "list", ...args]: readonly string[]): Promise<void> {
    if (action === "purge") {
        await purge(context, args);
        return;
    }
    if (action === "evict") {
        // Kubernetes' client takes half a second to load, which no other command shall wait for.
        const { evictNode } = await import("./evict");
        context.terminal.line(await evictNode(context.at, args[0] ?? ""));
        return;
    }
    if (action === "coverage") {
        context.terminal.line(coveragePage(azureTypes, readSchema(await schemaOf(context.at))));
        return;
    }
    const actions: Partial<Record<string, (azure: Azure, args: readonly string[], context: Context) => void>> = {
        list,
        show,
        set,
        delete: remove,
        deleted,
    };
    const act = actions[action];
    if (!act)
        throw new UserError(
            `sandbox: no action "${action}". There is: ${[...Object.keys(actions), "purge", "evict", "coverage"].join(", ")}`,
        );
    await withSandbox(context, `sandbox ${action}`, {}, (sandbox) => {
        act(sandbox.azure, args, context);
        return Promise.resolve();
    });
}

function list(azure: Azure, [part = ""]: readonly string[], { terminal }: Context): void {
    const wanted = part.toLowerCase();
    const found = azure.list().filter(({ id, token }) => `${token} ${id}`.toLowerCase().includes(wanted));
    for (const line of table(
        found.map(({ token, id }) => [kindOf(token), id]),
        "",
    ))
        terminal.line(line);
    if (found.length === 0)
        terminal.line(part === "" ? "the sandbox's Azure is empty" : `nothing there matches "${part}"`);
}

function deleted(azure: Azure, _args: readonly string[], { terminal }: Context): void {
    const held = azure.softDeleted();
    for (const line of table(
        held.map(({ token, id }) => [kindOf(token), id]),
        "",
    ))
        terminal.line(line);
    if (held.length === 0) terminal.line("no deleted resource holds its name");
}

/** Frees the name of a deleted resource, where Azure would let an operator do so. */
async function purge({ at, terminal }: Context, [name = ""]: readonly string[]): Promise<void> {
    if (name === "") throw new UserError("which name? `sandbox deleted` shows those that are held");
    const release = await takeRunLock(at, "sandbox purge", (text) => {
        terminal.step(text);
    });
    mkdirSync(dirname(at.sandboxStore), { recursive: true });
    const store = new Store(at.sandboxStore);
    try {
        const held = store
            .heldNames()
            .find(({ resource: { id } }) => id.toLowerCase().endsWith(`/${name.toLowerCase()}`));
        if (!held)
            throw new UserError(
                `no deleted resource holds the name "${name}" (\`sandbox deleted\` shows those that do)`,
            );
        const properties = held.resource.inputs.properties as { enablePurgeProtection?: boolean } | undefined;
        if (properties?.enablePurgeProtection === true) {
            // https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview
            throw new UserError(
                `"${name}" is purge-protected: Azure lets nobody purge it before ${new Date(held.until).toISOString()}. ` +
                    "Take the next mlplatform:generation; `start` does so by itself",
            );
        }
        store.apply({ release: [held.resource.id] }, store.moment());
        terminal.line(`the name "${name}" is free again`);
    } finally {
        store.close();
        release();
    }
}

function show(azure: Azure, [name]: readonly string[], { terminal }: Context): void {
    const found = theOne(azure, name);
    terminal.line(JSON.stringify({ type: found.token, ...found.outputs }, undefined, 2));
}

function set(azure: Azure, [name, change]: readonly string[], { terminal }: Context): void {
    const split = (change ?? "").indexOf("=");
    if (change === undefined || split < 1) {
        throw new UserError("sandbox set NAME PATH=VALUE: for example `sandbox set my-registry adminUserEnabled=true`");
    }
    const found = theOne(azure, name);
    const [path, text] = [change.slice(0, split), change.slice(split + 1)];
    azure.set(found.id, path, valueOf(text));
    terminal.line(`${found.id}: ${path} is now ${text === "" ? "gone" : text}, behind the program's back`);
    terminal.line("`npx mlplatform refresh` shows it, `npx mlplatform up` puts it right");
}

function remove(azure: Azure, [name]: readonly string[], { terminal }: Context): void {
    const found = theOne(azure, name);
    azure.remove(found.id);
    terminal.line(`${found.id} is gone, behind the program's back`);
    terminal.line("`npx mlplatform refresh` shows it, `npx mlplatform up` puts it right");
}

/** JSON where it is JSON, text otherwise; nothing removes the property. */
function valueOf(text: string): unknown {
    if (text === "") return undefined;
    try {
        return JSON.parse(text) as unknown;
    } catch {
        return text;
    }
}

/** The resource with that id, or whose id ends in that name. */
function theOne(azure: Azure, name = ""): Stored {
    if (name === "") throw new UserError("which resource? Give its id, or the end of it (`sandbox list` shows them)");
    const wanted = name.toLowerCase();
    const all = azure.list();
    const exact = all.filter(({ id }) => id.toLowerCase() === wanted);
    const found = exact.length > 0 ? exact : all.filter(({ id }) => id.toLowerCase().endsWith(`/${wanted}`));
    const [one, ...others] = found;
    if (one && others.length === 0) return one;
    if (!one) throw new UserError(`there is no "${name}" in the sandbox's Azure (\`sandbox list\` shows what is)`);
    throw new UserError(`"${name}" fits several:\n${found.map(({ id }) => `  ${id}`).join("\n")}`);
}
