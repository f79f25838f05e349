import { existsSync, mkdtempSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppsV1Api, CoreV1Api, KubeConfig, VersionApi } from "@kubernetes/client-node";
import { isRunning } from "../../../sandbox/kubernetes/control-plane/children";
import {
    removeControlPlane,
    runningControlPlane,
    startControlPlane,
    stopControlPlane,
} from "../../../sandbox/kubernetes/control-plane/control-plane";
import { clusterFiles } from "../../../sandbox/kubernetes/control-plane/settings";
import type { SupervisorState } from "../../../sandbox/kubernetes/control-plane/settings";
import { compiledSupervisor, installedParts, startTestPlane, startTimeoutMs, useControlPlane } from "./control-plane";

jest.setTimeout(startTimeoutMs);

const restricted = { "pod-security.kubernetes.io/enforce": "restricted" };

function stateOf(folder: string): SupervisorState {
    return JSON.parse(readFileSync(clusterFiles(folder).state, "utf8")) as SupervisorState;
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 60_000;
    while (!(await holds())) {
        if (Date.now() > deadline) throw new Error(`not within a minute: ${what}`);
        await new Promise((done) => setTimeout(done, 100));
    }
}

describe("the control plane", () => {
    const cluster = useControlPlane({ hostNames: ["own.example.azmk8s.io"], serviceCidr: "10.7.0.0/16" });

    test("is Kubernetes 1.34.1, with the services' block of the cluster", async () => {
        expect((await cluster.client(VersionApi).getCode()).gitVersion).toBe("v1.34.1");
        await until("the API server has its service", async () => {
            const { items } = await cluster.client(CoreV1Api).listNamespacedService({ namespace: "default" });
            return items[0]?.spec?.clusterIP === "10.7.0.1";
        });
    });

    test("has its controllers: a Deployment gets its pods, which wait for nodes", async () => {
        await cluster.client(AppsV1Api).createNamespacedDeployment({
            namespace: "default",
            body: {
                metadata: { name: "waiting" },
                spec: {
                    replicas: 2,
                    selector: { matchLabels: { app: "waiting" } },
                    template: {
                        metadata: { labels: { app: "waiting" } },
                        spec: { containers: [{ name: "main", image: "example.invalid/none" }] },
                    },
                },
            },
        });
        await until("the scheduler has looked at both pods", async () => {
            const { items } = await cluster.client(CoreV1Api).listNamespacedPod({ namespace: "default" });
            const judged = items.filter(({ status }) => status?.conditions?.[0]?.reason === "Unschedulable");
            return items.length === 2 && judged.length === 2;
        });
    });

    test("holds pods to the Pod Security of their namespace", async () => {
        const core = cluster.client(CoreV1Api);
        await core.createNamespace({ body: { metadata: { name: "team-a", labels: restricted } } });
        const pod = {
            metadata: { name: "root" },
            spec: {
                containers: [{ name: "main", image: "example.invalid/none", securityContext: { privileged: true } }],
            },
        };
        await until("the namespace has its service account", async () => {
            const { items } = await core.listNamespacedServiceAccount({ namespace: "team-a" });
            return items.length > 0;
        });
        await expect(core.createNamespacedPod({ namespace: "team-a", body: pod })).rejects.toThrow(
            /violates PodSecurity .*restricted:latest.*: privileged/,
        );
    });

    test("tells in its audit log who did what, without what was in it", async () => {
        const body = { metadata: { name: "token" }, stringData: { password: "hunter2" } };
        await cluster.client(CoreV1Api).createNamespacedSecret({ namespace: "default", body });
        const lines = readFileSync(clusterFiles(cluster.plane.folder).audit, "utf8").trim().split("\n");
        const events = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
        expect(events).toContainEqual(
            expect.objectContaining({
                verb: "create",
                user: expect.objectContaining({ username: "sandbox" }) as unknown,
                objectRef: expect.objectContaining({ resource: "secrets", name: "token" }) as unknown,
            }),
        );
        expect(lines.join("\n")).not.toContain("hunter2");
        expect(lines.join("\n")).not.toContain(Buffer.from("hunter2").toString("base64"));
    });

    test("lets nobody in who shows nothing", async () => {
        const { server, authority } = cluster.plane;
        const nobody = new KubeConfig();
        nobody.loadFromClusterAndUser(
            { name: "c", server, caData: Buffer.from(authority).toString("base64"), skipTLSVerify: false },
            { name: "nobody" },
        );
        await expect(nobody.makeApiClient(CoreV1Api).listNamespace()).rejects.toMatchObject({ code: 401 });
    });

    test("keeps keys to their owner", () => {
        const { pki, adminKubeconfig } = clusterFiles(cluster.plane.folder);
        for (const file of [adminKubeconfig, join(pki, "ca.key"), join(pki, "service-accounts.key")]) {
            expect(statSync(file).mode & 0o077).toBe(0);
        }
        expect(statSync(pki).mode & 0o077).toBe(0);
    });

    test.each(["etcd", "kube-apiserver", "kube-scheduler", "kube-controller-manager"])(
        "starts %s again when it dies, with all that was there",
        async (name) => {
            const core = cluster.client(CoreV1Api);
            const body = { metadata: { name: `before-${name}` } };
            await core.createNamespace({ body });
            const dying = stateOf(cluster.plane.folder).processes.find((one) => one.name === name);
            if (!dying) throw new Error(`${name} does not run`);
            process.kill(dying.pid, "SIGKILL");
            await until("another runs", () => {
                const now = stateOf(cluster.plane.folder).processes.find((one) => one.name === name);
                return now !== undefined && now.pid !== dying.pid;
            });
            await until("what was there is there", async () => {
                const found = await core.readNamespace({ name: `before-${name}` }).catch(() => undefined);
                return found?.metadata?.name === `before-${name}`;
            });
        },
    );
});

