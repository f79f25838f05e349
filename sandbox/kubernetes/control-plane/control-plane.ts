import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { readOwn, writeWhole } from "../../files";
import { isRunning, killLeftovers } from "./children";
import { clusterFiles } from "./settings";
import type { ClusterSettings, SupervisorState } from "./settings";

/** How a control plane is started. */
export interface StartOptions {
    /** Folder of the control plane; what it kept there it has again. */
    folder: string;
    settings: ClusterSettings;
    /** The compiled supervisor. */
    supervisor: string;
    /** Ends with this process, even when that is killed. @default false: it outlives this process */
    attached?: boolean;
    /** Milliseconds that it may take to be ready. @default 180 000: on a machine that builds beside it, too */
    patienceMs?: number;
}

/** A control plane that is ready. */
export interface ControlPlane {
    folder: string;
    /** Of the API server, on the loopback. */
    port: number;
    /** Address of the API server. */
    server: string;
    /** Port of the gateway, on the loopback, over HTTP. */
    gatewayPort: number;
    /** Certificate of the cluster's authority (PEM). */
    authority: string;
    /** Kubeconfig of `system:masters`, for the sandbox's own use. */
    adminKubeconfig: string;
    /** Milliseconds that it took to be ready. */
    readyAfterMs: number;
}

const pollMs = 50;
const defaultPatienceMs = 180_000;
const stopPatienceMs = 20_000;

/**
 * Starts the control plane, unless it runs already, and resolves when its API server is ready.
 * @throws Error with the end of the logs when it does not get ready.
 */
export async function startControlPlane(options: StartOptions): Promise<ControlPlane> {
    const { folder, settings, patienceMs = defaultPatienceMs } = options;
    const files = clusterFiles(folder);
    const known = stateOf(folder);
    if (known && isRunning(known.supervisor)) return await ready(folder, patienceMs, () => isRunning(known.supervisor));
    mkdirSync(files.logs, { recursive: true, mode: 0o700 });
    writeWhole(files.settings, JSON.stringify(settings));
    // What an earlier one said is not true any more; the new one still needs to know its processes.
    if (known) writeWhole(files.state, JSON.stringify({ ...known, readyAfterMs: undefined }));
    const child = spawnSupervisor(options);
    return await ready(folder, patienceMs, () => child.exitCode === null && child.signalCode === null);
}

/** Ends the control plane, if it runs; what it keeps stays in its folder. */
export async function stopControlPlane(folder: string): Promise<void> {
    const state = stateOf(folder);
    if (!state) return;
    const deadline = Date.now() + stopPatienceMs;
    if (isRunning(state.supervisor)) process.kill(state.supervisor.pid, "SIGTERM");
    while (isRunning(state.supervisor) && Date.now() < deadline) await pause();
    // Read again: it writes down what it has ended.
    await killLeftovers([state.supervisor, ...(stateOf(folder)?.processes ?? [])]);
}

/** Ends the control plane and removes all that it keeps. */
export async function removeControlPlane(folder: string): Promise<void> {
    await stopControlPlane(folder);
    rmSync(folder, { recursive: true, force: true });
}

/** The control plane in that folder, if it runs and is ready. */
export function runningControlPlane(folder: string): ControlPlane | undefined {
    const state = stateOf(folder);
    return state && isRunning(state.supervisor) ? controlPlaneOf(folder, state) : undefined;
}

/** Numbers of the supervisor and of the processes that it watches. */
export function processesOf(folder: string): number[] {
    const state = stateOf(folder);
    return state ? [state.supervisor, ...state.processes].filter(isRunning).map(({ pid }) => pid) : [];
}

function spawnSupervisor({ folder, supervisor, attached = false }: StartOptions): ChildProcess {
    const log = openSync(clusterFiles(folder).supervisorLog, "a");
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", supervisor, folder], {
        detached: !attached,
        stdio: ["ignore", log, log, ...(attached ? (["ipc"] as const) : [])],
    });
    closeSync(log);
    child.unref();
    child.channel?.unref();
    return child;
}

async function ready(folder: string, patienceMs: number, lives: () => boolean): Promise<ControlPlane> {
    const deadline = Date.now() + patienceMs;
    while (lives() && Date.now() < deadline) {
        const state = stateOf(folder);
        const found = state && controlPlaneOf(folder, state);
        if (found) return found;
        await pause();
    }
    const why = lives() ? `is not ready after ${patienceMs / 1000} s` : "ended before it was ready";
    throw new Error(`the Kubernetes control plane in ${folder} ${why}\n${lastLines(folder)}`);
}

function controlPlaneOf(folder: string, { ports, readyAfterMs }: SupervisorState): ControlPlane | undefined {
    if (readyAfterMs === undefined) return undefined;
    const { adminKubeconfig, pki } = clusterFiles(folder);
    return {
        folder,
        port: ports.api,
        ...{ server: `https://127.0.0.1:${ports.api}`, gatewayPort: ports.gateway },
        authority: readFileSync(`${pki}/ca.crt`, "utf8"),
        adminKubeconfig,
        readyAfterMs,
    };
}

function stateOf(folder: string): SupervisorState | undefined {
    return readOwn(clusterFiles(folder).state) as SupervisorState | undefined;
}

/** The ends of the logs, which say why it does not run. */
function lastLines(folder: string): string {
    const { logs } = clusterFiles(folder);
    const found = ["supervisor", "etcd", "kube-apiserver"].flatMap((name) => {
        const file = `${logs}/${name}.log`;
        if (!existsSync(file)) return [];
        const lines = readFileSync(file, "utf8").trim().split("\n").slice(-8);
        return lines.map((line) => `  ${name}: ${line.slice(0, 400)}`);
    });
    return found.join("\n");
}

function pause(): Promise<void> {
    return new Promise((done) => setTimeout(done, pollMs));
}
