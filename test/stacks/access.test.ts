import { accessLines } from "../../cli/access";
import { accessRows, principals, type AccessRow } from "../../facts/access-table";
import { roleDefinitions } from "../../facts/role-definitions";
import { all } from "../mocks";
import { buildFoundation } from "./built-foundation";
import { dev, prod } from "./good-settings";

jest.setTimeout(60_000);

async function build(config: Readonly<Record<string, string>>): Promise<AccessRow[]> {
    await buildFoundation(config);
    return all("authorization:RoleAssignment").map(({ name, inputs }) => {
        const row = Object.values<AccessRow>(accessRows).find(({ why }) => why === inputs.description);
        if (row === undefined) throw new Error(`${name} is in no row of the access table`);
        expect(String(inputs.roleDefinitionId).split("/").pop()).toBe(roleDefinitions[row.role]);
        expect(inputs.principalType).toBe(principals[row.principal].type);
        return row;
    });
}

test("every role that the stack gives is a row of the table, and every row that applies is given once", async () => {
    const given = await build(prod);
    const due = Object.values<AccessRow>(accessRows).filter(({ by }) => by === "foundation");
    const missing = due.filter((row) => !given.includes(row));
    // What is not given says when it would be.
    expect(missing.filter(({ when }) => when === undefined)).toEqual([]);
    expect(given.length).toBe(due.length - missing.length);
    expect(given.length).toBeGreaterThan(30);
});

test("without groups, nobody but the platform's own identities gets a role", async () => {
    for (const { principal } of await build(dev)) expect(principals[principal].type).toBe("ServicePrincipal");
});

test("the printed table tells what is given, by whom, what is not, and what no row knows", () => {
    const { why } = accessRows["cluster-registry"];
    const resource = (name: string, inputs: object) => ({
        ...{ type: "azure-native:authorization:RoleAssignment", name, urn: name, inputs, outputs: {} },
        references: {},
    });
    const lines = accessLines("dev", "planned", [
        resource("cluster-registry", { description: why, principalId: "kubelet-id" }),
        resource("by-hand", { description: "trust me" }),
    ]);
    expect(lines[0]).toBe("dev, planned: 1 role assignments (facts/access-table.ts)");
    expect(lines[2]).toMatch(/^ {2}the cluster's nodes +acrPull +the registry +kubelet-id +Pulls images\.$/);
    expect(lines.join("\n")).toMatch(/Assigned once by bootstrap\n.*CI, previewing/);
    expect(lines.join("\n")).toMatch(/Not in this stack[^]*operations engineers/);
    expect(lines.at(-1)).toBe("IN NO ROW: by-hand");
});
