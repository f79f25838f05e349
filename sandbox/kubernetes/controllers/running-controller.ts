import { mkdirSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import type { Cluster, CoreV1Api, V1Deployment } from "@kubernetes/client-node";
import { stringify } from "yaml";
import { textOf, writeWhole } from "../../files";
import { Children } from "../control-plane/children";
import type { ProcessRecord } from "../control-plane/children";
import { isNotFound, NoMatch } from "../api-faults";
import type { KubeApi } from "../provider/api";
import { isTrue, nameOf, namespaceOf, typeOf } from "../provider/objects";
import type { GroupVersionKind, KubeObject } from "../provider/objects";
import type { BuiltController } from "./built";
import type { ControllerKind, ControllerPorts, Setup } from "./controller-kind";

const pollMs = 200;
const endMs = 2_000;
/** Kubelets look for another content of a secret as often. */
const mountMs = 60_000;
/** Tokens are renewed at half their time. */
const tokenSeconds = 24 * 3600;
/** Who makes what a chart would. */
const manager = "sandbox-chart";

interface Surroundings {
    api: KubeApi;
    core: CoreV1Api;
    server: Cluster | null;
    built: BuiltController;
    namespace: string;
    ports: ControllerPorts;
    folder: string;
    logs: string;
    changed: (processes: ProcessRecord[]) => void;
}

/** A controller that runs: with an account's token and no more, as in a pod of its namespace. */
export class RunningController {
    private readonly children: Children;
    private readonly timers: NodeJS.Timeout[] = [];
    private setup: Setup | undefined;
    private stopped = false;
    private generation: number | undefined;
    /** Has it been there to answer? */
    isReady = false;

    constructor(
        private readonly kind: ControllerKind,
        private readonly around: Surroundings,
    ) {
        this.children = new Children(around.logs, around.changed);
    }

    /** Resolves when it answers. */
    async start(): Promise<void> {
        const { namespace, ports, built, folder } = this.around;
        const { kind } = this;
        const certificates = join(folder, "certificates");
        mkdirSync(certificates, { recursive: true, mode: 0o700 });
        const kubeconfigOf = (account: string): string => join(folder, `${account}.kubeconfig`);
        const configuration = await this.configuration();
        const setup = { namespace, ports, built, folder, certificates, kubeconfigOf, configuration };
        this.setup = setup;
        await this.apply(kind.objects(setup));
        await this.giveTokens(setup);
        this.every((tokenSeconds * 1000) / 2, () => this.giveTokens(setup));
        this.children.start(kind.program(setup));
        while (!this.stopped && !(await this.mount(setup))) await after(pollMs);
        this.every(mountMs, () => this.mount(setup));
        for (const program of kind.others(setup)) this.children.start(program);
        while (!this.stopped && !(await this.answers(setup))) await after(pollMs);
        this.isReady = !this.stopped;
    }

    /** Has its release another configuration since? That changes its deployment, too. */
    async isOutdated({ metadata }: V1Deployment = {}): Promise<boolean> {
        const generation = metadata?.generation;
        if (this.setup === undefined || generation === this.generation) return false;
        this.generation = generation;
        return (await this.configuration()) !== this.setup.configuration;
    }

    async stop(): Promise<void> {
        this.stopped = true;
        for (const timer of this.timers) clearInterval(timer);
        const programs = this.children.records().map(({ name }) => [name, endMs] as const);
        await this.children.stop(programs.reverse());
        this.around.changed([]);
    }

    /** Takes away what its chart would have brought. */
    async remove(): Promise<void> {
        if (!this.setup) return;
        // Of definitions it has changed a part: the release takes them away.
        const own = this.kind.objects(this.setup).filter(({ kind }) => kind !== "CustomResourceDefinition");
        for (const object of own.reverse()) {
            const type = typeOfObject(object);
            const namespace = namespaceOf(object) || undefined;
            await this.around.api.delete(type, namespace, nameOf(object), "Background").catch((fault: unknown) => {
                if (!isNotFound(fault) && !(fault instanceof NoMatch)) throw fault;
            });
        }
    }

    private every(milliseconds: number, work: () => Promise<unknown>): void {
        // What fails now is tried again next time.
        this.timers.push(setInterval(() => void work().catch(() => undefined), milliseconds));
    }

    private async configuration(): Promise<string> {
        const { configuration } = this.kind;
        if (!configuration) return "";
        const { namespace, core } = this.around;
        const map = await core.readNamespacedConfigMap({ name: configuration.name, namespace });
        return map.data?.[configuration.key] ?? "";
    }

    private async apply(objects: readonly KubeObject[]): Promise<void> {
        const options = { manager, force: true, dryRun: false };
        for (const object of objects) {
            const namespace = namespaceOf(object) || undefined;
            await this.around.api.apply(typeOfObject(object), namespace, nameOf(object), object, options);
        }
    }

    /** What a kubelet gives to a pod of that account. */
    private async giveTokens({ namespace, kubeconfigOf }: Setup): Promise<void> {
        const { core, server } = this.around;
        for (const name of this.kind.accounts) {
            const body = { spec: { audiences: [], expirationSeconds: tokenSeconds } };
            const answer = await core.createNamespacedServiceAccountToken({ name, namespace, body });
            const tokenFile = `${kubeconfigOf(name)}.token`;
            writeWhole(tokenFile, answer.status?.token ?? "", 0o600);
            const cluster = { server: server?.server, "certificate-authority-data": server?.caData };
            const config = {
                ...{ apiVersion: "v1", kind: "Config", "current-context": "sandbox" },
                clusters: [{ name: "sandbox", cluster }],
                users: [{ name, user: { tokenFile } }],
                contexts: [{ name: "sandbox", context: { cluster: "sandbox", user: name, namespace } }],
            };
            writeWhole(kubeconfigOf(name), stringify(config), 0o600);
        }
    }

    /** Mounts the certificate's secret, as a kubelet does. False while there is nothing in it. */
    private async mount({ namespace, certificates }: Setup): Promise<boolean> {
        const name = this.kind.certificate;
        const secret = await this.around.core.readNamespacedSecret({ name, namespace }).catch(() => undefined);
        const files = Object.entries(secret?.data ?? {});
        for (const [file, data] of files) {
            const text = Buffer.from(data, "base64").toString("utf8");
            const place = join(certificates, file);
            if (textOf(place) !== text) writeWhole(place, text, 0o600);
        }
        return files.length > 0;
    }

    private async answers(setup: Setup): Promise<boolean> {
        const answers = await Promise.all(this.kind.probes(setup).map(isHealthy));
        if (!answers.every(Boolean)) return false;
        const { apiService } = this.kind;
        if (apiService === undefined) return true;
        const type = { group: "apiregistration.k8s.io", version: "v1", kind: "APIService" };
        return isTrue(await this.around.api.get(type, undefined, apiService), "Available");
    }
}

function typeOfObject({ apiVersion, kind }: KubeObject): GroupVersionKind {
    return typeOf(`kubernetes:${apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`}:${kind}`);
}

function isHealthy(url: string): Promise<boolean> {
    return new Promise((resolve) => {
        const asked = get(url, { agent: false }, (answer) => {
            answer.resume();
            resolve(answer.statusCode === 200);
        });
        asked.once("error", () => {
            resolve(false);
        });
    });
}
