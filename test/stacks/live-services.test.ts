import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppsV1Api, CoreV1Api, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { Provider } from "@pulumi/kubernetes/provider";
import { LocalWorkspace } from "@pulumi/pulumi/automation/localWorkspace";
import type { Stack } from "@pulumi/pulumi/automation/stack";
import { Engine } from "../../cli/engine";
import { importIntoSandbox, sandboxLock } from "../../cli/images/sandbox-import";
import { places } from "../../cli/places";
import { schemaOf } from "../../cli/local-azure";
import { plain } from "../../cli/run";
import { startSandbox, type Sandbox } from "../../sandbox/sandbox";
import { base } from "../../stacks/services/base";
import { shared } from "../../stacks/services/shared";
import { readServicesSettings } from "../../stacks/settings/services";
import { customDefinitions, startTimeoutMs, useControlPlane } from "../sandbox/kubernetes/control-plane";
import { StandInNode } from "../sandbox/kubernetes/stand-in-node";
import { goodContract } from "./good-contract";

// The real engine brings the core of a services stack up: Azure's part in the sandbox's Azure, the cluster's in a real API server.
jest.setTimeout(300_000);

const cluster = useControlPlane();
const folder = mkdtempSync(join(tmpdir(), "mlplatform-live-services-"));
let sandbox: Sandbox;
let node: StandInNode;
let stack: Stack;

beforeAll(async () => {
    const at = places(join(folder, "home"));
    const clusters = { definitions: () => Promise.resolve(customDefinitions()) };
    sandbox = await startSandbox({ store: ":memory:", schemaPath: await schemaOf(at), clusters });
    await prepareAzure();
    await prepareCluster();
    stack = await newStack(at);
}, startTimeoutMs);
afterEach(() => node.stop());
afterAll(async () => {
    await sandbox.stop();
    rmSync(folder, { recursive: true });
});

/** What the foundation has made there. */
async function prepareAzure(): Promise<void> {
    const { azure } = sandbox;
    const location = "swedencentral";
    for (const resourceGroupName of ["rg-platform", "rg-data"])
        await azure.put("azure-native:resources:ResourceGroup", { resourceGroupName, location });
    const { registry, vault, monitoring, tenantId } = goodContract;
    await azure.put("azure-native:keyvault:Vault", {
        ...{ resourceGroupName: "rg-data", vaultName: vault.name, location },
        properties: { tenantId, sku: { family: "A", name: "standard" }, enableRbacAuthorization: true },
    });
    await azure.put("azure-native:monitor:AzureMonitorWorkspace", {
        ...{ resourceGroupName: "rg-platform", location },
        azureMonitorWorkspaceName: monitoring.metricsWorkspaceId.replace(/^.*\//, ""),
    });
    const { id } = await azure.put("azure-native:containerregistry:Registry", {
        ...{ resourceGroupName: "rg-data", registryName: registry.name, location, sku: { name: "Premium" } },
    });
    importIntoSandbox(azure, id);
}

/** One machine of the system pool. */
async function prepareCluster(): Promise<void> {
    node = await StandInNode.start(cluster);
    const merge = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);
    const body = { metadata: { labels: { "mlplatform/pool": "sys" } } };
    await cluster.client(CoreV1Api).patchNode({ name: "node-1", body }, merge);
}

function newStack(at: ReturnType<typeof places>): Promise<Stack> {
    mkdirSync(join(folder, "state"));
    writeFileSync(join(folder, "lock.json"), JSON.stringify(sandboxLock()));
    writeFileSync(join(folder, "Pulumi.yaml"), "name: live\nruntime: nodejs\n");
    const settings = readServicesSettings({
        ...{ "mlplatform:kind": "services", "mlplatform:environment": "dev", "mlplatform:rolePropagationSeconds": "0" },
        "mlplatform:imageLock": join(folder, "lock.json"),
        "mlplatform:gateway": '{"domain":"ml.dev.example.com","certificate":"gateway"}',
        "azure-native:subscriptionId": goodContract.subscriptionId,
        "azure-native:tenantId": goodContract.tenantId,
    });
    const program = (): Promise<void> => {
        const provider = new Provider("cluster", {
            kubeconfig: readFileSync(cluster.plane.adminKubeconfig, "utf8"),
            enableServerSideApply: true,
        });
        base(shared(settings, { contractVersion: 1, ...goodContract }, provider));
        return Promise.resolve();
    };
    return LocalWorkspace.createOrSelectStack(
        { stackName: "dev-services", projectName: "live", program },
        {
            workDir: folder,
            pulumiCommand: new Engine(at).asPulumiCommand(),
            envVars: {
                ...sandbox.environment,
                PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
                PULUMI_CONFIG_PASSPHRASE: "test",
                ARM_SUBSCRIPTION_ID: goodContract.subscriptionId,
                ARM_TENANT_ID: goodContract.tenantId,
            },
        },
    );
}

async function succeed<T>(work: Promise<T>): Promise<T> {
    try {
        return await work;
    } catch (fault) {
        throw new Error(fault instanceof Error ? plain(fault.message) : String(fault), { cause: fault });
    }
}

test("comes up, finds nothing to do, and goes", async () => {
    const preview = await succeed(stack.preview());
    const up = await succeed(stack.up());
    expect(up.summary.resourceChanges).toEqual(preview.changeSummary);

    const pods = await cluster.client(CoreV1Api).listPodForAllNamespaces();
    const running = pods.items.filter(({ status }) => status?.phase === "Running");
    expect(running.map(({ metadata }) => metadata?.namespace).sort()).toEqual([
        ...["platform-gateway", "platform-gateway", "platform-queues"],
        ...["platform-scaling", "platform-scaling", "platform-scaling"],
    ]);
    // Nobody runs but by the platform's registry, and by digest.
    for (const { spec } of pods.items)
        for (const { image } of spec?.containers ?? [])
            expect(image).toMatch(/^crmlpdev1\.azurecr\.io\/mirror\/[^:@]+(:[\w.-]+)?@sha256:[0-9a-f]{64}$/);
    const sets = await cluster.client(AppsV1Api).listNamespacedDaemonSet({ namespace: "platform-gpu" });
    expect(sets.items.map(({ metadata }) => metadata?.name).sort()).toEqual(["dcgm-exporter", "device-plugin"]);

    const again = await succeed(stack.up());
    expect(Object.keys(again.summary.resourceChanges ?? {})).toEqual(["same"]);
    const gone = await succeed(stack.destroy());
    expect(gone.summary.result).toBe("succeeded");
    const left = await cluster.client(CoreV1Api).listNamespace();
    expect(left.items.filter(({ metadata }) => metadata?.name?.startsWith("platform-"))).toEqual([]);
});
