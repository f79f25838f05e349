import { readFileSync } from "node:fs";
import { AppsV1Api, CoreV1Api, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import { CustomResourceDefinition } from "@pulumi/kubernetes/apiextensions/v1/customResourceDefinition";
import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import type { DeploymentArgs } from "@pulumi/kubernetes/apps/v1/deployment";
import { Job } from "@pulumi/kubernetes/batch/v1/job";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import { Service } from "@pulumi/kubernetes/core/v1/service";
import type { CustomResourceOptions } from "@pulumi/pulumi";
import { KubernetesProvider } from "../../../sandbox/kubernetes/provider/backend";
import { useControlPlane } from "./control-plane";
import { LiveStack } from "./live-stack";
import { brokenImage, StandInNode } from "./stand-in-node";

jest.setTimeout(120_000);

let stack: LiveStack;
let node: StandInNode;
// Before the control plane, whose end it would not live through.
afterAll(() => node.stop());
const cluster = useControlPlane();
beforeAll(async () => {
    node = await StandInNode.start(cluster);
});
beforeEach(async () => {
    stack = await LiveStack.open(readFileSync(cluster.plane.adminKubeconfig, "utf8"));
});
afterEach(async () => {
    await stack.destroy();
    await stack.close();
});

const core = (): CoreV1Api => cluster.client(CoreV1Api);
const merge = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);

function workload(args: { image?: string; replicas?: number; annotations?: Record<string, string> }): DeploymentArgs {
    const labels = { app: "web" };
    const resources = { limits: { cpu: "1000m", memory: "1024Mi" }, requests: { cpu: "0.1", memory: "64Mi" } };
    return {
        metadata: { name: "web", namespace: "default", annotations: args.annotations ?? {} },
        spec: {
            ...(args.replicas !== undefined && { replicas: args.replicas }),
            selector: { matchLabels: labels },
            template: {
                metadata: { labels },
                spec: { containers: [{ name: "web", image: args.image ?? "web", resources }] },
            },
        },
    };
}

test("creates, finds nothing to do, and deletes; a preview is asked of the API server", async () => {
    const program = (options: CustomResourceOptions): Record<string, unknown> => {
        const namespace = new Namespace("space", { metadata: { name: "first" } }, options).metadata.name;
        const map = new ConfigMap("map", { metadata: { namespace }, data: { a: "1" } }, options);
        const web = new Deployment("web", workload({ replicas: 2 }), options);
        new Service(
            "web",
            { metadata: { name: "web" }, spec: { selector: { app: "web" }, ports: [{ port: 80 }] } },
            options,
        );
        return { map: map.id, made: map.metadata.name, strategy: web.spec.strategy.type };
    };
    expect(await stack.preview(program)).toMatchObject({ ok: true, changes: { create: 6 } });
    expect(await stack.up(program)).toMatchObject({ ok: true, changes: { create: 6 } });
    const outputs = await stack.outputs();
    expect(outputs.map).toMatch(/^first\/map-[0-9a-f]{8}$/);
    expect(outputs.strategy).toBe("RollingUpdate");
    const state = stack.state();
    expect(JSON.stringify(state)).not.toContain("managedFields");
    expect(state.map(({ id }) => id)).toEqual(expect.arrayContaining(["first", "default/web", outputs.map]));

    const again = await stack.up(program);
    expect([again.changes, again.differences]).toEqual([{ same: 6 }, {}]);
    expect((await stack.refresh()).changes).toEqual({ same: 6 });
    const live = await core().readNamespacedConfigMap({ name: String(outputs.made), namespace: "first" });
    expect(live.metadata?.annotations).toEqual({ "pulumi.com/autonamed": "true" });
    expect(live.metadata?.managedFields?.[0]).toMatchObject({
        ...{ operation: "Apply", manager: expect.stringMatching(/^pulumi-kubernetes-[0-9a-f]{8}$/) as string },
    });
    expect((await stack.destroy()).ok).toBe(true);
    await expect(core().readNamespace({ name: "first" })).rejects.toThrow("404");
});

