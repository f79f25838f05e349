import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Azure } from "../azure/azure";
import { nameOf } from "../azure/ids";
import { writeWhole } from "../files";
import { azureFacts, clustersOf } from "./azure-facts";
import type { AzureFacts } from "./azure-facts";
import { removeControlPlane, runningControlPlane, startControlPlane } from "./control-plane/control-plane";
import type { ControlPlane } from "./control-plane/control-plane";
import { Pki } from "./control-plane/pki";
import { clusterFiles } from "./control-plane/settings";
import type { ClusterSettings } from "./control-plane/settings";
import { userKubeconfig } from "./control-plane/kubeconfig";
import type { Programs } from "./local-pods/programs";
import { sandboxFiles } from "./identity/places";
import { machineCounts, showCounts } from "./nodes/fleet-facts";

export interface ControlPlanesOptions {
    /** Folder of the sandbox. Below it lie the clusters, the directory and the sandbox's `kubelogin`. */
    folder: string;
    /** Folder of the control plane's programs; asked for when the first cluster needs it. */
    binaries: () => Promise<string>;
    /** Folder of the custom resources' definitions; asked for likewise. */
    definitions: () => Promise<string>;
    /** By chart: folders of controllers that are built, or will be; asked for after the programs. @default none runs */
    controllers?: () => NonNullable<ClusterSettings["controllers"]>;
    /** Folder of the compiled `sandbox/kubernetes`. */
    compiled: string;
    /** Programs of images of our own, whose pods run as processes of this machine. @default none do */
    programs?: Programs;
    /** End with this process. @default false: they outlive it */
    attached?: boolean;
    /** Real seconds for each of the sandbox's; 0 is instant. @default 0 */
    clock?: number;
    say?: (text: string) => void;
}

/**
 * The control planes of the sandbox's clusters: each comes up when its cluster is created, is started again by whoever opens
 * the sandbox next when it has died, and goes when its cluster does. Nobody waits for one but who asks for credentials.
 */
export class ControlPlanes {
    private readonly planes = new Map<string, Promise<ControlPlane>>();
    private readonly leaving = new Set<Promise<void>>();
    private readonly written = new Map<string, string>();
    private binaries: Promise<string> | undefined;
    private definitionsFolder: Promise<string> | undefined;
    private controllers: ClusterSettings["controllers"];
    private due: NodeJS.Immediate | undefined;
    private closed = false;
    private readonly files: ReturnType<typeof sandboxFiles>;

    constructor(
        private readonly azure: Azure,
        private readonly options: ControlPlanesOptions,
    ) {
        this.files = sandboxFiles(options.folder);
        this.writeKubelogin();
        azure.watch(() => {
            if (this.closed) return;
            this.due ??= setImmediate(() => {
                this.due = undefined;
                this.follow();
            });
        });
        this.follow();
    }

    /**
     * A kubeconfig for users, as Azure gives it out: without any secret.
     * @throws Error saying why the control plane does not run.
     */
    async credentials(clusterId: string): Promise<string> {
        const cluster = clustersOf(this.azure).find(({ id }) => id.toLowerCase() === clusterId.toLowerCase());
        if (!cluster) throw new Error(`there is no cluster ${clusterId}`);
        const { authority } = await this.ready(nameOf(cluster.id));
        const { cluster: facts, tenantId } = azureFacts(this.azure, cluster);
        return userKubeconfig({
            name: facts.name,
            server: `https://${facts.hostNames[0] ?? ""}:443`,
            ...{ authority, tenantId, command: "kubelogin" },
        });
    }

    /** Names of the clusters. */
    names(): string[] {
        return clustersOf(this.azure).map(({ id }) => nameOf(id));
    }

    /** The cluster's control plane, once it is ready. */
    ready(name: string): Promise<ControlPlane> {
        this.follow();
        return this.planes.get(name) ?? Promise.reject(new Error(`there is no cluster "${name}" in the sandbox`));
    }

    /** Where the API server of that host name listens on this machine. */
    readonly addressOf = (host: string): { host: string; port: number } | undefined => {
        for (const cluster of clustersOf(this.azure)) {
            const { name, hostNames } = azureFacts(this.azure, cluster).cluster;
            const running = hostNames.includes(host) && runningControlPlane(this.files.clusterOf(name));
            if (running) return { host: "127.0.0.1", port: running.port };
        }
        return undefined;
    };

