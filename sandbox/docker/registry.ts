import { createHash } from "node:crypto";
import { request, type IncomingMessage } from "node:http";
import type { Readable } from "node:stream";

/** Part of an image, as manifests name it. */
export interface Descriptor {
    mediaType: string;
    digest: string;
    size: number;
}

/** Manifest of an image for one platform. */
export interface Manifest {
    schemaVersion: 2;
    mediaType: string;
    config: Descriptor;
    layers: Descriptor[];
}

export const manifestType = "application/vnd.docker.distribution.manifest.v2+json";

/**
 * A registry of this machine that asks for no sign-in, over its API.
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md
 */
export class LocalRegistry {
    /** @param host Such as `127.0.0.1:5000`. */
    constructor(readonly host: string) {}

    /** @throws Error when nothing that is a registry answers */
    async check(): Promise<void> {
        await this.ok(await this.send("GET", "/v2/", { seconds: 5 }), "asking for its version");
    }

    /** Digest of a tag; undefined when there is none. */
    async digestOf(repository: string, tag: string): Promise<string | undefined> {
        const answer = await this.send("HEAD", `/v2/${repository}/manifests/${tag}`, { accept: manifestType });
        answer.resume();
        if (answer.statusCode === 404) return undefined;
        await this.ok(answer, `asking for ${repository}:${tag}`);
        const digest = answer.headers["docker-content-digest"];
        return typeof digest === "string" ? digest : undefined;
    }

    /** A manifest of one platform, by tag or digest. */
    async manifest(repository: string, reference: string): Promise<Manifest> {
        const path = `/v2/${repository}/manifests/${reference}`;
        const answer = await this.ok(await this.send("GET", path, { accept: manifestType }), `reading ${path}`);
        return JSON.parse((await bytesOf(answer)).toString("utf8")) as Manifest;
    }

    /** A blob, read whole: for the configs of images. */
    async blob(repository: string, digest: string): Promise<Buffer> {
        const path = `/v2/${repository}/blobs/${digest}`;
        return await bytesOf(await this.ok(await this.send("GET", path), `reading ${path}`));
    }

    /** Pushes a blob whose digest is known; one that is there stays. */
    async putBlob(repository: string, { digest, size }: Descriptor, content: () => Readable): Promise<void> {
        const there = await this.send("HEAD", `/v2/${repository}/blobs/${digest}`);
        there.resume();
        if (there.statusCode === 200) return;
        const begun = await this.ok(await this.send("POST", `/v2/${repository}/blobs/uploads/`), "beginning an upload");
        begun.resume();
        const to = new URL(begun.headers.location ?? "", `http://${this.host}`);
        to.searchParams.set("digest", digest);
        const done = await this.send("PUT", `${to.pathname}${to.search}`, {
            ...{ body: content(), size, type: "application/octet-stream" },
        });
        (await this.ok(done, `pushing ${digest}`)).resume();
    }

    /** Has a repository share a blob of another. */
    async mount(repository: string, digest: string, from: string): Promise<void> {
        const query = new URLSearchParams({ mount: digest, from });
        const answer = await this.send("POST", `/v2/${repository}/blobs/uploads/?${query.toString()}`);
        answer.resume();
        if (answer.statusCode !== 201) throw new Error(`${this.host} does not share ${digest} of ${from}`);
    }

    /** Puts a manifest under a tag. @returns its digest */
    async putManifest(repository: string, tag: string, manifest: Manifest): Promise<string> {
        const text = Buffer.from(JSON.stringify(manifest));
        const answer = await this.send("PUT", `/v2/${repository}/manifests/${tag}`, {
            ...{ body: text, size: text.length, type: manifest.mediaType },
        });
        (await this.ok(answer, `pushing ${repository}:${tag}`)).resume();
        return digestOf(text);
    }

    private send(
        method: string,
        path: string,
        {
            body,
            size = 0,
            type,
            accept,
            seconds,
        }: { body?: Readable | Buffer; size?: number; type?: string; accept?: string; seconds?: number } = {},
    ): Promise<IncomingMessage> {
        const url = new URL(path, `http://${this.host}`);
        return new Promise((resolve, reject) => {
            const headers = {
                ...(accept !== undefined && { Accept: accept }),
                ...(type !== undefined && { "Content-Type": type }),
                ...(method !== "GET" && method !== "HEAD" && { "Content-Length": size }),
            };
            const timeout = seconds === undefined ? {} : { timeout: seconds * 1000 };
            const sent = request(url, { method, headers, ...timeout }, resolve);
            sent.on("error", reject);
            if (seconds !== undefined)
                sent.on("timeout", () => sent.destroy(new Error(`${this.host} does not answer`)));
            if (body === undefined || Buffer.isBuffer(body)) sent.end(body);
            else body.on("error", reject).pipe(sent);
        });
    }

    private async ok(answer: IncomingMessage, doing: string): Promise<IncomingMessage> {
        const status = answer.statusCode ?? 0;
        if (status >= 200 && status < 300) return answer;
        throw new Error(
            `registry ${this.host}, ${doing}: ${status} ${(await bytesOf(answer)).toString("utf8").trim()}`,
        );
    }
}

export const digestOf = (content: Buffer): string => `sha256:${createHash("sha256").update(content).digest("hex")}`;

async function bytesOf(answer: IncomingMessage): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
}
