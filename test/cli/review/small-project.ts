import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PulumiFn } from "@pulumi/pulumi/automation/workspace";
import { ToldTerminal } from "../../../bench/parts/told-terminal";
import { Engine } from "../../../cli/engine";
import { startLocalAzure } from "../../../cli/local-azure";
import { places } from "../../../cli/places";
import { ensureStack, newSession, operate } from "../../../cli/session";
import type { StackRun } from "../../../cli/stack-run";
import { prepareWorkspace } from "../../../cli/workspace";
import type { Sandbox } from "../../../sandbox/sandbox";

const stack = "dev";

/** The real engine with programs of a test's own, on a sandbox of its own. */
export class SmallProject {
    private constructor(
        private readonly folder: string,
        private readonly sandbox: Sandbox,
        private readonly unbound: Omit<StackRun, "session">,
        private readonly workspace: Awaited<ReturnType<typeof prepareWorkspace>>,
    ) {}

    static async open(): Promise<SmallProject> {
        const folder = mkdtempSync(join(tmpdir(), "mlplatform-small-"));
        const at = { ...places(join(folder, "home")), root: folder };
        mkdirSync(at.home, { recursive: true });
        symlinkSync(join(places().root, "node_modules"), join(folder, "node_modules"));
        writeFileSync(join(folder, "Pulumi.yaml"), "name: mlplatform\nruntime: nodejs\n");
        writeFileSync(join(folder, `Pulumi.${stack}.yaml`), "config:\n  azure-native:location: swedencentral\n");
        const sandbox = await startLocalAzure(at);
        const workspace = await prepareWorkspace(at, new Engine(at), stack);
        const { terminal } = new ToldTerminal();
        const signal = new AbortController().signal;
        const project = new SmallProject(folder, sandbox, { at, terminal, signal, sandbox, behaviour: {} }, workspace);
        await ensureStack(project.run(() => Promise.resolve()).session);
        return project;
    }

    run(program: PulumiFn): StackRun {
        const { at } = this.unbound;
        const session = newSession({
            ...{ at, workspace: this.workspace, debugProviders: this.sandbox.debugProviders, program },
            say: () => undefined,
        });
        return { ...this.unbound, session };
    }

    async up(program: PulumiFn): Promise<void> {
        const result = await operate(this.run(program).session, "up");
        if (!result.ok) throw new Error(result.output);
    }

    async close(): Promise<void> {
        await this.sandbox.stop();
        rmSync(this.folder, { recursive: true, force: true });
    }
}
