import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import * as pulumi from "@pulumi/pulumi";
import { Access } from "../governance/access";
import { shown } from "../options";
import type { Placement } from "../placement";
import { refuse } from "../refuse";
import { wholeNumberFault } from "../units";
import { chartRelease, type MirroredChart } from "./chart";
import { hardenedContainer, hardenedPod } from "./hardened-pod";
import { namespace } from "./namespace";
import { apiServerOpening, inBlock, metricsOpening, networkPolicies, type Opening } from "./network-policies";
import { placement, type NodePlace } from "./node-place";
import { imageFaults, type PinnedImage } from "./pinned-image";
import { priorityClassName } from "./priority-classes";
import { WorkloadIdentity, workloadIdentityLabel } from "./workload-identity";

/** What a gateway can be told. */
export interface GatewayChoice {
    /** Names of services are one label below it: `detector.ml.example.com`. Its names must lead to the gateway's address. */
    domain: string;
    /** Certificate of `*.DOMAIN` in the platform's vault, by name. Renewed ones are taken over within minutes. */
    certificate: string;
}

/** Arguments of {@link Gateway}. */
export interface GatewayArgs extends Placement, GatewayChoice {
    chart: MirroredChart;
    images: Readonly<Record<"controller" | "proxy" | "pause", PinnedImage>>;
    core: NodePlace;
    /** Proxies, and controllers, at one time. */
    replicas: number;
    tenantId: string;
    oidcIssuerUrl: string;
    vault: { id: string; name: string };
    /** Full id of the subnet in which the gateway has its address. */
    subnetId: string;
    rolePropagationSeconds: number;
    apiServerBlocks: readonly string[];
    cluster: pulumi.ProviderResource;
}

export const gatewayNamespace = "platform-gateway";
export const gatewayName = "platform";
/** Label of namespaces whose routes the gateway takes. */
export const routesLabel = { "mlplatform/routes": "allowed" } as const;
/** Port on which proxies listen for the gateway's 443: Envoy Gateway moves privileged ports up by 10000. */
const proxyPort = 10443;
const secretName = "gateway-certificate";
const account = "gateway-certificate";
const proxyLabels = { "gateway.envoyproxy.io/owning-gateway-name": gatewayName } as const;

/**
 * The one way in: names below a domain, over TLS, on an address of the ingress subnet that nobody outside of the joined networks
 * reaches. Teams attach an `HTTPRoute` from namespaces that may; nothing listens without encryption.
 *
 * The certificate comes out of the vault through AKS's own add-on, the Secrets Store CSI driver, by workload identity. The add-on
 * makes the secret for as long as some pod has it mounted, and this pod does nothing else.
 * @see https://learn.microsoft.com/azure/aks/csi-secrets-store-identity-access
 * @see https://gateway.envoyproxy.io/docs/
 * @throws pulumi.ResourceError naming every argument that breaks a rule.
 */
export class Gateway extends pulumi.ComponentResource {
    /** Namespace and name that routes give as their parent. Resolves once routes are taken. */
    readonly parent: pulumi.Output<{ namespace: string; name: string }>;

    constructor(name: string, args: GatewayArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:workloads:Gateway", name, shown({ ...args, cluster: undefined }), opts);
        const { images, cluster, replicas } = args;
        refuse(this, [
            ...gatewayFaults("", args),
            ...Object.entries(images).flatMap(([part, image]) => imageFaults(`images.${part}`, image)),
            wholeNumberFault("replicas", replicas, 1, 10),
        ]);
        const own = { parent: this, provider: cluster };
        const home = namespace(gatewayNamespace, {}, own);
        const inside = { ...own, dependsOn: [home] };
        networkPolicies(gatewayNamespace, openings(args), inside);
        const certificate = this.certificate(name, args, home);
        const release = chartRelease(
            name,
            { chart: args.chart, release: "envoy-gateway", namespace: gatewayNamespace, values: values(args) },
            inside,
        );
        const object = (
            instance: string,
            [apiVersion, kind]: readonly [string, string],
            spec: object,
            dependsOn: pulumi.Resource[],
        ): CustomResource =>
            new CustomResource(
                `${name}-${instance}`,
                {
                    ...{ apiVersion, kind, spec },
                    metadata: { name: gatewayName, ...(kind !== "GatewayClass" && { namespace: gatewayNamespace }) },
                },
                { ...own, dependsOn },
            );
        const proxies = object("proxies", ["gateway.envoyproxy.io/v1alpha1", "EnvoyProxy"], proxySpec(args), [release]);
        const type = object("class", ["gateway.networking.k8s.io/v1", "GatewayClass"], classSpec, [proxies]);
        const gateway = object("gateway", ["gateway.networking.k8s.io/v1", "Gateway"], gatewaySpec(args), [
            type,
            certificate,
        ]);
        this.parent = gateway.urn.apply(() => ({ namespace: gatewayNamespace, name: gatewayName }));
        this.registerOutputs({ parent: this.parent });
    }

