import { request, type RequestOptions } from "node:https";
import { KubeConfig } from "@kubernetes/client-node";

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

/** What the API server refused. */
export class Refused extends Error {
    constructor(
        readonly code: number,
        message: string,
    ) {
        super(message);
        this.name = "Refused";
    }
}

/** Requests of the disks' controller. */
export class DiskCluster {
    private readonly config = new KubeConfig();
    private readonly watches = new Set<{ destroy: () => void }>();
    private stopped = false;

    constructor(kubeconfig: string) {
        this.config.loadFromString(kubeconfig);
    }

    stop(): void {
        this.stopped = true;
        for (const watch of this.watches) watch.destroy();
    }

    async list(path: string): Promise<Held[]> {
        return ((await this.send("GET", path)) as { items: Held[] }).items;
    }

    /** Creates what is not there yet. */
    async create(path: string, object: object): Promise<void> {
        try {
            await this.send("POST", path, object);
        } catch (fault) {
            if (!(fault instanceof Refused && fault.code === 409)) throw fault;
        }
    }

    async patch(path: string, change: object): Promise<void> {
        await this.send("PATCH", path, change);
    }

    async delete(path: string): Promise<void> {
        try {
            await this.send("DELETE", path);
        } catch (fault) {
            if (!(fault instanceof Refused && fault.code === 404)) throw fault;
        }
    }

    /** Tells of every change below a path, until stopped. */
    watch(path: string, changed: () => void): void {
        if (this.stopped) return;
        const again = (): void => {
            if (!this.stopped)
                setTimeout(() => {
                    this.watch(path, changed);
                }, 500).unref();
        };
        void this.options("GET", `${path}?watch=true`).then((options) => {
            const call = request(options, (answer) => {
                changed();
                answer.on("data", changed);
                answer.on("error", () => undefined);
                answer.on("close", () => {
                    this.watches.delete(call);
                    again();
                });
            });
            this.watches.add(call);
            call.on("error", () => {
                this.watches.delete(call);
                again();
            });
            call.end();
        }, again);
    }

    private async options(method: string, path: string): Promise<RequestOptions> {
        const server = new URL(this.config.getCurrentCluster()?.server ?? "");
        const contentType = method === "PATCH" ? "application/merge-patch+json" : "application/json";
        const options: RequestOptions = {
            ...{ method, path, hostname: server.hostname, port: server.port },
            headers: { accept: "application/json", "content-type": contentType },
        };
        await this.config.applyToHTTPSOptions(options);
        return options;
    }

    private async send(method: string, path: string, body?: object): Promise<unknown> {
        const options = await this.options(method, path);
        return new Promise((resolve, reject) => {
            const call = request(options, (answer) => {
                let text = "";
                answer.setEncoding("utf8");
                answer.on("data", (chunk: string) => (text += chunk));
                answer.on("error", reject);
                answer.on("end", () => {
                    const code = answer.statusCode ?? 0;
                    if (code < 300) resolve(JSON.parse(text));
                    else reject(new Refused(code, `${method} ${path}: ${text.slice(0, 500)}`));
                });
            });
            call.on("error", reject);
            call.end(body === undefined ? undefined : JSON.stringify(body));
        });
    }
}