test("what cannot change in place is replaced: a made-up name anew, a given one after the old is gone", async () => {
    const program = (value: string) => (options: CustomResourceOptions) => {
        const made = new ConfigMap("made", { data: { value } }, options);
        new ConfigMap("given", { metadata: { name: "given" }, data: { value } }, options);
        new Service("headless", { metadata: { name: "s", labels: { value } }, spec: { clusterIP: "None" } }, options);
        return { made: made.metadata.name };
    };
    await stack.up(program("1"));
    const { made } = await stack.outputs();
    const preview = await stack.preview(program("2"));
    expect(preview.differences).toEqual({
        ...{ made: ["data.value!"], given: ["data.value!"], headless: ["metadata.labels.value"] },
    });
    expect(await stack.up(program("2"))).toMatchObject({ ok: true, changes: { replace: 2, update: 1 } });
    expect((await stack.outputs()).made).not.toBe(made);
    const given = await core().readNamespacedConfigMap({ name: "given", namespace: "default" });
    expect(given.data).toEqual({ value: "2" });
    const mutable = await stack.up(program("3"), { enableConfigMapMutable: true });
    expect(mutable).toMatchObject({ ok: true, changes: { update: 4 } });
});

test("a preview tells what the API server would refuse; a namespace or a kind still to come is no fault", async () => {
    const provider = new KubernetesProvider("4.34.2");
    await provider.configure({ kubeconfig: readFileSync(cluster.plane.adminKubeconfig, "utf8") });
    const inputs = { metadata: { name: "Not_A_Name" } };
    const request = { urn: "a::b", token: "kubernetes:core/v1:ConfigMap", timeoutSeconds: 0 };
    await expect(provider.create({ ...request, preview: true, inputs })).rejects.toThrow(
        'ConfigMap "Not_A_Name" is invalid: metadata.name: Invalid value',
    );

    const program = (options: CustomResourceOptions): undefined => {
        const openAPIV3Schema = {
            type: "object",
            properties: { spec: { type: "object", properties: { size: { type: "integer" } } } },
        };
        const definition = new CustomResourceDefinition(
            "toys",
            {
                metadata: { name: "toys.example.com" },
                spec: {
                    ...{ group: "example.com", scope: "Namespaced", names: { kind: "Toy", plural: "toys" } },
                    versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema } }],
                },
            },
            options,
        );
        const namespace = new Namespace("space", { metadata: { name: "toys" } }, options).metadata.name;
        new CustomResource(
            "toy",
            { apiVersion: "example.com/v1", kind: "Toy", metadata: { name: "toy", namespace }, spec: { size: 1 } },
            { ...options, dependsOn: definition },
        );
    };
    expect(await stack.preview(program)).toMatchObject({ ok: true });
    expect(await stack.up(program)).toMatchObject({ ok: true, changes: { create: 5 } });
    expect((await stack.up(program)).changes).toEqual({ same: 5 });
    const ids = stack.state().map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(["toys.example.com", "toys/toy"]));
});

test("what is there already is not taken over, unless the program says so", async () => {
    await core().createNamespacedConfigMap({
        namespace: "default",
        body: { metadata: { name: "there" }, data: { a: "1" } },
    });
    const program = (options: CustomResourceOptions): undefined => {
        new ConfigMap(
            "map",
            { metadata: { name: "there", annotations: { "pulumi.com/patchForce": "true" } }, data: { a: "2" } },
            options,
        );
    };
    expect((await stack.up(program)).said).toContain('ConfigMap "there" already exists');
    expect(await stack.up(program, { upsertExistingObjects: true })).toMatchObject({ ok: true });
});

test("a conflict names manager and field; patchForce wins it", async () => {
    const program = (replicas: number, force: boolean) => (options: CustomResourceOptions) => {
        const annotations: Record<string, string> = force ? { "pulumi.com/patchForce": "true" } : {};
        new Deployment("web", workload({ replicas, annotations }), options);
        return undefined;
    };
    await stack.up(program(1, false));
    await cluster.client(AppsV1Api).patchNamespacedDeployment(
        {
            ...{ name: "web", namespace: "default", fieldManager: "scaler", force: true },
            body: { apiVersion: "apps/v1", kind: "Deployment", spec: { replicas: 3 } },
        },
        setHeaderOptions("Content-Type", PatchStrategy.ServerSideApply),
    );
    const lost = await stack.up(program(2, false));
    expect(lost.said).toContain("Server-Side Apply field conflict detected");
    expect(lost.said).toContain('conflict with "scaler"');
    expect(lost.said).toContain(".spec.replicas");
    expect(await stack.up(program(2, true))).toMatchObject({ ok: true });
    const web = await cluster.client(AppsV1Api).readNamespacedDeployment({ name: "web", namespace: "default" });
    expect(web.spec?.replicas).toBe(2);
});

