import { readFileSync } from "node:fs";
import { readFacts } from "../azure-facts";
import { apiServiceAddress } from "../control-plane/programs";
import type { Plan } from "../control-plane/programs";
import { clusterFiles } from "../control-plane/settings";
import { GatewayController } from "../gateway/gateway-controller";
import { serveKubelet } from "./kubelet-server";
import { LocalPods } from "./local-pods";

/** Runs the local pods of a cluster, with all that they reach and are reached by. */
export async function serveLocally(
    { folder, settings, ports, pki }: Plan,
    log: (line: string) => void,
): Promise<{ stop: () => Promise<void> }> {
    const files = clusterFiles(folder);
    const service = apiServiceAddress(settings);
    const pods = await LocalPods.start({
        ...{ kubeconfig: readFileSync(files.adminKubeconfig, "utf8"), folder: files.pods, log },
        ...{ programs: settings.programs ?? {}, secondsPerSecond: settings.clock ?? 0, kubeletPort: ports.kubelet },
        hosts: () => ({ [service]: ports.api, "kubernetes.default.svc": ports.api }),
        environment: () => ({
            ...{ KUBERNETES_SERVICE_HOST: service, KUBERNETES_SERVICE_PORT: "443" },
            NODE_EXTRA_CA_CERTS: pki.pair("ca").certificate,
        }),
        tenantId: () => readFacts(files.azure)?.tenantId ?? "",
    });
    const server = await serveKubelet({
        ...{ port: ports.kubelet, cert: pki.text("apiserver.crt"), key: pki.text("apiserver.key") },
        ...{ ca: pki.text("ca.crt"), pods: () => pods },
    });
    const gateway = await GatewayController.start({
        ...{ kubeconfig: readFileSync(files.adminKubeconfig, "utf8"), port: ports.gateway, log },
        portOf: (uid, port) => pods.portOf(uid, port),
    });
    return {
        stop: async () => {
            await gateway.stop();
            server.close();
            server.closeAllConnections();
            await pods.stop();
        },
    };
}
