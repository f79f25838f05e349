import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Provider } from "@pulumi/kubernetes/provider";
import { sandboxLock } from "../../cli/images/sandbox-import";
import { imageFaults } from "../../components/workloads/pinned-image";
import type { FoundationContract } from "../../stacks/contract";
import { base } from "../../stacks/services/base";
import { shared } from "../../stacks/services/shared";
import { servicesContract, servicesOutputs } from "../../stacks/services-contract";
import { readServicesSettings, type ServicesSettings } from "../../stacks/settings/services";
import { all, only, seen, value } from "../mocks";
import { goodContract } from "./good-contract";
import * as pulumi from "@pulumi/pulumi";

const folder = mkdtempSync(join(tmpdir(), "mlplatform-services-"));
const lock = join(folder, "lock.json");
beforeAll(() => {
    writeFileSync(lock, JSON.stringify(sandboxLock()));
});
afterAll(() => {
    rmSync(folder, { recursive: true });
});

const settings = (change: Readonly<Record<string, string>> = {}): ServicesSettings =>
    readServicesSettings({
        ...{ "mlplatform:kind": "services", "mlplatform:environment": "dev", "mlplatform:imageLock": lock },
        "mlplatform:gateway": '{"domain":"ml.dev.example.com","certificate":"gateway"}',
        "mlplatform:rolePropagationSeconds": "0",
        "azure-native:subscriptionId": goodContract.subscriptionId,
        "azure-native:tenantId": goodContract.tenantId,
        ...change,
    });
const contract: FoundationContract = { contractVersion: 1, ...goodContract };

async function build(
    change: Readonly<Record<string, string>> = {},
    below = contract,
): Promise<ReturnType<typeof base>> {
    const cluster = new Provider("cluster", { kubeconfig: "{}" });
    const made = base(shared(settings(change), below, cluster));
    await Promise.all(
        [made.gateway.parent, made.autoscaling.ready, made.queue.queueName].map((one) => value<unknown>(one)),
    );
    await Promise.all(made.priorities.map((one) => value(one.urn)));
    return made;
}

/** Every text of everything that goes to the cluster, at any depth, with the way to it. */
function texts(at: unknown, path: readonly string[] = []): [string, string][] {
    if (typeof at === "string") return [[path.join("."), at]];
    if (typeof at !== "object" || at === null) return [];
    return Object.entries(at).flatMap(([key, inner]) => texts(inner, [...path, key]));
}

const registry = goodContract.registry.loginServer;

describe("everything in the cluster", () => {
    test("comes from the platform's registry, images by digest", async () => {
        await build();
        const objects = seen.filter(({ type }) => type.startsWith("kubernetes:"));
        expect(objects.length).toBeGreaterThan(40);
        const all = objects.flatMap(({ name, inputs }) => texts(inputs, [name]));
        const images = all.filter(([path]) => path.endsWith(".image"));
        expect(images.length).toBeGreaterThanOrEqual(5);
        for (const [path, image] of images) {
            expect(`${path} ${image}`).toMatch(`${path} ${registry}/mirror/`);
            expect(imageFaults(path, image)).toEqual([]);
        }
        // Charts want hosts and repositories apart, or in one.
        const hosts = all.filter(([path]) => /\.(registry|manager\.image\.repository)$/.test(path));
        expect(hosts).toHaveLength(4);
        for (const [, host] of hosts) expect(host.split("/")[0]).toBe(registry);
        // Where charts want a tag, the digest is in it.
        const tags = all.filter(([path]) => path.endsWith(".tag"));
        expect(tags.length).toBe(4);
        for (const [, tag] of tags) expect(tag).toMatch(/^v?[\d.]+@sha256:[0-9a-f]{64}$/);
        const charts = all.filter(([path]) => path.endsWith(".chart"));
        expect(charts.map(([, chart]) => chart).sort()).toEqual(
            ["gateway-helm", "keda", "kueue"].map((chart) => `oci://${registry}/mirror/charts/${chart}`),
        );
        // Nothing names a publisher's registry anywhere.
        const publishers = /docker\.io|ghcr\.io|quay\.io|nvcr\.io|registry\.k8s\.io|mcr\.microsoft\.com/;
        expect(all.filter(([, text]) => publishers.test(text))).toEqual([]);
    });

    test("lies in namespaces under Pod Security; GPU support alone is exempt", async () => {
        await build();
        const levels = all("kubernetes:core/v1:Namespace").map(({ inputs }) => {
            const { name, labels } = inputs.metadata as { name: string; labels: Record<string, string> };
            return [name, labels["pod-security.kubernetes.io/enforce"]];
        });
        expect(Object.fromEntries(levels)).toEqual({
            "platform-gateway": "restricted",
            "platform-gpu": "privileged",
            "platform-queues": "restricted",
            "platform-scaling": "restricted",
        });
    });

    test("is closed but for named ways, in each namespace", async () => {
        await build();
        const policies = all("kubernetes:networking.k8s.io/v1:NetworkPolicy").map(
            ({ inputs }) => inputs.metadata as { name: string; namespace: string },
        );
        const closed = policies.filter(({ name }) => name === "closed").map(({ namespace }) => namespace);
        expect(closed.sort()).toEqual(["platform-gateway", "platform-gpu", "platform-queues", "platform-scaling"]);
    });
});