test("what a program ignores stays as another manager has it, while the rest is updated", async () => {
    const program = (image: string) => (options: CustomResourceOptions) => {
        new Deployment("web", workload({ image, replicas: 1 }), { ...options, ignoreChanges: ["spec.replicas"] });
        return undefined;
    };
    await stack.up(program("one"));
    const apps = cluster.client(AppsV1Api);
    const scaled = { spec: { replicas: 2 } };
    await apps.patchNamespacedDeployment({ name: "web", namespace: "default", body: scaled }, merge);
    expect((await stack.up(program("one"))).changes).toEqual({ same: 3 });
    expect(await stack.up(program("two"))).toMatchObject({ ok: true, changes: { update: 1 } });
    const { spec } = await apps.readNamespacedDeployment({ name: "web", namespace: "default" });
    expect([spec?.replicas, spec?.template.spec?.containers[0]?.image]).toEqual([2, "two"]);
});

test("a refresh sees drift, and the next update mends it; what is gone is made again", async () => {
    const program = (options: CustomResourceOptions): undefined => {
        new Service("s", { metadata: { name: "s", labels: { a: "1" } }, spec: { clusterIP: "None" } }, options);
        new Secret("secret", { metadata: { name: "secret" }, stringData: { a: "1" } }, options);
    };
    await stack.up(program);
    const labels = { metadata: { labels: { a: "2", foreign: "x" } } };
    await core().patchNamespacedService({ name: "s", namespace: "default", body: labels }, merge);
    await core().deleteNamespacedSecret({ name: "secret", namespace: "default" });
    expect((await stack.refresh()).changes).toMatchObject({ update: 1, delete: 1 });
    const mended = await stack.up(program);
    expect(mended.differences.s).toEqual(["metadata.labels.a"]);
    expect(mended).toMatchObject({ ok: false });
    expect(mended.said).toContain(".metadata.labels.a");
});

test("a Secret is never in the state in clear, not when it is imported either", async () => {
    const [text, encoded] = ["hunter2", Buffer.from("hunter2").toString("base64")];
    const program = (options: CustomResourceOptions): undefined => {
        new Secret("secret", { metadata: { name: "secret" }, stringData: { password: text } }, options);
    };
    await stack.up(program);
    expect((await stack.refresh()).changes).toEqual({ same: 3 });
    expect((await stack.up(program)).changes).toEqual({ same: 3 });
    await core().createNamespacedSecret({
        namespace: "default",
        body: { metadata: { name: "old" }, stringData: { password: text } },
    });
    const imported = (options: CustomResourceOptions): undefined => {
        new Secret("secret", { metadata: { name: "secret" }, stringData: { password: text } }, options);
        const old = { metadata: { name: "old" }, type: "Opaque", data: { password: encoded } };
        new Secret("old", old, { ...options, import: "default/old" });
    };
    expect(await stack.up(imported)).toMatchObject({ ok: true, changes: { import: 1 } });
    const state = JSON.stringify(stack.state());
    expect(state).not.toContain(text);
    expect(state).not.toContain(encoded);
});

