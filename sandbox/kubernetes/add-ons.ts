import { addOnDefinitions } from "./add-on-kinds";
import { DiskCluster } from "./disks/disk-cluster";

const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/**
 * Installs the kinds that AKS's add-ons bring with a cluster, where they are not there yet. What the add-ons do with objects of
 * these kinds is nobody's here, but for snapshots (disks/).
 */
export async function installAddOns(kubeconfig: string): Promise<void> {
    const cluster = new DiskCluster(kubeconfig);
    for (const definition of addOnDefinitions) await cluster.create(definitions, definition);
    cluster.stop();
}
