import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { coveragePage } from "../../sandbox/azure/coverage-page";
import { readSchema } from "../../sandbox/azure/schema";
import { azureTypes } from "../../sandbox/azure/types";
import { ensureSchema } from "../../tools/extract-schema";

test("docs/sandbox.md says what the tables say", () => {
    const folder = mkdtempSync(join(tmpdir(), "mlplatform-page-"));
    const path = join(folder, "schema.json");
    const tokens = azureTypes.map(({ token }) => token);
    ensureSchema(path, tokens);
    const page = readFileSync(join(__dirname, "..", "..", "docs", "sandbox.md"), "utf8");
    expect(page.trim()).toBe(coveragePage(azureTypes, readSchema(path)).trim());
    rmSync(folder, { recursive: true });
});
