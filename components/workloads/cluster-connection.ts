import { listManagedClusterUserCredentials } from "@pulumi/azure-native/containerservice/listManagedClusterUserCredentials";
import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";

/** Application that every AKS cluster with Entra ID has its tokens made out for. @see https://azure.github.io/kubelogin/concepts/aks.html */
export const aksServerApplicationId = "6dae42f8-4368-4678-94ff-3960e28e3630";

export interface ClusterConnectionArgs {
    resourceGroupName: string;
    clusterName: string;
    /** Host name of the API server, resolved inside the network only. */
    privateFqdn: string;
    tenantId: string;
}

/**
 * The provider for what lies in the cluster. Its kubeconfig holds no secret: whoever runs Pulumi gets a token by kubelogin,
 * with the identity that its environment names (`AAD_LOGIN_METHOD`, @default azurecli). So it reads the same for everyone,
 * and a change of identity never replaces the provider with all that hangs on it.
 */
export async function clusterProvider(name: string, args: ClusterConnectionArgs): Promise<Provider> {
    const kubeconfig = kubeconfigOf(args, await certificateAuthority(args));
    return new Provider(name, {
        ...{ kubeconfig: JSON.stringify(kubeconfig), enableServerSideApply: true },
        // A cluster that cannot be reached fails the run: what is there is never given up because of a broken connection.
        ...{ deleteUnreachable: false, skipUpdateUnreachable: false },
    });
}

/** Certificate authority of the API server, base64: known to whoever may ask Azure for the cluster's credentials. */
async function certificateAuthority({ resourceGroupName, clusterName }: ClusterConnectionArgs): Promise<string> {
    const { kubeconfigs } = await listManagedClusterUserCredentials({
        ...{ resourceGroupName, resourceName: clusterName, format: "exec" },
    });
    const text = Buffer.from(kubeconfigs[0]?.value ?? "", "base64").toString("utf8");
    const found = /certificate-authority-data:\s*"?([A-Za-z0-9+/=]+)/.exec(text)?.[1];
    if (found === undefined)
        throw new pulumi.RunError(`Azure's credentials of cluster ${clusterName} name no certificate authority`);
    return found;
}

/** As `az aks get-credentials` and `kubelogin convert-kubeconfig` make it. */
export function kubeconfigOf({ clusterName, privateFqdn, tenantId }: ClusterConnectionArgs, caBase64: string): object {
    return {
        ...{ apiVersion: "v1", kind: "Config", "current-context": clusterName },
        clusters: [
            {
                name: clusterName,
                cluster: { server: `https://${privateFqdn}:443`, "certificate-authority-data": caBase64 },
            },
        ],
        contexts: [{ name: clusterName, context: { cluster: clusterName, user: clusterName } }],
        users: [
            {
                name: clusterName,
                user: {
                    exec: {
                        ...{ apiVersion: "client.authentication.k8s.io/v1beta1", command: "kubelogin" },
                        args: [
                            "get-token",
                            "--environment",
                            "AzurePublicCloud",
                            "--server-id",
                            aksServerApplicationId,
                            "--tenant-id",
                            tenantId,
                        ],
                        ...{ env: null, provideClusterInfo: false, interactiveMode: "Never" },
                    },
                },
            },
        ],
    };
}
