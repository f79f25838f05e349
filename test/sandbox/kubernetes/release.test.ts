import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { ApiextensionsV1Api, AppsV1Api, CoreV1Api } from "@kubernetes/client-node";
import { notebookValues } from "../../../components/workloads/notebook-values";
import { definitionsOf } from "../../../sandbox/kubernetes/charts/definitions";
import { KubernetesProvider } from "../../../sandbox/kubernetes/provider/backend";
import { releaseToken as token } from "../../../sandbox/kubernetes/provider/helm";
import { PartialFailure } from "../../../sandbox/protocol/package-backend";
import { unknown } from "../../../sandbox/protocol/values";
import type { Values } from "../../../sandbox/protocol/values";
import { customDefinitions, startTimeoutMs, useControlPlane } from "./control-plane";
import { brokenImage, StandInNode } from "./stand-in-node";

jest.setTimeout(startTimeoutMs);

let node: StandInNode;
// Before the control plane, whose end it would not live through.
afterAll(() => node.stop());
const cluster = useControlPlane();
const held = new Set(
    ["keda:2.20.2", "jupyterhub:4.4.0"].map((chart) => `registry.example.azurecr.io/mirror/charts/${chart}`),
);
const provider = new KubernetesProvider("4.34.2", {
    holdsChart: (host, repository, tag) => held.has(`${host}/${repository}:${tag}`),
    definitions: () => Promise.resolve(customDefinitions()),
});
beforeAll(async () => {
    await provider.configure({ kubeconfig: readFileSync(cluster.plane.adminKubeconfig, "utf8") });
    node = await StandInNode.start(cluster);
});

const urn = "urn:pulumi:dev::live::kubernetes:helm.sh/v3:Release::keda";
const request = { urn, token, preview: false, timeoutSeconds: 0 };
const chart = "oci://registry.example.azurecr.io/mirror/charts/keda";

async function checked(over: Values = {}): Promise<{ inputs: Values; faults: string[] }> {
    const news = { name: "keda", namespace: "default", chart, version: "2.20.2", timeout: 20, ...over };
    const answer = await provider.check({ urn, token, news, olds: undefined, randomSeed: new Uint8Array() });
    return { inputs: answer.inputs, faults: answer.failures.map(({ property, reason }) => `${property}: ${reason}`) };
}

async function recorded(): Promise<string[]> {
    const labelSelector = "owner=helm,name=keda";
    const { items } = await cluster.client(CoreV1Api).listNamespacedSecret({ namespace: "default", labelSelector });
    return items.map(({ metadata }) => `${metadata?.name ?? ""} ${metadata?.labels?.status ?? ""}`).sort();
}

const operator = (): Promise<{ spec?: { replicas?: number } }> =>
    cluster.client(AppsV1Api).readNamespacedDeployment({ name: "keda-operator", namespace: "default" });

test("charts, versions and values that the platform does not know are refused by name", async () => {
    const values = { operator: { replicaCount: 2, replicas: 2 }, image: { keda: { digest: "x" } }, env: [{ any: 1 }] };
    expect((await checked({ values })).faults).toEqual([
        expect.stringContaining(
            'values.operator.replicas: the sandbox\'s table of chart keda does not know the value "operator.replicas"',
        ),
        expect.stringContaining("values.image.keda.digest: "),
    ]);
    expect((await checked({ chart: "oci://a/b", version: "2.19.0", verify: true })).faults).toEqual([
        "verify: the sandbox does not know verify of a release",
        'chart: the sandbox has no chart "oci://a/b" (sandbox/kubernetes/charts); it has gateway-helm, jupyterhub, keda, kueue',
    ]);
    expect((await checked({ version: "2.19.0" })).faults).toEqual([
        'version: the platform mirrors keda 2.20.2, got "2.19.0"',
    ]);
    expect((await checked({ values: unknown, version: unknown })).faults).toEqual([]);
});

test("charts come from the platform's registry alone, and only what it holds", async () => {
    const installed = async (from: string): Promise<unknown> =>
        provider.create({ ...request, inputs: (await checked({ chart: from })).inputs });
    await expect(installed("keda")).rejects.toThrow('failed to download "keda"');
    await expect(installed("oci://ghcr.io/mirror/charts/keda")).rejects.toThrow(
        "ghcr.io/mirror/charts/keda:2.20.2: not found",
    );
});

