import type { Program } from "../control-plane/children";
import { askedAt, loopbackService, movedTo } from "./loopback";
import type { ControllerKind, Setup } from "./controller-kind";

const accounts = { operator: "keda-operator", metrics: "keda-metrics-server", webhooks: "keda-webhook" } as const;
const services = {
    operator: "keda-operator",
    metrics: "keda-operator-metrics-apiserver",
    webhooks: "keda-admission-webhooks",
} as const;
const registration = "keda-admission";

/**
 * KEDA's three programs: the operator, the API of external metrics that autoscalers read, and the webhooks. The project's own
 * manifests have one account for all three; which of its rights the chart gives to which, they do not say.
 * @see https://github.com/kedacore/keda/tree/main/config
 */
export const keda: ControllerKind = {
    ...{ chart: "keda", deployment: "keda-operator", accounts: Object.values(accounts), certificate: "kedaorg-certs" },
    apiService: "v1beta1.external.metrics.k8s.io",
    objects: ({ built, namespace, ports }) => {
        const all = { from: { namespaces: ["keda"], account: "keda-operator" }, accounts: Object.values(accounts) };
        const metrics = ["role.yaml", "role_binding.yaml"].flatMap((file) =>
            built.objects(`config/metrics-server/${file}`),
        );
        return [
            ...[...built.objects("config/rbac"), ...metrics].map((object) => movedTo(object, namespace, all)),
            ...[services.metrics, services.webhooks].map((name) => loopbackService(name, namespace)),
            ...built
                .objects("config/metrics-server/api_service.yaml")
                .map((object) => askedAt(object, { name: services.metrics, namespace, port: ports.api })),
            ...built
                .objects("config/webhooks/validation_webhooks.yaml")
                .map((object) => askedAt(object, { name: services.webhooks, namespace, port: ports.webhook })),
        ];
    },
    program: (setup) =>
        program(setup, "operator", accounts.operator, {
            "enable-cert-rotation": true,
            "cert-secret-name": keda.certificate,
            "cert-dir": setup.certificates,
            "operator-service-name": services.operator,
            "metrics-server-service-name": services.metrics,
            "webhooks-service-name": services.webhooks,
            "validating-webhook-name": registration,
            "metrics-bind-address": `127.0.0.1:${setup.ports.metrics}`,
            "health-probe-bind-address": `127.0.0.1:${setup.ports.health}`,
            "metrics-service-bind-address": `127.0.0.1:${setup.ports.internal}`,
            ...unpaced,
        }),
    others: (setup) => [
        program(setup, "adapter", accounts.metrics, {
            "bind-address": "127.0.0.1",
            "secure-port": setup.ports.api,
            port: 0,
            "cert-dir": setup.certificates,
            "client-ca-file": `${setup.certificates}/ca.crt`,
            "tls-cert-file": `${setup.certificates}/tls.crt`,
            "tls-private-key-file": `${setup.certificates}/tls.key`,
            "metrics-service-address": `127.0.0.1:${setup.ports.internal}`,
            "metrics-service-grpc-authority": `${services.operator}.${setup.namespace}.svc`,
            ...Object.fromEntries(
                ["lister", "authentication", "authorization"].map((use) => {
                    return [`${use}-kubeconfig`, setup.kubeconfigOf(accounts.metrics)];
                }),
            ),
            ...unpaced,
        }),
        program(setup, "webhooks", accounts.webhooks, {
            port: setup.ports.webhook,
            "cert-dir": setup.certificates,
            "metrics-bind-address": "0",
            "health-probe-bind-address": `127.0.0.1:${setup.ports.webhookHealth}`,
            ...unpaced,
        }),
    ],
    probes: ({ ports }) => [
        `http://127.0.0.1:${ports.health}/readyz`,
        `http://127.0.0.1:${ports.webhookHealth}/readyz`,
    ],
};

/** Nothing is paced: a whole platform comes up in seconds here. */
const unpaced = { "kube-api-qps": 1000, "kube-api-burst": 2000 };

function program(
    setup: Setup,
    name: string,
    account: string,
    flags: Readonly<Record<string, string | number | boolean>>,
): Program {
    return {
        ...{ name: `keda-${name}`, command: setup.built.program(name) },
        args: Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`),
        // Nothing of the caller's own: neither a proxy, through which it would leave this machine, nor a sign-in to Azure.
        env: {
            ...{ HOME: setup.folder, KUBECONFIG: setup.kubeconfigOf(account), WATCH_NAMESPACE: "" },
            ...{ POD_NAMESPACE: setup.namespace, KEDA_CLUSTER_OBJECT_NAMESPACE: setup.namespace },
        },
    };
}
