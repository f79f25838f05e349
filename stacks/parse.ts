/** A rule as JSON Schema states it. @see https://json-schema.org/draft-07 */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Reads one value; pushes a fault that names the field, the rule and the value when it is not as it should be. */
export interface Parser<T> {
    (field: string, value: unknown, faults: string[]): T | undefined;
    /** The same rule for editors, which know no more than a schema can say. @default - anything */
    readonly schema?: JsonSchema;
}

const ruled = <T>(schema: JsonSchema, parser: Parser<T>): Parser<T> =>
    Object.assign<Parser<T>, Pick<Parser<T>, "schema">>((field, value, faults) => parser(field, value, faults), {
        schema,
    });

/** The same parser, whose schema says what the field means, too. */
export const meaning = <T>(description: string, parser: Parser<T>): Parser<T> =>
    ruled({ description, ...parser.schema }, parser);

export type Parsed<P> = P extends Parser<infer T> ? T : never;

/** A value as it reads in a fault. */
export const shownValue = (value: unknown): string => (value === undefined ? "nothing" : JSON.stringify(value));

function accepting<T>(rule: string, schema: JsonSchema, accept: (value: unknown) => value is T): Parser<T> {
    return ruled(schema, (field, value, faults) => {
        if (accept(value)) return value;
        faults.push(`${field} must be ${rule}, got ${shownValue(value)}`);
        return undefined;
    });
}

/** Text that matches, with the rule in words. The pattern has no flags, which JSON Schema could not say. */
export function text(pattern?: RegExp, rule = "text"): Parser<string> {
    return accepting(
        rule,
        { type: "string", ...(pattern ? { pattern: pattern.source } : { minLength: 1 }) },
        (value): value is string => typeof value === "string" && (pattern ? pattern.test(value) : value !== ""),
    );
}

export const guid = text(
    /^(?!0{8}-)[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/,
    "a GUID such as 8c4ef2b1-..., and not the one of zeros",
);

export function oneOf<const T extends string>(values: readonly T[]): Parser<T> {
    return accepting(`one of ${values.join(", ")}`, { enum: values }, (value): value is T =>
        values.some((one) => one === value),
    );
}

/** A number from `min` to `max`. Config files hold numbers as text. */
export function number(min: number, max: number, whole = true): Parser<number> {
    const schema = { type: whole ? "integer" : "number", minimum: min, maximum: max };
    return ruled(schema, (field, value, faults) => {
        const read = typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
        const fits = typeof read === "number" && read >= min && read <= max && (!whole || Number.isInteger(read));
        if (fits) return read;
        faults.push(
            `${field} must be a ${whole ? "whole number" : "number"} from ${min} to ${max}, got ${shownValue(value)}`,
        );
        return undefined;
    });
}

/** A number whose bounds are someone else's to check. */
export const anyNumber: Parser<number> = number(-1e9, 1e9, false);

export const flag: Parser<boolean> = ruled({ type: "boolean" }, (field, value, faults) => {
    if (value === true || value === "true") return true;
    if (value === false || value === "false") return false;
    faults.push(`${field} must be true or false, got ${shownValue(value)}`);
    return undefined;
});

export function list<T>(item: Parser<T>, least = 0): Parser<T[]> {
    return ruled({ type: "array", items: item.schema ?? {}, minItems: least }, (field, value, faults) => {
        const items = fromJson(value);
        if (!Array.isArray(items)) {
            faults.push(`${field} must be a list, got ${shownValue(value)}`);
            return undefined;
        }
        if (items.length < least) faults.push(`${field} must hold at least ${least}, got ${items.length}`);
        const before = faults.length;
        const read = items.map((one: unknown, index) => item(`${field}[${index}]`, one, faults));
        return faults.length > before ? undefined : (read as T[]);
    });
}

/** Named values of one kind. */
export function record<T>(item: Parser<T>): Parser<Record<string, T>> {
    return ruled({ type: "object", additionalProperties: item.schema ?? {} }, (field, value, faults) => {
        const entries = fromJson(value);
        if (!isRecord(entries)) {
            faults.push(`${field} must be a map of names to values, got ${shownValue(value)}`);
            return undefined;
        }
        const before = faults.length;
        const read = Object.entries(entries).map(([name, one]) => [name, item(`${field}["${name}"]`, one, faults)]);
        return faults.length > before ? undefined : (Object.fromEntries(read) as Record<string, T>);
    });
}

/** A field that may be left out. */
export interface Optional<T> {
    optional: Parser<T>;
}
export const optional = <T>(parser: Parser<T>): Optional<T> => ({ optional: parser });

type Field = Parser<unknown> | Optional<unknown>;
type RequiredKeys<F> = { [K in keyof F]: F[K] extends Optional<unknown> ? never : K }[keyof F];
type OptionalKeys<F> = Exclude<keyof F, RequiredKeys<F>>;
export type ObjectOf<F> = { [K in RequiredKeys<F>]: Parsed<F[K]> } & {
    [K in OptionalKeys<F>]?: F[K] extends Optional<infer T> ? T : never;
};

/** Fields by name; a field that is none of them is a fault. */
export function object<F extends Record<string, Field>>(fields: F): Parser<ObjectOf<F>> {
    return ruled(objectSchema(fields), (field, value, faults) => {
        const given = fromJson(value);
        if (!isRecord(given)) {
            faults.push(`${field} must be an object with ${Object.keys(fields).join(", ")}, got ${shownValue(value)}`);
            return undefined;
        }
        const before = faults.length;
        for (const name of Object.keys(given))
            if (!(name in fields))
                faults.push(
                    `${field}.${name} is not a field, must be one of ${Object.keys(fields).join(", ")}, got ${shownValue(given[name])}`,
                );
        const read: Record<string, unknown> = {};
        for (const [name, parser] of Object.entries(fields)) {
            const one = given[name];
            if (typeof parser === "function") read[name] = parser(`${field}.${name}`, one, faults);
            else if (one !== undefined) read[name] = parser.optional(`${field}.${name}`, one, faults);
        }
        return faults.length > before ? undefined : (read as ObjectOf<F>);
    });
}

function objectSchema(fields: Record<string, Field>): JsonSchema {
    const entries = Object.entries(fields);
    return {
        type: "object",
        properties: Object.fromEntries(
            entries.map(([name, field]) => [name, (typeof field === "function" ? field : field.optional).schema ?? {}]),
        ),
        required: entries.filter(([, field]) => typeof field === "function").map(([name]) => name),
        additionalProperties: false,
    };
}

/** A value that the one parser reads if it fits `first`, and the other if it does not. */
export const either = <A, B>(first: (value: unknown) => boolean, one: Parser<A>, other: Parser<B>): Parser<A | B> =>
    ruled({ anyOf: [one.schema ?? {}, other.schema ?? {}] }, (field, value, faults) =>
        first(value) ? one(field, value, faults) : other(field, value, faults),
    );

/** Config holds lists and objects as JSON text at the top. */
export function fromJson(value: unknown): unknown {
    if (typeof value !== "string") return value;
    try {
        return JSON.parse(value) as unknown;
    } catch {
        return value;
    }
}

function isRecord(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
