import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import Ajv from "ajv";
import { parse, stringify } from "yaml";
import { schemaFiles } from "../../../cli/teams/schemas";
import { fleetSchema } from "../../../stacks/team/fleet";
import { orderSchema, readOrders } from "../../../stacks/team/order";
import { goodOrder, wrongOrders } from "../../stacks/wrong-orders";

const teams = resolve(__dirname, "..", "..", "..", "teams");
const textOf = (file: string): string => readFileSync(join(teams, file), "utf8");
const editor = new Ajv({ allErrors: true });

test.each(schemaFiles())("$file is as `mlplatform teams schemas` writes it", ({ file, content }) => {
    expect(readFileSync(resolve(teams, "..", file), "utf8")).toBe(content);
});

test("every committed order fits its schema, and names it for editors", () => {
    for (const file of readdirSync(teams).filter((name) => name.endsWith(".yaml"))) {
        const kind = file === "fleet.yaml" ? "fleet" : "order";
        const fits = editor.compile(kind === "fleet" ? fleetSchema : orderSchema);
        fits(parse(textOf(file)));
        expect({ file, errors: fits.errors }).toEqual({ file, errors: null });
        expect(textOf(file)).toMatch(new RegExp(`^# yaml-language-server: \\$schema=${kind}\\.schema\\.json$`, "m"));
    }
});

test("an editor refuses nothing that the reader takes, and tells most of what it refuses", () => {
    const fits = editor.compile(orderSchema);
    expect(fits(goodOrder)).toBe(true);
    // What follows from two fields together, or from the calendar, no schema can say.
    const told = wrongOrders.filter(({ order }) => !fits(parse(stringify(order))));
    expect(told.length).toBeGreaterThan(wrongOrders.length / 2);
    for (const { order } of wrongOrders.filter((one) => fits(parse(stringify(one.order))))) {
        const faults: string[] = [];
        readOrders("teams/vision.yaml", stringify(order), faults);
        expect(faults).not.toEqual([]);
    }
});

test("a field says what it means where it is written", () => {
    expect(orderSchema).toMatchObject({
        properties: { lead: { description: "Whom to ask.", type: "string" } },
        required: expect.arrayContaining(["team", "lead", "expires"]) as unknown,
        additionalProperties: false,
    });
});
