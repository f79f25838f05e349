import { policyRows, type PolicyRow } from "../../facts/policy-definitions";
import { policyDefinitions } from "../../sandbox/azure/policy-definitions";
import { TypeTable } from "../../sandbox/azure/type-table";
import { azureTypes } from "../../sandbox/azure/types";
import { all, only, seen } from "../mocks";
import { azureResources } from "./built-foundation";
import { dev, prod } from "./good-settings";

jest.setTimeout(60_000);

const table = new TypeTable(azureTypes);
const token = "authorization:PolicyAssignment";

test("in prod every policy of the table is enforced, on our own groups and on nothing wider", async () => {
    await azureResources(prod);
    const assigned = all(token).map(({ inputs }) => String(inputs.policyAssignmentName));
    expect([...new Set(assigned)].sort()).toEqual(Object.keys(policyRows).sort());
    for (const { inputs } of all(token)) {
        expect(inputs.enforcementMode).toBe("Default");
        expect(["/id/platform-group", "/id/data-group", "/id/disks-group"]).toContain(inputs.scope);
    }
    const locations = all(token).filter(({ inputs }) => inputs.policyAssignmentName === "allowed-locations");
    expect(locations.map(({ inputs }) => inputs.parameters)).toEqual(
        Array(3).fill({ listOfAllowedLocations: { value: ["swedencentral"] } }),
    );
    // They sit in the group that the lock holds, so they must be free to go before it comes and after it went.
    const names = only("mlplatform:governance:Lock").options.dependsOn.map((urn) => urn.split("::").pop());
    expect(names).toContain("policy-vault-private");
});

test("nothing that we deploy is refused by a policy of ours", async () => {
    const resources = await azureResources(prod);
    const parameters = { listOfAllowedLocations: ["swedencentral"] };
    const broken = Object.entries<PolicyRow>(policyRows).flatMap(([name, { guid }]) => {
        const { about, breaks } = policyDefinitions[guid] ?? {};
        const judged = resources.filter(({ type }) => about === undefined || table.armType(type) === about);
        if (breaks !== undefined) expect(judged.length).toBeGreaterThan(0);
        return judged.filter(({ inputs }) => breaks?.(inputs, parameters)).map((one) => `${name}: ${one.name}`);
    });
    expect(broken).toEqual([]);
});

test("in dev policies report, until config says that they refuse", async () => {
    await azureResources(dev);
    for (const { inputs } of all(token)) expect(inputs.enforcementMode).toBe("DoNotEnforce");
    seen.length = 0;
    await azureResources({ ...dev, "mlplatform:policyMode": "enforce" });
    for (const { inputs } of all(token)) expect(inputs.enforcementMode).toBe("Default");
});

test("the budget counts the nodes' group and the workspace's, where most is spent", async () => {
    await azureResources(prod);
    expect(only("consumption:Budget").inputs.filter).toMatchObject({
        dimensions: {
            values: ["platform-group", "data-group", "rg-nodes-mlp-prod-sdc", "azureml-rg-mlw-mlp-prod-sdc-1"],
        },
    });
    seen.length = 0;
    await azureResources(dev);
    expect(all("consumption:Budget")).toEqual([]);
});
