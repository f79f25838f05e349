import { accessRows, accessScopes, principals, withoutRoles, type AccessRow } from "../facts/access-table";
import type { ExportedResource } from "./export";
import type { StackResources } from "./stack-resources";
import { table } from "./table";

const rows = Object.values<AccessRow>(accessRows);
const cells = ({ principal, role, on, why }: AccessRow, principalId = ""): string[] => [
    principals[principal].who,
    role,
    accessScopes[on],
    principalId,
    why,
];

/** The access table as this stack carries it out: its own assignments, bootstrap's, and what it leaves out. */
export function accessLines(
    stack: string,
    resourcesAre: StackResources["resourcesAre"],
    resources: readonly ExportedResource[],
): string[] {
    const given = resources
        .filter(({ type }) => type === "azure-native:authorization:RoleAssignment")
        .map(readAssignment);
    const found = given.map(({ why }) => rows.find((row) => row.why === why));
    const unknown = given.filter((_, index) => found[index] === undefined);
    const assigned = rows.flatMap((row) =>
        given.filter((_, index) => found[index] === row).map(({ principalId }) => cells(row, principalId)),
    );
    const left = rows.filter((row) => row.by === "foundation" && !found.includes(row));
    return [
        `${stack}, ${resourcesAre}: ${assigned.length} role assignments (facts/access-table.ts)`,
        ...table([["WHO", "ROLE", "ON", "PRINCIPAL", "WHY"], ...assigned]),
        ...section(
            "Assigned once by bootstrap",
            rows.filter(({ by }) => by === "bootstrap"),
        ),
        ...section("Not in this stack: no such group in mlplatform:groups, or not needed as it is set", left),
        "",
        ...withoutRoles.map(({ who, why }) => `${who} have no role: they ${why}`),
        ...unknown.map(({ name }) => `IN NO ROW: ${name}`),
    ];
}

function section(title: string, of: readonly AccessRow[]): string[] {
    return of.length === 0 ? [] : ["", title, ...table(of.map((row) => cells(row)))];
}

function readAssignment({ name, inputs }: ExportedResource): { name: string; why: unknown; principalId: string } {
    const { description, principalId } = inputs as { description?: unknown; principalId?: unknown };
    return { name, why: description, principalId: typeof principalId === "string" ? principalId : "" };
}
