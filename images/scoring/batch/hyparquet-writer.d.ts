/** What is used of a package whose own types the compiler does not find: it is for ES modules alone. */
declare module "hyparquet-writer" {
    export type Writer = object;
    export interface SchemaElement {
        name: string;
        type?: "INT32" | "DOUBLE" | "BYTE_ARRAY";
        converted_type?: "UTF8";
        repetition_type?: "REQUIRED" | "OPTIONAL";
        num_children?: number;
    }
    export class ParquetWriter {
        constructor(options: { writer: Writer; schema: SchemaElement[] });
        write(options: { columnData: { name: string; data: readonly unknown[] }[]; rowGroupSize: number }): unknown;
        finish(): unknown;
    }
    export function fileWriter(filename: string): Writer;
}
