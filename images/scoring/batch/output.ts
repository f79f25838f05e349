import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { copyFile, mkdir, open, readFile, rename, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BlockBlobClient } from "@azure/storage-blob";
import { blobAccess, containerAt } from "../blob";
import { ifThere } from "../files";
import { BatchFault } from "./batch-fault";

/** How far a shard has come: what stands in its CSV file, and no more. */
export interface Checkpoint {
    /** Inputs whose rows are written. */
    inputs: number;
    /** Those of them with an error. */
    failed: number;
    rows: number;
    /** Name of the last of them. */
    last: string;
}

/** Where the results of one shard go. The CSV file and its checkpoint change together, or not at all. */
export interface Output {
    /**
     * Where the shard has come to, with what is behind that taken away; undefined at the beginning.
     * @throws BatchFault where it is another batch's
     */
    resume(): Promise<Checkpoint | undefined>;
    append(csv: string, checkpoint: Checkpoint): Promise<void>;
    /** The CSV file from its beginning. */
    csv(): Promise<NodeJS.ReadableStream>;
    /** Puts a finished file beside it, whole or not at all. */
    place(name: string, file: string): Promise<void>;
    /** Says for good that the shard is done. */
    finish(summary: object): Promise<void>;
    /** @throws BatchFault where it is another batch that is */
    isFinished(): Promise<boolean>;
}

export const partName = (index: number): string => `part-${String(index).padStart(5, "0")}`;

/**
 * Output of a shard below a folder.
 * @param order What tells this batch from others.
 */
export async function outputAt(uri: string, index: number, order: string): Promise<Output> {
    const part = partName(index);
    return uri.startsWith("file:")
        ? await folderOutput(fileURLToPath(uri), part, order)
        : await blobOutput(uri, part, order);
}

/** What is kept beside the results. `bytes` is the length of a CSV file with the rows of the checkpoint. */
interface Kept extends Checkpoint {
    order: string;
    bytes?: number;
}

/** @throws BatchFault where it is of another batch */
function ofOrder(text: string, order: string, place: string): Kept {
    const kept = JSON.parse(text) as Kept;
    if (kept.order === order) return kept;
    throw new BatchFault(
        `${place} has results of another batch (its model, input or number of shards differs): it needs a folder of its own`,
    );
}

const checkpointOf = ({ inputs, failed, rows, last }: Kept): Checkpoint => ({ inputs, failed, rows, last });

async function folderOutput(folder: string, part: string, order: string): Promise<Output> {
    await mkdir(folder, { recursive: true });
    const at = (end: string): string => join(folder, `${part}${end}`);
    const [csvFile, checkpointFile, doneFile] = [at(".csv"), at(".checkpoint.json"), at(".json")];
    let bytes = 0;
    return {
        resume: async () => {
            const text = await ifThere(readFile(checkpointFile, "utf8"));
            const saved = text === undefined ? undefined : ofOrder(text, order, folder);
            await writeFile(csvFile, "", { flag: "a" });
            // One that somebody has cut begins anew.
            const isThere = saved?.bytes !== undefined && (await stat(csvFile)).size >= saved.bytes;
            bytes = isThere ? (saved.bytes ?? 0) : 0;
            // What was written after the checkpoint is written again.
            await truncate(csvFile, bytes);
            return isThere ? checkpointOf(saved) : undefined;
        },
        append: async (csv, checkpoint) => {
            await writeToDisk(csvFile, "a", csv);
            bytes += Buffer.byteLength(csv);
            await appear(checkpointFile, JSON.stringify({ ...checkpoint, bytes, order }));
        },
        csv: () => Promise.resolve(createReadStream(csvFile)),
        place: async (name, file) => {
            const draft = join(folder, `${name}.${process.pid}.tmp`);
            await copyFile(file, draft);
            await rename(draft, join(folder, name));
        },
        finish: async (summary) => {
            await appear(doneFile, `${JSON.stringify({ ...summary, order })}\n`);
            await rm(checkpointFile, { force: true });
        },
        isFinished: async () => {
            const text = await ifThere(readFile(doneFile, "utf8"));
            if (text !== undefined) ofOrder(text, order, folder);
            return text !== undefined;
        },
    };
}

/** A file appears whole, on the disk, under its name. */
async function appear(file: string, content: string): Promise<void> {
    const draft = `${file}.${process.pid}.tmp`;
    await writeToDisk(draft, "w", content);
    await rename(draft, file);
}

/** Resolves once the disk has it. */
async function writeToDisk(file: string, flag: "a" | "w", content: string): Promise<void> {
    const handle = await open(file, flag);
    try {
        await handle.writeFile(content);
        await handle.sync();
    } finally {
        await handle.close();
    }
}

const jsonType = { blobHTTPHeaders: { blobContentType: "application/json" } };
const csvType = { blobContentType: "text/csv; charset=utf-8; header=present" };

async function blobOutput(uri: string, part: string, order: string): Promise<Output> {
    const { container, prefix } = await containerAt(uri, blobAccess(process.env));
    const blobNamed = (name: string): BlockBlobClient => container.getBlockBlobClient(prefix + name);
    const csv = blobNamed(`${part}.csv`);
    const done = blobNamed(`${part}.json`);
    const writer = randomBytes(8).toString("hex");
    let blocks: string[] = [];
    let etag: string | undefined;
    return {
        resume: async () => {
            blocks = [];
            etag = undefined;
            if (!(await csv.exists())) return undefined;
            const { metadata, etag: found } = await csv.getProperties();
            etag = found;
            const { committedBlocks = [] } = await csv.getBlockList("committed");
            blocks = committedBlocks.map(({ name }) => name);
            // Metadata are of ASCII, and names of blobs need not be.
            const saved = Buffer.from(metadata?.checkpoint ?? "", "base64").toString();
            return checkpointOf(ofOrder(saved === "" ? "{}" : saved, order, uri));
        },
        append: async (text, checkpoint) => {
            const content = Buffer.from(text);
            // Azure wants ids of one length. Those of another pod that writes the same part differ: in both this may be process 1.
            const id = `${String(blocks.length).padStart(6, "0")}-${writer}`;
            const block = Buffer.from(id).toString("base64");
            await csv.stageBlock(block, content, content.length);
            blocks.push(block);
            const saved = Buffer.from(JSON.stringify({ ...checkpoint, order })).toString("base64");
            // Rows and checkpoint in one request, and only where nobody has written in between.
            const committed = await csv.commitBlockList(blocks, {
                metadata: { checkpoint: saved },
                blobHTTPHeaders: csvType,
                conditions: etag === undefined ? { ifNoneMatch: "*" } : { ifMatch: etag },
            });
            ({ etag } = committed);
        },
        csv: async () => {
            const { readableStreamBody } = await csv.download();
            if (!readableStreamBody) throw new Error(`${csv.url} cannot be read`);
            return readableStreamBody;
        },
        place: async (name, file) => {
            await blobNamed(name).uploadFile(file);
        },
        finish: async (summary) => {
            const text = `${JSON.stringify({ ...summary, order })}\n`;
            await done.upload(text, Buffer.byteLength(text), jsonType);
        },
        isFinished: async () => {
            if (!(await done.exists())) return false;
            ofOrder((await done.downloadToBuffer()).toString(), order, uri);
            return true;
        },
    };
}
