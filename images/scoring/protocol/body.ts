import type { IncomingMessage, ServerResponse } from "node:http";
import { createGunzip, createInflate } from "node:zlib";
import { Refusal } from "../refusal";

export interface BodyLimits {
    /** Bytes of one body, unpacked. */
    maxRequestBytes: number;
    /** Bytes of all bodies that are there at once. */
    maxPendingBytes: number;
}

/** Bodies below this are not counted together: there are no more of them than connections. */
const smallBytes = 64 * 1024;
/** Widest element of a tensor. */
const alignment = 8;

/** Reads bodies of requests, no more of them than there is room for. */
export class BodyReader {
    private pendingBytes = 0;

    constructor(private readonly limits: BodyLimits) {}

    /**
     * Reads a body into memory of its own, so that it can go to another thread as it is.
     * @param jsonBytes How much of it comes before binary tensors, which are put where their elements are aligned. @default 0
     * @throws Refusal where it is too large, there is no room, or it ends too soon
     */
    async read(request: IncomingMessage, response: ServerResponse, jsonBytes = 0): Promise<Buffer> {
        const announced = request.headers["content-length"];
        const length = announced === undefined ? undefined : Number(announced);
        if (length !== undefined && length > this.limits.maxRequestBytes) throw this.tooLarge();
        const encoding = request.headers["content-encoding"] ?? "identity";
        if (encoding !== "identity" || length === undefined) return await this.readUnknown(request, response, encoding);
        if (length >= smallBytes) this.room(response)(length);
        const offset = (alignment - (jsonBytes % alignment)) % alignment;
        const body = Buffer.from(new ArrayBuffer(offset + length), offset);
        let at = 0;
        return await new Promise((resolve, reject) => {
            request.on("data", (chunk: Buffer) => {
                body.set(chunk, at);
                at += chunk.length;
            });
            request.on("end", () => {
                resolve(body);
            });
            request.on("error", () => {
                reject(tooShort());
            });
        });
    }

    /** Reads a body whose length is not known before its end: chunked, or packed. */
    private async readUnknown(request: IncomingMessage, response: ServerResponse, encoding: string): Promise<Buffer> {
        const chunks: Buffer[] = [];
        const take = this.room(response);
        let bytes = 0;
        try {
            for await (const chunk of unpacked(request, encoding)) {
                bytes += chunk.length;
                // A few bytes may unpack to any number: what is too much is not unpacked to its end.
                if (bytes > this.limits.maxRequestBytes) throw this.tooLarge();
                take(chunk.length);
                chunks.push(chunk);
            }
        } catch (fault) {
            if (fault instanceof Refusal) throw fault;
            if (request.destroyed && !request.complete) throw tooShort();
            throw new Refusal("invalid", `the body is not what its content-encoding ${encoding} says`);
        }
        const body = Buffer.from(new ArrayBuffer(bytes));
        let at = 0;
        for (const chunk of chunks) at += chunk.copy(body, at);
        return body;
    }

    /** Counts bytes until their request has been answered. */
    private room(response: ServerResponse): (bytes: number) => void {
        let taken = 0;
        response.once("close", () => {
            this.pendingBytes -= taken;
        });
        return (bytes) => {
            if (this.pendingBytes + bytes > this.limits.maxPendingBytes)
                throw new Refusal("overloaded", "what is there already fills the memory for requests: ask again later");
            taken += bytes;
            this.pendingBytes += bytes;
        };
    }

    private tooLarge(): Refusal {
        return new Refusal("too-large", `a body may have ${this.limits.maxRequestBytes} bytes at most, unpacked`);
    }
}

function unpacked(request: IncomingMessage, encoding: string): AsyncIterable<Buffer> {
    if (encoding === "identity") return request;
    if (encoding === "gzip") return request.pipe(createGunzip());
    if (encoding === "deflate") return request.pipe(createInflate());
    throw new Refusal(
        "unsupported",
        `content-encoding must be gzip, deflate or identity, got "${encoding.slice(0, 40)}"`,
    );
}

const tooShort = (): Refusal => new Refusal("invalid", "the body ended before its announced end");