    /** Environment of whoever asks for tokens. */
    environment(): NodeJS.ProcessEnv {
        return { ...process.env, PATH: `${this.files.bin}:${process.env.PATH ?? ""}` };
    }

    /** Settles what has begun. What runs goes on. */
    async close(): Promise<void> {
        // What following changes in Azure is not followed again: by then, Azure may be closed.
        this.closed = true;
        if (this.due) clearImmediate(this.due);
        this.follow();
        await Promise.allSettled([...this.planes.values(), ...this.leaving]);
    }

    /** Makes the control planes what Azure's clusters are. */
    private follow(): void {
        const there = new Set<string>();
        for (const cluster of clustersOf(this.azure)) {
            showCounts(this.azure, cluster, machineCounts(this.files.clusterOf(nameOf(cluster.id))));
            const facts = azureFacts(this.azure, cluster);
            there.add(facts.cluster.name);
            this.tell(facts);
            if (!this.planes.has(facts.cluster.name)) this.start(facts);
        }
        const kept = this.files.allClusters().map((folder) => folder.slice(this.files.clusters.length + 1));
        for (const name of new Set([...this.planes.keys(), ...kept])) if (!there.has(name)) this.remove(name);
    }

    private start(facts: AzureFacts): void {
        const { name, hostNames, issuerUrl, serviceCidr } = facts.cluster;
        const starting = this.startIn(this.files.clusterOf(name), {
            ...{ hostNames, tenantId: facts.tenantId },
            ...(issuerUrl !== "" && { serviceAccountIssuer: issuerUrl }),
            ...(serviceCidr !== undefined && { serviceCidr }),
        });
        this.planes.set(name, starting);
        starting.catch((fault: unknown) => {
            this.options.say?.(fault instanceof Error ? fault.message : String(fault));
        });
    }

    /** Folder of the custom resources' definitions, fetched when they are first asked for. */
    readonly definitions = (): Promise<string> => (this.definitionsFolder ??= this.options.definitions());

    private async startIn(
        folder: string,
        { tenantId, ...more }: { hostNames: readonly string[]; tenantId: string },
    ): Promise<ControlPlane> {
        await Promise.allSettled(this.leaving);
        const { compiled, attached = false } = this.options;
        const directory = new Pki(this.files.entra);
        await directory.ensureSigningKey("tokens");
        this.binaries ??= this.options.binaries();
        const binaries = await this.binaries;
        this.controllers ??= this.options.controllers?.() ?? {};
        return await startControlPlane({
            ...{ folder, attached, supervisor: join(compiled, "supervisor.js") },
            settings: {
                ...{ binaries, controllers: this.controllers, definitions: await this.definitions() },
                ...{ clock: this.options.clock ?? 0, programs: this.options.programs ?? {} },
                entra: { tenantId, publicKey: directory.file("tokens.pub") },
                ...more,
            },
        });
    }

    private remove(name: string): void {
        const starting = this.planes.get(name);
        this.planes.delete(name);
        this.written.delete(name);
        const going = Promise.allSettled([starting]).then(() => removeControlPlane(this.files.clusterOf(name)));
        this.leaving.add(going);
        void going.finally(() => this.leaving.delete(going));
    }

    private tell(facts: AzureFacts): void {
        const { name } = facts.cluster;
        const text = JSON.stringify(facts);
        if (this.written.get(name) === text) return;
        writeWhole(clusterFiles(this.files.clusterOf(name)).azure, text);
        this.written.set(name, text);
    }

    private writeKubelogin(): void {
        mkdirSync(this.files.bin, { recursive: true });
        const script = join(this.options.compiled, "identity", "kubelogin.js");
        const parts = [process.execPath, script, this.options.folder].map(
            (part) => `'${part.replaceAll("'", "'\\''")}'`,
        );
        const file = join(this.files.bin, "kubelogin");
        writeWhole(file, `#!/bin/sh\nexec ${parts.join(" ")} "$@"\n`);
        chmodSync(file, 0o755);
    }
}
