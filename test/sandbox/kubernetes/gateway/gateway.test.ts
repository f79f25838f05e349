import { request } from "node:http";
import { setTimeout as after } from "node:timers/promises";
import { CustomObjectsApi } from "@kubernetes/client-node";
import { definitionsOf } from "../../../../sandbox/kubernetes/charts/definitions";
import { controllerName } from "../../../../sandbox/kubernetes/gateway/objects";
import type { HttpRoute, RouteRule } from "../../../../sandbox/kubernetes/gateway/objects";
import { LocalCluster } from "../local-pods/cluster";
import { customDefinitions, startTimeoutMs } from "../control-plane";

jest.setTimeout(startTimeoutMs);

const cluster = new LocalCluster();
const { namespace } = cluster;
const api = { group: "gateway.networking.k8s.io", version: "v1" };
const drains = { preStop: { sleep: { seconds: 15 } } };

interface Conditions {
    conditions: { type: string; status: string; reason: string }[];
}

const custom = (): CustomObjectsApi => cluster.control.client(CustomObjectsApi);

beforeAll(async () => {
    const definitions = { group: "apiextensions.k8s.io", version: "v1", plural: "customresourcedefinitions" };
    for (const body of definitionsOf(customDefinitions(), [api.group]))
        await custom().createClusterCustomObject({ ...definitions, body });
    await cluster.until("the gateway's kinds are there", () =>
        custom()
            .listClusterCustomObject({ ...api, plural: "httproutes" })
            .then(
                () => true,
                () => false,
            ),
    );
    await custom().createClusterCustomObject({
        ...{ ...api, plural: "gatewayclasses" },
        body: {
            apiVersion: `${api.group}/v1`,
            kind: "GatewayClass",
            metadata: { name: "own" },
            spec: { controllerName },
        },
    });
    await custom().createNamespacedCustomObject({
        ...{ ...api, plural: "gateways", namespace },
        body: {
            ...{ apiVersion: `${api.group}/v1`, kind: "Gateway", metadata: { name: "platform" } },
            spec: {
                gatewayClassName: "own",
                listeners: [{ name: "https", hostname: "*.ml.example.com", port: 443, protocol: "HTTPS" }],
            },
        },
    });
});

async function service(app: string): Promise<void> {
    const ports = [{ name: "http", port: 80, targetPort: "http" }];
    await cluster.core.createNamespacedService({
        namespace,
        body: { metadata: { name: app }, spec: { selector: { app }, ports } },
    });
}

async function route(path: string, rule: RouteRule): Promise<void> {
    await custom().createNamespacedCustomObject({
        ...{ ...api, plural: "httproutes", namespace },
        body: {
            ...{ apiVersion: `${api.group}/v1`, kind: "HTTPRoute", metadata: { name: path.slice(1) } },
            spec: {
                parentRefs: [{ name: "platform" }],
                hostnames: ["vision.ml.example.com"],
                rules: [
                    {
                        matches: [{ path: { type: "PathPrefix", value: path } }],
                        filters: [
                            {
                                type: "URLRewrite",
                                urlRewrite: { path: { type: "ReplacePrefixMatch", replacePrefixMatch: "/" } },
                            },
                        ],
                        ...rule,
                    },
                ],
            },
        },
    });
    await cluster.until(`the route ${path} is accepted`, async () => (await conditions(path)).length > 0);
}

async function conditions(path: string): Promise<Conditions["conditions"]> {
    const name = path.slice(1);
    const found = (await custom().getNamespacedCustomObjectStatus({
        ...{ ...api, plural: "httproutes", namespace, name },
    })) as HttpRoute & { status?: { parents?: Conditions[] } };
    return found.status?.parents?.[0]?.conditions ?? [];
}

const base = (): string => `http://127.0.0.1:${cluster.plane.gatewayPort}`;

/** Asks under the platform's own name, which `fetch` does not let. */
function askAs(host: string, path: string): Promise<number> {
    return new Promise((resolve, reject) => {
        const asked = request(`${base()}${path}`, { headers: { host } }, (answer) => {
            answer.resume();
            resolve(answer.statusCode ?? 0);
        });
        asked.once("error", reject);
        asked.end();
    });
}

