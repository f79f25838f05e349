import { regionCode, regions } from "../../facts/regions";
import { roleDefinitionId, roleDefinitions } from "../../facts/role-definitions";

test("every region has a code of its own, short enough for names", () => {
    const codes = Object.values(regions).map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
    for (const code of codes) expect(code).toMatch(/^[a-z0-9]{2,5}$/);
});

test("an unknown region is refused with the ones there are", () => {
    expect(() => regionCode("Sweden Central")).toThrow(/one of .*swedencentral.*, got "Sweden Central"/);
});

// https://learn.microsoft.com/azure/aks/api-server-vnet-integration
test("API-server VNet integration is to be had everywhere but in Qatar", () => {
    const without = Object.entries(regions).filter(([, region]) => !region.apiServerVnetIntegration);
    expect(without.map(([name]) => name)).toEqual(["qatarcentral"]);
});

test("every built-in role has a GUID of its own", () => {
    const guids = Object.values(roleDefinitions);
    expect(new Set(guids).size).toBe(guids.length);
    for (const guid of guids) expect(guid).toMatch(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
});

test("a role's id is that of the subscription", () => {
    expect(roleDefinitionId("s", "acrPull")).toBe(
        `/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/${roleDefinitions.acrPull}`,
    );
});
