import { namespace } from "../../../components/workloads/namespace";
import { metricsOpening, networkPolicies } from "../../../components/workloads/network-policies";
import { WorkloadIdentity } from "../../../components/workloads/workload-identity";
import { Provider } from "@pulumi/kubernetes/provider";
import { all, only, value } from "../../mocks";
import { place } from "../place";

test("a namespace refuses what its level does not allow, and warns of more", async () => {
    await value(namespace("platform-queues", { team: "x" }, {}).id);
    expect(only("kubernetes:core/v1:Namespace").inputs).toEqual({
        ...{ apiVersion: "v1", kind: "Namespace" },
        metadata: {
            name: "platform-queues",
            labels: {
                "pod-security.kubernetes.io/enforce": "restricted",
                "pod-security.kubernetes.io/enforce-version": "latest",
                "pod-security.kubernetes.io/audit": "restricted",
                "pod-security.kubernetes.io/warn": "restricted",
                "mlplatform/part": "platform",
                team: "x",
            },
        },
    });
});

test("a namespace is closed but for DNS and what is named", async () => {
    const policies = networkPolicies("platform-gpu", [metricsOpening([9400])], {});
    await Promise.all(policies.map((policy) => value(policy.id)));
    const made = all("kubernetes:networking.k8s.io/v1:NetworkPolicy");
    expect(made.map(({ name }) => name).sort()).toEqual(
        ["closed", "dns", "metrics"].map((one) => `platform-gpu-${one}`),
    );
    const specs = ["closed", "dns", "metrics"].map(
        (one) => made.find(({ name }) => name === `platform-gpu-${one}`)?.inputs.spec,
    );
    expect(specs).toEqual([
        { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
        expect.objectContaining({ policyTypes: ["Egress"] }),
        {
            podSelector: {},
            policyTypes: ["Ingress"],
            ingress: [
                {
                    from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } } }],
                    ports: [{ port: 9400, protocol: "TCP" }],
                },
            ],
        },
    ]);
});

test("pods sign in as an identity by the cluster's word, without a secret", async () => {
    const cluster = new Provider("cluster", { kubeconfig: "{}" });
    const identity = new WorkloadIdentity("scaler", {
        ...place,
        ...{ instance: "keda", oidcIssuerUrl: "https://issuer/", cluster },
        accounts: [
            { namespace: "platform-scaling", account: "keda-operator", madeElsewhere: true },
            { namespace: "platform-agents", account: "agents" },
        ],
    });
    await value(identity.ready);
    expect(all("managedidentity:FederatedIdentityCredential").map(({ inputs }) => inputs)).toMatchObject([
        {
            issuer: "https://issuer/",
            subject: "system:serviceaccount:platform-scaling:keda-operator",
            audiences: ["api://AzureADTokenExchange"],
        },
        { subject: "system:serviceaccount:platform-agents:agents" },
    ]);
    expect(only("kubernetes:core/v1:ServiceAccount").inputs).toMatchObject({
        metadata: {
            ...{ name: "agents", namespace: "platform-agents" },
            annotations: { "azure.workload.identity/client-id": "scaler-client" },
        },
        automountServiceAccountToken: false,
    });
});
