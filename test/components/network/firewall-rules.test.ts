import {
    fqdnFaults,
    outboundRules,
    ruleCollections,
    type Installed,
    type OutboundRule,
} from "../../../components/network/firewall-rules";
import { outboundNeeds } from "../../../facts/outbound";
import { sourceNames, sources } from "../../../facts/sources";
import { installedBy, outboundOf } from "../../../stacks/foundation/outbound";
import { readSettings } from "../../../stacks/settings";
import { Estate } from "../../sandbox/azure/estate";
import { dev, hubMonitoring, hubZoneIds } from "../../stacks/good-settings";

const nothing: Installed = {
    ...{ gpuDrivers: false, azurePolicy: false, defender: false, monitoring: false, monitoringIsPrivate: false },
    ...{ extensions: false, machineLearning: false, runner: "none", sources: [], allowedFqdns: [], resolvers: [] },
};
const everything: Installed = {
    ...{ gpuDrivers: true, azurePolicy: true, defender: true, monitoring: true, monitoringIsPrivate: false },
    ...{ extensions: true, machineLearning: true, runner: "github", sources: sourceNames },
    ...{ allowedFqdns: ["data.example.com"], resolvers: ["10.128.0.4"] },
};
const senders = { nodes: "10.20.0.0/21", agents: "10.20.11.0/24" };
const rulesFor = (change: Partial<Installed>): readonly OutboundRule[] =>
    outboundRules({ ...nothing, ...change }, "swedencentral");
const hostsOf = (rules: readonly OutboundRule[]): string[] =>
    rules.flatMap(({ to }) => ("fqdns" in to ? [...to.fqdns] : []));

test("a bare cluster reaches sign-in, Azure's API, its own images and patches", () => {
    const hosts = hostsOf(rulesFor({}));
    for (const needed of [
        "login.microsoftonline.com",
        "management.azure.com",
        "mcr.microsoft.com",
        "packages.microsoft.com",
    ])
        expect(hosts).toContain(needed);
    expect(hosts.join()).not.toMatch(/nvidia|policy|opinsights|kubernetesconfiguration|azureml|docker/);
});

test.each<[keyof Installed, Partial<Installed>, string]>([
    ["gpuDrivers", { gpuDrivers: true }, "us.download.nvidia.com"],
    ["azurePolicy", { azurePolicy: true }, "store.policy.core.windows.net"],
    ["defender", { defender: true }, "*.ods.opinsights.azure.com"],
    ["monitoring", { monitoring: true }, "swedencentral.ingest.monitor.azure.com"],
    ["extensions", { extensions: true }, "swedencentral.dp.kubernetesconfiguration.azure.com"],
    ["machineLearning", { machineLearning: true }, "swedencentral.api.azureml.ms"],
    ["runner", { runner: "azureDevOps" }, "dev.azure.com"],
    ["sources", { sources: ["quay"] }, "cdn01.quay.io"],
    ["allowedFqdns", { allowedFqdns: ["data.example.com"] }, "data.example.com"],
])("%s opens what it needs, and without it that stays shut", (_, installed, host) => {
    expect(hostsOf(rulesFor(installed))).toContain(host);
    expect(hostsOf(rulesFor({}))).not.toContain(host);
});

test("with a private link scope, logs leave by no public name, to nobody's workspace", () => {
    const hosts = hostsOf(rulesFor({ defender: true, monitoring: true, monitoringIsPrivate: true }));
    expect(hosts.join()).not.toMatch(/opinsights|ingest\.monitor|handler\.control/);
    expect(hosts).toContain("*.monitoring.azure.com");
});

test("third parties are for the agents that mirror them: nodes pull from the platform's registry", () => {
    const parties = outboundRules(everything, "swedencentral").filter(({ name }) => name.startsWith("source-"));
    expect(parties).toHaveLength(sourceNames.length);
    for (const { from } of parties) expect(from).toEqual(["agents"]);
});

test("nothing opens storage or names that everybody shares: data could leave through them", () => {
    const hosts = hostsOf(outboundRules(everything, "swedencentral"));
    const shared =
        /^\*\.?(blob|file|queue)\.core\.windows\.net$|^\*\.?amazonaws\.com$|^\*\.?github(usercontent)?\.com$|^\*$/;
    expect(hosts.filter((host) => shared.test(host))).toEqual([]);
});

