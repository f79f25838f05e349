import * as pulumi from "@pulumi/pulumi";
import { object, type ObjectOf, type Parser } from "./parse";

/** What a stack promises, with fields that Azure has yet to answer. */
export type Pending<T> = T extends string | number | boolean
    ? pulumi.Input<T>
    : T extends readonly unknown[]
      ? pulumi.Input<T>
      : { [K in keyof T]: Pending<T[K]> };

/** What stacks of one kind promise to those above them, by their outputs. */
export class StackContract<Fields extends Record<string, Parser<unknown>>> {
    /** Names of the outputs. */
    readonly names: readonly string[];

    /**
     * @param broken What a stack is said to be that does not keep it, after "stack NAME".
     */
    constructor(
        private readonly fields: Fields,
        private readonly broken: string,
    ) {
        this.names = Object.keys(fields);
    }

    /** The stack's outputs: whatever is missing or misspelt does not compile. */
    outputs(values: Pending<ObjectOf<Fields>>): Record<string, pulumi.Output<unknown>> {
        return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, pulumi.output<unknown>(value)]));
    }

    /**
     * Checks what a stack reference hands over. Newer stacks may promise more than this version asks for.
     * @param stack Name of the stack that was read, for the error.
     * @throws Error naming every output that is missing or not as promised.
     */
    read(stack: string, outputs: Readonly<Record<string, unknown>>): ObjectOf<Fields> {
        const faults: string[] = [];
        const known = Object.fromEntries(Object.entries(outputs).filter(([name]) => this.names.includes(name)));
        const read = object(this.fields)(stack, known, faults);
        if (read !== undefined && faults.length === 0) return read;
        throw new Error(
            `stack ${stack} is ${this.broken}; bring it up with this version first:\n  ${faults.join("\n  ")}`,
        );
    }
}
