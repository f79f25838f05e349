import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { stableGuid } from "../../azure/guid";
import { readFacts } from "../azure-facts";
import { loginHost, serveAzure, storageHosts } from "../azure-endpoints/azure-server";
import { Azurite, storageAudience } from "../azure-endpoints/azurite";
import type { StorageFacts } from "../azure-endpoints/storage-facts";
import type { ProcessRecord } from "../control-plane/children";
import { apiServiceAddress } from "../control-plane/programs";
import type { Plan } from "../control-plane/programs";
import { clusterFiles } from "../control-plane/settings";
import { GatewayController } from "../gateway/gateway-controller";
import { Directory } from "../identity/directory";
import { sandboxFiles } from "../identity/places";
import { serveKubelet } from "./kubelet-server";
import { LocalPods } from "./local-pods";

/** Who puts things into storage for the sandbox itself. */
const sandbox = { name: "sandbox", objectId: stableGuid("sandbox", "storage"), groups: [] };
const noStorage: StorageFacts = { accounts: [], containers: [], roleAssignments: [] };

/**
 * Runs the local pods of a cluster, with all that they reach and are reached by.
 * @param changed Told whenever other processes run.
 */
export async function serveLocally(
    { folder, settings, ports, pki }: Plan,
    log: (line: string) => void,
    changed: (processes: ProcessRecord[]) => void,
): Promise<{ stop: () => Promise<void> }> {
    const files = clusterFiles(folder);
    const kubeconfig = readFileSync(files.adminKubeconfig, "utf8");
    const service = apiServiceAddress(settings);
    const [cert, key, ca] = [pki.text("apiserver.crt"), pki.text("apiserver.key"), pki.text("ca.crt")];
    const storage = settings.entra && (await serveStorage({ folder, settings, ports, pki }, log, changed));
    const pods = await LocalPods.start({
        ...{ kubeconfig, folder: files.pods, log, programs: settings.programs ?? {} },
        ...{ secondsPerSecond: settings.clock ?? 0, kubeletPort: ports.kubelet },
        hosts: () => ({
            ...{ [service]: ports.api, "kubernetes.default.svc": ports.api, [loginHost]: ports.azure },
            ...Object.fromEntries(Object.values(storageHosts).map((host) => [host, ports.azure])),
        }),
        environment: () => ({
            ...{ KUBERNETES_SERVICE_HOST: service, KUBERNETES_SERVICE_PORT: "443" },
            NODE_EXTRA_CA_CERTS: pki.pair("ca").certificate,
        }),
        tenantId: () => readFacts(files.azure)?.tenantId ?? "",
    });
    const server = await serveKubelet({ ...{ port: ports.kubelet, cert, key, ca }, pods: () => pods });
    const gateway = await GatewayController.start({
        ...{ kubeconfig, port: ports.gateway, log },
        portOf: (uid, port) => pods.portOf(uid, port),
    });
    return {
        stop: async () => {
            await gateway.stop();
            server.close();
            server.closeAllConnections();
            await pods.stop();
            await storage?.stop();
        },
    };
}

/** Storage of the accounts that Azure has, and whoever gives out tokens for it. */
async function serveStorage(
    { folder, settings, ports, pki }: Plan,
    log: (line: string) => void,
    changed: (processes: ProcessRecord[]) => void,
): Promise<{ stop: () => Promise<void> }> {
    const files = clusterFiles(folder);
    // A cluster's folder lies in that of the clusters, and that one in the sandbox's.
    const home = resolve(folder, "..", "..");
    const places = sandboxFiles(home);
    const facts = (): StorageFacts => readFacts(files.azure)?.storage ?? noStorage;
    const { certificate, key } = pki.pair("azure");
    const azurite = new Azurite(
        {
            ...{ folder: places.storageOf(folder), uploads: places.uploads, logs: files.logs, log, changed },
            ports: { blobs: ports.blobs, queues: ports.queues, tables: ports.tables },
            ...{ certificate, key, ca: pki.text("ca.crt") },
            token: () => new Directory(home).tokenFor(sandbox, storageAudience).token,
        },
        facts,
    );
    const server = await serveAzure({
        ...{ port: ports.azure, cert: pki.text("azure.crt"), key: pki.text("azure.key"), ca: pki.text("ca.crt") },
        publicKey: readFileSync(settings.entra?.publicKey ?? "", "utf8"),
        ...{ directory: () => new Directory(home), facts, azurite },
        ports: { blobs: ports.blobs, queues: ports.queues },
    });
    return {
        stop: async () => {
            server.close();
            server.closeAllConnections();
            await azurite.stop();
        },
    };
}
