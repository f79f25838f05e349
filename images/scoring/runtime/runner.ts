import type { Tensor, TensorSpec } from "../tensor";
import { Session } from "./session";
import type { SessionArgs } from "./session";

export interface Ran {
    outputs: Tensor[];
    /** Milliseconds in the model itself. */
    computeMs: number;
}

/** Runs a model. */
export interface Runner {
    readonly inputs: readonly TensorSpec[];
    readonly outputs: readonly TensorSpec[];
    /** How many runs it takes before one of them has ended. */
    readonly slots: number;
    /** How many of them go on at once. */
    readonly width: number;
    /**
     * @param owned Are the inputs' buffers nobody else's? They are gone afterwards, then.
     * @throws Error as the model does
     */
    run(inputs: readonly Tensor[], wanted: readonly string[], owned: boolean): Promise<Ran>;
    close(): Promise<void>;
}

/** Runs a model on the thread that answers: for models that take less time than handing them over does. */
export class InlineRunner implements Runner {
    readonly slots = 1;
    readonly width = 1;
    readonly inputs: readonly TensorSpec[];
    readonly outputs: readonly TensorSpec[];

    private constructor(private readonly session: Session) {
        this.inputs = session.inputs;
        this.outputs = session.outputs;
    }

    static async open(args: SessionArgs): Promise<InlineRunner> {
        return new InlineRunner(await Session.open(args));
    }

    async run(inputs: readonly Tensor[], wanted: readonly string[]): Promise<Ran> {
        const began = performance.now();
        const outputs = await this.session.run(inputs, wanted);
        return { outputs, computeMs: performance.now() - began };
    }

    close(): Promise<void> {
        return this.session.close();
    }
}
