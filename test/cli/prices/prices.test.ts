import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { places } from "../../../cli/places";
import { prices } from "../../../cli/prices/prices";
import type { Context } from "../../../cli/stack-run";
import { Terminal } from "../../../cli/terminal";
import { priceSheetFile } from "../../../facts/prices";
import { ListServer, recorded } from "./list-server";

const project = join(__dirname, "..", "..", "..");
const root = mkdtempSync(join(tmpdir(), "mlplatform-prices-"));
mkdirSync(join(root, "facts"));
mkdirSync(join(root, "bootstrap"));
const server = new ListServer();
let from = "";
beforeAll(async () => {
    from = await server.start();
});
afterAll(async () => {
    await server.stop();
    rmSync(root, { recursive: true });
});

let said: string[] = [];
class Heard extends Terminal {
    override line(text = ""): void {
        said.push(text);
    }
}
const context: Context = { at: { ...places(), root }, terminal: new Heard(), signal: new AbortController().signal };

beforeEach(() => {
    said = [];
    copyFileSync(priceSheetFile(project), priceSheetFile(root));
});

test("the list is the sheet, with its days and what it is good for", async () => {
    await prices(context, ["list"], {});
    expect(said[0]).toMatch(/^ {2}what +region +USD +for +as of +quality$/);
    expect(said).toContainEqual(
        expect.stringMatching(/Grafana in zones +westus +0\.05343 +1\/Hour +2026-09 +recorded/),
    );
});

test("a refresh writes the sheet anew, for the regions of the committed stacks or the one that is asked for", async () => {
    server.rows = [
        { ...recorded, armRegionName: "westus", retailPrice: 0.2 },
        { ...recorded, armRegionName: "northeurope", retailPrice: 0.07 },
    ];
    await prices(context, ["refresh"], { from, region: "westus" });
    expect(said).toContainEqual(expect.stringMatching(/Grafana in zones +was 0\.05343, is 0\.2 +274 %/));
    writeFileSync(
        join(root, "Pulumi.one.yaml"),
        "config:\n  mlplatform:kind: foundation\n  mlplatform:location: northeurope\n",
    );
    await prices(context, ["refresh"], { from });
    const today = new Date().toISOString().slice(0, 10);
    const changed = readFileSync(priceSheetFile(root), "utf8")
        .split("\n")
        .filter((line) => line.endsWith("price-list"));
    expect(changed).toEqual([
        `grafana:zones,northeurope,0.07,${today},recorded,price-list`,
        `grafana:zones,westus,0.2,${today},recorded,price-list`,
    ]);
});

test("a list that is not there leaves the sheet as it was", async () => {
    const refusal = { status: 404 };
    server.refusals = [refusal];
    await expect(prices(context, ["refresh"], { from, region: "westus" })).rejects.toThrow(
        /answers with 404 Not Found/,
    );
    expect(readFileSync(priceSheetFile(root), "utf8")).toBe(readFileSync(priceSheetFile(project), "utf8"));
});

test.each<[readonly string[], Record<string, string>, RegExp]>([
    [["update"], {}, /prices list or prices refresh, got "update"/],
    [["refresh"], { from: "prices" }, /--from must be an address, got "prices"/],
    [["refresh"], { region: "Sweden Central" }, /--region must be a region as Azure names it/],
])("%p %p is refused", async (args, options, message) => {
    await expect(prices(context, args, options)).rejects.toThrow(message);
});
