import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Provider } from "@pulumi/kubernetes/provider";
import { sandboxLock } from "../../cli/images/sandbox-import";
import type { FoundationContract } from "../../stacks/contract";
import { apps } from "../../stacks/services/apps";
import { base } from "../../stacks/services/base";
import { shared } from "../../stacks/services/shared";
import { readServicesSettings } from "../../stacks/settings/services";
import { value } from "../mocks";
import { goodContract } from "./good-contract";

const folder = mkdtempSync(join(tmpdir(), "mlplatform-apps-"));
const lock = join(folder, "lock.json");
beforeAll(() => {
    writeFileSync(lock, JSON.stringify(sandboxLock()));
});
afterAll(() => {
    rmSync(folder, { recursive: true });
});

const id = "33333333-3333-4333-8333-333333333333";
export const digest = `sha256:${"a".repeat(64)}`;
export const pools = goodContract.cluster.nodePools;
const general = pools.find(({ mode, use }) => mode === "User" && use === undefined)?.prefix ?? "";
export const gpu = pools.find(({ use }) => use !== undefined)?.prefix ?? "";

/** Config with which all that people work with is there. */
export const everything = {
    images: "dev-images",
    pipelineAgents: { organisation: "contoso", pool: "mlplatform", nodePool: general, maxAgents: 4 },
    notebooks: {
        ...{ clientId: id, groups: [id], images: [{ name: "sample", title: "Sample" }] },
        sizes: [
            { name: "small", title: "2 cores", pool: general, cores: 2, memoryGib: 8 },
            { name: "gpu", title: "a GPU", pool: gpu, gpus: 1, cores: 2, memoryGib: 16 },
        ],
    },
    labelling: { clientId: id, groups: [id], nodePool: general, containers: ["images"] },
};

export const own = (name: string): { repository: string; digest: string; sizeGib: number } => ({
    ...{ repository: `mlplatform/${name}`, digest, sizeGib: 1 },
});
const names = ["pipeline-agent", "labelling-proxy", "backup", "environment-vision"];
const allBuilt = Object.fromEntries(names.map((name) => [name, own(name)]));

/** Builds a services stack with what people work with; `seen` holds its resources afterwards. */
export async function buildApps(config: Readonly<Record<string, unknown>>, images = allBuilt): Promise<void> {
    const contract: FoundationContract = { contractVersion: 1, ...goodContract };
    const settings = readServicesSettings({
        ...{ "mlplatform:kind": "services", "mlplatform:environment": "dev", "mlplatform:imageLock": lock },
        "mlplatform:gateway": '{"domain":"ml.dev.example.com","certificate":"gateway"}',
        "mlplatform:rolePropagationSeconds": "0",
        "azure-native:subscriptionId": goodContract.subscriptionId,
        "azure-native:tenantId": goodContract.tenantId,
        ...Object.fromEntries(
            Object.entries(config).map(([key, part]) => [
                `mlplatform:${key}`,
                typeof part === "string" ? part : JSON.stringify(part),
            ]),
        ),
    });
    const told = shared(settings, contract, new Provider("cluster", { kubeconfig: "{}" }), {
        stack: "dev-images",
        images,
    });
    const made = base(told);
    await Promise.all(apps(told, made).map((one) => value(one)));
}
