import { readFileSync } from "node:fs";
import { join } from "node:path";
import { policyPage } from "../../policy/page";

test("docs/policy.md says what the rules say", () => {
    const page = readFileSync(join(__dirname, "..", "..", "docs", "policy.md"), "utf8");
    expect(page.trim()).toBe(policyPage().trim());
});
