import { policyRows, type PolicyName, type PolicyRow } from "../../../facts/policy-definitions";
import { policyDefinitions } from "../../../sandbox/azure/policy-definitions";
import type { Properties } from "../../../sandbox/azure/resource-type";
import { answer, groupId, location, Platform } from "./platform";

let platform: Platform;
beforeEach(async () => {
    platform = await Platform.open();
});
afterEach(() => {
    platform.close();
});

const kind = "authorization:PolicyAssignment";
const definition = (guid: string, of = "policyDefinitions"): string =>
    `/providers/Microsoft.Authorization/${of}/${guid}`;
const assign = (over: Properties = {}) =>
    platform.azure.put(`azure-native:${kind}`, {
        ...{ scope: groupId, policyAssignmentName: "p", displayName: "P", enforcementMode: "Default" },
        policyDefinitionId: definition(policyRows["storage-private"].guid),
        parameters: { effect: { value: "Deny" } },
        ...over,
    });
const locations = { policyDefinitionId: definition(policyRows["allowed-locations"].guid) };

const asked: [string, Properties, string][] = [
    ["a policy of ours", {}, "accepted"],
    ["a name of 65 letters", { policyAssignmentName: "p".repeat(65) }, "InvalidPolicyAssignmentName"],
    ["a name with a slash-like sign", { policyAssignmentName: "a%b" }, "InvalidPolicyAssignmentName"],
    ["a policy that is not there", { policyDefinitionId: definition("0".repeat(8)) }, "PolicyDefinitionNotFound"],
    ["a parameter that is not there", { parameters: { colour: { value: "red" } } }, "UndefinedPolicyParameter"],
    [
        "an effect that it does not have",
        { parameters: { effect: { value: "Modify" } } },
        "PolicyParameterValueNotAllowed",
    ],
    ["a parameter left out", { ...locations, parameters: {} }, "MissingPolicyParameter"],
    ["an effect where none can be chosen", { ...locations }, "UndefinedPolicyParameter"],
    ["a title of 129 letters", { displayName: "t".repeat(129) }, "InvalidPolicyAssignment"],
    ["a description of 513", { description: "d".repeat(513) }, "InvalidPolicyAssignment"],
    ["an empty message", { nonComplianceMessages: [{ message: "" }] }, "InvalidPolicyAssignment"],
    ["an identity nowhere", { identity: { type: "SystemAssigned" } }, "ManagedIdentityRequiresLocation"],
    ["a group that is not there", { scope: `${groupId}-x` }, "ResourceGroupNotFound"],
];
test.each(asked)("an assignment of %s", async (_, over, code) => {
    expect(await answer(assign(over))).toBe(code);
});

test("what kind of assignment it is cannot change", async () => {
    await assign({ assignmentType: "Custom" });
    expect(await answer(assign({ assignmentType: "System" }))).toBe("InvalidPolicyAssignmentUpdate");
});

test("every policy of the table is known, with its parameters", async () => {
    for (const [name, row] of Object.entries<PolicyRow>(policyRows)) {
        const extra = name === "allowed-locations" ? { listOfAllowedLocations: [location] } : {};
        const values = Object.entries<unknown>({ ...row.parameters, ...extra });
        const parameters = Object.fromEntries(values.map(([one, value]) => [one, { value }]));
        const policyDefinitionId = definition(row.guid, row.kind);
        expect(await answer(assign({ policyAssignmentName: name, policyDefinitionId, parameters }))).toBe("accepted");
    }
    const guids = Object.values<PolicyRow>(policyRows).map(({ guid }) => guid);
    expect(Object.keys(policyDefinitions).sort()).toEqual([...guids].sort());
});

