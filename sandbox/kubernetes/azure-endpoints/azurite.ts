import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { request } from "node:https";
import { join, relative, sep } from "node:path";
import { nameOf } from "../../azure/ids";
import { Children } from "../control-plane/children";
import type { ProcessRecord } from "../control-plane/children";
import type { StorageFacts } from "./storage-facts";

export interface AzuriteOptions {
    /** Folder with all that lies in the accounts. */
    folder: string;
    /** What somebody has laid down to be put into a container: `ACCOUNT/CONTAINER/PATH`. */
    uploads: string;
    logs: string;
    ports: { blobs: number; queues: number; tables: number };
    /** Files of the certificate and key that it shows. */
    certificate: string;
    key: string;
    /** Authority (PEM) that vouches for it. */
    ca: string;
    /** A token that it takes. */
    token: () => string;
    changed: (processes: ProcessRecord[]) => void;
    log: (line: string) => void;
}

/** Whom tokens for storage are made out for. */
export const storageAudience = "https://storage.azure.com";
const version = "2025-01-05";
const lookMs = 300;
const restartPatienceMs = 3_000;

/**
 * Azurite with the accounts and containers that Azure has. Accounts have a key, as Azurite needs one, that nobody is told: who
 * comes shows a token.
 */
export class Azurite {
    private readonly children: Children;
    private readonly made = new Set<string>();
    private accounts = "";
    private timer: NodeJS.Timeout | undefined;
    private looking: Promise<void> | undefined;

    constructor(
        private readonly options: AzuriteOptions,
        private readonly facts: () => StorageFacts,
    ) {
        this.children = new Children(options.logs, options.changed);
        this.look();
    }

    /** Is the container there for whoever asks? It is once all that was laid down for it is in it. */
    has(account: string, container: string): boolean {
        return this.made.has(`${account}/${container}`);
    }

    async stop(): Promise<void> {
        clearTimeout(this.timer);
        await this.looking;
        await this.children.stop([["azurite", restartPatienceMs]]);
    }

    private look(): void {
        this.looking = this.follow()
            .catch((fault: unknown) => {
                this.options.log(`azurite: ${String(fault)}`);
            })
            .finally(() => {
                this.timer = setTimeout(() => {
                    this.look();
                }, lookMs);
            });
    }

    private async follow(): Promise<void> {
        const { accounts, containers } = this.facts();
        if (accounts.length === 0) return;
        await this.run(accounts.map(nameOf).sort());
        const wanted = new Set(containers.map(placeOf));
        for (const place of wanted) {
            if (!this.made.has(place)) {
                const status = await this.send("PUT", `${place}?restype=container`);
                if (status !== 201 && status !== 409) continue;
            }
            await this.upload(place);
            this.made.add(place);
        }
        // What Azure has deleted is gone with all that lay in it.
        for (const place of this.made) {
            if (wanted.has(place)) continue;
            if (accounts.some((id) => place.startsWith(`${nameOf(id)}/`)))
                await this.send("DELETE", `${place}?restype=container`);
            this.made.delete(place);
        }
    }

    /** Starts it, anew where there are other accounts: it reads them once. */
    private async run(names: readonly string[]): Promise<void> {
        const accounts = names.map((name) => `${name}:${createHash("sha256").update(name).digest("base64")}`).join(";");
        if (accounts === this.accounts) return;
        this.accounts = accounts;
        const { folder, ports, certificate, key } = this.options;
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        const program = {
            ...{ name: "azurite", command: process.execPath },
            args: [
                require.resolve("azurite/dist/src/azurite.js"),
                ...["--location", folder, "--cert", certificate, "--key", key, "--oauth", "basic"],
                ...["--blobPort", String(ports.blobs), "--queuePort", String(ports.queues)],
                ...["--tablePort", String(ports.tables), "--silent", "--disableTelemetry", "--skipApiVersionCheck"],
            ],
            env: { PATH: process.env.PATH, AZURITE_ACCOUNTS: accounts },
        };
        await this.children.restart(program, restartPatienceMs);
        const [first = ""] = names;
        while ((await this.send("GET", `${first}/?comp=list&maxresults=1`)) === 0)
            await new Promise((done) => setTimeout(done, 100));
    }

    /** Puts what was laid down for the container into it. */
    private async upload(place: string): Promise<void> {
        const folder = join(this.options.uploads, place);
        if (!existsSync(folder)) return;
        for (const entry of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
            const file = join(folder, entry);
            if (!statSync(file).isFile() || file.endsWith(".tmp")) continue;
            const blob = relative(folder, file).split(sep).map(encodeURIComponent).join("/");
            const status = await this.send("PUT", `${place}/${blob}`, readFileSync(file));
            if (status !== 201) throw new Error(`${place}/${blob} was answered with ${status}`);
            rmSync(file);
        }
    }

    /** The status of Azurite's answer; 0 where it does not answer. */
    private send(method: string, place: string, content?: Buffer): Promise<number> {
        const [account = "", ...path] = place.split("/");
        const { ports, ca, token } = this.options;
        return new Promise((resolve) => {
            const asked = request(
                {
                    ...{ host: "127.0.0.1", port: ports.blobs, method, path: `/${path.join("/")}`, ca, agent: false },
                    servername: "localhost",
                    headers: {
                        host: `${account}.blob.core.windows.net`,
                        authorization: `Bearer ${token()}`,
                        ...{ "x-ms-version": version, "content-length": content?.length ?? 0 },
                        ...(content && { "x-ms-blob-type": "BlockBlob" }),
                    },
                },
                (answer) => {
                    answer.resume();
                    resolve(answer.statusCode ?? 0);
                },
            );
            asked.once("error", () => {
                resolve(0);
            });
            asked.end(content);
        });
    }
}

/** `ACCOUNT/CONTAINER` of a container's id. */
export function placeOf(containerId: string): string {
    const [, account = ""] = /\/storageAccounts\/([^/]+)\//i.exec(containerId) ?? [];
    return `${account}/${nameOf(containerId)}`;
}
