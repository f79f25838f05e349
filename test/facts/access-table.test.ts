import { accessRows, groupRows, principals, rolesOfTheFoundation, type AccessRow } from "../../facts/access-table";

const rows = Object.entries<AccessRow>(accessRows);
const people = rows.filter(([, { principal }]) => principals[principal].type === "Group");

test("no person owns or contributes, and none writes what is written once", () => {
    expect(people.length).toBeGreaterThan(10);
    for (const [name, { role, on }] of people) {
        expect(`${name}: ${role}`).not.toMatch(/: (owner|contributor|rbacAdministrator|keyVaultAdministrator)$/);
        if (on === "recordsAccount") expect(role).toBe("storageBlobDataReader");
    }
    const byFoundation = people.filter(([, { by }]) => by === "foundation").map(([name]) => name);
    expect(byFoundation.sort()).toEqual(groupRows.map(({ name }) => name).sort());
});

test("only what is signed deploys, and it can make nobody an owner", () => {
    const contributors = rows.filter(([, { role }]) => role === "contributor").map(([, { principal }]) => principal);
    expect(contributors).toEqual(["ciDeploy"]);
    const [delegates, ...others] = rows.filter(([, { role }]) => role === "rbacAdministrator");
    expect(others).toEqual([]);
    expect(delegates?.[1].onlyRolesOfTheFoundation).toBe(true);
    for (const role of ["owner", "contributor", "rbacAdministrator"])
        expect(rolesOfTheFoundation()).not.toContain(role);
});

test("whoever previews only reads, secrets of the state included", () => {
    expect(rows.filter(([, { principal }]) => principal === "ciPreview").map(([, { role }]) => role)).toEqual([
        ...["reader", "storageBlobDataReader", "keyVaultCryptoUser"],
    ]);
});

test("every row says why in words of its own, short enough for Azure", () => {
    const reasons = rows.map(([, { why }]) => why);
    expect(new Set(reasons).size).toBe(reasons.length);
    for (const why of reasons) expect(why.length).toBeLessThanOrEqual(1024);
});
