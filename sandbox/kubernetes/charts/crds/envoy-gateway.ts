import { anything, choice, definition, either, flag, integer, list, object, text } from "./definition";
import type { Shape } from "./definition";

/** @see https://gateway.envoyproxy.io/docs/api/extension_types/ */
const group = "gateway.envoyproxy.io";

const target = object({ "group!": text, "kind!": text, "name!": text, sectionName: text });
const targeted = { targetRef: target, targetRefs: list(target), targetSelectors: list(anything) };

const pod = object({
    annotations: anything,
    labels: anything,
    affinity: anything,
    nodeSelector: anything,
    tolerations: list(anything),
    topologySpreadConstraints: list(anything),
    securityContext: anything,
    priorityClassName: text,
    volumes: list(anything),
});

const container = object({
    ...{ image: text, imageRepository: text, resources: anything, securityContext: anything },
    ...{ env: list(anything), volumeMounts: list(anything) },
});

const workload = (more: Record<string, Shape>): Shape =>
    object({ name: text, pod, container, patch: anything, ...more });

const proxy = object({
    provider: object({
        "type!": choice("Kubernetes", "Host"),
        kubernetes: object({
            envoyDeployment: workload({ replicas: integer, strategy: anything }),
            envoyDaemonSet: workload({ strategy: anything }),
            envoyService: object({
                ...{ name: text, type: text, annotations: anything, labels: anything, loadBalancerIP: text },
                ...{ loadBalancerClass: text, loadBalancerSourceRanges: list(text), externalTrafficPolicy: text },
                ...{ allocateLoadBalancerNodePorts: flag, patch: anything },
            }),
            envoyHpa: object({
                ...{ minReplicas: integer, maxReplicas: integer, metrics: list(anything), behavior: anything },
            }),
            envoyPDB: object({ minAvailable: either, maxUnavailable: either, patch: anything }),
            envoyServiceAccount: object({ name: text }),
        }),
    }),
    logging: object({ level: anything }),
    telemetry: anything,
    bootstrap: anything,
    concurrency: integer,
    shutdown: object({ drainTimeout: text, minDrainDuration: text }),
    extraArgs: list(text),
    mergeGateways: flag,
    backendTLS: anything,
});

const backendTraffic = object({
    ...targeted,
    ...{ loadBalancer: anything, retry: anything, proxyProtocol: anything, tcpKeepalive: anything },
    ...{ healthCheck: anything, circuitBreaker: anything, timeout: anything, connection: anything, dns: anything },
    ...{ http2: anything, rateLimit: anything, faultInjection: anything, compression: list(anything) },
    ...{ responseOverride: list(anything), requestBuffer: anything, useClientProtocol: flag, mergeType: text },
});

const clientTraffic = object({
    ...targeted,
    ...{ tcpKeepalive: anything, enableProxyProtocol: flag, clientIPDetection: anything, tls: anything },
    ...{ path: anything, headers: anything, timeout: anything, connection: anything, http1: anything },
    ...{ http2: anything, http3: anything, healthCheck: anything },
});

const security = object({
    ...targeted,
    ...{ apiKeyAuth: anything, cors: anything, basicAuth: anything, jwt: anything, oidc: anything },
    ...{ extAuth: anything, authorization: anything },
});

const envoy = { group, versions: ["v1alpha1"] } as const;

export const envoyGatewayDefinitions = [
    definition({ ...envoy, kind: "EnvoyProxy", plural: "envoyproxies", spec: proxy }),
    definition({ ...envoy, kind: "BackendTrafficPolicy", plural: "backendtrafficpolicies", spec: backendTraffic }),
    definition({ ...envoy, kind: "ClientTrafficPolicy", plural: "clienttrafficpolicies", spec: clientTraffic }),
    definition({ ...envoy, kind: "SecurityPolicy", plural: "securitypolicies", spec: security }),
];