describe("a control plane's folder", () => {
    let folder: string;
    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "mlplatform-cluster-"));
    });
    afterEach(async () => {
        await removeControlPlane(folder);
    });

    async function withNamespace(plane: { adminKubeconfig: string }): Promise<CoreV1Api> {
        const config = new KubeConfig();
        config.loadFromFile(plane.adminKubeconfig);
        const core = config.makeApiClient(CoreV1Api);
        await core.createNamespace({ body: { metadata: { name: "kept" } } }).catch(() => undefined);
        return core;
    }

    test("has everything again after a stop, which leaves no process; at the same address", async () => {
        const first = await startTestPlane(folder);
        await withNamespace(first);
        const processes = stateOf(folder).processes;
        expect(processes.map(({ name }) => name)).toEqual([
            ...["etcd", "kube-apiserver", "kube-scheduler", "kube-controller-manager"],
        ]);
        await stopControlPlane(folder);
        expect(processes.filter(isRunning)).toEqual([]);
        expect(runningControlPlane(folder)).toBeUndefined();

        const second = await startTestPlane(folder);
        expect([second.port, second.authority]).toEqual([first.port, first.authority]);
        expect((await (await withNamespace(second)).readNamespace({ name: "kept" })).metadata?.name).toBe("kept");
        // Who asks again gets the one that runs.
        expect(await startTestPlane(folder)).toEqual(second);
    });

    test("has everything again after its supervisor was killed, and no process is left of before", async () => {
        // As commands start it: it goes on after them.
        const settings = { ...installedParts() };
        const supervisor = await compiledSupervisor();
        await withNamespace(await startControlPlane({ folder, settings, supervisor }));
        const before = stateOf(folder);
        process.kill(before.supervisor.pid, "SIGKILL");
        await until("the supervisor is gone", () => !isRunning(before.supervisor));
        expect(runningControlPlane(folder)).toBeUndefined();

        const again = await startControlPlane({ folder, settings, supervisor });
        expect(before.processes.filter(isRunning)).toEqual([]);
        expect((await (await withNamespace(again)).readNamespace({ name: "kept" })).metadata?.name).toBe("kept");
        await removeControlPlane(folder);
        expect(existsSync(folder)).toBe(false);
    });

    test("says why when a program does not start", async () => {
        const supervisor = await compiledSupervisor();
        const settings = { ...installedParts(), serviceCidr: "10.0.0.0/99" };
        const starting = startControlPlane({ folder, settings, supervisor, attached: true, patienceMs: 20_000 });
        await expect(starting).rejects.toThrow(
            /is not ready after 20 s[^]*kube-apiserver: .*service-cluster-ip-range\[0\] is not a valid cidr/,
        );
    });
});
