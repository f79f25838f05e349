import { KubeConfig } from "@kubernetes/client-node";
import { Api } from "../../../images/backup/api";

/** A config that signs in by a token of a service account, as what runs in a pod does. */
export async function accountConfig(admin: KubeConfig, namespace: string, account: string): Promise<KubeConfig> {
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`;
    const request = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} };
    const { status } = (await new Api(admin).send("POST", path, request)) as { status: { token: string } };
    const server = admin.getCurrentCluster();
    if (!server) throw new Error("the config names no cluster");
    const config = new KubeConfig();
    config.loadFromOptions({
        clusters: [server],
        users: [{ name: account, token: status.token }],
        contexts: [{ name: account, cluster: server.name, user: account }],
        currentContext: account,
    });
    return config;
}

/** The same for one who may do everything: the provider of Pulumi takes tokens, as AKS has no other way in. */
export async function operatorKubeconfig(admin: KubeConfig): Promise<string> {
    const api = new Api(admin);
    await api.send("POST", "/api/v1/namespaces/default/serviceaccounts", { metadata: { name: "operator" } });
    await api.send("POST", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", {
        metadata: { name: "operator" },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
        subjects: [{ kind: "ServiceAccount", name: "operator", namespace: "default" }],
    });
    return (await accountConfig(admin, "default", "operator")).exportConfig();
}