describe("GPU support", () => {
    test("runs on every machine with GPUs, spot ones too, and nowhere else", async () => {
        const taints = ["nvidia.com/gpu=present:NoSchedule", "team=vision:NoSchedule"];
        const nodePools = goodContract.cluster.nodePools.map((pool) => (pool.use ? { ...pool, taints } : pool));
        await build({}, { ...contract, cluster: { ...contract.cluster, nodePools } });
        const sets = all("kubernetes:apps/v1:DaemonSet");
        expect(sets).toHaveLength(2);
        for (const { inputs } of sets)
            expect(inputs.spec).toMatchObject({
                template: {
                    spec: {
                        nodeSelector: { accelerator: "nvidia" },
                        tolerations: [
                            { key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" },
                            { key: "kubernetes.azure.com/scalesetpriority", value: "spot" },
                            { key: "team", operator: "Equal", value: "vision", effect: "NoSchedule" },
                        ],
                    },
                },
            });
    });

    test("collects how busy multiprocessors are", async () => {
        await build();
        const { inputs } = only("kubernetes:core/v1:ConfigMap", "gpu-metrics");
        expect((inputs.data as Record<string, string>)["platform.csv"]).toMatch(/^DCGM_FI_PROF_SM_ACTIVE, gauge, .+$/m);
    });

    test("offers the parts of divided GPUs, for which it needs the right to look", async () => {
        const nodePools = goodContract.cluster.nodePools.map((pool) =>
            pool.use === "serving" ? { ...pool, migProfile: "MIG1g" as const } : pool,
        );
        await build({}, { ...contract, cluster: { ...contract.cluster, nodePools } });
        const { inputs } = only("kubernetes:apps/v1:DaemonSet", "gpu-device-plugin");
        expect(JSON.stringify(inputs)).toContain('{"name":"MIG_STRATEGY","value":"single"}');
        expect(JSON.stringify(inputs)).toContain('"add":["SYS_ADMIN"]');
    });

    test("is not there without GPUs", async () => {
        const nodePools = goodContract.cluster.nodePools.filter(({ use }) => use === undefined);
        await build({}, { ...contract, cluster: { ...contract.cluster, nodePools } });
        expect(all("kubernetes:apps/v1:DaemonSet")).toEqual([]);
    });
});

describe("the gateway", () => {
    test("has an address of the ingress subnet, and listens with TLS alone", async () => {
        await build();
        const proxies = only("kubernetes:gateway.envoyproxy.io/v1alpha1:EnvoyProxy").inputs;
        expect(proxies.spec).toMatchObject({
            provider: {
                kubernetes: {
                    envoyService: {
                        type: "LoadBalancer",
                        annotations: {
                            "service.beta.kubernetes.io/azure-load-balancer-internal": "true",
                            "service.beta.kubernetes.io/azure-load-balancer-internal-subnet": "snet-ingress",
                        },
                    },
                },
            },
        });
        const gateway = only("kubernetes:gateway.networking.k8s.io/v1:Gateway").inputs.spec as { listeners: object[] };
        expect(gateway.listeners).toEqual([
            expect.objectContaining({ protocol: "HTTPS", port: 443, hostname: "*.ml.dev.example.com" }),
        ]);
    });

    test("has its certificate out of the vault, and may read nothing else there", async () => {
        await build();
        expect(only("kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass").inputs.spec).toMatchObject({
            provider: "azure",
            parameters: { clientID: "gateway-identity-client", keyvaultName: "kv-mlp-dev" },
            secretObjects: [{ secretName: "gateway-certificate", type: "kubernetes.io/tls" }],
        });
        expect(only("authorization:RoleAssignment", "gateway-certificate").inputs).toMatchObject({
            scope: `${goodContract.vault.id}/secrets/gateway`,
            principalId: "gateway-identity-principal",
        });
    });
});

describe("queues", () => {
    interface Flavor {
        name: string;
        resources: { name: string; nominalQuota: string; lendingLimit?: string }[];
    }
    const gpus = (name: string): Record<string, { nominalQuota: string; lendingLimit?: string }> => {
        const { spec } = only("kubernetes:kueue.x-k8s.io/v1beta2:ClusterQueue", `queues-${name}`).inputs as {
            spec: { resourceGroups: [{ flavors: Flavor[] }] };
        };
        return Object.fromEntries(
            spec.resourceGroups[0].flavors.map(({ name: pool, resources }) => {
                const found = resources.find((one) => one.name === "nvidia.com/gpu");
                const { nominalQuota = "", lendingLimit } = found ?? {};
                return [pool, { nominalQuota, ...(lendingLimit !== undefined && { lendingLimit }) }];
            }),
        );
    };

    test("keep GPUs of serving back", async () => {
        await build();
        expect(gpus("serving")).toEqual({ serve: { nominalQuota: "2", lendingLimit: "0" } });
        expect(gpus("training")).toEqual({
            work: { nominalQuota: "0" },
            t4: { nominalQuota: "2" },
            serve: { nominalQuota: "0" },
        });
    });

    test("lend as many of them as config says, and no more than there are", async () => {
        await build({ "mlplatform:lentServingGpus": "1" });
        expect(gpus("serving")).toEqual({ serve: { nominalQuota: "2", lendingLimit: "1" } });
        await expect(build({ "mlplatform:lentServingGpus": "3" })).rejects.toThrow(
            "lentGpus must be a whole number from 0 to 2, got 3",
        );
    });

    test("let jobs onto GPUs and spot machines without asking them to know", async () => {
        await build();
        expect(only("kubernetes:kueue.x-k8s.io/v1beta2:ResourceFlavor", "queues-t4").inputs.spec).toEqual({
            nodeLabels: { "mlplatform/pool": "t4" },
            tolerations: [
                { key: "nvidia.com/gpu", operator: "Equal", value: "present", effect: "NoSchedule" },
                {
                    key: "kubernetes.azure.com/scalesetpriority",
                    operator: "Equal",
                    value: "spot",
                    effect: "NoSchedule",
                },
            ],
        });
    });

    test("serving goes before training, and nobody before what all depend on", async () => {
        await build();
        const classes = all("kubernetes:scheduling.k8s.io/v1:PriorityClass").map(({ inputs }) => [
            (inputs.metadata as { name: string }).name,
            inputs.value,
        ]);
        expect(classes.sort(([, a], [, b]) => Number(b) - Number(a)).map(([name]) => name)).toEqual(
            ["controllers", "serving", "training", "placeholder"].map((name) => `platform-${name}`),
        );
    });
});

test("KEDA signs in by the cluster's word, and may read metrics", async () => {
    await build();
    const { inputs } = only("kubernetes:helm.sh/v3:Release", "scaling");
    expect(inputs.values).toMatchObject({
        podIdentity: {
            azureWorkload: { enabled: true, clientId: "scaling-identity-client", tenantId: goodContract.tenantId },
        },
    });
    expect(only("authorization:RoleAssignment", "scaling-metrics").inputs.scope).toBe(
        goodContract.monitoring.metricsWorkspaceId,
    );
});

test("nothing is deployed while digests are missing, and each is named", async () => {
    await expect(build({ "mlplatform:imageLock": join(folder, "none.json") })).rejects.toThrow(
        /none\.json has no digest of \d+ images and charts[^]+keda 2\.20\.2[^]+npx mlplatform images lock/,
    );
});

test("the services keep their contract", async () => {
    const values = {
        ...{ environment: "dev", trainingQueue: "training", storageClass: "platform-disks" },
        ...{ snapshotClass: "platform-snapshots", gateway: { namespace: "n", name: "g", domain: "d" } },
    };
    const outputs = await value(pulumi.output(servicesOutputs(values)));
    expect(servicesContract.read("dev-services", { ...outputs, novelty: 1 })).toEqual({
        servicesContractVersion: 1,
        ...values,
    });
    expect(() => servicesContract.read("dev", {})).toThrow(/stack dev is no services stack of contract 1/);
});
