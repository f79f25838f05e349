import { Access, type AccessArgs } from "../../../components/governance/access";
import { guid } from "../../../components/governance/guid";
import { Lock } from "../../../components/governance/lock";
import { accessRows, rolesOfTheFoundation } from "../../../facts/access-table";
import { roleDefinitions } from "../../../facts/role-definitions";
import { all, only, runHook, value } from "../../mocks";

const subscriptionId = "11111111-1111-4111-8111-111111111111";
const args: AccessArgs = {
    ...{ row: "cluster-registry", scope: "/scope", principalId: "who" },
    ...{ subscriptionId, propagationSeconds: 0 },
};
const token = "authorization:RoleAssignment";
const nameOf = async (more: Partial<AccessArgs>): Promise<unknown> => {
    await value(new Access("access", { ...args, ...more }).ready);
    return all(token).at(-1)?.inputs.roleAssignmentName;
};

test("is a row of the table, and always states what kind of principal it is, or a new identity is not found", async () => {
    await value(new Access("access", args).ready);
    expect(only(token).inputs).toMatchObject({
        scope: "/scope",
        principalId: "who",
        principalType: "ServicePrincipal",
        description: accessRows["cluster-registry"].why,
        roleDefinitionId: `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${roleDefinitions.acrPull}`,
    });
});

test("on a resource of another subscription, such as a hub's zone, the role is that subscription's", async () => {
    const hub = "33333333-3333-4333-8333-333333333333";
    await value(new Access("access", { ...args, scope: `/subscriptions/${hub}/resourceGroups/rg/zone` }).ready);
    expect(only(token).inputs.roleDefinitionId).toBe(
        `/subscriptions/${hub}/providers/Microsoft.Authorization/roleDefinitions/${roleDefinitions.acrPull}`,
    );
});

test("is named after scope, principal and role: the same three never make a second assignment", async () => {
    const name = await nameOf({});
    expect(name).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(await nameOf({ scope: "/SCOPE" })).toBe(name);
});

test.each<Partial<AccessArgs>>([
    { scope: "/other" },
    { row: "cluster-disks" },
    { principalId: "a-new-identity-of-the-same-name" },
])("with %j it is another assignment, instead of RoleAssignmentUpdateNotPermitted", async (more) => {
    expect(await nameOf(more)).not.toBe(await nameOf({}));
});

test("the new assignment is made before the old one goes, so that nobody is without access", async () => {
    await value(new Access("access", args).ready);
    expect(only(token).options.deleteBeforeReplace).toBe(false);
});

test("waits until the role applies before anyone hears of it", async () => {
    await value(new Access("access", { ...args, propagationSeconds: 0.2 }).ready);
    expect(only(token).options.hooks).toEqual(["access-propagation"]);
    const before = performance.now();
    await runHook("access-propagation", { newInputs: {} });
    expect(performance.now() - before).toBeGreaterThanOrEqual(195);
});

test.each([-1, NaN, 1801])("refuses to wait %d seconds", (propagationSeconds) => {
    expect(() => new Access("access", { ...args, propagationSeconds })).toThrow(
        `propagationSeconds must be from 0 to 1800, got ${propagationSeconds}`,
    );
});

test("GUIDs follow from their parts and tell them apart", () => {
    expect(guid("a", "b")).toBe(guid("a", "b"));
    expect(guid("a", "b")).not.toBe(guid("ab", ""));
    expect(guid("a", "b")).not.toBe(guid("b", "a"));
});

test("a lock forbids deleting and nothing else", async () => {
    await value(new Lock("lock", { scope: "/group", notes: "why" }).lockId);
    expect(only("authorization:ManagementLockByScope").inputs).toMatchObject({
        ...{ scope: "/group", level: "CanNotDelete", notes: "why" },
    });
});

test("who deploys may give the foundation's roles and no others, so that nobody becomes an owner that way", async () => {
    await value(new Access("access", { ...args, row: "ci-deploy-roles" }).ready);
    const { condition, conditionVersion } = only(token).inputs;
    expect(conditionVersion).toBe("2.0");
    for (const role of rolesOfTheFoundation()) expect(condition).toContain(roleDefinitions[role]);
    for (const role of ["owner", "contributor", "rbacAdministrator"] as const)
        expect(condition).not.toContain(roleDefinitions[role]);
    expect(condition).toContain("!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})");
    expect(condition).toContain("!(ActionMatches{'Microsoft.Authorization/roleAssignments/delete'})");
    await value(new Access("other", args).ready);
    expect(only(token, "other").inputs.condition).toBeUndefined();
});
