import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SchemaElement } from "hyparquet-writer";
import { columns } from "../vision/answer";
import type { Row } from "../vision/answer";
import { csvRecords } from "./csv-reader";
import type { Output } from "./output";

/** Rows that are in memory at once, as records, as columns and as bytes. */
const rowsOfGroup = 1_000;
const whole: ReadonlySet<keyof Row> = new Set(["width", "height"]);
const fractions: ReadonlySet<keyof Row> = new Set(["confidence", "left", "top", "boxWidth", "boxHeight"]);

const schema: SchemaElement[] = [
    { name: "root", num_children: columns.length },
    ...columns.map(([name, field]): SchemaElement => ({
        name,
        repetition_type: "OPTIONAL",
        ...(whole.has(field) && { type: "INT32" }),
        ...(fractions.has(field) && { type: "DOUBLE" }),
        ...(!whole.has(field) && !fractions.has(field) && { type: "BYTE_ARRAY", converted_type: "UTF8" }),
    })),
];

/** Writes the rows of a shard's CSV file as Parquet beside it, some of them at a time. */
export async function writeParquet(output: Output, name: string): Promise<void> {
    const { ParquetWriter, fileWriter } = await import("hyparquet-writer");
    const folder = await mkdtemp(join(tmpdir(), "parquet-"));
    try {
        const file = join(folder, "rows.parquet");
        const writer = new ParquetWriter({ writer: fileWriter(file), schema });
        let rows: string[][] = [];
        const flush = (): void => {
            const columnData = columns.map(([column, field], at) => ({
                name: column,
                data: rows.map((row) => valueOf(field, row[at] ?? "")),
            }));
            writer.write({ columnData, rowGroupSize: rowsOfGroup });
            rows = [];
        };
        let isHead = true;
        for await (const record of csvRecords(await output.csv())) {
            if (!isHead) rows.push(record);
            isHead = false;
            if (rows.length >= rowsOfGroup) flush();
        }
        if (rows.length > 0) flush();
        writer.finish();
        await output.place(name, file);
    } finally {
        await rm(folder, { recursive: true, force: true });
    }
}

function valueOf(field: keyof Row, text: string): string | number | undefined {
    if (text === "") return undefined;
    return whole.has(field) || fractions.has(field) ? Number(text) : text;
}