test("a release is recorded as Helm does, upgraded, given way to, and uninstalled with what it brought", async () => {
    const values = {
        operator: { replicaCount: 2 },
        podIdentity: { azureWorkload: { enabled: true, clientId: "c" } },
        nodeSelector: {},
    };
    const { inputs } = await checked({ values, atomic: true });
    const { id, properties } = await provider.create({ ...request, inputs });
    expect(id).toBe("default/keda");
    expect(properties).toMatchObject({
        status: { status: "deployed", revision: 1, chart: "keda", version: "2.20.2" },
        resourceNames: { "Deployment.apps/apps/v1": expect.arrayContaining(["default/keda-operator"]) as unknown },
    });
    expect(await operator()).toMatchObject({
        spec: { replicas: 2, template: { metadata: { labels: { "azure.workload.identity/use": "true" } } } },
        metadata: { labels: { "app.kubernetes.io/managed-by": "Helm" } },
    });
    const secret = await cluster
        .client(CoreV1Api)
        .readNamespacedSecret({ name: "sh.helm.release.v1.keda.v1", namespace: "default" });
    const text = Buffer.from(secret.data?.release ?? "", "base64").toString();
    expect(JSON.parse(gunzipSync(Buffer.from(text, "base64")).toString())).toMatchObject({
        name: "keda",
        config: values,
    });
    await expect(provider.create({ ...request, inputs })).rejects.toThrow("cannot re-use a name that is still in use");

    const upgraded = { ...inputs, values: { operator: { replicaCount: 1 } } };
    await provider.update({ ...request, id, olds: properties, news: upgraded, ignoreChanges: [] });
    expect(await recorded()).toEqual(["sh.helm.release.v1.keda.v1 superseded", "sh.helm.release.v1.keda.v2 deployed"]);

    const broken = { image: { keda: { repository: brokenImage } } };
    const failing = { ...inputs, timeout: 2, values: { ...broken, operator: { replicaCount: 3 } } };
    const failure = await provider
        .update({ ...request, id, olds: properties, news: failing, ignoreChanges: [] })
        .catch((fault: unknown) => fault);
    expect(failure).toBeInstanceOf(PartialFailure);
    expect(String(failure)).toContain("[ImagePullBackOff]");
    expect(await operator()).toMatchObject({ spec: { replicas: 1 } });
    expect((await recorded()).at(-1)).toBe("sh.helm.release.v1.keda.v4 deployed");

    expect(await provider.read({ urn, token, id, olds: properties, oldInputs: undefined })).toMatchObject({
        inputs: { chart: "keda", values: { operator: { replicaCount: 1 } } },
    });
    const definitions = cluster.client(ApiextensionsV1Api);
    await definitions.readCustomResourceDefinition({ name: "scaledjobs.keda.sh" });
    await provider.delete({ urn, token, id, olds: properties, timeoutSeconds: 120 });
    expect(await recorded()).toEqual([]);
    await expect(definitions.readCustomResourceDefinition({ name: "scaledjobs.keda.sh" })).rejects.toThrow("404");
    expect(await provider.read({ urn, token, id, olds: properties, oldInputs: inputs })).toBeUndefined();
});

test("what the program tells JupyterHub's chart is known, and its stand-ins are objects that the API server takes", async () => {
    const image = `registry.example.azurecr.io/notebook@sha256:${"b".repeat(64)}` as const;
    const values = notebookValues({
        signIn: { clientId: "c", tenantId: "t", host: "notebooks.example.com", groups: ["g"] },
        hubImages: { hub: image, proxy: image, pause: image },
        images: [{ name: "torch", title: "PyTorch", image }],
        sizes: [{ name: "small", title: "2 cores", pool: "work", cores: 2, memoryGib: 8 }],
        ...{ core: { pool: "work" }, storageClassName: "disks", homeGib: 20, idleMinutes: 60, placeholders: 2 },
    });
    const hub = "oci://registry.example.azurecr.io/mirror/charts/jupyterhub";
    const { inputs, faults } = await checked({ name: "hub", chart: hub, version: "4.4.0", values, skipAwait: true });
    expect(faults).toEqual([]);
    await provider.create({ ...request, inputs });
    const { items } = await cluster.client(AppsV1Api).listNamespacedDeployment({ namespace: "default" });
    const pods = items.map(({ metadata, spec }) => [metadata?.name, spec?.template.spec] as const);
    expect(pods.map(([name]) => name)).toEqual(["hub", "proxy", "user-placeholder"]);
    for (const [, pod] of pods) {
        expect(pod?.containers[0]?.image).toBe(image);
        expect(pod?.nodeSelector).toEqual({ "mlplatform/pool": "work" });
    }
    expect(pods[2]?.[1]).toMatchObject({
        priorityClassName: "hub-user-placeholder-priority",
        containers: [{ resources: { requests: { cpu: "2", memory: "8G" } } }],
    });
    await provider.delete({ urn, token, id: "default/hub", olds: inputs, timeoutSeconds: 120 });
});

test("every definition is one that the API server takes, and a field that is not in it is refused", async () => {
    const apply = async (object: Values & { kind: string; metadata: object }, group: string): Promise<unknown> =>
        provider.create({ ...request, token: `kubernetes:${group}:${object.kind}`, preview: true, inputs: object });
    const { charts } = await import("../../../sandbox/kubernetes/charts");
    // Those of KEDA are there from the tests before.
    const groups = charts.flatMap(({ name, definitions }) => (name === "keda" ? [] : definitions));
    for (const inputs of definitionsOf(customDefinitions(), groups)) {
        const made = { ...request, token: `kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition`, inputs };
        await provider.create(made);
    }
    const route = {
        kind: "HTTPRoute",
        metadata: { name: "r" },
        spec: { rules: [{ backendRefs: [{ name: "a", port: 80 }] }] },
    };
    expect(await apply(route, "gateway.networking.k8s.io/v1")).toMatchObject({ properties: { spec: route.spec } });
    const queue = { kind: "LocalQueue", metadata: { name: "q" }, spec: { clusterQueue: "c", cluster: "d" } };
    await expect(apply(queue, "kueue.x-k8s.io/v1beta2")).rejects.toThrow(".spec.cluster: field not declared in schema");
});
