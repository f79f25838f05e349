// Prints the rows of a Parquet file as JSON: node read-parquet.mjs FILE
import { createRequire } from "node:module";
import process from "node:process";
import { URL } from "node:url";

const require = createRequire(new URL("../../../../images/scoring/package.json", import.meta.url));
const { asyncBufferFromFile, parquetReadObjects } = await import(require.resolve("hyparquet"));

const rows = await parquetReadObjects({ file: await asyncBufferFromFile(process.argv[2]) });
process.stdout.write(JSON.stringify(rows));
