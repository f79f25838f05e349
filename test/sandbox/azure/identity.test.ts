import { sandboxSubscriptionId, sandboxTenantId } from "../../../sandbox/azure/azure";
import { InstantClock } from "../../../sandbox/azure/clock";
import type { Properties, Stored } from "../../../sandbox/azure/resource-type";
import { Estate, group, groupId } from "./estate";
import { answer } from "./platform";

let estate: Estate;
beforeEach(async () => {
    estate = await Estate.open();
});
afterEach(() => {
    estate.close();
});

const guidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe("ResourceGroup", () => {
    const groups: [string, Properties, string][] = [
        ["with brackets and a point", { resourceGroupName: "rg.(ml)_1" }, "accepted"],
        ["that ends with a point", { resourceGroupName: "rg." }, "InvalidParameter"],
        ["of 91 letters", { resourceGroupName: "r".repeat(91) }, "InvalidParameter"],
        ["with a slash-like sign", { resourceGroupName: "rg:ml" }, "InvalidParameter"],
        ["nowhere", { resourceGroupName: "rg2", location: "" }, "LocationRequired"],
        ["in no region", { resourceGroupName: "rg2", location: "atlantis" }, "LocationNotAvailableForResourceGroup"],
        ["by the region's display name", { resourceGroupName: "rg2", location: "Sweden Central" }, "accepted"],
        ["moved", { location: "westeurope" }, "InvalidResourceGroupLocation"],
        ["with a bad tag", { tags: { "a<b": "c" } }, "InvalidTagNameCharacters"],
    ];
    test.each(groups)("%s", async (_, over, code) => {
        expect(await answer(estate.put("resources:ResourceGroup", over))).toBe(code);
    });
});

describe("UserAssignedIdentity", () => {
    test("has a client and a principal, kept through changes, and is another one when made again", async () => {
        const { id, outputs } = await estate.put("managedidentity:UserAssignedIdentity");
        expect(outputs).toMatchObject({
            principalId: expect.stringMatching(guidPattern) as string,
            clientId: expect.stringMatching(guidPattern) as string,
            tenantId: sandboxTenantId,
        });
        expect(outputs.clientId).not.toBe(outputs.principalId);
        const changed = await estate.put("managedidentity:UserAssignedIdentity", { tags: { a: "b" } });
        expect(changed.outputs.principalId).toBe(outputs.principalId);
        await estate.azure.delete(id);
        const again = await estate.put("managedidentity:UserAssignedIdentity");
        expect(again.outputs.principalId).not.toBe(outputs.principalId);
    });

    test.each([
        [{ resourceName: "ab" }, "InvalidResourceName"],
        [{ resourceName: "u".repeat(129) }, "InvalidResourceName"],
        [{ resourceName: "has.point" }, "InvalidResourceName"],
        [{ location: "atlantis" }, "LocationNotAvailableForResourceType"],
    ])("with %j", async (over, code) => {
        expect(await answer(estate.put("managedidentity:UserAssignedIdentity", over))).toBe(code);
    });
});

describe("FederatedIdentityCredential", () => {
    const kind = "managedidentity:FederatedIdentityCredential";
    const named = (name: string, over: Properties = {}) => ({ federatedIdentityCredentialResourceName: name, ...over });
    beforeEach(() => estate.put("managedidentity:UserAssignedIdentity"));

    const credentials: [string, Properties, string][] = [
        ["a service account", {}, "accepted"],
        ["no subject", { subject: "" }, "BadRequest"],
        ["no audience", { audiences: [] }, "BadRequest"],
        ["two audiences", { audiences: ["a", "b"] }, "BadRequest"],
        ["an issuer that is no URL", { issuer: "issuer.example" }, "BadRequest"],
        ["an issuer without TLS", { issuer: "http://issuer.example" }, "BadRequest"],
        ["a subject of 601 letters", { subject: "s".repeat(601) }, "BadRequest"],
        ["a name of two letters", named("ab"), "BadRequest"],
        ["an issuer and subject that another has", { subject: "system:serviceaccount:ns:taken" }, "Conflict"],
        ["an identity that is not there", { resourceName: "nobody" }, "ParentResourceNotFound"],
    ];
    test.each(credentials)("for %s", async (_, over, code) => {
        await estate.put(kind, named("other", { subject: "system:serviceaccount:ns:taken" }));
        expect(await answer(estate.put(kind, over))).toBe(code);
    });

    test("is one of at most 20", async () => {
        for (let index = 0; index < 20; index += 1) {
            await estate.put(kind, named(`fic${index}`, { subject: `s${index}` }));
        }
        expect(await answer(estate.put(kind, named("fic20", { subject: "s20" })))).toBe("BadRequest");
    });

    test("is written after the others of its identity, not beside them", async () => {
        const writes = ["fic1", "fic2"].map((name) => answer(estate.put(kind, named(name, { subject: name }))));
        expect(await Promise.all(writes)).toEqual([
            "accepted",
            "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity",
        ]);
    });
});

const role = (guid: string) =>
    `/subscriptions/${sandboxSubscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${guid}`;
const reader = role("acdd72a7-3385-48ef-bd42-f606fba81ae7");
const contributor = role("b24988ac-6180-42a0-ab88-20f7382dd24c");
const name = (digit: number) => `00000000-0000-4000-8000-00000000000${digit}`;
const stranger = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa";

