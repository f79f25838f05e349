import { request } from "node:https";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import type { V1Pod } from "@kubernetes/client-node";
import { readOwn, writeWhole } from "../files";
import { readFacts } from "./azure-facts";
import { installAddOns } from "./add-ons";
import { Children, killLeftovers, recordOf } from "./control-plane/children";
import type { ProcessRecord } from "./control-plane/children";
import { writeEntraConfiguration } from "./control-plane/entra";
import { certificateKubeconfig } from "./control-plane/kubeconfig";
import { Pki } from "./control-plane/pki";
import { freePorts } from "./control-plane/ports";
import {
    apiServer,
    apiServiceAddress,
    auditPolicy,
    controllerManager,
    etcd,
    kwok,
    scheduler,
} from "./control-plane/programs";
import type { Plan } from "./control-plane/programs";
import { definitionsOf } from "./charts/definitions";
import { runDiskController, snapshotGroup } from "./disks/disk-controller";
import { clusterFiles, portNames } from "./control-plane/settings";
import type { ClusterSettings, SupervisorState } from "./control-plane/settings";
import { loginHost, storageHosts } from "./azure-endpoints/azure-server";
import { serveLocally } from "./local-pods/serve-locally";
import { isLocal } from "./local-pods/programs";
import { Controllers } from "./controllers/controllers";
import { serveIdentity } from "./identity/server";
import { runNodes } from "./nodes/run-nodes";
import { kwokStages } from "./nodes/stages";

const pollMs = 50;
/** Where disks and snapshots say that they lie, without an Azure around the cluster. */
const noGroupId = "/subscriptions/sandbox/resourceGroups/nodes";
const folderWatchMs = 2_000;
/** etcd must close its files; the API server keeps nothing, and would wait for whoever watches it. */
const endings = [
    ["kwok", 2_000],
    ["kube-scheduler", 2_000],
    ["kube-controller-manager", 2_000],
    ["kube-apiserver", 500],
    ["etcd", 10_000],
] as const;

/**
 * `node supervisor.js FOLDER`: runs the control plane whose settings lie in the folder, until it is told to end. A process
 * of its own, as the control plane outlives the commands that use it.
 */
async function supervise(folder: string): Promise<void> {
    const began = Date.now();
    const files = clusterFiles(folder);
    const settings = readOwn(files.settings) as ClusterSettings;
    const before = readOwn(files.state) as SupervisorState | undefined;
    await killLeftovers(before?.processes ?? []);

    const ports = await freePorts(portNames, before?.ports);
    const state: SupervisorState = { supervisor: recordOf("supervisor", process.pid), ports, processes: [] };
    const running: Record<"controlPlane" | "controllers" | "storage", readonly ProcessRecord[]> = {
        controlPlane: [],
        controllers: [],
        storage: [],
    };
    const say = (more: Partial<SupervisorState> = {}): void => {
        Object.assign(state, more);
        // Not into a folder that somebody has thrown away meanwhile.
        if (existsSync(files.settings))
            writeWhole(files.state, JSON.stringify({ ...state, processes: Object.values(running).flat() }));
    };
    say();
    const children = new Children(files.logs, (processes) => {
        running.controlPlane = processes;
        say();
    });
    const controllers: { stop: () => Promise<void> }[] = [];
    endOnRequest(folder, async () => {
        await Promise.all(controllers.map((one) => one.stop()));
        await children.stop(endings);
        Object.assign(running, { controlPlane: [], controllers: [], storage: [] });
        say();
    });

    mkdirSync(files.pki, { recursive: true, mode: 0o700 });
    const pki = new Pki(files.pki);
    await makeCertificates(pki, settings);
    writeWhole(files.auditPolicy, auditPolicy);
    writeKubeconfigs(folder, pki, ports.api);

    const plan: Plan = { folder, settings, ports, pki };
    if (settings.entra) await startEntra(plan, settings.entra);
    children.start(etcd(plan));
    children.start(apiServer(plan));
    while (!(await isReady(pki, ports.api))) await new Promise((done) => setTimeout(done, pollMs));
    children.start(scheduler(plan));
    children.start(controllerManager(plan));
    const log = (line: string): boolean => process.stderr.write(`${line}\n`);
    const kubeconfig = readFileSync(files.adminKubeconfig, "utf8");
    const charts = new Controllers({
        ...{ kubeconfig, built: settings.controllers ?? {}, folder: files.controllers, logs: files.logs, log },
        changed: (processes) => {
            running.controllers = processes;
            say();
        },
    });
    controllers.push(charts);
    const pools = readFacts(files.azure)?.fleet.pools ?? [];
    // Without an Azure around it, a cluster has none.
    if (pools.length > 0) {
        writeWhole(files.stages, kwokStages());
        children.start(kwok(plan));
        const { programs = {}, clock = 0 } = settings;
        const runsLocally = (pod: V1Pod): boolean => isLocal(pod, programs);
        controllers.push(await runNodes(folder, { secondsPerSecond: clock, log, runsLocally, isHeld: charts.isHeld }));
        controllers.push(
            await serveLocally(plan, log, (processes) => {
                running.storage = processes;
                say();
            }),
        );
    }
    controllers.push(
        await runDiskController({
            kubeconfig,
            nodeResourceGroupId: readFacts(files.azure)?.cluster.nodeResourceGroupId ?? noGroupId,
            definitions: definitionsOf(settings.definitions, [snapshotGroup]),
            log,
        }),
    );
    await installAddOns(kubeconfig);
    await charts.start();
    say({ readyAfterMs: Date.now() - began });
}

