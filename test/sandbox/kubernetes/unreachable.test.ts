import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import type { CustomResourceOptions } from "@pulumi/pulumi";
import { KubernetesProvider } from "../../../sandbox/kubernetes/provider/backend";
import { LiveStack } from "./live-stack";

jest.setTimeout(60_000);

/** Nothing listens on port 2. */
const kubeconfig = (server = "https://127.0.0.1:2", user: object = { token: "t" }): string =>
    JSON.stringify({
        ...{ apiVersion: "v1", kind: "Config", "current-context": "a" },
        clusters: [{ name: "a", cluster: { server } }],
        contexts: [{ name: "a", context: { cluster: "a", user: "a" } }],
        users: [{ name: "a", user }],
    });

const program = (options: CustomResourceOptions): undefined => {
    new ConfigMap("map", { metadata: { name: "map" } }, options);
};

let stack: LiveStack;
beforeEach(async () => {
    stack = await LiveStack.open(kubeconfig());
});
afterEach(() => stack.close());

test("a cluster that cannot be reached is told before anything is made; a preview shows the inputs", async () => {
    expect(await stack.preview(program)).toMatchObject({ ok: true, changes: { create: 3 } });
    const up = await stack.up(program);
    expect(up.ok).toBe(false);
    expect(up.said).toContain(
        "configured Kubernetes cluster is unreachable: unable to load schema information from the API server: " +
            'GET "https://127.0.0.1:2/version": connect ECONNREFUSED 127.0.0.1:2',
    );
});

test("what a login says is passed on", async () => {
    const args = ["-e", "console.error('no identity'); process.exit(1)"];
    const exec = { apiVersion: "client.authentication.k8s.io/v1beta1", command: process.execPath, args };
    stack.connectTo(kubeconfig("https://127.0.0.1:2", { exec }));
    expect((await stack.up(program)).said).toContain(
        `getting credentials: exec: executable ${process.execPath} failed: no identity`,
    );
});

test("a kubeconfig that names no server is told", async () => {
    stack.connectTo("{}");
    expect((await stack.up(program)).said).toContain("its current context names no server");
});

test("settings and types that the sandbox does not have are refused by name", async () => {
    const provider = new KubernetesProvider("4.34.2");
    const settings = await provider.checkConfig({
        news: { renderYamlToDirectory: "x", enableServerSideApply: "false", deleteUnreachable: "true" },
    });
    expect(settings.failures.map(({ property }) => property)).toEqual([
        "renderYamlToDirectory",
        "enableServerSideApply",
    ]);
    const check = (token: string): Promise<unknown> =>
        provider.check({ urn: "a::b", token, news: {}, olds: undefined, randomSeed: new Uint8Array() });
    await expect(check("kubernetes:core/v1:ConfigMapList")).rejects.toThrow(
        "kubernetes:core/v1:ConfigMapList: list resources exist for compatibility with YAML manifests",
    );
    for (const token of ["kubernetes:core/v1:ConfigMapPatch", "kubernetes:yaml/v2:ConfigGroup", "kubernetes:x:Y"])
        await expect(check(token)).rejects.toThrow(`the sandbox does not know the resource type "${token}"`);
});

test("another cluster replaces the provider, another login does not", async () => {
    const provider = new KubernetesProvider("4.34.2");
    const replaced = async (olds: string, news: string): Promise<boolean[]> => {
        const { properties } = await provider.diffConfig({ olds: { kubeconfig: olds }, news: { kubeconfig: news } });
        return [...properties.values()].map(({ replace }) => replace);
    };
    expect(await replaced(kubeconfig(), kubeconfig())).toEqual([]);
    expect(await replaced(kubeconfig(), kubeconfig("https://127.0.0.1:2", { token: "u" }))).toEqual([false]);
    expect(await replaced(kubeconfig(), kubeconfig("https://127.0.0.1:3"))).toEqual([true]);
});
