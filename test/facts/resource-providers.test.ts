import { registrationCommands, resourceProviders } from "../../facts/resource-providers";
import { registeredFeatures } from "../../sandbox/azure/types/features";
import { TypeTable } from "../../sandbox/azure/type-table";
import { azureTypes } from "../../sandbox/azure/types";

/** Registered in every subscription, by Azure. */
const always = ["Microsoft.Authorization", "Microsoft.Resources", "Microsoft.Features", "Microsoft.Consumption"];

test("every provider that a resource of the platform needs is registered", () => {
    const table = new TypeTable(azureTypes);
    const used = new Set(azureTypes.map(({ token }) => table.armType(token).split("/")[0] ?? ""));
    const registered = [...always, ...resourceProviders.map(({ namespace }) => namespace)].map((one) =>
        one.toLowerCase(),
    );
    expect([...used].filter((namespace) => !registered.includes(namespace.toLowerCase()))).toEqual([]);
});

test("a provider is registered after its features", () => {
    expect(registrationCommands().slice(0, 2)).toEqual([
        "az feature register --namespace Microsoft.Compute --name EncryptionAtHost",
        "az provider register --namespace Microsoft.Compute --wait",
    ]);
});

test("the sandbox has the features that are registered", () => {
    const asked = resourceProviders.flatMap(({ namespace, features = [] }) =>
        features.map((one) => `${namespace}/${one}`),
    );
    expect(asked.sort()).toEqual([...registeredFeatures].sort());
});
