import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import { writeWhole } from "../../../sandbox/files";
import type { AzureFacts } from "../../../sandbox/kubernetes/azure-facts";
import { startControlPlane, stopControlPlane } from "../../../sandbox/kubernetes/control-plane/control-plane";
import type { ControlPlane } from "../../../sandbox/kubernetes/control-plane/control-plane";
import type { ControlPlanesOptions } from "../../../sandbox/kubernetes/control-planes";
import { Pki } from "../../../sandbox/kubernetes/control-plane/pki";
import { clusterFiles } from "../../../sandbox/kubernetes/control-plane/settings";
import type { ClusterSettings } from "../../../sandbox/kubernetes/control-plane/settings";
import { Directory } from "../../../sandbox/kubernetes/identity/directory";
import { sandboxFiles } from "../../../sandbox/kubernetes/identity/places";

const root = resolve(__dirname, "..", "..", "..");
const { compile } = jest.requireActual<{ compile: (options: { root: string; out: string }) => Promise<unknown> }>(
    "../../../tools/compile.cjs",
);
const { withLock } = jest.requireActual<{
    withLock: (file: string, work: () => Promise<unknown>, waiting: () => void) => Promise<unknown>;
}>("../../../tools/lock.cjs");
const { kubernetesFolder } = jest.requireActual<{ kubernetesFolder: () => string }>("../../../tools/kubernetes.cjs");
const { definitionsFolder } = jest.requireActual<{ definitionsFolder: () => string }>("../../../tools/definitions.cjs");

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

/** Folder of the custom resources' definitions, which `npm test` has made sure of. */
export function customDefinitions(): string {
    const folder = process.env.MLPLATFORM_DEFINITIONS ?? definitionsFolder();
    if (!existsSync(folder)) {
        throw new Error("the definitions of custom resources are missing: `node tools/definitions.cjs` fetches them");
    }
    return folder;
}

/** What a control plane is made of. */
export const installedParts = (): Pick<ClusterSettings, "binaries" | "definitions"> => ({
    binaries: kubernetesPrograms(),
    definitions: customDefinitions(),
});

/** The same, as who opens a sandbox is asked for it. */
export const partsToInstall = (): Pick<ControlPlanesOptions, "binaries" | "definitions"> => ({
    binaries: () => Promise.resolve(kubernetesPrograms()),
    definitions: () => Promise.resolve(customDefinitions()),
});

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

type Settings = Omit<ClusterSettings, "binaries" | "definitions">;

/** Starts a control plane in a folder; it ends with this process at the latest. */
export async function startTestPlane(folder: string, settings: Settings = {}): Promise<ControlPlane> {
    const supervisor = await compiledSupervisor();
    return await startControlPlane({
        ...{ folder, supervisor, attached: true },
        settings: { ...installedParts(), ...settings },
    });
}

/** Id that the test's cluster has in Azure: scope of role assignments, `${testClusterId}/namespaces/NAME` too. */
export const testClusterId =
    "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg-test/providers/Microsoft.ContainerService/managedClusters/test";
export const testAdminGroup = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa";
export const testTenantId = "22222222-2222-4222-8222-222222222222";
export const testIssuerUrl = "https://issuer.example/test/";

/** What the sandbox's Azure says of a test's cluster. */
export function testFacts(
    azure: Partial<Pick<AzureFacts, "roleAssignments" | "identities" | "storage">> = {},
): AzureFacts {
    return {
        cluster: {
            ...{ id: testClusterId, name: "test", tags: {}, hostNames: ["test.example.azmk8s.io"] },
            ...{ issuerUrl: testIssuerUrl, serviceCidr: undefined },
            nodeResourceGroupId: "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/MC_test",
            ...{ adminGroupObjectIds: [testAdminGroup], usesAzureRbac: true },
        },
        // No pools, hence no nodes.
        fleet: {
            cluster: {
                ...{ name: "test", location: "swedencentral", nodeResourceGroup: "MC_test" },
                ...{ subscriptionId: "11111111-1111-4111-8111-111111111111", autoScalerProfile: {} },
            },
            ...{ pools: [], vcpuQuota: {}, images: [] },
        },
        storage: { accounts: [], containers: [], roleAssignments: [] },
        ...{ tenantId: testTenantId, roleAssignments: [], identities: [], ...azure },
    };
}

/** A control plane for the tests of one file. */
export interface TestControlPlane {
    /** Address, authority and admin's kubeconfig, once `beforeAll` is over. */
    readonly plane: ControlPlane;
    /** Config of `system:masters` for `@kubernetes/client-node`. */
    readonly config: KubeConfig;
    /** A client of `system:masters`: `cluster.client(CoreV1Api)`. */
    client: KubeConfig["makeApiClient"];
    /** The sandbox's folder around it, with the key of its Entra ID. */
    readonly sandbox: string;
    /** Changes what Azure says: role assignments, identities. The API server sees it within a second. */
    tell(facts: AzureFacts): void;
    /** Config of an identity of the sandbox's Entra ID, by token: `admin`, `group:OBJECT-ID`, a managed identity. */
    as(identity: string): KubeConfig;
}

/**
 * A real control plane (etcd, API server, scheduler, controller manager; no nodes) for the tests of one file: started
 * before the first and gone after the last one, with its folder. Ready in some seconds. Entra ID and Azure's role
 * assignments hold in it as `facts` say.
 * @example
 * const cluster = useControlPlane();
 * test("...", async () => { await cluster.client(CoreV1Api).listNamespace(); });
 */
export function useControlPlane(settings: Settings = {}, facts: AzureFacts = testFacts()): TestControlPlane {
    const sandbox = mkdtempSync(join(tmpdir(), "mlplatform-cluster-"));
    const places = sandboxFiles(sandbox);
    const folder = places.clusterOf(facts.cluster.name);
    let started: { plane: ControlPlane; config: KubeConfig } | undefined;
    const tell = (now: AzureFacts): void => {
        writeWhole(clusterFiles(folder).azure, JSON.stringify(now));
    };
    beforeAll(async () => {
        tell(facts);
        const directory = new Pki(places.entra);
        await directory.ensureSigningKey("tokens");
        const entra = { tenantId: facts.tenantId, publicKey: directory.file("tokens.pub") };
        const issuer = { serviceAccountIssuer: facts.cluster.issuerUrl };
        const plane = await startTestPlane(folder, { ...issuer, entra, ...settings });
        const config = new KubeConfig();
        config.loadFromFile(plane.adminKubeconfig);
        started = { plane, config };
    }, startTimeoutMs);
    afterAll(async () => {
        await stopControlPlane(folder);
        rmSync(sandbox, { recursive: true, force: true });
    }, startTimeoutMs);
    const running = (): { plane: ControlPlane; config: KubeConfig } => {
        if (!started) throw new Error("the control plane runs from `beforeAll` on");
        return started;
    };
    return {
        ...{ sandbox, tell },
        get plane() {
            return running().plane;
        },
        get config() {
            return running().config;
        },
        client: (api) => running().config.makeApiClient(api),
        as: (identity) => {
            const directory = new Directory(sandbox);
            return tokenConfig(running().plane, directory.tokenFor(directory.find(identity)).token);
        },
    };
}

/** Config that shows a token. */
export function tokenConfig({ server, authority }: ControlPlane, token: string): KubeConfig {
    const config = new KubeConfig();
    const caData = Buffer.from(authority).toString("base64");
    config.loadFromClusterAndUser({ name: "test", server, caData, skipTLSVerify: false }, { name: "user", token });
    return config;
}
