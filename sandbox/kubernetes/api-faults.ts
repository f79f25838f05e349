import type { Values } from "../protocol/values";

/** What the API server answers when it refuses. @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
export class ApiError extends Error {
    constructor(
        readonly code: number,
        /** Such as `NotFound`, `Conflict` or `Invalid`. */
        readonly reason: string,
        message: string,
        readonly details: Values,
    ) {
        super(message);
        this.name = "ApiError";
    }
}

/** The API server knows no such type: a custom resource whose definition is not there. */
export class NoMatch extends Error {
    constructor(apiVersion: string, kind: string) {
        super(`no matches for kind "${kind}" in version "${apiVersion}"`);
        this.name = "NoMatch";
    }
}

/** The API server could not be reached, or would not say who we are. */
export class Unreachable extends Error {
    constructor(message: string) {
        super(message);
        this.name = "Unreachable";
    }
}

export function isNotFound(fault: unknown): boolean {
    return fault instanceof ApiError && fault.code === 404;
}