async function startEntra(plan: Plan, { tenantId, publicKey }: NonNullable<ClusterSettings["entra"]>): Promise<void> {
    const { folder, pki, ports } = plan;
    writeEntraConfiguration(plan, tenantId);
    await serveIdentity({
        ...{ port: ports.identity, tenantId, publicKey: readFileSync(publicKey, "utf8") },
        ...{ cert: pki.text("apiserver.crt"), key: pki.text("apiserver.key") },
        facts: () => readFacts(clusterFiles(folder).azure),
    });
}

async function makeCertificates(pki: Pki, settings: ClusterSettings): Promise<void> {
    const inside = [
        "kubernetes",
        "kubernetes.default",
        "kubernetes.default.svc",
        "kubernetes.default.svc.cluster.local",
    ];
    const loopback = ["localhost", "127.0.0.1"];
    const names = [...loopback, ...inside, apiServiceAddress(settings), ...(settings.hostNames ?? [])];
    await Promise.all([
        pki.ensureAuthority("ca", {
            apiserver: { commonName: "kube-apiserver", names },
            "kubelet-client": { commonName: "kube-apiserver-kubelet-client", organization: "system:masters" },
            // What Azure answers under, on the loopback.
            azure: { commonName: "azure", names: [...loopback, loginHost, ...Object.values(storageHosts)] },
            admin: { commonName: "sandbox", organization: "system:masters" },
            "kube-scheduler": { commonName: "system:kube-scheduler" },
            "kube-controller-manager": { commonName: "system:kube-controller-manager" },
        }),
        pki.ensureAuthority("etcd-ca", {
            etcd: { commonName: "etcd", names: loopback },
            "etcd-client": { commonName: "kube-apiserver" },
        }),
        pki.ensureAuthority("front-proxy-ca", { "front-proxy-client": { commonName: "front-proxy-client" } }),
        pki.ensureSigningKey("service-accounts"),
    ]);
}

function writeKubeconfigs(folder: string, pki: Pki, port: number): void {
    const files = clusterFiles(folder);
    const write = (file: string, name: string): void => {
        const text = certificateKubeconfig(`https://127.0.0.1:${port}`, pki.pair("ca").certificate, pki.pair(name));
        writeWhole(file, text, 0o600);
    };
    write(files.adminKubeconfig, "admin");
    for (const name of ["kube-scheduler", "kube-controller-manager"]) write(files.kubeconfigOf(name), name);
}

function isReady(pki: Pki, port: number): Promise<boolean> {
    return new Promise((resolve) => {
        const options = { ca: pki.text("ca.crt"), cert: pki.text("admin.crt"), key: pki.text("admin.key") };
        const asked = request(`https://127.0.0.1:${port}/readyz`, { ...options, agent: false }, (answer) => {
            answer.resume();
            resolve(answer.statusCode === 200);
        });
        asked.once("error", () => {
            resolve(false);
        });
        asked.end();
    });
}

/**
 * Ends once: when asked to by a signal, when whoever started it and keeps a channel to it is gone, or when its folder is:
 * then somebody has thrown the sandbox away.
 */
function endOnRequest(folder: string, end: () => Promise<void>): void {
    let ending = false;
    const begin = (): void => {
        if (ending) return;
        ending = true;
        void end().then(
            () => process.exit(),
            () => process.exit(1),
        );
    };
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, begin);
    process.once("disconnect", begin);
    process.on("uncaughtException", (fault) => {
        process.stderr.write(`${fault.stack ?? fault.message}\n`);
        process.exitCode = 1;
        begin();
    });
    // Of a controller's request, which it makes again: the API server may just be starting.
    process.on("unhandledRejection", (reason) => {
        process.stderr.write(`${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}\n`);
    });
    setInterval(() => {
        if (!existsSync(clusterFiles(folder).settings)) begin();
    }, folderWatchMs);
}

if (require.main === module) {
    const [folder = ""] = process.argv.slice(2);
    supervise(folder).catch((fault: unknown) => {
        // Thrown where it ends what has been started.
        setImmediate(() => {
            throw fault instanceof Error ? fault : new Error(String(fault));
        });
    });
}
