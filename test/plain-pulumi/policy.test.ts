import { join } from "node:path";
import { liveConfig } from "../live-config";
import { CompiledProject } from "./compiled-project";
import { repository } from "./plain-project";

// `pulumi preview --policy-pack policy`, as anybody types it.
jest.setTimeout(180_000);

let project: CompiledProject;
beforeAll(async () => {
    project = await CompiledProject.open(liveConfig);
});
afterAll(() => project.close());

const preview = (): Promise<{ code: number; output: string }> =>
    project.pulumi("preview", "-s", "dev", "--policy-pack", join(repository, "policy"));

test("of the platform as it is, the pack reports no violation", async () => {
    const { code, output } = await preview();
    expect(output).toMatch(/Policies:[^]*mlplatform@v?1\.0\.0/);
    expect(output).not.toContain("[mandatory]");
    expect(code).toBe(0);
});

test("a resource that is opened stops the preview, with the rule, the reason and the remedy", async () => {
    project.edit(["containerregistry:Registry", "adminUserEnabled", true]);
    const { code, output } = await preview();
    const line = output.replace(/\s+/g, " ");
    expect(line).toContain("[mandatory]");
    expect(line).toContain("registry-by-identity");
    expect(line).toContain("adminUserEnabled must be false, got true");
    expect(line).toContain("Remedy:");
    expect(code).not.toBe(0);
});
