import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { blobAccess, blobAt } from "../blob";
import { messageOf } from "../refusal";
import { readCard } from "./card";

/** A model by what it holds. */
export interface PinnedModel {
    /** `https://ACCOUNT.blob.core.windows.net/CONTAINER/PATH`, or `file:///PATH`. */
    uri: string;
    /** 64 hexadecimal digits. */
    sha256: string;
    /** Bytes; none more is taken. */
    sizeBytes: number;
    /** Of the card beside it. @default any */
    cardSha256?: string;
}

/** Opens what lies at an address; undefined where nothing does. */
export type Open = (uri: string) => Promise<Readable | undefined>;

/** A card and a picture are small; what is larger is neither. */
const maxBesideBytes = 32 * 1024 ** 2;

/**
 * Puts a model, its card and the card's golden picture into a folder of its own below `folder`, and keeps what is there already and
 * right. A model appears there whole, or not at all.
 * @returns path of the model
 * @throws Error where its bytes are not those that were asked for
 */
export async function fetchModel(model: PinnedModel, folder: string, open: Open = openUri): Promise<string> {
    const own = join(folder, `sha256-${model.sha256.slice(0, 16)}`);
    const file = join(own, basename(new URL(model.uri).pathname));
    await mkdir(own, { recursive: true });
    if (!(await holds(file, model))) await download(model.uri, file, model, open);
    await fetchCard(model, own, open);
    return file;
}

async function holds(file: string, { sha256, sizeBytes }: PinnedModel): Promise<boolean> {
    try {
        if ((await stat(file)).size !== sizeBytes) return false;
    } catch {
        return false;
    }
    const hash = createHash("sha256");
    await pipeline(createReadStream(file), hash);
    return hash.digest("hex") === sha256;
}

/** Writes a draft beside the file and renames it once it is known to be right. */
async function download(
    uri: string,
    file: string,
    { sha256, sizeBytes }: { sha256?: string | undefined; sizeBytes?: number },
    open: Open,
): Promise<boolean> {
    const source = await open(uri);
    if (!source) {
        if (sizeBytes === undefined) return false;
        throw new Error(`there is no model at ${uri}`);
    }
    const most = sizeBytes ?? maxBesideBytes;
    const hash = createHash("sha256");
    let bytes = 0;
    const counted = new Transform({
        transform(chunk: Buffer, _encoding, done) {
            bytes += chunk.length;
            hash.update(chunk);
            if (bytes > most) done(new Error(`${uri} has more than ${most} bytes: refused`));
            else done(undefined, chunk);
        },
    });
    const draft = `${file}.${process.pid}.tmp`;
    try {
        await pipeline(source, counted, createWriteStream(draft));
        if (sizeBytes !== undefined && bytes !== sizeBytes)
            throw new Error(`${uri} has ${bytes} bytes, not ${sizeBytes}: refused`);
        const digest = hash.digest("hex");
        if (sha256 !== undefined && digest !== sha256)
            throw new Error(`${uri} has SHA-256 ${digest}, not ${sha256}: refused`);
        await rename(draft, file);
        return true;
    } catch (fault) {
        await rm(draft, { force: true });
        throw fault;
    }
}

/** The card beside the model, and the picture that it names; a model without a card answers by tensors alone. */
async function fetchCard(model: PinnedModel, folder: string, open: Open): Promise<void> {
    const beside = (name: string): string => new URL(name, model.uri).href;
    const card = join(folder, cardFile);
    const there = await download(beside(cardFile), card, { sha256: model.cardSha256 }, open);
    if (!there) {
        if (model.cardSha256 !== undefined) throw new Error(`there is no card at ${beside(cardFile)}`);
        // One that was there before is of no model any more.
        await rm(card, { force: true });
        return;
    }
    const { golden } = await readCard(await readFile(card, "utf8"));
    if (golden && !(await download(beside(golden.picture), join(folder, golden.picture), {}, open)))
        throw new Error(`there is no ${golden.picture} at ${dirname(model.uri)}, which the card names as golden`);
}

/** Name of the card, in the folder of the model. */
export const cardFile = "card.json";

/** Opens a file, or a blob as the pod's own identity. */
export async function openUri(uri: string): Promise<Readable | undefined> {
    if (uri.startsWith("file:")) {
        const path = fileURLToPath(uri);
        return existsSync(path) ? createReadStream(path) : undefined;
    }
    const blob = await blobAt(uri, blobAccess(process.env));
    try {
        const { readableStreamBody } = await blob.download();
        return readableStreamBody as Readable | undefined;
    } catch (fault) {
        if ((fault as { statusCode?: number }).statusCode === 404) return undefined;
        throw new Error(`reading ${uri} failed: ${messageOf(fault)}`, {
            cause: fault,
        });
    }
}
