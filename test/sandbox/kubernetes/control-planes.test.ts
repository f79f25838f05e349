import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Azure } from "../../../sandbox/azure/azure";
import { clusterToken } from "../../../sandbox/kubernetes/azure-facts";
import { ControlPlanes } from "../../../sandbox/kubernetes/control-planes";
import type { ControlPlanesOptions } from "../../../sandbox/kubernetes/control-planes";
import type { ProcessRecord } from "../../../sandbox/kubernetes/control-plane/children";
import { isRunning } from "../../../sandbox/kubernetes/control-plane/children";
import { runningControlPlane } from "../../../sandbox/kubernetes/control-plane/control-plane";
import { clusterFiles } from "../../../sandbox/kubernetes/control-plane/settings";
import type { SupervisorState } from "../../../sandbox/kubernetes/control-plane/settings";
import { KubeApi } from "../../../sandbox/kubernetes/provider/api";
import { compiledSupervisor, partsToInstall, startTimeoutMs } from "./control-plane";

jest.setTimeout(startTimeoutMs);

const group = "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg-test";
const id = `${group}/providers/Microsoft.ContainerService/managedClusters/aks-test`;

let folder: string;
let compiled: string;
let opened: { azure: Azure; planes: ControlPlanes } | undefined;

beforeAll(async () => {
    compiled = dirname(await compiledSupervisor());
});
beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "mlplatform-planes-"));
});
afterEach(async () => {
    if (opened) {
        for (const cluster of opened.azure.list(clusterToken)) opened.azure.remove(cluster.id);
        await close();
    }
    rmSync(folder, { recursive: true, force: true });
});

/** Opens the sandbox as a command does. */
function open(parts: Partial<ControlPlanesOptions> = {}): ControlPlanes {
    const azure = Azure.open({ store: join(folder, "azure.db") });
    const planes = new ControlPlanes(azure, { folder, compiled, ...partsToInstall(), ...parts });
    opened = { azure, planes };
    return planes;
}

async function close(): Promise<void> {
    await opened?.planes.close();
    opened?.azure.close();
    opened = undefined;
}

/** Azure's answer to a cluster, without what it takes on Azure to get one. */
function createCluster(): void {
    opened?.azure.foresee(clusterToken, {
        ...{ resourceGroupName: "rg-test", resourceName: "aks-test", location: "swedencentral", dnsPrefix: "test" },
        aadProfile: {
            managed: true,
            enableAzureRBAC: true,
            adminGroupObjectIDs: ["aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"],
        },
        apiServerAccessProfile: { enablePrivateCluster: true, enablePrivateClusterPublicFQDN: false },
    });
}

function stateNow(): SupervisorState {
    const { state } = clusterFiles(join(folder, "clusters", "aks-test"));
    return JSON.parse(readFileSync(state, "utf8")) as SupervisorState;
}

async function gone(processes: readonly ProcessRecord[]): Promise<void> {
    const deadline = Date.now() + 60_000;
    while (processes.some(isRunning) && Date.now() < deadline) await new Promise((done) => setTimeout(done, 100));
    expect(processes.filter(isRunning)).toEqual([]);
}

test("once closed, it follows Azure no more", async () => {
    const planes = open();
    await planes.close();
    createCluster();
    await new Promise((done) => setTimeout(done, 50));
    expect(existsSync(join(folder, "clusters", "aks-test"))).toBe(false);
});

test("a cluster's control plane comes with it, outlives the command, and goes with it", async () => {
    const planes = open();
    createCluster();
    const first = await planes.ready("aks-test");
    await close();
    expect(runningControlPlane(first.folder)).toEqual(first);

    // The next command finds it, by the credentials that Azure gives out: host name, authority, and no secret.
    const again = open();
    const kubeconfig = await again.credentials(id);
    expect(kubeconfig).toContain("command: kubelogin");
    expect(kubeconfig).not.toMatch(/client-key|client-certificate|token:/);
    const surroundings = { addressOf: again.addressOf, environment: again.environment() };
    const api = new KubeApi({ kubeconfig }, surroundings);
    expect(await api.version()).toBe("v1.34.1");
    api.close();

    const processes = [stateNow().supervisor, ...stateNow().processes];
    expect(processes.filter(isRunning)).toHaveLength(processes.length);
    opened?.azure.remove(id);
    await close();
    expect(processes.filter(isRunning)).toEqual([]);
    expect(existsSync(first.folder)).toBe(false);
});

test("one that has died is started again by the next command", async () => {
    const planes = open();
    createCluster();
    await planes.ready("aks-test");
    await close();
    const before = stateNow();
    process.kill(before.supervisor.pid, "SIGKILL");
    await gone([before.supervisor]);
    open();
    await close();
    expect(isRunning(stateNow().supervisor)).toBe(true);
    expect(before.processes.filter(isRunning)).toEqual([]);
    open();
});

test("one whose sandbox was thrown away ends by itself", async () => {
    const planes = open();
    createCluster();
    await planes.ready("aks-test");
    const processes = [stateNow().supervisor, ...stateNow().processes];
    opened?.azure.close();
    opened = undefined;
    rmSync(folder, { recursive: true, force: true });
    await gone(processes);
    expect(existsSync(folder)).toBe(false);
});

test("whoever asks for credentials is told why there is no control plane", async () => {
    const planes = open({ binaries: () => Promise.reject(new Error("without Go it cannot be built")) });
    await expect(planes.credentials(id)).rejects.toThrow("there is no cluster");
    createCluster();
    await expect(planes.credentials(id)).rejects.toThrow("without Go it cannot be built");
});
