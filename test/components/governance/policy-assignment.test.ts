import { PolicyAssignment } from "../../../components/governance/policy-assignment";
import { policyRows, type PolicyRow } from "../../../facts/policy-definitions";
import { only, value } from "../../mocks";

const token = "authorization:PolicyAssignment";

test("assigns a row of the table to a group of ours, and tells who is refused why", async () => {
    const made = new PolicyAssignment("p", { policy: "storage-no-keys", scope: "/group", mode: "enforce" });
    await value(made.assignmentId);
    const { guid, why, title } = policyRows["storage-no-keys"];
    expect(only(token).inputs).toEqual({
        ...{ scope: "/group", policyAssignmentName: "storage-no-keys", displayName: title, description: why },
        policyDefinitionId: `/providers/Microsoft.Authorization/policyDefinitions/${guid}`,
        parameters: { effect: { value: "Deny" } },
        enforcementMode: "Default",
        nonComplianceMessages: [{ message: why }],
    });
});

test("only reports when told so, and takes further parameters", async () => {
    const parameters = { listOfAllowedLocations: ["swedencentral"] };
    const made = new PolicyAssignment("p", {
        policy: "allowed-locations",
        scope: "/group",
        mode: "report",
        parameters,
    });
    await value(made.assignmentId);
    expect(only(token).inputs).toMatchObject({
        enforcementMode: "DoNotEnforce",
        parameters: { listOfAllowedLocations: { value: ["swedencentral"] } },
    });
});

test("no policy of the table writes anything, so none needs an identity", () => {
    const rows = Object.entries<PolicyRow>(policyRows);
    for (const [name, { parameters, why, title, guid }] of rows) {
        if (name !== "allowed-locations") expect(["Deny", "Audit", "AuditIfNotExists"]).toContain(parameters.effect);
        expect(name.length).toBeLessThanOrEqual(64);
        expect(title.length).toBeLessThanOrEqual(128);
        expect(why.length).toBeLessThanOrEqual(512);
        expect(guid).toMatch(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    }
    expect(new Set(rows.map(([, { guid }]) => guid)).size).toBe(rows.length);
});
