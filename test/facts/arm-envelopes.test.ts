import { nestedEnvelopes, nestedNames, resourceEnvelopes } from "../../facts/arm-envelopes";
import { schemaOf } from "../../cli/local-azure";
import { places } from "../../cli/places";
import { readSchema } from "../../sandbox/azure/schema";
import type { Schema } from "../../sandbox/azure/schema";
import { azureTypes } from "../../sandbox/azure/types";

let schema: Schema;
beforeAll(async () => {
    schema = readSchema(await schemaOf(places()));
});

// Some types are listed before the platform has them.
const has = (shape: object | undefined, name: string): boolean => shape === undefined || name in shape;

test("the ARM request of every type that the sandbox knows is known", () => {
    expect(azureTypes.map(({ token }) => token).filter((token) => !(token in resourceEnvelopes))).toEqual([]);
});

test("every input with a place of its own is an input of azure-native's", () => {
    const wrong = [
        ...Object.entries(resourceEnvelopes).flatMap(([token, paths]) => {
            const inputs = schema.resources[token]?.inputs;
            return Object.keys(paths).flatMap((name) => (has(inputs, name) ? [] : [`${token} ${name}`]));
        }),
        ...Object.entries(nestedNames).flatMap(([type, paths]) => {
            const shape = schema.types[`${type}Args`];
            return Object.keys(paths).flatMap((name) => (has(shape, name) ? [] : [`${type} ${name}`]));
        }),
    ];
    expect(wrong).toEqual([]);
});

const plain = new Set([
    "compute.ImageReference",
    "compute.SecurityPostureReference",
    "containerservice.PrivateLinkResource",
    "keyvault.VirtualNetworkRule",
    "monitor.IncidentServiceConnection",
    "network.ApplicationSecurityGroup",
    "network.FirewallPolicyIntrusionDetectionSignatureSpecification",
]);

// A nested object that has an id beside other properties is a resource of its own, with `properties`, except these.
test("a nested type that may be a resource of its own has been looked up", () => {
    const withId = Object.entries(schema.types).filter(([, shape]) => "id" in shape && Object.keys(shape).length > 1);
    const types = withId.map(([type]) => type.replace(/Args$/, ""));
    const open = types.filter((type) => !nestedEnvelopes.has(type) && !(type in nestedNames));
    expect(open.filter((type) => !plain.has(type))).toEqual([]);
});