test("a request goes to the pods of its route, its prefix taken off", async () => {
    await cluster.deploy("plain");
    await service("plain");
    await route("/plain", { backendRefs: [{ name: "plain", port: 80 }] });
    await cluster.until("it answers", async () => (await fetch(`${base()}/plain/hello`)).status === 200);
    expect(await (await fetch(`${base()}/plain/hello?a=1`)).text()).toBe("/hello?a=1");
    expect(await askAs("vision.ml.example.com", "/plain/hello")).toBe(200);
    expect(await askAs("audio.ml.example.com", "/plain/hello")).toBe(404);
    expect((await conditions("/plain")).map(({ type, status }) => `${type}=${status}`)).toEqual([
        "Accepted=True",
        "ResolvedRefs=True",
    ]);
    const gateway = (await custom().getNamespacedCustomObjectStatus({
        ...{ ...api, plural: "gateways", namespace, name: "platform" },
    })) as { status: Conditions & { listeners: { attachedRoutes: number }[]; addresses: { value: string }[] } };
    expect(gateway.status.addresses[0]?.value).toBe("127.0.0.1");
    expect(gateway.status.conditions.map(({ type, status }) => `${type}=${status}`)).toEqual([
        "Accepted=True",
        "Programmed=True",
    ]);
    expect(gateway.status.listeners[0]?.attachedRoutes).toBe(1);
});

test("without a pod that is ready the answer is 503, and a backend that is not there is told in the route's status", async () => {
    await service("empty");
    await route("/empty", { backendRefs: [{ name: "empty", port: 80 }] });
    expect((await fetch(`${base()}/empty`)).status).toBe(503);
    expect((await conditions("/empty"))[1]).toMatchObject({ status: "True" });
    await route("/nobody", { backendRefs: [{ name: "nobody", port: 80 }] });
    expect((await fetch(`${base()}/nobody`)).status).toBe(503);
    expect((await conditions("/nobody"))[1]).toMatchObject({ status: "False", reason: "BackendNotFound" });
});

test("weights divide the requests, a mirror sees copies, and what takes too long is given up", async () => {
    for (const app of ["old", "new"]) {
        await cluster.deploy(app, { env: [{ name: "SAYS", value: `${app} ` }] });
        await service(app);
    }
    const [old, next] = ["old", "new"].map((name) => ({ name, port: 80 }));
    if (!old || !next) throw new Error("two backends");
    await route("/weighted", {
        backendRefs: [
            { ...old, weight: 1 },
            { ...next, weight: 1 },
        ],
        timeouts: { request: "1s" },
    });
    await cluster.until("both answer", async () => (await fetch(`${base()}/weighted/`)).status === 200);
    const answers = await Promise.all(
        Array.from({ length: 60 }, async () => (await fetch(`${base()}/weighted/`)).text()),
    );
    expect(new Set(answers)).toEqual(new Set(["old /", "new /"]));
    expect((await fetch(`${base()}/weighted/slow?ms=5000`)).status).toBe(504);
    await route("/mirrored", {
        filters: [{ type: "RequestMirror", requestMirror: { backendRef: next, percent: 100 } }],
        backendRefs: [old],
    });
    expect(await (await fetch(`${base()}/mirrored/said`)).text()).toBe("old /mirrored/said");
    const name = (await cluster.pod("new")).metadata?.name ?? "";
    await cluster.until("the copy has come", async () =>
        (await cluster.core.readNamespacedPodLog({ name, namespace })).includes("asked /mirrored/said"),
    );
});

test("a rolling restart under load loses no request", async () => {
    await cluster.deploy("rolls", { lifecycle: drains }, 2);
    await service("rolls");
    await route("/rolls", { backendRefs: [{ name: "rolls", port: 80 }], timeouts: { request: "30s" } });
    await cluster.until("it answers", async () => (await fetch(`${base()}/rolls/`)).status === 200);
    const before = (await cluster.pods("rolls")).map(({ metadata }) => metadata?.name);
    const codes = new Map<number, number>();
    let going = true;
    const callers = Array.from({ length: 4 }, async () => {
        while (going) {
            const { status } = await fetch(`${base()}/rolls/slow?ms=20`).catch(() => ({ status: 0 }));
            codes.set(status, (codes.get(status) ?? 0) + 1);
        }
    });
    await cluster.restart("rolls");
    await after(300);
    going = false;
    await Promise.all(callers);
    const names = (await cluster.pods("rolls")).map(({ metadata }) => metadata?.name);
    expect(names.some((name) => before.includes(name))).toBe(false);
    expect([...codes.keys()]).toEqual([200]);
    expect(codes.get(200)).toBeGreaterThan(50);
});