test("a rollout that is stuck says why, and is tried again by the next update", async () => {
    const program = (image: string) => (options: CustomResourceOptions) => {
        new Deployment("web", workload({ image }), { ...options, customTimeouts: { create: "3s", update: "3s" } });
        return undefined;
    };
    const stuck = await stack.up(program(brokenImage));
    expect(stuck.said).toContain("'web' timed out waiting to be Ready");
    expect(stuck.said).toContain("[MinimumReplicasUnavailable] Deployment does not have minimum availability.");
    expect(stuck.said).toMatch(
        /\[Pod default\/web-\S+\]: containers with unready status: \[web\] -- \[ImagePullBackOff\] Back-off/,
    );
    expect(stack.state().map(({ id }) => id)).toContain("default/web");
    expect(await stack.up(program("web"))).toMatchObject({ ok: true, changes: { update: 1 } });
    const patient = await stack.up((options) => {
        const annotations = { "pulumi.com/skipAwait": "true" };
        new Deployment("web", workload({ image: brokenImage, annotations }), options);
        return undefined;
    });
    expect(patient.ok).toBe(true);
});

test("a job is waited for until it is complete; a service until pods are behind it", async () => {
    const program = (options: CustomResourceOptions): undefined => {
        const template = { spec: { restartPolicy: "Never", containers: [{ name: "work", image: "work" }] } };
        new Job("work", { metadata: { name: "work" }, spec: { template } }, options);
        const annotations = { "pulumi.com/timeoutSeconds": "1" };
        new Service(
            "nobody",
            { metadata: { name: "nobody", annotations }, spec: { selector: { app: "nobody" }, ports: [{ port: 80 }] } },
            options,
        );
    };
    const up = await stack.up(program);
    expect(up.said).toContain("Service does not target any Pods");
    const job = stack.state().find(({ id }) => id === "default/work");
    expect(job?.outputs).toMatchObject({ status: { succeeded: 1 } });
});

test("waits for what pulumi.com/waitFor asks", async () => {
    const program = (waitFor: string) => (options: CustomResourceOptions) => {
        const annotations = { "pulumi.com/waitFor": waitFor, "pulumi.com/timeoutSeconds": "1" };
        new ConfigMap("map", { metadata: { name: "map", annotations }, data: { a: "1" } }, options);
        return undefined;
    };
    expect((await stack.up(program("jsonpath={.data.a}=2"))).said).toContain("jsonpath={.data.a}=2 is not met");
    expect((await stack.up(program('["jsonpath={.data.a}=1", "jsonpath={.metadata.uid}"]'))).ok).toBe(true);
    expect((await stack.up(program("soon"))).said).toContain('pulumi.com/waitFor must be "jsonpath={.path}=value"');
});

test("a deletion that is held up says by what", async () => {
    const program = (options: CustomResourceOptions): undefined => {
        const metadata = { name: "held", finalizers: ["example.com/hold"] };
        new ConfigMap("map", { metadata }, { ...options, customTimeouts: { delete: "1s" } });
    };
    await stack.up(program);
    const stuck = await stack.destroy();
    expect(stuck.said).toContain('Timed out waiting for deletion of v1/ConfigMap "default/held"');
    expect(stuck.said).toContain("finalizer example.com/hold is not done");
    const body = { metadata: { finalizers: null } };
    await core().patchNamespacedConfigMap({ name: "held", namespace: "default", body }, merge);
});

test("a cluster that is gone: told, or given up when the program says so", async () => {
    const program = (options: CustomResourceOptions): undefined => {
        new ConfigMap("map", { metadata: { name: "map" }, data: { a: "1" } }, options);
    };
    await stack.up(program, { clusterIdentifier: "one" });
    const gone = readFileSync(cluster.plane.adminKubeconfig, "utf8").replace(`:${cluster.plane.port}`, ":1");
    const there = readFileSync(cluster.plane.adminKubeconfig, "utf8");
    stack.connectTo(gone);
    const skipped = await stack.up(program, { clusterIdentifier: "one", skipUpdateUnreachable: true });
    expect(skipped.ok).toBe(true);
    expect((await stack.refresh()).ok).toBe(true);
    await stack.up(program, { clusterIdentifier: "one" });
    expect((await stack.refresh()).said).toContain("failed to read resource state due to unreachable cluster");
    expect((await stack.destroy()).said).toContain(
        "configured Kubernetes cluster is unreachable. If the cluster was deleted",
    );
    await stack.up(program, { clusterIdentifier: "one", deleteUnreachable: true });
    expect((await stack.destroy()).ok).toBe(true);
    stack.connectTo(there);
});
