import { availableParallelism } from "node:os";
import multipart from "@fastify/multipart";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { cardBeside } from "../model/card-file";
import { optional, number, record, text, whole } from "../model/shape";
import type { Of } from "../model/shape";
import { Refusal, faultsOf, messageOf } from "../refusal";
import type { Models, Scorer } from "../scorer";
import { answerTypeFor, answerTypes } from "./accept";
import { answerOf, csvHead, csvLines, modelOf, rowsOf } from "./answer";
import type { Answer, PictureAnswer } from "./answer";
import { pictureLimits } from "./decode";
import type { PictureLimits } from "./decode";
import { Gate } from "./gate";
import { openApi } from "./openapi";
import { PictureFault } from "./picture-fault";
import { PictureScorer } from "./picture-scorer";

export interface ScoreRouteOptions {
    models: Models;
    /** @default what one picture may have at most */
    limits?: PictureLimits;
    /** Most pictures of a request. @default 32 */
    pictures?: number;
    /** Most bytes of all pictures of a form. @default 100 MB */
    formBytes?: number;
    /** Pictures that may wait for a place to be decoded. @default 256 */
    waiting?: number;
}

interface SentPicture {
    name: string;
    content: Buffer;
}

const queryShape = record({
    model: optional(text()),
    version: optional(text()),
    minConfidence: optional(number(0, 1)),
    top: optional(whole(1, 1000)),
});
type Query = Of<typeof queryShape>;

/** `POST /score` and `GET /openapi.json`, to be registered on a server of fastify. */
export async function scoreRoute(app: FastifyInstance, options: ScoreRouteOptions): Promise<void> {
    const { models, limits = pictureLimits, pictures = 32, formBytes = 100_000_000, waiting = 256 } = options;
    // As many as can be at work; each holds a picture's pixels.
    const gate = new Gate(availableParallelism(), waiting);
    const scorers = new WeakMap<Scorer, Promise<PictureScorer>>();
    const pictureScorer = (scorer: Scorer): Promise<PictureScorer> => {
        const known = scorers.get(scorer) ?? withCard(scorer, limits);
        scorers.set(scorer, known);
        return known;
    };

    await app.register(multipart, { limits: { fileSize: limits.bytes, files: pictures, parts: pictures + 8 } });
    app.addContentTypeParser("*", { parseAs: "buffer" }, (_, body, done) => {
        done(null, body);
    });
    app.setErrorHandler(answerFault);

    app.get("/openapi.json", (_, reply) => reply.send(openApi));
    app.post("/score", { bodyLimit: limits.bytes }, async (request, reply) => {
        const type = answerTypeFor(request.headers.accept);
        if (!type) return await reply.code(406).send({ error: `answers are ${answerTypes.join(" or ")}` });
        const { model, version, ...wanted } = queryOf(request.query);
        const scorer = models.get(nameOf(models, model), version);
        const pictured = await pictureScorer(scorer);
        const sent = await sentPictures(request, formBytes);
        const answer: Answer = {
            model: modelOf(scorer),
            pictures: await Promise.all(
                sent.map(({ name, content }) =>
                    gate.pass(() => answerOf(pictured, name, content, { ...wanted, signal: request.signal })),
                ),
            ),
        };
        refuseWhole(answer.pictures);
        if (type === "application/json") return await reply.send(answer);
        const rows = answer.pictures.flatMap((one) => rowsOf(answer.model, one));
        return await reply.type("text/csv; charset=utf-8; header=present").send(csvHead + csvLines(rows));
    });
}

async function withCard(scorer: Scorer, limits: PictureLimits): Promise<PictureScorer> {
    const card = await cardBeside(scorer.file);
    if (card) return new PictureScorer(scorer, card, limits);
    throw new Refusal("invalid", `model ${scorer.name} has no card, so it takes tensors alone, below /v2`);
}

function nameOf(models: Models, name: string | undefined): string {
    const found = name ?? models.only;
    if (found !== undefined) return found;
    const names = [...new Set(models.all().map((one) => one.name))];
    throw new Refusal("invalid", `model must be given, as there are ${names.length}: ${names.join(", ")}`);
}

/** Numbers come as text. @throws Refusal with all faults at once */
function queryOf(query: unknown): Query {
    const given = Object.entries(query as Record<string, string | string[]>).map(([name, typed]) => {
        const isNumber = (name === "minConfidence" || name === "top") && typed !== "" && Number.isFinite(Number(typed));
        return [name, isNumber && typeof typed === "string" ? Number(typed) : typed];
    });
    const value: unknown = Object.fromEntries(given);
    const faults: string[] = [];
    queryShape.check(value, "", faults);
    if (faults.length > 0) throw faultsOf(faults);
    return value as Query;
}

async function sentPictures(request: FastifyRequest, formBytes: number): Promise<SentPicture[]> {
    if (!request.isMultipart()) {
        if (request.body === undefined) throw new PictureFault(400, "the picture is empty");
        if (!Buffer.isBuffer(request.body))
            throw new PictureFault(415, "the body must be a picture, or a form with files");
        return [{ name: "1", content: request.body }];
    }
    const sent: SentPicture[] = [];
    let left = formBytes;
    for await (const file of request.files()) {
        const content = await file.toBuffer();
        left -= content.length;
        if (left < 0) throw new PictureFault(413, `the pictures of a form may have ${formBytes} bytes`);
        sent.push({ name: file.filename || String(sent.length + 1), content });
    }
    if (sent.length === 0) throw new PictureFault(400, "the form has no file");
    return sent;
}

/** Where no picture could be scored, the request could not. */
function refuseWhole(pictures: readonly PictureAnswer[]): void {
    const errors = pictures.flatMap(({ error }) => error ?? []);
    const [first] = errors;
    if (first && errors.length === pictures.length) throw new PictureFault(first.status, first.message);
}

const retryAfterSeconds = 1;

/** Whose fault it is, by HTTP's codes: what fastify and its parsers find wrong has one, and what has none is ours. */
async function answerFault(fault: unknown, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const status = statusOf(fault);
    if (status === 429 || status === 503) void reply.header("retry-after", retryAfterSeconds);
    if (status >= 500) request.log.error({ err: fault }, "a picture could not be scored");
    // What is left of the request's body is not read any more.
    if (status === 413) void reply.header("connection", "close");
    await reply.code(status).send({ error: status === 500 ? "the model failed" : messageOf(fault) });
}

function statusOf(fault: unknown): number {
    if (fault instanceof PictureFault || fault instanceof Refusal) return fault.status;
    const { statusCode } = fault as { statusCode?: number };
    if (typeof statusCode === "number") return statusCode;
    return isBrokenForm(fault) ? 400 : 500;
}

/** Its parser has no codes for forms that end too early or make no sense. */
const isBrokenForm = (fault: unknown): boolean =>
    fault instanceof Error && /multipart|Malformed|Unexpected end|Part terminated/i.test(fault.message);
