import { quotaNeeds } from "../../../facts/vm-quota";
import { heldData } from "../../../facts/data-classes";
import { machineNeedsOf } from "../../../review/blast/quota";
import type { ValueMap } from "../../../review/model/value";
import { azureTypes } from "../../../sandbox/azure/types";
import { machineNeeds } from "../../../stacks/quota-needs";
import { readSettings } from "../../../stacks/settings";
import "../../mocks";
import { azureResources } from "../../stacks/built-foundation";
import { dev, prod } from "../../stacks/good-settings";

jest.setTimeout(120_000);

const pools = {
    "mlplatform:userPools":
        '[{"prefix":"work","vmSize":"Standard_D4ds_v5","minCount":0,"maxCount":7},{"prefix":"cheap","vmSize":"Standard_D8ds_v5","minCount":0,"maxCount":3,"spot":true}]',
    "mlplatform:gpuPools":
        '[{"prefix":"t4","vmSize":"Standard_NC4as_T4_v3","use":"training","driver":"Install","minCount":0,"maxCount":2}]',
};

test.each([
    ["dev", dev],
    ["prod", prod],
])("%s: the quota that is read off resources is the one that the settings ask for", async (_, config) => {
    const settings = { ...config, ...pools };
    const resources = await azureResources(settings);
    const read = quotaNeeds(
        resources.flatMap(({ type, name, inputs }) => machineNeedsOf({ type, name, inputs: inputs as ValueMap })),
    );
    const asked = quotaNeeds(machineNeeds(readSettings(settings)));
    const figures = (needs: typeof read): object =>
        Object.fromEntries(needs.map(({ family, least, most }) => [family, { least, most }]));
    expect(figures(read)).toEqual(figures(asked));
    expect(read.length).toBeGreaterThan(2);
});

test("what the program protects holds something, or is a setting of what does", async () => {
    const resources = await azureResources(prod);
    const protectedTypes = new Set(resources.filter(({ options }) => options.protect).map(({ type }) => type));
    expect([...protectedTypes].filter((type) => !(type in heldData)).map((type) => type.split(":")[2])).toEqual([
        // A plan and days of a table that Azure makes.
        "Table",
        ...["RoleAssignment", "PrivateEndpoint", "BlobServiceProperties", "PrivateDnsZoneGroup", "ManagementPolicy"],
        ...["FileServiceProperties", "MaintenanceConfiguration", "ManagementLockByScope"],
    ]);
});

test("every type in the table is one of the platform's", () => {
    const known = azureTypes.map(({ token }) => token);
    const types = Object.keys(heldData).filter((type) => type.startsWith("azure-native:"));
    expect(types.filter((type) => !known.includes(type))).toEqual([]);
});
