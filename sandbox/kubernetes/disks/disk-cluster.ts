import { ApiError, isNotFound } from "../api-faults";
import { ApiServer, kubeConfigOf } from "../api-server";

/** An object of the cluster, as far as disks look at it. */
export interface Held {
    metadata: {
        name: string;
        namespace?: string;
        uid: string;
        creationTimestamp: string;
        deletionTimestamp?: string;
        labels?: Record<string, string>;
        annotations?: Record<string, string>;
    };
    spec: Record<string, unknown>;
    status?: Record<string, unknown>;
    provisioner?: string;
    driver?: string;
    deletionPolicy?: string;
    reclaimPolicy?: string;
    volumeBindingMode?: string;
    parameters?: Record<string, string>;
}

/** Requests of the disks' controller. */
export class DiskCluster {
    private readonly server: ApiServer;

    constructor(kubeconfig: string) {
        this.server = new ApiServer(() => kubeConfigOf(kubeconfig));
    }

    stop(): void {
        this.server.close();
    }

    async list(path: string): Promise<Held[]> {
        return ((await this.server.send("GET", path)) as { items: Held[] }).items;
    }

    /** Creates what is not there yet. */
    async create(path: string, body: object): Promise<void> {
        try {
            await this.server.send("POST", path, { body });
        } catch (fault) {
            if (!(fault instanceof ApiError && fault.code === 409)) throw fault;
        }
    }

    async patch(path: string, body: object): Promise<void> {
        await this.server.send("PATCH", path, { body, contentType: "application/merge-patch+json" });
    }

    async delete(path: string): Promise<void> {
        try {
            await this.server.send("DELETE", path);
        } catch (fault) {
            if (!isNotFound(fault)) throw fault;
        }
    }

    /** Tells of every change below a path, until stopped. */
    watch(path: string, changed: () => void): void {
        this.server.watch(path, changed);
    }
}
