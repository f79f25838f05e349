import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";

/** Where the clone and everything that the commands generate lie. */
export interface Places {
    /** The clone. */
    readonly root: string;
    /** All that is generated; `MLPLATFORM_HOME` moves it. @default `.mlplatform` in the clone */
    readonly home: string;
    /** Backend of Pulumi's own kind, with the state of every stack. */
    readonly state: string;
    /** Pulumi's settings for this workspace, apart from the user's own. */
    readonly pulumiHome: string;
    /** Passphrase that encrypts secrets in the state, generated once. */
    readonly passphraseFile: string;
    /** The sandbox's subscription. */
    readonly sandboxStore: string;
}

/** The nearest folder upwards that is the project. */
function rootFrom(folder: string): string {
    if (existsSync(join(folder, "package.json")) && existsSync(join(folder, "tools", "bootstrap.cjs"))) return folder;
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`no project folder above ${__dirname}`);
    return rootFrom(parent);
}

export function places(home = process.env.MLPLATFORM_HOME): Places {
    const root = rootFrom(__dirname);
    const folder = home !== undefined && home !== "" ? resolve(home) : join(root, ".mlplatform");
    return {
        root,
        home: folder,
        state: join(folder, "state"),
        pulumiHome: join(folder, "pulumi-home"),
        passphraseFile: join(folder, "passphrase"),
        sandboxStore: join(folder, "sandbox", "azure.db"),
    };
}

/** Folder with a stack's copies of the project's and the stack's settings. */
export function workspaceOf(at: Places, stack: string): string {
    return join(at.home, "workspace", stack);
}

/** Folder of the engine, where the npm package `pulumi` and the Automation API install it too. */
export function engineFolder(version: string): string {
    const own = process.env.PULUMI_HOME;
    const home = own !== undefined && own !== "" ? own : join(homedir(), ".pulumi");
    return join(home, "versions", version, "bin");
}