test("every need and every source says who needs it and where that is written", () => {
    const rows = [...Object.values(outboundNeeds).flat(), ...Object.values(sources)];
    expect(rows.length).toBeGreaterThan(25);
    for (const { hosts, purpose, source } of rows) {
        expect(
            fqdnFaults(
                "hosts",
                hosts.map((host) => host.replace("{location}", "swedencentral")),
            ),
        ).toEqual([]);
        expect(purpose).not.toBe("");
        expect(source).toMatch(/^https:\/\//);
    }
});

test("names of rules are unique, as Azure wants them in a collection", () => {
    const names = outboundRules(everything, "swedencentral").map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
});

test("Azure takes the collections of everything there is, on either port and for resolvers too", async () => {
    const collections = ruleCollections(outboundRules(everything, "swedencentral"), senders);
    expect(collections.map(({ name }) => name)).toEqual(["network", "application"]);
    expect(JSON.stringify(collections)).toContain('"protocolType":"Http","port":80');
    const estate = await Estate.open();
    await estate.put("network:FirewallPolicy");
    const { outputs } = await estate.put("network:FirewallPolicyRuleCollectionGroup", {
        ruleCollections: JSON.parse(JSON.stringify(collections)) as object,
    });
    expect(outputs.provisioningState).toBe("Succeeded");
    estate.close();
});

describe("what the foundation installs", () => {
    const gpu = { prefix: "t4", vmSize: "Standard_NC4as_T4_v3", use: "training", minCount: 0, maxCount: 1 };
    const withGpu = (driver: string): Readonly<Record<string, string>> => ({
        ...dev,
        "mlplatform:gpuPools": JSON.stringify([{ ...gpu, driver }]),
    });

    test("drivers are fetched for pools whose driver AKS installs, and for no others", () => {
        expect(installedBy(readSettings(dev)).gpuDrivers).toBe(false);
        expect(installedBy(readSettings(withGpu("None"))).gpuDrivers).toBe(false);
        expect(installedBy(readSettings(withGpu("Install"))).gpuDrivers).toBe(true);
    });

    test("sources and names of the config are in the rules", () => {
        const egress = '{"kind":"firewall","allowedFqdns":["data.example.com"]}';
        const rules = outboundOf(
            readSettings({ ...dev, "mlplatform:egress": egress, "mlplatform:sources": '["pypi"]' }),
        );
        expect(hostsOf(rules)).toEqual(expect.arrayContaining(["data.example.com", "pypi.org"]));
    });

    test("CI machines reach the publishers of what they mirror; without such machines nobody does", () => {
        const withRunner = (runner: string): readonly OutboundRule[] =>
            outboundOf(
                readSettings({ ...dev, "mlplatform:egress": '{"kind":"firewall"}', "mlplatform:runner": runner }),
            );
        const publishers = ["registry-1.docker.io", "nvcr.io", "ghcr.io", "quay.io", "registry.k8s.io"];
        const [mirroring, none] = [withRunner('{"kind":"azureDevOps"}'), withRunner('{"kind":"none"}')];
        expect(hostsOf(mirroring)).toEqual(expect.arrayContaining(publishers));
        expect(hostsOf(none).filter((host) => publishers.includes(host))).toEqual([]);
        const senders = mirroring.filter(({ name }) => name.startsWith("source-")).flatMap(({ from }) => from);
        expect(new Set(senders)).toEqual(new Set(["agents"]));
    });

    test("resolvers of the hub's network are reached past the firewall, those behind it through it", () => {
        const settings = readSettings({
            ...{ ...dev, ...hubMonitoring },
            "mlplatform:hub": '{"addressSpaces":["10.0.0.0/16"],"onPremises":["10.128.0.0/16"]}',
            "mlplatform:dns": JSON.stringify({ mode: "hub", zoneIds: hubZoneIds }),
            "mlplatform:dnsServers": '["10.0.2.4","10.128.0.4"]',
        });
        expect(outboundOf(settings).at(-1)).toMatchObject({ to: { addresses: ["10.128.0.4"] }, protocol: "Dns" });
    });
});

test("names to allow are host names, with a star at the start at most", () => {
    expect(fqdnFaults("f", ["pypi.org", "*.pythonhosted.org"])).toEqual([]);
    expect(fqdnFaults("f", ["https://pypi.org", "a.*.org"])).toEqual([
        'f must hold host names, with * at the start at most, got "https://pypi.org"',
        'f must hold host names, with * at the start at most, got "a.*.org"',
    ]);
});
