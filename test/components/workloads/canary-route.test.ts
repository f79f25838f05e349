import { readFileSync } from "node:fs";
import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import type { CustomResourceOptions, ResourceTransformation } from "@pulumi/pulumi";
import { ModelEndpoint } from "../../../components/workloads/model-endpoint";
import { definitionsOf } from "../../../sandbox/kubernetes/charts/definitions";
import { KubeApi } from "../../../sandbox/kubernetes/provider/api";
import { at } from "../../../sandbox/kubernetes/provider/objects";
import type { KubeObject } from "../../../sandbox/kubernetes/provider/objects";
import { customDefinitions, startTimeoutMs, useControlPlane } from "../../sandbox/kubernetes/control-plane";
import { LiveStack } from "../../sandbox/kubernetes/live-stack";
import { endpoint, image, model } from "./scorers";

jest.setTimeout(startTimeoutMs);

const cluster = useControlPlane();
const routes = { group: "gateway.networking.k8s.io", version: "v1", kind: "HTTPRoute" };
const definitions = { group: "apiextensions.k8s.io", version: "v1", kind: "CustomResourceDefinition" };
const { namespace } = endpoint;

let stack: LiveStack;
let api: KubeApi;
beforeAll(async () => {
    const kubeconfig = readFileSync(cluster.plane.adminKubeconfig, "utf8");
    api = new KubeApi({ kubeconfig }, {});
    for (const definition of definitionsOf(customDefinitions(), [routes.group])) {
        const options = { manager: "chart", force: true, dryRun: false };
        await api.apply(definitions, undefined, definition.metadata.name ?? "", definition, options);
    }
    stack = await LiveStack.open(kubeconfig);
}, startTimeoutMs);
afterAll(async () => {
    api.close();
    await stack.close();
}, startTimeoutMs);

/** There are no nodes, and no pod is waited for. */
const withoutWaiting: ResourceTransformation = ({ type, props, opts }) => {
    if (!/:(?:Deployment|Service)$/.test(type)) return undefined;
    const { metadata } = props as { metadata: object };
    return { props: { ...props, metadata: { ...metadata, annotations: { "pulumi.com/skipAwait": "true" } } }, opts };
};

const program =
    (domain: string, over: { weight?: number; mirrorPercent?: number } = {}) =>
    ({ provider }: CustomResourceOptions): undefined => {
        const providers = provider ? [provider] : [];
        const space = new Namespace("space", { metadata: { name: namespace } }, { ...(provider && { provider }) });
        const canary = { image, imageGib: 2, model: { ...model, sha256: "c".repeat(64) }, replicas: 1, weight: 10 };
        new ModelEndpoint(
            "detector",
            {
                ...{ ...endpoint, gpus: 0, pool: "work", scaling: { replicas: 1 } },
                ...{ gateway: { ...endpoint.gateway, domain }, canary: { ...canary, ...over } },
            },
            { providers, dependsOn: [space], transformations: [withoutWaiting] },
        );
    };

const weightsOf = (route: KubeObject | undefined): unknown[] =>
    [0, 1].map((index) => at(route, "spec", "rules", 0, "backendRefs", index, "weight"));

const hashOf = ({ metadata }: KubeObject): string => metadata.name?.replace("detector-", "") ?? "";

/** As a rollout controller does it: the object is read, changed and put back whole. */
async function shift(route: KubeObject, weights: readonly number[]): Promise<void> {
    const spec = structuredClone(route.spec) as { rules: { backendRefs: { weight: number }[] }[] };
    for (const [index, weight] of weights.entries()) Object.assign(spec.rules[0]?.backendRefs[index] ?? {}, { weight });
    const options = { manager: "rollout", dryRun: false };
    await api.replace(routes, namespace, route.metadata.name ?? "", { ...route, spec }, options);
}

test("a canary's weights are the rollout controller's, and the order may change its route all the while", async () => {
    expect(await stack.up(program("ml.example.com"))).toMatchObject({ ok: true });
    const [made] = await api.list(routes, namespace);
    expect(weightsOf(made)).toEqual([90, 10]);
    if (made === undefined) return;
    await shift(made, [50, 50]);
    const heavier = await stack.up(program("ml.example.com", { weight: 20 }));
    expect(heavier).toMatchObject({ ok: true, differences: {} });

    const moved = await stack.up(program("other.example.com"));
    expect(moved).toMatchObject({
        ok: true,
        differences: { [`detector-route-${hashOf(made)}`]: ["spec.hostnames[0]"] },
    });
    const [live] = await api.list(routes, namespace);
    expect(live?.metadata.uid).toBe(made.metadata.uid);
    expect(at(live, "spec", "hostnames")).toEqual(["vision.other.example.com"]);
    expect(weightsOf(live)).toEqual([50, 50]);

    // Other rules are another route, which begins with the share that was ordered.
    const mirrored = await stack.up(program("other.example.com", { weight: 0, mirrorPercent: 20 }));
    expect(mirrored).toMatchObject({ ok: true, changes: { create: 1, delete: 1 } });
    const [other, ...old] = await api.list(routes, namespace);
    expect(old).toEqual([]);
    expect(other?.metadata.uid).not.toBe(made.metadata.uid);
    expect(weightsOf(other)).toEqual([100, 0]);
});
