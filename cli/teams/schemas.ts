import { join } from "node:path";
import { writeWhole } from "../../sandbox/files";
import { fleetSchema, ordersFolder } from "../../stacks/team/fleet";
import { orderSchema } from "../../stacks/team/order";
import type { Places } from "../places";

/** What editors check orders by, as files beside them; the `yaml-language-server` line of an order names one. */
export const schemaFiles = (): { file: string; content: string }[] =>
    [
        { name: "order", schema: orderSchema },
        { name: "fleet", schema: fleetSchema },
    ].map(({ name, schema }) => ({
        file: `${ordersFolder}/${name}.schema.json`,
        content: `${JSON.stringify(schema, undefined, 4)}\n`,
    }));

/** Writes them anew. @returns their paths in the clone. */
export function writeSchemas({ root }: Pick<Places, "root">): string[] {
    return schemaFiles().map(({ file, content }) => {
        writeWhole(join(root, file), content);
        return file;
    });
}
