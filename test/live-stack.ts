import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation";
import { Engine } from "../cli/engine";
import { startLocalAzure } from "../cli/local-azure";
import { places } from "../cli/places";
import { sandboxCosmosDbObjectId } from "../sandbox/azure/types/machine-learning";
import type { Sandbox } from "../sandbox/sandbox";
import { program } from "../stacks/program";

const repository = resolve(__dirname, "..");

/** The project's program on the real engine, against a sandbox of its own, with any config. */
export class LiveStack {
    private constructor(
        private readonly folder: string,
        readonly sandbox: Sandbox,
        private readonly engine: Engine,
    ) {}

    static async open(config: object): Promise<LiveStack> {
        const folder = mkdtempSync(join(tmpdir(), "mlplatform-live-"));
        copyFileSync(join(repository, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
        const at = places(folder);
        for (const made of [at.state, at.pulumiHome]) mkdirSync(made, { recursive: true });
        writeFileSync(at.passphraseFile, "live");
        const live = new LiveStack(folder, await startLocalAzure(at), new Engine(at));
        live.configure(config);
        return live;
    }

    /** Writes the stack's file. JSON is YAML, too. */
    configure(config: object): void {
        writeFileSync(join(this.folder, "Pulumi.dev.yaml"), JSON.stringify({ config }));
    }

    /** The stack with the project's program. */
    async stack(): Promise<Stack> {
        return await LocalWorkspace.createOrSelectStack(
            { stackName: "dev", projectName: "mlplatform", program },
            {
                workDir: this.folder,
                pulumiCommand: this.engine.asPulumiCommand(),
                secretsProvider: "passphrase",
                envVars: this.sandbox.environment,
            },
        );
    }

    async close(): Promise<void> {
        await this.sandbox.stop();
        rmSync(this.folder, { recursive: true, force: true });
    }
}

/** Config of a dev environment, as a stack's file holds it. */
export const liveConfig = {
    "mlplatform:kind": "foundation",
    "mlplatform:environment": "dev",
    "mlplatform:workload": "mlp",
    "mlplatform:location": "swedencentral",
    "mlplatform:addressSpace": "10.20.0.0/20",
    "mlplatform:cosmosDbObjectId": sandboxCosmosDbObjectId,
    "mlplatform:adminGroupObjectIds": ["55555555-5555-4555-8555-555555555555"],
    "mlplatform:rolePropagationSeconds": "0.5",
    "azure-native:subscriptionId": "11111111-1111-4111-8111-111111111111",
    "azure-native:tenantId": "22222222-2222-4222-8222-222222222222",
};