    /** What brings the certificate out of the vault, and may read nothing else there. */
    private certificate(name: string, args: GatewayArgs, home: pulumi.Resource): Deployment {
        const { cluster, vault, certificate, tenantId, images, core, naming } = args;
        const { identity, ready } = new WorkloadIdentity(
            `${name}-identity`,
            { ...args, instance: "gateway", accounts: [{ namespace: gatewayNamespace, account }], after: [home] },
            { parent: this },
        );
        const reads = new Access(
            `${name}-certificate`,
            {
                ...{ row: "gateway-certificate", scope: `${vault.id}/secrets/${certificate}` },
                ...{ principalId: identity.principalId, subscriptionId: naming.subscriptionId },
                propagationSeconds: args.rolePropagationSeconds,
            },
            { parent: this },
        );
        const own = { parent: this, provider: cluster };
        const objects = `array:\n  - |\n    objectName: ${certificate}\n    objectType: secret\n`;
        const from = new CustomResource(
            `${name}-vault`,
            {
                ...{ apiVersion: "secrets-store.csi.x-k8s.io/v1", kind: "SecretProviderClass" },
                metadata: { name: secretName, namespace: gatewayNamespace },
                spec: {
                    provider: "azure",
                    parameters: {
                        ...{ usePodIdentity: "false", clientID: ready, keyvaultName: vault.name, tenantId, objects },
                    },
                    secretObjects: [
                        {
                            ...{ secretName, type: "kubernetes.io/tls" },
                            data: [
                                { objectName: certificate, key: "tls.key" },
                                { objectName: certificate, key: "tls.crt" },
                            ],
                        },
                    ],
                },
            },
            { ...own, dependsOn: [home, reads] },
        );
        const labels = { "app.kubernetes.io/name": "gateway-certificate" };
        return new Deployment(
            `${name}-certificate`,
            {
                metadata: { name: "gateway-certificate", namespace: gatewayNamespace, labels },
                spec: {
                    replicas: 1,
                    selector: { matchLabels: labels },
                    template: {
                        metadata: { labels: { ...labels, ...workloadIdentityLabel } },
                        spec: {
                            ...{ ...hardenedPod, ...placement(core), serviceAccountName: account },
                            priorityClassName: priorityClassName("controllers"),
                            containers: [
                                {
                                    ...{ name: "holder", image: images.pause, securityContext: hardenedContainer },
                                    resources: {
                                        requests: { cpu: "5m", memory: "8Mi" },
                                        limits: { memory: "16Mi" },
                                    },
                                    volumeMounts: [{ name: "vault", mountPath: "/mnt/vault", readOnly: true }],
                                },
                            ],
                            volumes: [
                                {
                                    name: "vault",
                                    csi: {
                                        ...{ driver: "secrets-store.csi.k8s.io", readOnly: true },
                                        volumeAttributes: { secretProviderClass: secretName },
                                    },
                                },
                            ],
                        },
                    },
                },
            },
            { ...own, dependsOn: [from] },
        );
    }
}

