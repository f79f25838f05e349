import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sandboxCosmosDbObjectId } from "../../sandbox/azure/types/machine-learning";
import { PlainProject, repository } from "./plain-project";

const program = ["index.ts", "stacks", "components", "facts"];
const settings = ["Pulumi.yaml", "Pulumi.dev.yaml", "package.json", "tsconfig.json", "tsconfig.pulumi.json"];

let project: PlainProject;
beforeAll(async () => {
    project = await PlainProject.open([...settings, ...program]);
});
afterAll(() => project.close());

test("`pulumi preview` and `pulumi up` run the committed project as it is", async () => {
    expect((await project.pulumi("stack", "init", "dev")).code).toBe(0);

    const unset = await project.pulumi("preview", "-s", "dev");
    expect(unset.code).not.toBe(0);
    expect(unset.output).toContain("azure-native:subscriptionId");
    expect(unset.output).toContain("mlplatform:adminGroupObjectIds"); // all faults at once
    expect(unset.output).not.toMatch(/^\s+at /m); // a fault of the user's, so no stack trace

    const { subscriptionId, tenantId } = project.sandbox.azure;
    await project.pulumi("config", "set", "azure-native:subscriptionId", subscriptionId);
    await project.pulumi("config", "set", "azure-native:tenantId", tenantId);
    await project.pulumi("config", "set", "mlplatform:rolePropagationSeconds", "0.5");
    const group = "55555555-5555-4555-8555-555555555555";
    await project.pulumi("config", "set", "--path", "mlplatform:adminGroupObjectIds[0]", group);

    await project.pulumi("config", "set", "mlplatform:cosmosDbObjectId", sandboxCosmosDbObjectId);

    const preview = await project.pulumi("preview", "-s", "dev");
    expect(preview.output).toMatch(/\+ \d+ to create/);
    expect(preview.code).toBe(0);

    const up = await project.pulumi("up", "-s", "dev", "--yes", "--skip-preview");
    expect(up.output).toMatch(/\+ \d+ created/);
    expect(up.code).toBe(0);

    const again = await project.pulumi("preview", "-s", "dev", "--expect-no-changes");
    expect(again.output).toMatch(/\d+ unchanged/);
    expect(again.code).toBe(0);
}, 240_000);

test("nothing of the program names the sandbox", () => {
    const files = program.flatMap((entry) =>
        entry.endsWith(".ts")
            ? [entry]
            : readdirSync(join(repository, entry), { recursive: true, encoding: "utf8" }).map((file) =>
                  join(entry, file),
              ),
    );
    const sources = [...files.filter((file) => file.endsWith(".ts")), "Pulumi.yaml", "Pulumi.dev.yaml"];
    expect(sources.length).toBeGreaterThan(50);
    expect(sources.filter((file) => readFileSync(join(repository, file), "utf8").includes("sandbox"))).toEqual([]);
});
