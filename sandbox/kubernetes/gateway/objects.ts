import type { KubernetesObject } from "@kubernetes/client-node";

/** What of the Gateway API's objects is read here. @see https://gateway-api.sigs.k8s.io/reference/spec/ */
export interface GatewayClass extends KubernetesObject {
    spec: { controllerName: string };
}

export interface Listener {
    name: string;
    hostname?: string;
    port: number;
    protocol: string;
    allowedRoutes?: {
        namespaces?: { from?: string; selector?: { matchLabels?: Record<string, string> } };
    };
}

export interface Gateway extends KubernetesObject {
    spec: { gatewayClassName: string; listeners: readonly Listener[] };
    status?: object;
}

export interface ParentRef {
    group?: string;
    kind?: string;
    namespace?: string;
    name: string;
    sectionName?: string;
}

export interface BackendRef {
    group?: string;
    kind?: string;
    name: string;
    namespace?: string;
    port?: number;
    weight?: number;
}

interface HeaderChange {
    set?: readonly { name: string; value: string }[];
    add?: readonly { name: string; value: string }[];
    remove?: readonly string[];
}

export interface Filter {
    type: string;
    requestHeaderModifier?: HeaderChange;
    responseHeaderModifier?: HeaderChange;
    urlRewrite?: {
        hostname?: string;
        path?: { type: string; replaceFullPath?: string; replacePrefixMatch?: string };
    };
    requestMirror?: { backendRef: BackendRef; percent?: number };
}

export interface Match {
    path?: { type?: string; value?: string };
    headers?: readonly { type?: string; name: string; value: string }[];
    method?: string;
}

export interface RouteRule {
    matches?: readonly Match[];
    filters?: readonly Filter[];
    backendRefs?: readonly BackendRef[];
    timeouts?: { request?: string; backendRequest?: string };
}

export interface HttpRoute extends KubernetesObject {
    spec: { parentRefs?: readonly ParentRef[]; hostnames?: readonly string[]; rules?: readonly RouteRule[] };
    status?: object;
}

/** Controller of gateways that this project's classes name. */
export const controllerName = "gateway.envoyproxy.io/gatewayclass-controller";
