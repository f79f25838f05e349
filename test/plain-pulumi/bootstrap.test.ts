import { PlainProject } from "./plain-project";

let project: PlainProject;
beforeAll(async () => {
    const settings = ["package.json", "tsconfig.json", "tsconfig.pulumi.json"];
    project = await PlainProject.open([...settings, "bootstrap", "stacks", "components", "facts"]);
});
afterAll(() => project.close());

/** In the bootstrap's own folder. */
const pulumi = (...args: string[]): ReturnType<PlainProject["pulumi"]> => project.pulumi("-C", "bootstrap", ...args);

test("`pulumi up` in bootstrap/ runs the committed project, from a state on this machine", async () => {
    expect((await pulumi("stack", "init", "bootstrap")).code).toBe(0);
    const unset = await pulumi("preview", "-s", "bootstrap");
    expect(unset.output).toContain("mlplatform-bootstrap:operationsGroupId must be set");
    expect(unset.output).not.toMatch(/^\s+at /m); // a fault of the user's, so no stack trace

    const { subscriptionId, tenantId } = project.sandbox.azure;
    await pulumi("config", "set", "azure-native:subscriptionId", subscriptionId);
    await pulumi("config", "set", "azure-native:tenantId", tenantId);
    await pulumi("config", "set", "mlplatform-bootstrap:rolePropagationSeconds", "0.5");
    const group = "55555555-5555-4555-8555-555555555555";
    await pulumi("config", "set", "mlplatform-bootstrap:operationsGroupId", group);
    await pulumi("config", "set", "--path", "mlplatform-bootstrap:operatorAddresses[0]", "203.0.113.7");
    await pulumi("config", "set", "--path", "mlplatform-bootstrap:github.organisation", "contoso");
    await pulumi("config", "set", "--path", "mlplatform-bootstrap:github.repository", "mlplatform");

    const up = await pulumi("up", "-s", "bootstrap", "--yes", "--skip-preview");
    expect(up.output).toMatch(/\+ \d+ created/);
    expect(up.code).toBe(0);
    const backends = await pulumi("stack", "output", "backends", "-s", "bootstrap", "--json");
    expect(JSON.parse(backends.output)).toMatchObject({
        dev: expect.stringMatching(/^azblob:\/\/dev\?/) as string,
    });
    const again = await pulumi("preview", "-s", "bootstrap", "--expect-no-changes");
    expect(again.code).toBe(0);

    const protectedStill = await pulumi("destroy", "-s", "bootstrap", "--yes", "--skip-preview");
    expect(protectedStill.code).not.toBe(0);
    expect(protectedStill.output).toContain("protect");
    await pulumi("config", "set", "mlplatform-bootstrap:teardown", "true");
    const lifted = await pulumi("up", "-s", "bootstrap", "--yes", "--skip-preview");
    expect(lifted.code).toBe(0);
    const gone = await pulumi("destroy", "-s", "bootstrap", "--yes", "--skip-preview");
    expect(gone.output).toMatch(/- \d+ deleted/);
    expect(gone.code).toBe(0);
}, 360_000);
