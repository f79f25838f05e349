import type { Operation, PropertyChange, ResourceChange } from "./preview";
import { said } from "./said";

/** Changes that are alike: of one type, and the same but for the resources' own names. */
export interface Shape {
    operation: Operation;
    type: string;
    deletesFirst: boolean;
    /** Of the first of them. */
    changes: readonly PropertyChange[];
    /** One or more. */
    members: readonly ResourceChange[];
}

/** Operations that change something, the worst first: the order in which they are told. */
export const changing: readonly Operation[] = ["delete", "replace", "forget", "update", "import", "create"];

/** All that a provider changes, by shape: a property that turns on 200 resources is one. Deletions first, then the most. */
export function shapesOf(resources: readonly ResourceChange[]): Shape[] {
    const groups = new Map<string, ResourceChange[]>();
    for (const change of resources) {
        if (!change.custom || !changing.includes(change.operation)) continue;
        const key = keyOf(change);
        const group = groups.get(key);
        if (group) group.push(change);
        else groups.set(key, [change]);
    }
    const rank = ({ operation }: Shape): number => changing.indexOf(operation);
    return [...groups.values()]
        .flatMap((group): Shape[] => {
            // The engine's order is another one each time.
            const members = group.sort((left, right) => (left.urn < right.urn ? -1 : 1));
            const [first] = members;
            if (first === undefined) return [];
            const { operation, type, deletesFirst, changes } = first;
            return [{ operation, type, deletesFirst, changes, members }];
        })
        .sort(
            (left, right) =>
                rank(left) - rank(right) ||
                right.members.length - left.members.length ||
                ((left.members[0]?.urn ?? "") < (right.members[0]?.urn ?? "") ? -1 : 1),
        );
}

/** Of what comes or goes, its type says enough. */
function keyOf({ operation, type, name, deletesFirst, changes }: ResourceChange): string {
    const nameless = (text: string): string => text.replaceAll(name, "NAME");
    const properties = changes.map(({ path, kind, replaces, old, new: asked }) => [
        nameless(path),
        kind,
        replaces,
        nameless(alike(old)),
        nameless(alike(asked)),
    ]);
    return JSON.stringify([operation, type, deletesFirst, properties]);
}

/** Two secrets are alike by being some. */
const alike = (value: PropertyChange["old"]): string => said(value).replace(/\[secret [0-9a-f]{8}\]/g, "[secret]");
