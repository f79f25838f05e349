import { request } from "node:https";
import type { RequestOptions } from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";

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

/** Sends requests to an API server, as whoever the config says. */
export class Api {
    constructor(private readonly config: KubeConfig) {}

    /** @throws Refused unless the server did as it was told. */
    async send(method: string, path: string, body?: object, contentType = "application/json"): Promise<unknown> {
        const server = new URL(this.config.getCurrentCluster()?.server ?? "https://kubernetes.default.svc");
        const options: RequestOptions = {
            ...{ method, path, hostname: server.hostname, port: server.port },
            headers: { accept: "application/json", "content-type": contentType },
        };
        await this.config.applyToHTTPSOptions(options);
        return new Promise((resolve, reject) => {
            const call = request(options, (answer) => {
                let text = "";
                answer.setEncoding("utf8");
                answer.on("data", (chunk: string) => (text += chunk));
                answer.on("error", reject);
                answer.on("end", () => {
                    const code = answer.statusCode ?? 0;
                    if (code >= 300) reject(new Refused(code, messageOf(text)));
                    else resolve(JSON.parse(text));
                });
            });
            call.on("error", reject);
            call.end(body === undefined ? undefined : JSON.stringify(body));
        });
    }
}

function messageOf(text: string): string {
    try {
        return (JSON.parse(text) as { message?: string }).message ?? text;
    } catch {
        return text;
    }
}
