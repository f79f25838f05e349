import { createServer } from "node:http";
import type { Server } from "node:http";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Azurite, storageAudience } from "../../../../sandbox/kubernetes/azure-endpoints/azurite";
import { Pki } from "../../../../sandbox/kubernetes/control-plane/pki";
import { freePorts } from "../../../../sandbox/kubernetes/control-plane/ports";
import { entraIssuer, signedToken } from "../../../../sandbox/kubernetes/identity/tokens";

const account = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/stwork";
const tenant = "22222222-2222-4222-8222-222222222222";

/** Azurite with one account, `stwork`, and its containers; and whoever gives out tokens for it, to anybody. */
export class BlobStore {
    private azurite: Azurite | undefined;
    private readonly login: Server;
    private readonly pki: Pki;
    private blobPort = 0;
    private loginPort = 0;

    constructor(private readonly folder: string) {
        this.pki = new Pki(join(folder, "pki"));
        this.login = createServer((_asked, answer) => {
            answer.setHeader("content-type", "application/json");
            answer.end(JSON.stringify({ access_token: this.token(), expires_in: 3600 }));
        });
    }

    async start(containers: readonly string[]): Promise<void> {
        mkdirSync(join(this.folder, "pki"), { recursive: true });
        await this.pki.ensureAuthority("ca", { azure: { commonName: "azure", names: ["localhost", "127.0.0.1"] } });
        await this.pki.ensureSigningKey("tokens");
        const { login, ...ports } = await freePorts(["login", "blobs", "queues", "tables"]);
        [this.loginPort, this.blobPort] = [login, ports.blobs];
        await new Promise<void>((done) => this.login.listen(login, "127.0.0.1", done));
        writeFileSync(join(this.folder, "assertion"), "what Kubernetes says of the pod");
        const { certificate, key } = this.pki.pair("azure");
        this.azurite = new Azurite(
            {
                ...{ folder: join(this.folder, "blobs"), uploads: join(this.folder, "uploads") },
                ...{ logs: join(this.folder, "logs"), ports, certificate, key, ca: this.pki.text("ca.crt") },
                ...{ token: () => this.token(), changed: () => undefined, log: () => undefined },
            },
            () => ({
                accounts: [account],
                containers: containers.map((name) => `${account}/blobServices/default/containers/${name}`),
                roleAssignments: [],
            }),
        );
        while (!containers.every((name) => this.azurite?.has("stwork", name)))
            await new Promise((done) => setTimeout(done, 50));
    }

    /** To be there from the start: `CONTAINER/PATH`. */
    lay(file: string, blob: string): void {
        const to = join(this.folder, "uploads", "stwork", blob);
        mkdirSync(dirname(to), { recursive: true });
        copyFileSync(file, to);
    }

    /** What a pod is told, and whom it trusts. */
    environment(): Record<string, string> {
        return {
            AZURE_AUTHORITY_HOST: `http://127.0.0.1:${this.loginPort}/`,
            ...{ AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: "c" },
            AZURE_FEDERATED_TOKEN_FILE: join(this.folder, "assertion"),
            BLOB_ENDPOINT: `https://localhost:${this.blobPort}`,
            NODE_EXTRA_CA_CERTS: this.pki.pair("ca").certificate,
        };
    }

    uri(blob: string): string {
        return `https://stwork.blob.core.windows.net/${blob}`;
    }

    async stop(): Promise<void> {
        await this.azurite?.stop();
        this.login.close();
        this.login.closeAllConnections();
    }

    private token(): string {
        const now = Math.floor(Date.now() / 1000);
        const claims = { iss: entraIssuer(tenant), aud: storageAudience, sub: "pod", oid: "pod", tid: tenant };
        const [key, publicKey] = [this.pki.text("tokens.key"), this.pki.text("tokens.pub")];
        return signedToken({ ...claims, iat: now, nbf: now - 60, exp: now + 3600 }, key, publicKey);
    }
}
