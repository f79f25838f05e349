import { join } from "node:path";
import { parse } from "yaml";
import { isObject } from "../../azure/properties";
import type { Values } from "../../protocol/values";
import { writeWhole } from "../../files";
import { at, listAt, textAt } from "../provider/objects";
import type { KubeObject } from "../provider/objects";
import type { ControllerKind, Setup } from "./controller-kind";
import { askedAt, loopbackService, movedTo } from "./loopback";

const account = "kueue-controller-manager";
const service = "kueue-webhook-service";
const certificate = "kueue-webhook-server-cert";

/**
 * Kueue's manager, with its kinds, rights and webhooks as its module has them and its chart names them.
 * @see https://github.com/kubernetes-sigs/kueue/tree/main/config/components
 */
export const kueue: ControllerKind = {
    ...{ chart: "kueue", deployment: "kueue-controller-manager", accounts: [account], certificate },
    configuration: { name: "kueue-manager-config", key: "controller_manager_config.yaml" },
    objects: (setup) => {
        const { built, namespace, ports, configuration } = setup;
        const config = configurationOf(configuration);
        const where = { name: service, namespace, port: ports.webhook };
        // Not every patch that lies there is one that is used. The definitions themselves are the release's.
        const conversions = listAt(built.document("config/components/crd/kustomization.yaml"), "patches")
            .map((patch) => textAt(patch, "path"))
            .filter((path) => path.includes("webhook"))
            .flatMap((path) => built.objects(`config/components/crd/${path}`))
            .map((patch) => askedAt(patch, where));
        const rights = built.objects("config/components/rbac").filter(({ kind }) => kind !== "ServiceAccount");
        const webhooks = built.objects("config/components/webhook/manifests.yaml");
        const roles = new Set(
            rights.filter(({ kind }) => kind.endsWith("Role")).map(({ metadata }) => metadata.name ?? ""),
        );
        const own = { from: { namespaces: ["system"], account: "controller-manager" }, accounts: [account] };
        return [
            ...conversions,
            ...[...built.objects("config/components/internalcert"), ...rights]
                .map((object) => named(object, roles))
                .map((object) => movedTo(object, namespace, own)),
            loopbackService(service, namespace),
            ...webhooks
                .map((object) => selected(named(object, roles), config, namespace))
                .map((object) => askedAt(object, where)),
        ];
    },
    program: (setup) => {
        const file = join(setup.folder, "kueue.yaml");
        writeWhole(file, JSON.stringify(configured(setup)));
        return {
            ...{ name: "kueue", command: setup.built.program("kueue"), args: [`--config=${file}`] },
            env: { HOME: setup.folder, KUBECONFIG: setup.kubeconfigOf(account) },
        };
    },
    others: () => [],
    probes: ({ ports }) => [`http://127.0.0.1:${ports.health}/readyz`],
};

/** The configuration of the release, on this machine's loopback. */
function configured({ configuration, namespace, ports, certificates }: Setup): Values {
    const config = configurationOf(configuration);
    const below = (key: string): Values => {
        const value = config[key];
        return isObject(value) ? value : {};
    };
    return {
        ...config,
        namespace,
        health: { ...below("health"), healthProbeBindAddress: `127.0.0.1:${ports.health}` },
        metrics: { ...below("metrics"), bindAddress: `127.0.0.1:${ports.metrics}` },
        webhook: { ...below("webhook"), host: "127.0.0.1", port: ports.webhook, certDir: certificates },
        internalCertManagement: {
            ...below("internalCertManagement"),
            ...{ webhookServiceName: service, webhookSecretName: certificate },
        },
        // One process, which need not wait for the lease of one that was killed.
        leaderElection: { ...below("leaderElection"), leaderElect: false },
        clientConnection: { qps: 1000, burst: 2000 },
        // Its view of what waits keeps its certificate in a folder at the root.
        featureGates: { ...below("featureGates"), VisibilityOnDemand: false },
    };
}

function configurationOf(text: string): Values {
    const config: unknown = parse(text);
    return isObject(config) ? config : {};
}

/** Names as the chart makes them: the project's own, with a prefix. Kinds keep theirs. */
function named(object: KubeObject, roles: ReadonlySet<string>): KubeObject {
    const prefixed = (name: unknown): string => `kueue-${String(name)}`;
    const role = textAt(object, "roleRef", "name");
    const rules = listAt(object, "rules").map((rule) => ({
        ...rule,
        ...(listOf(rule.resources).some((one) => one.endsWith("webhookconfigurations")) &&
            Array.isArray(rule.resourceNames) && { resourceNames: rule.resourceNames.map(prefixed) }),
    }));
    return {
        ...object,
        metadata: { ...object.metadata, name: prefixed(object.metadata.name) },
        ...(roles.has(role) && { roleRef: { ...(object.roleRef as object), name: prefixed(role) } }),
        ...("rules" in object && { rules }),
    };
}

/** Frameworks whose webhooks the chart has fail only where they are asked for. */
const workloads = { deployments: "deployment", pods: "pod", statefulsets: "statefulset" } as Readonly<
    Record<string, string>
>;

/** Webhooks for jobs ask about those namespaces that are managed, as the chart has it. */
function selected(object: KubeObject, config: Values, namespace: string): KubeObject {
    const others = { key: "kubernetes.io/metadata.name", operator: "NotIn", values: ["kube-system", namespace] };
    const namespaceSelector = config.managedJobsNamespaceSelector ?? { matchExpressions: [others] };
    const frameworks = listOf(at(config, "integrations", "frameworks"));
    const webhooks = listAt(object, "webhooks").map((webhook) => {
        const rules = listAt(webhook, "rules");
        if (rules.some(({ apiGroups }) => listOf(apiGroups).includes("kueue.x-k8s.io"))) return webhook;
        const framework = workloads[rules.flatMap(({ resources }) => listOf(resources))[0] ?? ""];
        const failurePolicy = framework === undefined || frameworks.includes(framework) ? "Fail" : "Ignore";
        return { ...webhook, failurePolicy, namespaceSelector };
    });
    return { ...object, webhooks };
}

function listOf(value: unknown): string[] {
    return Array.isArray(value) ? value.map(String) : [];
}
