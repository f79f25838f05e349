import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { readOwn } from "../../../../sandbox/files";
import { clusterFiles, type SupervisorState } from "../../../../sandbox/kubernetes/control-plane/settings";
import { KubernetesProvider } from "../../../../sandbox/kubernetes/provider/backend";
import type { KubeObject } from "../../../../sandbox/kubernetes/provider/objects";
import type { Values } from "../../../../sandbox/protocol/values";
import { seen } from "../../../mocks";
import { apply } from "../applied";
import { customDefinitions, kubernetesPrograms, type TestControlPlane } from "../control-plane";

export const { controllerFolder, controllerVersion, ensureController } = jest.requireActual<{
    controllerFolder: (name: string) => string;
    controllerVersion: (name: string) => string;
    ensureController: (name: string) => Promise<string>;
}>("../../../../tools/controllers.cjs");

/** A first build beside all other tests. */
export const buildTimeoutMs = 1_500_000;
const releaseType = "kubernetes:helm.sh/v3:Release";

/** Puts what the program registered in this test into the cluster: namespaces and priorities, then charts, then the rest. */
export async function install(cluster: TestControlPlane): Promise<void> {
    const isBefore = (kind: unknown): boolean => ["Namespace", "PriorityClass"].includes(String(kind));
    const before = seen.filter(({ inputs }) => isBefore(inputs.kind));
    if (before.length > 0) apply(cluster, before);
    for (const { inputs } of seen.filter(({ type }) => type === releaseType)) await installRelease(cluster, inputs);
    const rest = seen.filter(({ type, inputs }) => type !== releaseType && !isBefore(inputs.kind));
    if (rest.length > 0) apply(cluster, rest);
}

async function providerOf({ plane }: TestControlPlane): Promise<KubernetesProvider> {
    const provider = new KubernetesProvider("4.34.2", { definitions: () => Promise.resolve(customDefinitions()) });
    await provider.configure({ kubeconfig: readFileSync(plane.adminKubeconfig, "utf8") });
    return provider;
}

/** Installs a release of a chart. */
export async function installRelease(cluster: TestControlPlane, inputs: Values): Promise<void> {
    const provider = await providerOf(cluster);
    const urn = `urn:pulumi:dev::live::${releaseType}::${String(inputs.name)}`;
    await provider.create({ urn, token: releaseType, preview: false, timeoutSeconds: 90, inputs });
}

/** Uninstalls a release. */
export async function uninstall(cluster: TestControlPlane, id: string): Promise<void> {
    const provider = await providerOf(cluster);
    const urn = `urn:pulumi:dev::live::${releaseType}::${id}`;
    await provider.delete({ urn, token: releaseType, id, olds: {}, timeoutSeconds: 60 });
}

/**
 * What `kubectl` prints.
 * @param input An object for its standard input. @default none
 * @param kubeconfig As whom. @default the administrator
 */
export async function kubectl(
    { plane }: TestControlPlane,
    args: readonly string[],
    input: unknown = "",
    kubeconfig = plane.adminKubeconfig,
): Promise<string> {
    const command = join(kubernetesPrograms(), "kubectl");
    const running = promisify(execFile)(command, ["--kubeconfig", kubeconfig, ...args], { encoding: "utf8" });
    // One that reads nothing may have ended by then.
    running.child.stdin?.on("error", () => undefined).end(JSON.stringify(input));
    return (await running).stdout;
}

/** What a command that failed has said. */
export function said(fault: unknown): string {
    const { stdout = "", stderr = "" } = fault as { stdout?: string; stderr?: string };
    return stdout === "" ? stderr : stdout;
}

/** The process that runs a program of a controller. */
export function pidOf({ plane }: TestControlPlane, program: string): number {
    const { processes } = readOwn(clusterFiles(plane.folder).state) as SupervisorState;
    return processes.find(({ name }) => name === program)?.pid ?? 0;
}

/** Kubeconfig of a controller's account. */
export function accountOf({ plane }: TestControlPlane, chart: string, account: string): string {
    return join(plane.folder, "controllers", chart, `${account}.kubeconfig`);
}

/** An object as it is; undefined when there is none. */
export async function read(
    cluster: TestControlPlane,
    kind: string,
    namespace: string,
    name: string,
): Promise<KubeObject> {
    return JSON.parse(
        await kubectl(cluster, ["get", kind, name, "--namespace", namespace, "--output", "json"]),
    ) as KubeObject;
}

/** Looks until it is so. @throws Error naming what was waited for, and what was seen last. */
export async function until<T>(
    what: string,
    look: () => Promise<T>,
    met: (seen: T) => boolean,
    seconds = 60,
): Promise<T> {
    let last: T | undefined;
    for (const end = Date.now() + seconds * 1000; Date.now() < end;) {
        last = await look();
        if (met(last)) return last;
        await new Promise((done) => setTimeout(done, 200));
    }
    throw new Error(`${what}: not within ${seconds} s, but ${JSON.stringify(last ?? null).slice(-2000)}`);
}
