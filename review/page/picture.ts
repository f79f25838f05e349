import { isMap } from "../model/inputs";
import type { Operation, Preview } from "../model/preview";
import { changing } from "../model/shapes";
import { Secret, Unknown, type Value } from "../model/value";
import { drawPicture } from "../picture/draw";
import type { GraphResource } from "../picture/graph";

/** The stack with what changes marked, as SVG: as it will be, and with what goes as it was. */
export async function changedPicture({ stack, resources }: Preview): Promise<string> {
    const drawn = resources.filter(({ custom, type }) => custom && !type.startsWith("pulumi:"));
    const operations = new Map(
        drawn.filter(({ operation }) => changing.includes(operation)).map(({ urn, operation }) => [urn, operation]),
    );
    return await drawPicture(
        stack,
        drawn.flatMap(({ urn, type, name, old, new: asked }): GraphResource[] => {
            const state = asked ?? old;
            if (state === undefined) return [];
            const id = asked?.id ?? old?.id;
            const { inputs, references = {} } = state;
            return [{ urn, type, name, inputs: plain(inputs), references, ...(id !== undefined && { id }) }];
        }),
        operations,
    );
}

/** The picture reads secrets and unknowns as `export` prints them. */
function plain(value: Value): unknown {
    if (value instanceof Secret) return "[secret]";
    if (value instanceof Unknown) return "[unknown]";
    if (Array.isArray(value)) return (value as readonly Value[]).map(plain);
    if (!isMap(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
}

/** Operations that there are, in the order in which they are told. */
export const operationsIn = ({ resources }: Preview): Operation[] =>
    changing.filter((operation) => resources.some((each) => each.custom && each.operation === operation));
