import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import { removeControlPlane, startControlPlane } from "../../../sandbox/kubernetes/control-plane/control-plane";
import type { ControlPlane } from "../../../sandbox/kubernetes/control-plane/control-plane";
import type { ClusterSettings } from "../../../sandbox/kubernetes/control-plane/settings";

const root = resolve(__dirname, "..", "..", "..");
const { compile } = jest.requireActual<{ compile: (options: { root: string; out: string }) => Promise<unknown> }>(
    "../../../tools/compile.cjs",
);
const { withLock } = jest.requireActual<{
    withLock: (file: string, work: () => Promise<unknown>, waiting: () => void) => Promise<unknown>;
}>("../../../tools/lock.cjs");
const { kubernetesFolder } = jest.requireActual<{ kubernetesFolder: () => string }>("../../../tools/kubernetes.cjs");

/** Time for a control plane to come up while other tests have the cores. */
export const startTimeoutMs = 240_000;

/** Folder of the control plane's programs, which `npm test` has made sure of. */
export function kubernetesPrograms(): string {
    const folder = process.env.MLPLATFORM_KUBERNETES_BIN ?? kubernetesFolder();
    if (!existsSync(join(folder, "kube-apiserver"))) {
        throw new Error("the Kubernetes control plane is missing: `node tools/kubernetes.cjs` installs it");
    }
    return folder;
}

/** The compiled supervisor, up to date with its source. */
export async function compiledSupervisor(): Promise<string> {
    const home = join(root, ".mlplatform");
    const out = join(home, "build");
    await withLock(
        join(home, "build.lock"),
        () => compile({ root, out }),
        () => undefined,
    );
    return join(out, "sandbox", "kubernetes", "supervisor.js");
}

/** Starts a control plane in a folder; it ends with this process at the latest. */
export async function startTestPlane(
    folder: string,
    settings: Omit<ClusterSettings, "binaries"> = {},
): Promise<ControlPlane> {
    const supervisor = await compiledSupervisor();
    return await startControlPlane({
        ...{ folder, supervisor, attached: true },
        settings: { binaries: kubernetesPrograms(), ...settings },
    });
}

/** A control plane for the tests of one file. */
export interface TestControlPlane {
    /** Address, authority and admin's kubeconfig, once `beforeAll` is over. */
    readonly plane: ControlPlane;
    /** Config of `system:masters` for `@kubernetes/client-node`. */
    readonly config: KubeConfig;
    /** A client of `system:masters`: `cluster.client(CoreV1Api)`. */
    client: KubeConfig["makeApiClient"];
}

/**
 * A real control plane (etcd, API server, scheduler, controller manager; no nodes) for the tests of one file: started
 * before the first and gone after the last one, with its folder. Ready in some seconds.
 * @example
 * const cluster = useControlPlane();
 * test("...", async () => { await cluster.client(CoreV1Api).listNamespace(); });
 */
export function useControlPlane(settings: Omit<ClusterSettings, "binaries"> = {}): TestControlPlane {
    const folder = mkdtempSync(join(tmpdir(), "mlplatform-cluster-"));
    let started: { plane: ControlPlane; config: KubeConfig } | undefined;
    beforeAll(async () => {
        const plane = await startTestPlane(folder, settings);
        const config = new KubeConfig();
        config.loadFromFile(plane.adminKubeconfig);
        started = { plane, config };
    }, startTimeoutMs);
    afterAll(async () => {
        await removeControlPlane(folder);
        rmSync(folder, { recursive: true, force: true });
    }, startTimeoutMs);
    const running = (): { plane: ControlPlane; config: KubeConfig } => {
        if (!started) throw new Error("the control plane runs from `beforeAll` on");
        return started;
    };
    return {
        get plane() {
            return running().plane;
        },
        get config() {
            return running().config;
        },
        client: (api) => running().config.makeApiClient(api),
    };
}
