/** Why a request is not answered with a result; says whose fault it is by the code of the answer. */
export type RefusalKind =
    | "invalid"
    | "unknown"
    | "too-large"
    | "unsupported"
    | "overloaded"
    | "not-ready"
    | "too-late"
    | "cancelled"
    | "failed";

/** Codes of HTTP; 499 is what proxies log for a client that has gone. */
const statuses: Record<RefusalKind, number> = {
    ...{ invalid: 400, unknown: 404, "too-large": 413, unsupported: 415, overloaded: 429 },
    ...{ "not-ready": 503, "too-late": 504, cancelled: 499, failed: 500 },
};

/** A request that gets an error for an answer. */
export class Refusal extends Error {
    override readonly name = "Refusal";
    readonly status: number;

    constructor(
        readonly kind: RefusalKind,
        message: string,
    ) {
        super(message);
        this.status = statuses[kind];
    }
}

/** One message that tells all faults of a request. */
export const faultsOf = (faults: readonly string[]): Refusal => new Refusal("invalid", faults.join("; "));

/** What a fault says, whatever was thrown. */
export const messageOf = (fault: unknown): string => (fault instanceof Error ? fault.message : String(fault));
