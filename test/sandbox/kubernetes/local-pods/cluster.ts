import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import type { V1Container, V1Pod } from "@kubernetes/client-node";
import { clusterFiles } from "../../../../sandbox/kubernetes/control-plane/settings";
import { fleetOf, images, pool } from "../nodes/manifests";
import { Clients } from "../clients";
import { testFacts, testIssuerUrl, useControlPlane } from "../control-plane";
import type { TestControlPlane } from "../control-plane";

/** Name of the identity that pods of the service account `scorer` in `team` sign in as. */
export const scorerIdentity = {
    ...{ name: "id-scorer", clientId: "33333333-3333-4333-8333-333333333333" },
    principalId: "44444444-4444-4444-8444-444444444444",
    federatedCredentials: [
        {
            ...{ issuer: testIssuerUrl, subject: "system:serviceaccount:team:scorer" },
            audiences: ["api://AzureADTokenExchange"],
        },
    ],
};

/** A cluster with a pool of two nodes, in which pods of the image `app` are processes of program.cjs. */
export class LocalCluster extends Clients {
    readonly namespace = "team";
    protected readonly cluster: TestControlPlane;

    constructor(azure: Parameters<typeof testFacts>[0] = {}) {
        super();
        const facts = testFacts({ identities: [scorerIdentity], ...azure });
        const fleet = fleetOf(pool("work", { minCount: 2, maxCount: 2, count: 2 }));
        this.cluster = useControlPlane({ programs: { app: join(__dirname, "program.cjs") } }, { ...facts, fleet });
        beforeAll(async () => {
            await this.core.createNamespace({ body: { metadata: { name: this.namespace } } });
            await this.core.createNamespacedServiceAccount({
                namespace: this.namespace,
                body: {
                    metadata: {
                        name: "scorer",
                        annotations: { "azure.workload.identity/client-id": scorerIdentity.clientId },
                    },
                },
            });
            await this.until("the namespace has its own account", async () => {
                const { items } = await this.core.listNamespacedServiceAccount({ namespace: this.namespace });
                return items.length === 2;
            });
        }, 60_000);
    }

    get plane(): TestControlPlane["plane"] {
        return this.cluster.plane;
    }
    get control(): TestControlPlane {
        return this.cluster;
    }

    async pods(app: string): Promise<V1Pod[]> {
        const { namespace } = this;
        return (await this.core.listNamespacedPod({ namespace, labelSelector: `app=${app}` })).items;
    }

    async pod(app: string): Promise<V1Pod> {
        const [found] = await this.pods(app);
        if (!found) throw new Error(`there is no pod of ${app}`);
        return found;
    }

    async deploy(app: string, container: Partial<V1Container> = {}, replicas = 1, account = "default"): Promise<void> {
        await this.apps.createNamespacedDeployment({
            namespace: this.namespace,
            body: {
                metadata: { name: app },
                spec: {
                    replicas,
                    selector: { matchLabels: { app } },
                    template: {
                        metadata: { labels: { app, "azure.workload.identity/use": String(account !== "default") } },
                        spec: {
                            serviceAccountName: account,
                            containers: [Object.assign(serving(app), container)],
                            terminationGracePeriodSeconds: 20,
                        },
                    },
                },
            },
        });
        await this.until(`${app} is ready`, async () => {
            const { status } = await this.apps.readNamespacedDeployment({ name: app, namespace: this.namespace });
            return status?.availableReplicas === replicas;
        });
    }

    /** Exchanges the pods of a deployment, and waits until that is over. */
    async restart(app: string): Promise<void> {
        const key = { name: app, namespace: this.namespace };
        const annotations = { restarted: String(Date.now()) };
        const { metadata } = await this.apps.patchNamespacedDeployment(
            { ...key, body: { spec: { template: { metadata: { annotations } } } } },
            setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
        );
        await this.until(`${app} has been restarted`, async () => {
            const { spec, status } = await this.apps.readNamespacedDeployment(key);
            const seen = (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0);
            const all = [status?.updatedReplicas, status?.availableReplicas, status?.replicas];
            return (
                seen &&
                all.every((count) => count === spec?.replicas) &&
                (await this.pods(app)).length === spec?.replicas
            );
        });
    }

    async until(what: string, holds: () => Promise<boolean> | boolean, seconds = 30): Promise<void> {
        const deadline = Date.now() + seconds * 1000;
        while (!(await holds())) {
            if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${what}\n${await this.picture()}`);
            await after(50);
        }
    }

    private async picture(): Promise<string> {
        const { items } = await this.core.listNamespacedPod({ namespace: this.namespace });
        const states = items.map(({ metadata, status }) => [
            ...[metadata?.name, status?.phase, metadata?.deletionTimestamp && "leaving"],
            ...(status?.containerStatuses ?? []).map(({ state }) => JSON.stringify(state)),
        ]);
        const log = readFileSync(clusterFiles(this.plane.folder).supervisorLog, "utf8").split("\n").slice(-10);
        return [...states.map((each) => each.join(" ")), ...log].join("\n");
    }
}

export const serving = (name: string): V1Container => ({
    ...{ name, image: images.app, args: ["serve"], ports: [{ name: "http", containerPort: 8000 }] },
    readinessProbe: { httpGet: { path: "/ready", port: "http" }, periodSeconds: 1 },
});