/** What is wrong with the choice; empty when nothing is. */
export function gatewayFaults(field: string, { domain, certificate }: GatewayChoice): string[] {
    return [
        !/^(?=.{4,200}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/.test(domain) &&
            `${field}domain must be a full host name in small letters, got "${domain}"`,
        // https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates
        !/^[A-Za-z0-9-]{1,127}$/.test(certificate) &&
            `${field}certificate must be a certificate's name in the vault, 1 to 127 of letters, digits and "-", got "${certificate}"`,
    ].filter((fault) => fault !== false);
}

/** @see https://gateway.envoyproxy.io/docs/install/gateway-helm-api/ */
function values({ images, core, replicas }: GatewayArgs): Record<string, pulumi.Input<unknown>> {
    const { nodeSelector, tolerations } = placement(core);
    return {
        // The controller's image is that of the proxies' helper too.
        global: { images: { envoyGateway: { image: images.controller, pullPolicy: "IfNotPresent" } } },
        createNamespace: false,
        // Asks the API server of each pod in the cluster for its zone; the proxies are spread without it.
        topologyInjector: { enabled: false },
        deployment: {
            replicas,
            priorityClassName: priorityClassName("controllers"),
            envoyGateway: {
                resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "1Gi" } },
                securityContext: restricted,
            },
            pod: { nodeSelector, tolerations },
        },
        certgen: { job: { nodeSelector, tolerations, securityContext: restricted } },
        ...(replicas > 1 && { podDisruptionBudget: { minAvailable: 1 } }),
        config: {
            envoyGateway: { gateway: { controllerName }, provider: { type: "Kubernetes" } },
        },
    };
}

const controllerName = "gateway.envoyproxy.io/gatewayclass-controller";
/** The user that images of Envoy Gateway are built for. */
const restricted = { ...hardenedContainer, runAsUser: 65532, runAsGroup: 65532 };

const classSpec = {
    controllerName,
    parametersRef: {
        ...{ group: "gateway.envoyproxy.io", kind: "EnvoyProxy" },
        ...{ name: gatewayName, namespace: gatewayNamespace },
    },
};

function proxySpec({ images, core, replicas, subnetId }: GatewayArgs): object {
    const { nodeSelector, tolerations } = placement(core);
    return {
        provider: {
            type: "Kubernetes",
            kubernetes: {
                envoyDeployment: {
                    replicas,
                    pod: {
                        ...{ nodeSelector, tolerations },
                        topologySpreadConstraints: [
                            {
                                ...{ maxSkew: 1, topologyKey: "topology.kubernetes.io/zone" },
                                whenUnsatisfiable: "ScheduleAnyway",
                                labelSelector: { matchLabels: proxyLabels },
                            },
                        ],
                        annotations: {
                            "prometheus.io/scrape": "true",
                            "prometheus.io/port": "19001",
                            "prometheus.io/path": "/stats/prometheus",
                        },
                    },
                    container: {
                        image: images.proxy,
                        resources: { requests: { cpu: "200m", memory: "256Mi" }, limits: { memory: "1Gi" } },
                        securityContext: restricted,
                    },
                },
                ...(replicas > 1 && { envoyPDB: { minAvailable: 1 } }),
                envoyService: {
                    type: "LoadBalancer",
                    // Who called stays known, and no node forwards to another.
                    externalTrafficPolicy: "Local",
                    annotations: {
                        "service.beta.kubernetes.io/azure-load-balancer-internal": "true",
                        "service.beta.kubernetes.io/azure-load-balancer-internal-subnet": subnetId.slice(
                            subnetId.lastIndexOf("/") + 1,
                        ),
                    },
                },
            },
        },
        shutdown: { drainTimeout: "60s" },
    };
}

function gatewaySpec({ domain }: GatewayChoice): object {
    return {
        gatewayClassName: gatewayName,
        listeners: [
            {
                ...{ name: "https", protocol: "HTTPS", port: 443, hostname: `*.${domain}` },
                tls: { mode: "Terminate", certificateRefs: [{ kind: "Secret", name: secretName }] },
                allowedRoutes: {
                    namespaces: { from: "Selector", selector: { matchLabels: { ...routesLabel } } },
                    kinds: [{ kind: "HTTPRoute" }],
                },
            },
        ],
    };
}

function openings({ apiServerBlocks }: GatewayArgs): Opening[] {
    const self = [{ podSelector: {} }];
    return [
        // The load balancer is internal, and keeps the caller's address: whoever reaches the network may knock.
        { name: "callers", pods: proxyLabels, from: [inBlock("0.0.0.0/0")], ports: [proxyPort] },
        {
            ...{ name: "routes", pods: proxyLabels, ports: [80, 443, 8000, 8080, 8888] },
            to: [{ namespaceSelector: { matchLabels: { ...routesLabel } } }],
        },
        { name: "configuration", from: self, to: self, ports: [18000, 18001, 18002] },
        apiServerOpening(apiServerBlocks),
        metricsOpening([19001]),
    ];
}
