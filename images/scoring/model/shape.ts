/** JSON Schema, as far as it is written here. */
export type JsonSchema = Record<string, unknown>;

/** What a value must look like: as JSON Schema for others to read, and as a check that tells all faults. */
export interface Shape<T> {
    readonly schema: JsonSchema;
    /** Adds a line for each fault; the value is a `T` where it adds none. */
    check(value: unknown, at: string, faults: string[]): void;
    /** Never there: carries the type. */
    readonly type?: T;
}

export type Of<S> = S extends Shape<infer T> ? T : never;

/** Field that may be left out. */
export interface Optional<T> {
    optional: Shape<T>;
}

export const optional = <T>(shape: Shape<T>): Optional<T> => ({ optional: shape });

const shown = (value: unknown): string => {
    const text = JSON.stringify(value) as string | undefined;
    return text === undefined ? "nothing" : text.length > 60 ? `${text.slice(0, 57)}...` : text;
};

function simple<T>(schema: JsonSchema, rule: string, holds: (value: unknown) => boolean): Shape<T> {
    return {
        schema,
        check: (value, at, faults) => {
            if (!holds(value)) faults.push(`${at} must be ${rule}, got ${shown(value)}`);
        },
    };
}

export function text({
    pattern,
    rule = "a text that is not empty",
}: { pattern?: RegExp; rule?: string } = {}): Shape<string> {
    return simple(
        { type: "string", minLength: 1, ...(pattern && { pattern: pattern.source }) },
        rule,
        (value) => typeof value === "string" && value !== "" && (pattern?.test(value) ?? true),
    );
}

export function number(least: number, most: number, { whole = false, above = false } = {}): Shape<number> {
    const kind = whole ? "a whole number" : "a number";
    return simple(
        {
            type: whole ? "integer" : "number",
            ...(above ? { exclusiveMinimum: least } : { minimum: least }),
            maximum: most,
        },
        `${kind} ${above ? "above" : "from"} ${least} ${above ? "and at most" : "to"} ${most}`,
        (value) =>
            typeof value === "number" &&
            (above ? value > least : value >= least) &&
            value <= most &&
            (!whole || Number.isInteger(value)),
    );
}

export const whole = (least: number, most: number): Shape<number> => number(least, most, { whole: true });

export const flag: Shape<boolean> = simple({ type: "boolean" }, "true or false", (value) => typeof value === "boolean");

export function oneOf<const T extends string | number>(...values: readonly T[]): Shape<T> {
    const [only] = values;
    return simple(
        values.length === 1 ? { const: only } : { enum: values },
        values.length === 1 ? shown(only) : `one of ${values.join(", ")}`,
        (value) => (values as readonly unknown[]).includes(value),
    );
}

export function list<T>(of: Shape<T>, least: number, most: number): Shape<T[]> {
    return {
        schema: { type: "array", items: of.schema, minItems: least, maxItems: most },
        check: (value, at, faults) => {
            if (!Array.isArray(value)) faults.push(`${at} must be a list, got ${shown(value)}`);
            else if (value.length < least || value.length > most)
                faults.push(
                    `${at} must have ${least === most ? least : `${least} to ${most}`} items, got ${value.length}`,
                );
            else
                value.forEach((item, index) => {
                    of.check(item, `${at}[${index}]`, faults);
                });
        },
    };
}

type Fields = Readonly<Record<string, Shape<unknown> | Optional<unknown>>>;
type Flat<T> = { [K in keyof T]: T[K] };
export type RecordOf<F extends Fields> = Flat<
    { [K in keyof F as F[K] extends Optional<unknown> ? never : K]: Of<F[K]> } & {
        [K in keyof F as F[K] extends Optional<unknown> ? K : never]?: F[K] extends Optional<infer T> ? T : never;
    }
>;

const isRecord = (value: unknown): value is Record<string, unknown> =>
    typeof value === "object" && value !== null && !Array.isArray(value);

/** An object with these fields and no other. */
export function record<F extends Fields>(fields: F): Shape<RecordOf<F>> {
    const shapes = Object.entries(fields).map(([name, field]) => ({
        name,
        required: !("optional" in field),
        shape: "optional" in field ? field.optional : field,
    }));
    return {
        schema: {
            type: "object",
            properties: Object.fromEntries(shapes.map(({ name, shape }) => [name, shape.schema])),
            required: shapes.filter(({ required }) => required).map(({ name }) => name),
            additionalProperties: false,
        },
        check: (value, at, faults) => {
            if (!isRecord(value)) {
                faults.push(`${at || "the document"} must be an object, got ${shown(value)}`);
                return;
            }
            const below = (name: string): string => (at === "" ? name : `${at}.${name}`);
            for (const { name, required, shape } of shapes) {
                if (value[name] !== undefined) shape.check(value[name], below(name), faults);
                else if (required) faults.push(`${below(name)} is missing`);
            }
            for (const name of Object.keys(value).filter((key) => !Object.hasOwn(fields, key)))
                faults.push(`${below(name)} is not known here; there is: ${Object.keys(fields).join(", ")}`);
        },
    };
}

/** One of several objects, told apart by a field that each has its own values of. */
export function union<const N extends string, S extends Readonly<Record<string, Shape<unknown>>>>(
    name: N,
    shapes: S,
): Shape<{ [K in keyof S]: Of<S[K]> & Record<N, K> }[keyof S]> {
    return {
        schema: { oneOf: Object.values(shapes).map(({ schema }) => schema) },
        check: (value, at, faults) => {
            const kind = isRecord(value) ? value[name] : undefined;
            const shape = typeof kind === "string" && Object.hasOwn(shapes, kind) ? shapes[kind] : undefined;
            if (shape) shape.check(value, at, faults);
            else faults.push(`${at}.${name} must be one of ${Object.keys(shapes).join(", ")}, got ${shown(kind)}`);
        },
    };
}
