import { join } from "node:path";
import { priceMeters } from "../../../facts/price-meters";
import { priceSheet } from "../../../facts/prices";
import { costOf } from "../../../review/cost/cost";
import type { ValueMap } from "../../../review/model/value";
import { azureTypes } from "../../../sandbox/azure/types";
import { azureResources } from "../../stacks/built-foundation";
import { dev, prod } from "../../stacks/good-settings";
import { hybridDev } from "../../stacks/hybrid-settings";
import "../../mocks";
import { change, previewOf } from "../changes";

jest.setTimeout(120_000);

const sheet = priceSheet(join(__dirname, "..", "..", ".."));

test("every resource type of the platform is priced, free for a reason, or named as without a price", () => {
    const tokens = [...azureTypes.map(({ token }) => token), "docker:index/image:Image", "kubernetes:core/v1:Secret"];
    const found = costOf(previewOf(...tokens.map((token) => change(token, [undefined, {}]))), sheet);
    const unheardOf = found.unpriced.filter(({ reason }) => reason.startsWith("nobody has said"));
    expect(unheardOf.map(({ type }) => type)).toEqual([]);
    const counted = found.free.reduce((sum, { count }) => sum + count, 0);
    expect(counted + found.resources.length + found.unpriced.length).toBe(tokens.length);
});

test.each([
    ["dev", dev, ["PrometheusRuleGroup"]],
    ["prod", prod, ["PrometheusRuleGroup"]],
    [
        "dev with ways to on-premises",
        hybridDev,
        // The sheet has no price of ExpressRoute's gateways.
        ["PrometheusRuleGroup", "VirtualNetworkGateway", "VirtualNetworkGatewayConnection"],
    ],
])("%s has a price of all that is billed but for what is named", async (_, settings, without) => {
    const resources = await azureResources(settings);
    const changes = resources.map(({ type, name, inputs }) => {
        const made = change(type, [undefined, inputs as ValueMap]);
        return { ...made, name, urn: `${made.urn}-${name}` };
    });
    const found = costOf(previewOf(...changes), sheet);
    expect([...new Set(found.unpriced.map(({ type }) => type.split(":")[2]))]).toEqual(without);
    expect(found.resources.length).toBeGreaterThan(40);
    for (const { after } of found.resources) {
        expect(after.low).toBeLessThanOrEqual(after.expected);
        expect(after.expected).toBeLessThanOrEqual(after.high);
        expect(after.high).toBeGreaterThan(0);
    }
});

test("of what the platform is billed by, only ExpressRoute's gateways are without any price", () => {
    const without = [...priceMeters.keys()].filter((meter) => sheet.priceOf(meter, "swedencentral") === undefined);
    expect(without.filter((meter) => !meter.startsWith("spot:"))).toEqual([
        ...["gateway:ErGw1AZ", "gateway:ErGw2AZ", "gateway:ErGw3AZ"],
    ]);
});