/** What breaks a policy, and what keeps it. */
const cases: [PolicyName, string, Properties, Properties][] = [
    ["storage-private", "storage:StorageAccount", {}, { publicNetworkAccess: "Disabled" }],
    ["storage-no-keys", "storage:StorageAccount", { allowSharedKeyAccess: true }, { allowSharedKeyAccess: false }],
    ["vault-private", "keyvault:Vault", { properties: { publicNetworkAccess: "Enabled" } }, {}],
    ["vault-purge-protection", "keyvault:Vault", { properties: { enablePurgeProtection: undefined } }, {}],
    ["vault-roles", "keyvault:Vault", { properties: { enableRbacAuthorization: false } }, {}],
    ["registry-private", "containerregistry:Registry", {}, { publicNetworkAccess: "Disabled" }],
    ["registry-no-admin", "containerregistry:Registry", { adminUserEnabled: true }, {}],
    [
        "registry-no-export",
        "containerregistry:Registry",
        {},
        { publicNetworkAccess: "Disabled", policies: { exportPolicy: { status: "disabled" } } },
    ],
];
test.each(cases)("%s refuses what breaks it and nothing else", async (name, of, breaking, keeping) => {
    await assign({ policyDefinitionId: definition(policyRows[name].guid) });
    expect(await answer(platform.put(of, breaking))).toBe("RequestDisallowedByPolicy");
    expect(await answer(platform.put(of, keeping))).toBe("accepted");
});

// Clusters and workspaces take much before they are made; policy comes first, so what it refuses needs none of that.
test.each<[PolicyName, string, Properties]>([
    ["cluster-private", "containerservice:ManagedCluster", { resourceName: "aks" }],
    ["cluster-no-local-accounts", "containerservice:ManagedCluster", { resourceName: "aks" }],
    ["workspace-private", "machinelearningservices:Workspace", { workspaceName: "mlw" }],
    ["workspace-identity", "machinelearningservices:Workspace", { workspaceName: "mlw" }],
])("%s refuses what breaks it", async (name, of, over) => {
    expect(await answer(platform.put(of, { location, ...over }))).not.toBe("RequestDisallowedByPolicy");
    await assign({ policyDefinitionId: definition(policyRows[name].guid) });
    expect(await answer(platform.put(of, { location, ...over }))).toBe("RequestDisallowedByPolicy");
});

test("a location is allowed or global", async () => {
    await assign({ ...locations, parameters: { listOfAllowedLocations: { value: ["swedencentral"] } } });
    const identity = (over: Properties) => answer(platform.put("managedidentity:UserAssignedIdentity", over));
    expect(await identity({ resourceName: "uami", location: "westeurope" })).toBe("RequestDisallowedByPolicy");
    expect(await identity({ resourceName: "uami", location: "Sweden Central" })).toBe("accepted");
    const zone = { privateZoneName: "privatelink.azurecr.io", location: "global" };
    expect(await answer(platform.put("privatedns:PrivateZone", zone))).toBe("accepted");
});

test.each<[string, Properties]>([
    ["only reports", { enforcementMode: "DoNotEnforce" }],
    ["has the effect Audit", { parameters: { effect: { value: "Audit" } } }],
    ["has the effect that is its default", { parameters: {} }],
])("a policy that %s refuses nothing", async (_, over) => {
    await assign(over);
    expect(await answer(platform.put("storage:StorageAccount"))).toBe("accepted");
});

test("a policy holds on its scope and below, and leaves what is there", async () => {
    const { id } = await platform.put("storage:StorageAccount");
    await assign();
    await platform.azure.put("azure-native:resources:ResourceGroup", { resourceGroupName: "other", location });
    const elsewhere = { resourceGroupName: "other", accountName: "stelsewhere" };
    expect(await answer(platform.put("storage:StorageAccount", elsewhere))).toBe("accepted");
    expect(platform.azure.find(id)).toBeDefined();
    expect(await answer(platform.put("storage:StorageAccount", { tags: { a: "b" } }))).toBe(
        "RequestDisallowedByPolicy",
    );
    expect(await answer(platform.azure.delete(id))).toBe("accepted");
});
