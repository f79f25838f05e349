/** A model by what it holds: whoever loads it compares its bytes first. */
export interface ServedModel {
    /** Blob in a container of the platform: `https://ACCOUNT.blob.core.windows.net/CONTAINER/PATH`. */
    uri: string;
    /** SHA-256 of its bytes, 64 hexadecimal digits. */
    sha256: string;
    /** Bytes, 1 to 1e12. */
    sizeBytes: number;
}

const uri = /^https:\/\/[a-z0-9]{3,24}\.blob\.core\.windows\.net\/[a-z0-9][a-z0-9-]{1,61}[a-z0-9]\/[^\s?#]+$/;

/** What is wrong with the model; empty when nothing is. */
export function modelFaults(field: string, model: ServedModel): string[] {
    return [
        !uri.test(model.uri) &&
            `${field}.uri must be https://ACCOUNT.blob.core.windows.net/CONTAINER/PATH without a query, got "${model.uri}"`,
        !/^[0-9a-f]{64}$/.test(model.sha256) &&
            `${field}.sha256 must be the SHA-256 of the model's bytes, 64 of 0-9 and a-f: a model is pinned by what it holds, got "${model.sha256}"`,
        !(Number.isInteger(model.sizeBytes) && model.sizeBytes >= 1 && model.sizeBytes <= 1e12) &&
            `${field}.sizeBytes must be a whole number from 1 to 1e12, got ${model.sizeBytes}`,
    ].filter((fault) => fault !== false);
}

/** What tells the scorer which bytes to load, and to load no others. */
export const modelEnvironment = (model: ServedModel): { name: string; value: string }[] => [
    { name: "MODEL_URI", value: model.uri },
    { name: "MODEL_SHA256", value: model.sha256 },
    { name: "MODEL_SIZE_BYTES", value: String(model.sizeBytes) },
    { name: "MODEL_FOLDER", value: modelFolder },
];
export const modelFolder = "/models";

/** The digest on the pod: whole as an annotation, and as much as finds it as a label, which ends at 63 characters. */
export const modelAnnotations = (model: ServedModel): Record<string, string> => ({
    "mlplatform/model-sha256": model.sha256,
});
export const modelLabels = (model: ServedModel): Record<string, string> => ({
    "mlplatform/model": `sha256-${model.sha256.slice(0, 16)}`,
});
