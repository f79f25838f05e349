import { readFileSync } from "node:fs";
import { join } from "node:path";
import { liveConfig } from "../live-config";
import { CompiledProject } from "../plain-pulumi/compiled-project";

// An environment with a firewall, both kinds of gateway and a resolver comes up and goes down on the real engine, in the
// order that Azure needs, and tells nobody its keys.
jest.setTimeout(240_000);

const sharedKey = "a-shared-key-that-nobody-must-ever-see-0123";
const authorizationKey = "7d7f5a2e-9f4b-4b0a-8a3b-0f3c1d2e4f5a";
const circuitId =
    "/subscriptions/99999999-9999-4999-8999-999999999999/resourceGroups/wan/providers/Microsoft.Network/expressRouteCircuits/corp";
const hybrid = {
    addressSpaces: ["10.128.0.0/10"],
    vpn: {
        ...{ sku: "VpnGw2AZ", activeActive: true },
        sites: [
            { name: "office", gatewayIpAddress: "203.0.113.10", addressSpaces: ["192.168.10.0/24"] },
            { name: "plant", fqdn: "vpn.example.com", bgp: { asn: 65010, peeringAddress: "192.168.20.1" } },
        ],
    },
    expressRoute: { sku: "ErGw1AZ", circuits: [{ name: "corp", circuitId }] },
    resolver: { inbound: {}, forward: [{ domain: "corp.example.com.", servers: ["10.128.0.53", "10.128.1.53"] }] },
    services: [{ name: "sql", to: ["10.128.7.0/24"], ports: ["1433"] }],
};

let project: CompiledProject;
beforeAll(async () => {
    const egress = { kind: "firewall", tier: "Standard" };
    project = await CompiledProject.open({ ...liveConfig, "mlplatform:egress": egress, "mlplatform:hybrid": hybrid });
});
afterAll(() => project.close());

const setSecret = (name: string, value: string): Promise<{ code: number; output: string }> =>
    project.pulumi("config", "set", "-s", "dev", "--secret", "--path", `mlplatform:hybridSecrets.${name}`, value);

test("an environment that is part of the company's network comes up, changes nothing when run again, and goes away whole", async () => {
    await setSecret("office", sharedKey);
    await setSecret("plant", `${sharedKey}-too`);
    await setSecret("corp", authorizationKey);
    const up = await project.pulumi("up", "-s", "dev", "--yes", "--skip-preview", "--diff");
    expect(up.output).toMatch(/\+ \d+ created/);
    const { azure } = project.sandbox;
    const [kinds, ids] = [new Map<string, number>(), azure.list().map(({ id }) => id)];
    for (const { token } of azure.list()) kinds.set(token, (kinds.get(token) ?? 0) + 1);
    expect(Object.fromEntries(kinds)).toMatchObject({
        "azure-native:network:VirtualNetworkGateway": 2,
        "azure-native:network:VirtualNetworkGatewayConnection": 3,
        "azure-native:network:LocalNetworkGateway": 2,
        "azure-native:dnsresolver:InboundEndpoint": 1,
        "azure-native:dnsresolver:ForwardingRule": 1,
        "azure-native:network:AzureFirewall": 1,
    });
    expect(ids.filter((id) => id.endsWith("/subnets/GatewaySubnet"))).toHaveLength(1);

    // What Azure was given is what was set, and nobody else gets to see it.
    const given = azure.list("azure-native:network:VirtualNetworkGatewayConnection").map(({ inputs }) => inputs);
    expect(given.map((inputs) => inputs.sharedKey ?? inputs.authorizationKey)).toEqual(
        expect.arrayContaining([sharedKey, `${sharedKey}-too`, authorizationKey]),
    );
    const preview = await project.pulumi("preview", "-s", "dev", "--expect-no-changes", "--diff");
    expect(preview.code).toBe(0);
    const outputs = await project.pulumi("stack", "output", "-s", "dev", "--json");
    const state = readFileSync(join(project.folder, "state", ".pulumi", "stacks", "mlplatform", "dev.json"), "utf8");
    const file = readFileSync(join(project.folder, "Pulumi.dev.yaml"), "utf8");
    for (const text of [up.output, preview.output, outputs.output, state, file])
        for (const secret of [sharedKey, authorizationKey]) expect(text).not.toContain(secret);
    expect(outputs.output).toMatch(/"resolverIpAddresses": \[\s*"10\.20\.13\.132"/);

    expect((await project.pulumi("destroy", "-s", "dev", "--yes", "--skip-preview")).code).toBe(0);
    expect(azure.list()).toEqual([]);
});

test("a key in clear is refused before anything is done, and no message shows a key", async () => {
    project.configure({
        ...liveConfig,
        "mlplatform:egress": { kind: "firewall" },
        ...{ "mlplatform:hybrid": hybrid, "mlplatform:hybridSecrets": { office: sharedKey, plant: "short-secret" } },
    });
    const { code, output } = await project.pulumi("preview", "-s", "dev");
    expect(code).not.toBe(0);
    expect(output).toContain("mlplatform:hybridSecrets must be a secret, it is there in clear");
    expect(output).toContain('mlplatform:hybridSecrets["plant"] must be a shared key of 32 to 128');
    expect(output).toContain("mlplatform:hybridSecrets must hold the authorization key of that circuit");
    for (const secret of [sharedKey, "short-secret"]) expect(output).not.toContain(secret);
});
