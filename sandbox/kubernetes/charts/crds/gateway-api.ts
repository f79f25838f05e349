import { choice, definition, integer, labelSelector, list, listBy, mapOf, object, text } from "./definition";
import type { Shape } from "./definition";

/** @see https://gateway-api.sigs.k8s.io/reference/spec/ */
const group = "gateway.networking.k8s.io";
const approval = "https://github.com/kubernetes-sigs/gateway-api/pull/3328";

const parentRef = object({
    ...{ group: text, kind: text, namespace: text, "name!": text, sectionName: text, port: integer },
});

const headerChange = object({
    set: listBy(["name"], object({ "name!": text, "value!": text })),
    add: listBy(["name"], object({ "name!": text, "value!": text })),
    remove: list(text),
});
const backend = { group: text, kind: text, namespace: text, "name!": text, port: integer };
const path = object({
    type: choice("ReplaceFullPath", "ReplacePrefixMatch"),
    ...{ replaceFullPath: text, replacePrefixMatch: text },
});

const filter = object({
    "type!": choice(
        ...["RequestHeaderModifier", "ResponseHeaderModifier", "RequestMirror", "RequestRedirect", "URLRewrite"],
        ...["ExtensionRef", "CORS"],
    ),
    requestHeaderModifier: headerChange,
    responseHeaderModifier: headerChange,
    requestMirror: object({
        "backendRef!": object(backend),
        percent: integer,
        fraction: object({ "numerator!": integer, denominator: integer }),
    }),
    requestRedirect: object({ scheme: text, hostname: text, path, port: integer, statusCode: integer }),
    urlRewrite: object({ hostname: text, path }),
    extensionRef: object({ "group!": text, "kind!": text, "name!": text }),
});

const matched = (...types: string[]): Shape => object({ type: choice(...types), "name!": text, "value!": text });
const httpMatch = object({
    path: object({ type: choice("Exact", "PathPrefix", "RegularExpression"), value: text }),
    headers: listBy(["name"], matched("Exact", "RegularExpression")),
    queryParams: listBy(["name"], matched("Exact", "RegularExpression")),
    method: text,
});

const backendRefs = list(object({ ...backend, weight: integer, filters: list(filter) }));

const httpRoute = object({
    parentRefs: list(parentRef),
    hostnames: list(text),
    rules: list(
        object({
            name: text,
            matches: list(httpMatch),
            filters: list(filter),
            backendRefs,
            timeouts: object({ request: text, backendRequest: text }),
            retry: object({ attempts: integer, backoff: text, codes: list(integer) }),
        }),
    ),
});

const grpcRoute = object({
    parentRefs: list(parentRef),
    hostnames: list(text),
    rules: list(
        object({
            name: text,
            matches: list(
                object({
                    method: object({ type: text, service: text, method: text }),
                    headers: listBy(["name"], matched("Exact", "RegularExpression")),
                }),
            ),
            filters: list(filter),
            backendRefs,
        }),
    ),
});

const objectRef = object({ group: text, kind: text, "name!": text, namespace: text });

const listener = object({
    "name!": text,
    hostname: text,
    "port!": integer,
    "protocol!": text,
    tls: object({
        mode: choice("Terminate", "Passthrough"),
        certificateRefs: list(objectRef),
        options: mapOf(text),
    }),
    allowedRoutes: object({
        namespaces: object({ from: choice("All", "Selector", "Same", "None"), selector: labelSelector }),
        kinds: list(object({ group: text, "kind!": text })),
    }),
});

const parametersRef = object({ "group!": text, "kind!": text, "name!": text, namespace: text });

const gateway = object({
    "gatewayClassName!": text,
    "listeners!": listBy(["name"], listener),
    addresses: list(object({ type: text, value: text })),
    infrastructure: object({ labels: mapOf(text), annotations: mapOf(text), parametersRef }),
});

const gatewayClass = object({ "controllerName!": text, parametersRef, description: text });

const grant = object({
    "from!": list(object({ "group!": text, "kind!": text, "namespace!": text })),
    "to!": list(object({ "group!": text, "kind!": text, name: text })),
});

const stable = { group, versions: ["v1"], approval } as const;

export const gatewayApiDefinitions = [
    definition({ ...stable, kind: "GatewayClass", plural: "gatewayclasses", scope: "Cluster", spec: gatewayClass }),
    definition({ ...stable, kind: "Gateway", spec: gateway }),
    definition({ ...stable, kind: "HTTPRoute", spec: httpRoute }),
    definition({ ...stable, kind: "GRPCRoute", spec: grpcRoute }),
    definition({ ...stable, versions: ["v1beta1"], kind: "ReferenceGrant", spec: grant }),
];
