import { liveConfig } from "../live-config";
import { CompiledProject } from "../plain-pulumi/compiled-project";

// A network whose one way out is a firewall comes up and goes down on the real engine, in the order that Azure needs.
jest.setTimeout(240_000);

let project: CompiledProject;
beforeAll(async () => {
    const egress = { kind: "firewall", tier: "Standard" };
    project = await CompiledProject.open({ ...liveConfig, "mlplatform:egress": egress });
});
afterAll(() => project.close());

test("an environment behind a firewall comes up, changes nothing when run again, and goes away whole", async () => {
    const up = await project.pulumi("up", "-s", "dev", "--yes", "--skip-preview");
    expect(up.output).toMatch(/\+ \d+ created/);
    const kinds = new Set(project.sandbox.azure.list().map(({ token }) => token.split(":").at(-1)));
    expect([...kinds]).toEqual(
        expect.arrayContaining(["AzureFirewall", "FirewallPolicyRuleCollectionGroup", "Route", "ManagedCluster"]),
    );
    expect(kinds.has("NatGateway")).toBe(false);
    const cluster = project.sandbox.azure.list("azure-native:containerservice:ManagedCluster")[0];
    expect(cluster?.inputs.networkProfile).toMatchObject({ outboundType: "userDefinedRouting" });

    expect((await project.pulumi("preview", "-s", "dev", "--expect-no-changes")).code).toBe(0);

    expect((await project.pulumi("destroy", "-s", "dev", "--yes", "--skip-preview")).code).toBe(0);
    expect(project.sandbox.azure.list()).toEqual([]);
});
