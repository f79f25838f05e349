import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { VirtualNetwork } from "@pulumi/azure-native/network/virtualNetwork";
import { ResourceGroup } from "@pulumi/azure-native/resources/resourceGroup";
import * as pulumi from "@pulumi/pulumi";
import { LocalWorkspace } from "@pulumi/pulumi/automation";
import type { Stack } from "@pulumi/pulumi/automation";
import { azureTypes } from "../../sandbox/azure/types";
import { startSandbox } from "../../sandbox/sandbox";
import type { Sandbox } from "../../sandbox/sandbox";
import { ensureSchema } from "../../tools/extract-schema";

jest.setTimeout(120_000);

const folder = mkdtempSync(join(tmpdir(), "mlplatform-engine-"));
const wanted = { group: "rg-a", tag: "one" };
let sandbox: Sandbox;
let stack: Stack;

/** Two resources, so that something depends on something. */
function program(): Promise<Record<string, unknown>> {
    const location = "swedencentral";
    const tags = { tag: pulumi.secret(wanted.tag) };
    const group = new ResourceGroup("group", { resourceGroupName: wanted.group, location, tags });
    const network = new VirtualNetwork("network", {
        ...{ resourceGroupName: group.name, virtualNetworkName: "vnet-a", location },
        addressSpace: { addressPrefixes: ["10.0.0.0/16"] },
    });
    return Promise.resolve({ networkId: network.id });
}

beforeAll(async () => {
    const schemaPath = join(folder, "schema.json");
    ensureSchema(
        schemaPath,
        azureTypes.map(({ token }) => token),
    );
    sandbox = await startSandbox({ store: join(folder, "azure.db"), schemaPath });
    mkdirSync(join(folder, "state"));
    writeFileSync(join(folder, "Pulumi.yaml"), "name: mlp\nruntime: nodejs\n");
    const envVars = {
        ...sandbox.environment,
        PATH: [join(homedir(), ".pulumi", "versions", "3.259.0", "bin"), process.env.PATH ?? ""].join(delimiter),
        PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
        PULUMI_CONFIG_PASSPHRASE: "test",
        PULUMI_HOME: join(folder, "home"),
        PULUMI_SKIP_UPDATE_CHECK: "true",
    };
    process.env.PATH = envVars.PATH;
    stack = await LocalWorkspace.createOrSelectStack(
        { stackName: "dev", projectName: "mlp", program },
        { workDir: folder, envVars },
    );
});
afterAll(async () => {
    await sandbox.stop();
    rmSync(folder, { recursive: true, force: true });
});

const networkId = (): string => `${groupId()}/providers/Microsoft.Network/virtualNetworks/vnet-a`;
const groupId = (): string => `/subscriptions/${sandbox.azure.subscriptionId}/resourceGroups/${wanted.group}`;

test("the real engine previews, creates, sees no change, updates, replaces, refreshes and destroys", async () => {
    expect((await stack.preview()).changeSummary).toEqual({ create: 3 });
    expect(sandbox.azure.list()).toEqual([]);

    const created = await stack.up();
    expect(created.outputs.networkId?.value).toBe(networkId());
    expect(sandbox.azure.list().map(({ id }) => id)).toEqual([groupId(), networkId()]);
    expect((await stack.preview()).changeSummary).toEqual({ same: 3 });

    wanted.tag = "two";
    expect((await stack.preview()).changeSummary).toEqual({ same: 2, update: 1 });
    await stack.up();
    expect(sandbox.azure.get(groupId())?.outputs.tags).toEqual({ tag: "two" });
    expect(JSON.stringify(await stack.exportStack())).not.toContain('"two"'); // secrets stay secret in the state

    sandbox.azure.set(groupId(), "tags.tag", "three");
    sandbox.azure.remove(networkId());
    expect((await stack.refresh()).summary.resourceChanges).toEqual({ delete: 1, same: 1, update: 1 });
    expect((await stack.up()).summary.resourceChanges).toEqual({ create: 1, same: 1, update: 1 });
    expect(sandbox.azure.get(groupId())?.outputs.tags).toEqual({ tag: "two" });

    wanted.group = "rg-b";
    expect((await stack.up()).summary.resourceChanges).toEqual({ replace: 2, same: 1 });
    expect(sandbox.azure.list().map(({ id }) => id)).toEqual([groupId(), networkId()]);

    expect((await stack.destroy()).summary.resourceChanges).toEqual({ delete: 3 });
    expect(sandbox.azure.list()).toEqual([]);
});