describe("RoleAssignment", () => {
    let identity: Stored;
    beforeEach(async () => {
        identity = await estate.put("managedidentity:UserAssignedIdentity");
    });
    const assign = (over: Properties = {}) =>
        estate.put("authorization:RoleAssignment", {
            ...{ scope: groupId, roleAssignmentName: name(1), roleDefinitionId: reader },
            ...{ principalId: identity.outputs.principalId, principalType: "ServicePrincipal", ...over },
        });

    const assignments: [string, Properties, string][] = [
        ["an identity of ours", {}, "accepted"],
        ["a group that the directory has", { principalId: stranger, principalType: "Group" }, "accepted"],
        ["the whole subscription", { scope: `/subscriptions/${sandboxSubscriptionId}` }, "accepted"],
        ["a name that is no GUID", { roleAssignmentName: "reader-of-group" }, "InvalidRoleAssignmentId"],
        ["a principal that is no GUID", { principalId: "uami" }, "InvalidPrincipalId"],
        ["a role that is not there", { roleDefinitionId: role(stranger) }, "RoleDefinitionDoesNotExist"],
        ["a new identity without its type", { principalType: undefined }, "PrincipalNotFound"],
        ["a stranger without type", { principalId: stranger, principalType: undefined }, "PrincipalNotFound"],
        ["an identity called a user", { principalType: "User" }, "UnmatchedPrincipalType"],
        ["a group that is not there", { scope: `${groupId}-x` }, "ResourceGroupNotFound"],
        [
            "what another assignment says",
            { roleAssignmentName: name(2), roleDefinitionId: contributor },
            "RoleAssignmentExists",
        ],
        [
            "a name used elsewhere",
            { scope: `/subscriptions/${sandboxSubscriptionId}`, roleAssignmentName: name(3) },
            "RoleAssignmentUpdateNotPermitted",
        ],
    ];
    test.each(assignments)("for %s", async (_, over, code) => {
        await assign({ roleAssignmentName: name(3), roleDefinitionId: contributor });
        expect(await answer(assign(over))).toBe(code);
    });

    test("keeps its principal and its role, and may change its description", async () => {
        await assign();
        expect(await answer(assign({ principalId: stranger }))).toBe("RoleAssignmentUpdateNotPermitted");
        expect(await answer(assign({ roleDefinitionId: contributor }))).toBe("RoleAssignmentUpdateNotPermitted");
        expect(await answer(assign({ description: "why" }))).toBe("accepted");
    });

    test("of an identity made again cannot have the old one's name", async () => {
        await assign();
        await estate.azure.delete(identity.id);
        identity = await estate.put("managedidentity:UserAssignedIdentity");
        expect(await answer(assign())).toBe("RoleAssignmentUpdateNotPermitted");
    });

    test("needs no type once the principal is known everywhere", async () => {
        const { clock } = estate.azure;
        expect(clock).toBeInstanceOf(InstantClock);
        await clock.wait(120_000);
        expect(await answer(assign({ principalType: undefined }))).toBe("accepted");
    });
});

describe("ManagementLockByScope", () => {
    const locks: [string, Properties, string][] = [
        ["against deletes", {}, "accepted"],
        ["against changes", { level: "ReadOnly" }, "accepted"],
        ["of no level", { level: "NotSpecified" }, "InvalidLockLevel"],
        ["with long notes", { notes: "n".repeat(513) }, "InvalidLockNotes"],
        ["with a bad name", { lockName: "a%b" }, "InvalidLockName"],
        ["of a group that is not there", { scope: `${groupId}-x` }, "ResourceGroupNotFound"],
    ];
    test.each(locks)("%s", async (_, over, code) => {
        expect(await answer(estate.put("authorization:ManagementLockByScope", over))).toBe(code);
    });

    test("holds everything below its scope, and the group above it, until it is lifted", async () => {
        const { id: identity } = await estate.put("managedidentity:UserAssignedIdentity");
        const { id: lock } = await estate.put("authorization:ManagementLockByScope", { scope: identity });
        expect(await answer(estate.azure.delete(identity))).toBe("ScopeLocked");
        expect(await answer(estate.azure.delete(groupId))).toBe("ScopeLocked");
        expect(await answer(estate.put("managedidentity:UserAssignedIdentity", { tags: { a: "b" } }))).toBe("accepted");
        await estate.put("authorization:ManagementLockByScope", { scope: identity, level: "ReadOnly" });
        expect(await answer(estate.put("managedidentity:UserAssignedIdentity", { tags: {} }))).toBe("ScopeLocked");
        await estate.azure.delete(lock);
        await estate.azure.delete(groupId);
        expect(estate.azure.list()).toEqual([]);
    });

    test("on a group stops what is new in it only when nothing may change", async () => {
        await estate.put("authorization:ManagementLockByScope");
        expect(await answer(estate.put("managedidentity:UserAssignedIdentity"))).toBe("accepted");
        await estate.put("authorization:ManagementLockByScope", { level: "ReadOnly" });
        const second = { resourceName: "second", resourceGroupName: group };
        expect(await answer(estate.put("managedidentity:UserAssignedIdentity", second))).toBe("ScopeLocked");
    });
});
