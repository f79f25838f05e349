import { createHash } from "node:crypto";
import { opendir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { blobAccess, containerAt } from "../blob";
import { ifThere } from "../files";
import { BatchFault } from "./batch-fault";

/** Where pictures are. */
export interface Input {
    /** Names of all of them, below the place; the same order every time, and never all at once from a container. */
    names(): AsyncIterable<string>;
    /** @returns undefined where it is not there any more */
    read(name: string, mostBytes: number): Promise<Buffer | undefined>;
}

/** @throws BatchFault where there is no such folder or container */
export async function inputAt(uri: string): Promise<Input> {
    return uri.startsWith("file:") ? await folderInput(fileURLToPath(uri)) : await blobInput(uri);
}

/** Which shard a name belongs to, whatever the others are. */
export const shardOf = (name: string, shards: number): number =>
    createHash("sha256").update(name).digest().readUInt32BE(0) % shards;

async function folderInput(folder: string): Promise<Input> {
    const found = await ifThere(stat(folder));
    if (!found?.isDirectory()) throw new BatchFault(`there is no folder ${folder}`);
    return {
        names: () => filesBelow(folder, ""),
        read: async (name, mostBytes) => {
            const file = join(folder, name);
            const size = (await ifThere(stat(file)))?.size;
            if (size === undefined) return undefined;
            // One more is enough to be refused for.
            return size > mostBytes ? Buffer.alloc(mostBytes + 1) : await ifThere(readFile(file));
        },
    };
}

async function* filesBelow(folder: string, below: string): AsyncGenerator<string> {
    const found: { name: string; isFolder: boolean }[] = [];
    for await (const entry of await opendir(join(folder, below)))
        if (entry.isDirectory() || entry.isFile()) found.push({ name: entry.name, isFolder: entry.isDirectory() });
    found.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const { name, isFolder } of found) {
        const path = below === "" ? name : `${below}/${name}`;
        if (isFolder) yield* filesBelow(folder, path);
        else yield path;
    }
}

async function blobInput(uri: string): Promise<Input> {
    const { container, prefix } = await containerAt(uri, blobAccess(process.env));
    if (!(await container.exists())) throw new BatchFault(`there is no container at ${uri}`);
    return {
        async *names() {
            for await (const { name, metadata } of container.listBlobsFlat({ prefix, includeMetadata: true }))
                // In accounts with folders, these are blobs as well.
                if (metadata?.hdi_isfolder !== "true" && !name.endsWith("/")) yield name.slice(prefix.length);
        },
        read: async (name, mostBytes) => {
            const blob = container.getBlobClient(prefix + name);
            try {
                // A first part of what is too large is enough to refuse it.
                const { readableStreamBody: body } = await blob.download(0, mostBytes + 1);
                const parts: Buffer[] = [];
                for await (const part of body ?? []) parts.push(Buffer.from(part));
                return Buffer.concat(parts);
            } catch (fault) {
                const { statusCode } = fault as { statusCode?: number };
                // 416: an empty blob has no first byte.
                if (statusCode === 416) return Buffer.alloc(0);
                if (statusCode === 404) return undefined;
                throw fault;
            }
        },
    };
}
