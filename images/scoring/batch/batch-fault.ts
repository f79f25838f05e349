/** A batch that cannot be scored: to try again would end the same. */
export class BatchFault extends Error {
    override readonly name = "BatchFault";
}

/** What the program ends with, then: the job's rules do not try again after it (components/workloads/batch-scoring.ts). */
export const unusableInputExit = 42;
