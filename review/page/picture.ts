import type { Operation, Preview } from "../model/preview";
import { plainly } from "../model/said";
import { changing } from "../model/shapes";
import { Secret, type Unknown } from "../model/value";
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
            return [
                { urn, type, name, inputs: plainly(inputs, asExported), references, ...(id !== undefined && { id }) },
            ];
        }),
        operations,
    );
}

/** The picture reads them as `export` prints them. */
const asExported = (special: Secret | Unknown): string => (special instanceof Secret ? "[secret]" : "[unknown]");

/** Operations that there are, in the order in which they are told. */
export const operationsIn = ({ resources }: Preview): Operation[] =>
    changing.filter((operation) => resources.some((each) => each.custom && each.operation === operation));
