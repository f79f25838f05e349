import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cost } from "../../../cli/cost/cost";
import { places } from "../../../cli/places";
import type { Context } from "../../../cli/stack-run";
import { Terminal } from "../../../cli/terminal";

const folder = mkdtempSync(join(tmpdir(), "mlplatform-cost-"));
afterAll(() => {
    rmSync(folder, { recursive: true });
});

const said: string[] = [];
class Heard extends Terminal {
    override line(text = ""): void {
        said.push(text);
    }
}
const context: Context = { at: places(), terminal: new Heard(), signal: new AbortController().signal };

test("a state that Pulumi exported elsewhere is priced by the project's sheet, without any sandbox", async () => {
    const urn = "urn:pulumi:prod::mlplatform::azure-native:network:AzureFirewall::network-egress";
    const firewall = {
        ...{ urn, type: "azure-native:network:AzureFirewall", custom: true },
        inputs: { location: "swedencentral", sku: { name: "AZFW_VNet", tier: "Premium" } },
    };
    const file = join(folder, "state.json");
    writeFileSync(file, JSON.stringify({ version: 3, deployment: { resources: [firewall] } }));
    await cost(context, "prod", { planned: false, json: true, stateFile: file });
    const told = JSON.parse(said.join("\n")) as {
        resourcesAre: string;
        resources: { urn: string; after: { low: number } }[];
    };
    expect(told.resourcesAre).toBe("deployed");
    expect(told.resources.map((each) => each.urn)).toEqual([urn]);
    expect(told.resources[0]?.after.low).toBeGreaterThan(1000);
});

test("a file that holds no state is refused", async () => {
    const file = join(folder, "other.json");
    writeFileSync(file, "{}");
    await expect(cost(context, "prod", { planned: false, json: true, stateFile: file })).rejects.toThrow(
        /cannot be read as what pulumi stack export writes/,
    );
});
