import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Provider } from "@pulumi/kubernetes/provider";
import type { ProviderArgs } from "@pulumi/kubernetes/provider";
import type { CustomResourceOptions } from "@pulumi/pulumi";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { LocalWorkspace } from "@pulumi/pulumi/automation/localWorkspace";
import type { Stack } from "@pulumi/pulumi/automation/stack";
import { Engine } from "../../../cli/engine";
import { places } from "../../../cli/places";
import { plain } from "../../../cli/run";
import { KubernetesProvider } from "../../../sandbox/kubernetes/provider/backend";
import { serve } from "../../../sandbox/protocol/server";
import type { ServedPackage } from "../../../sandbox/protocol/server";

type Program = (options: CustomResourceOptions) => Record<string, unknown> | undefined;

/** How an operation of the engine went. */
export interface Outcome {
    ok: boolean;
    changes: Partial<Record<string, number>>;
    /** Paths that differ, by name of the resource; `!` marks those that replace. */
    differences: Record<string, string[]>;
    /** What the engine said, errors and all. */
    said: string;
}

/** Fails no sooner than the program has come to its end: the engine pulls the ground from under one that still runs. */
class PatientProvider extends KubernetesProvider {
    override async create(
        request: Parameters<KubernetesProvider["create"]>[0],
    ): ReturnType<KubernetesProvider["create"]> {
        return await super.create(request).catch(later);
    }

    override async update(
        request: Parameters<KubernetesProvider["update"]>[0],
    ): ReturnType<KubernetesProvider["update"]> {
        return await super.update(request).catch(later);
    }
}

async function later(fault: unknown): Promise<never> {
    await new Promise((done) => setTimeout(done, 500));
    throw fault;
}

/** A stack of the real engine, on the sandbox's Kubernetes provider and a real API server. */
export class LiveStack {
    private readonly folder = mkdtempSync(join(tmpdir(), "mlplatform-kubernetes-"));
    private readonly engine = new Engine(places(join(this.folder, "home")));

    private constructor(
        private readonly served: ServedPackage,
        private kubeconfig: string,
    ) {}

    static async open(kubeconfig: string): Promise<LiveStack> {
        const stack = new LiveStack(await serve(new PatientProvider("4.34.2")), kubeconfig);
        mkdirSync(join(stack.folder, "state"));
        writeFileSync(join(stack.folder, "Pulumi.yaml"), "name: live\nruntime: nodejs\n");
        return stack;
    }

    /** Points the provider at another cluster from now on. */
    connectTo(kubeconfig: string): void {
        this.kubeconfig = kubeconfig;
    }

    preview(program: Program, settings?: ProviderArgs): Promise<Outcome> {
        return this.run(program, settings, (stack, onEvent) => stack.preview({ onEvent }));
    }

    up(program: Program, settings?: ProviderArgs): Promise<Outcome> {
        return this.run(program, settings, (stack, onEvent) => stack.up({ onEvent }));
    }

    refresh(): Promise<Outcome> {
        return this.run(
            () => undefined,
            undefined,
            (stack, onEvent) => stack.refresh({ onEvent }),
        );
    }

    destroy(): Promise<Outcome> {
        return this.run(
            () => undefined,
            undefined,
            (stack, onEvent) => stack.destroy({ onEvent }),
        );
    }

    async outputs(): Promise<Record<string, unknown>> {
        const args = ["stack", "output", "--json", "--stack", "dev"];
        const { stdout } = await this.engine.run(args, this.folder, this.env);
        return JSON.parse(stdout) as Record<string, unknown>;
    }

    /** What the state holds, secrets encrypted. */
    state(): { id?: string; type: string; urn: string; inputs: object; outputs: object }[] {
        const file = join(this.folder, "state", ".pulumi", "stacks", "live", "dev.json");
        const { checkpoint } = JSON.parse(readFileSync(file, "utf8")) as { checkpoint: { latest: { resources?: [] } } };
        return checkpoint.latest.resources ?? [];
    }

    async close(): Promise<void> {
        await this.served.stop();
        rmSync(this.folder, { recursive: true, force: true });
    }

    private get env(): Record<string, string> {
        return {
            PULUMI_DEBUG_PROVIDERS: `kubernetes:${this.served.port}`,
            PULUMI_BACKEND_URL: `file://${join(this.folder, "state")}`,
            PULUMI_CONFIG_PASSPHRASE: "test",
        };
    }

    private stack(program: Program, settings: ProviderArgs | undefined): Promise<Stack> {
        return LocalWorkspace.createOrSelectStack(
            {
                stackName: "dev",
                projectName: "live",
                program: () => {
                    const provider = new Provider("cluster", { kubeconfig: this.kubeconfig, ...settings });
                    return Promise.resolve(program({ provider }));
                },
            },
            {
                workDir: this.folder,
                pulumiCommand: this.engine.asBriefPulumiCommand(),
                envVars: this.env,
            },
        );
    }

    private async run(
        program: Program,
        settings: ProviderArgs | undefined,
        operate: (stack: Stack, onEvent: (event: EngineEvent) => void) => Promise<unknown>,
    ): Promise<Outcome> {
        const outcome: Outcome = { ok: false, changes: {}, differences: {}, said: "" };
        const stack = await this.stack(program, settings);
        try {
            await operate(stack, (event) => {
                if (event.summaryEvent) outcome.changes = event.summaryEvent.resourceChanges;
                const message = event.diagnosticEvent;
                if (message && !message.message.startsWith("Register")) outcome.said += `${plain(message.message)}\n`;
                const step = event.resourcePreEvent?.metadata;
                if (step?.detailedDiff) {
                    const paths = Object.entries(step.detailedDiff).map(([path, { diffKind }]) => {
                        return diffKind.endsWith("replace") ? `${path}!` : path;
                    });
                    outcome.differences[step.urn.split("::").at(-1) ?? ""] = paths.sort();
                }
            });
            outcome.ok = true;
        } catch (fault) {
            outcome.said += fault instanceof Error ? plain(fault.message) : String(fault);
        }
        return outcome;
    }
}
