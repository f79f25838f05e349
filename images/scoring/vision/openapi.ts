import { number, text, record, whole } from "../model/shape";
import { answerTypes } from "./accept";
import { answerShape, csvHead } from "./answer";
import { pictureFormats, pictureLimits } from "./decode";

export const errorShape = record({ error: text() });

const errors: Readonly<Record<number, string>> = {
    400: "The request is wrong; the message says where.",
    404: "There is no such model or version.",
    406: `Answers are ${answerTypes.join(" or ")}.`,
    413: `A picture or the request has too many bytes; a picture may have ${pictureLimits.bytes}.`,
    415: `It is no picture that is read here: ${pictureFormats.join(", ")}.`,
    422: `The picture cannot be decoded, or has more than ${pictureLimits.pixels} pixels or one frame.`,
    429: "Too many wait already; Retry-After says when to ask again.",
    500: "The model failed.",
    503: "The model is not ready, or the server is about to end.",
    504: "The answer was not ready in time.",
};

const parameter = (name: string, description: string, schema: object): object => ({
    ...{ name, description, schema, in: "query", required: false },
});

const binary = { schema: { type: "string", format: "binary" } };

const errorAnswers = Object.fromEntries(
    Object.entries(errors).map(([status, description]) => [
        status,
        { description, content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } } },
    ]),
);

/** What `/openapi.json` says: how pictures are scored. Tensors have a protocol of their own, which its project describes. */
export const openApi = {
    openapi: "3.1.0",
    info: {
        title: "Scoring service",
        version: "1.0.0",
        description:
            "Pictures in; labels, boxes and confidences out. Tensors go by the Open Inference Protocol v2, below /v2.",
        license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    paths: {
        "/score": {
            post: {
                operationId: "score",
                summary: "Say what is in a picture, or in several",
                parameters: [
                    parameter("model", "Name of the model; may be left out where there is one.", text().schema),
                    parameter("version", "Version of the model; the newest where left out.", text().schema),
                    parameter(
                        "minConfidence",
                        "Leave out what is less sure than this, 0 to 1; the model card's threshold where left out.",
                        number(0, 1).schema,
                    ),
                    parameter(
                        "top",
                        "Most labels or objects of a picture; the model card's where left out.",
                        whole(1, 1000).schema,
                    ),
                ],
                requestBody: {
                    required: true,
                    description: "One picture as the body, or several as the files of a form.",
                    content: {
                        ...Object.fromEntries(pictureFormats.map((format) => [`image/${format}`, binary])),
                        "application/octet-stream": binary,
                        "multipart/form-data": {
                            schema: {
                                type: "object",
                                properties: { pictures: { type: "array", items: binary.schema, minItems: 1 } },
                                required: ["pictures"],
                            },
                        },
                    },
                },
                responses: {
                    200: {
                        description:
                            "What is in each picture. Of several, one that could not be scored has an error in its place.",
                        content: {
                            "application/json": { schema: { $ref: "#/components/schemas/Answer" } },
                            "text/csv": { schema: { type: "string" }, example: csvHead },
                        },
                    },
                    ...errorAnswers,
                },
            },
        },
        "/openapi.json": {
            get: {
                operationId: "openapi",
                summary: "This document",
                responses: {
                    200: {
                        description: "This document",
                        content: { "application/json": { schema: { type: "object" } } },
                    },
                },
            },
        },
    },
    components: { schemas: { Answer: answerShape.schema, Error: errorShape.schema } },
};
