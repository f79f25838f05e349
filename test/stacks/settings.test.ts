import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { namespace, projectDefaults, SettingsError } from "../../stacks/config";
import { configKeys, readSettings } from "../../stacks/settings";
import { imagesKeys } from "../../stacks/settings/images";
import { servicesKeys } from "../../stacks/settings/services";
import { teamKeys } from "../../stacks/settings/team";
import { environments, tiers } from "../../stacks/tiers";
import { dev, hubMonitoring, hubZoneIds, prod } from "./good-settings";
import { hybridDev } from "./hybrid-settings";
import { wrongSettings } from "./wrong-settings";

const today = new Date("2026-11-23");

function faultsOf(config: Readonly<Record<string, string>>): readonly string[] {
    try {
        readSettings(config, today);
        return [];
    } catch (fault) {
        if (fault instanceof SettingsError) return fault.faults;
        throw fault;
    }
}

test("at least 65 wrong configs are told apart", () => {
    expect(new Set(wrongSettings.map(({ what }) => what)).size).toBe(wrongSettings.length);
    expect(wrongSettings.length).toBeGreaterThanOrEqual(65);
});

test.each(wrongSettings)("refuses $what", ({ config, message }) => {
    const faults = faultsOf(config);
    expect(faults.join("\n")).toContain(message);
    // Each fault names the key it is about.
    for (const fault of faults) expect(fault).toMatch(/^(mlplatform|azure-native):/);
    // One thing is wrong, so little is said: follow-ups of the same fault at most.
    expect(faults.length).toBeLessThanOrEqual(11);
});

test("tells all faults at once", () => {
    const faults = faultsOf({
        ...dev,
        "azure-native:tenantId": "",
        "mlplatform:environment": "production",
        "mlplatform:addressSpace": "10.0.0.0/30",
        "mlplatform:gpuPools": JSON.stringify([{ prefix: "gpu", vmSize: "Standard_NC4as_T4_v3", use: "serving" }]),
        "mlplatform:generation": "many",
        "mlplatform:egres": "{}",
    });
    for (const key of [
        "tenantId",
        "environment",
        "addressSpace",
        "gpuPools[0].driver",
        "gpuPools[0].minCount",
        "generation",
        "egres",
    ])
        expect(faults.some((fault) => fault.split(" ")[0]?.endsWith(key))).toBe(true);
});

test("a good config reads into values with the environment's own", () => {
    const settings = readSettings(dev, today);
    expect(settings).toMatchObject({
        zones: ["1", "2", "3"],
        naming: { workload: "mlp", environment: "dev" },
        egress: { kind: "natGateway" },
        zoneChoice: { kind: "own" },
        addresses: { dnsServiceIp: "10.96.0.10" },
        kubernetesVersion: "1.36",
        slaTier: "Free",
        generations: { vault: 1, registry: 1, storage: 1, keys: 1 },
        rolePropagationSeconds: 120,
        warnings: [],
    });
    expect(readSettings(prod, today)).toMatchObject({
        egress: { kind: "firewall", tier: "Premium" },
        slaTier: "Standard",
        systemPool: { minCount: 3 },
        tags: { owner: "platform@example.com", "cost-centre": "ML-42" },
    });
});

test.each<[string, Record<string, string>]>([
    [
        "a hub's zones and resolvers",
        {
            ...hubMonitoring,
            "mlplatform:dns": JSON.stringify({ mode: "hub", zoneIds: hubZoneIds }),
            "mlplatform:dnsServers": '["10.1.0.4"]',
            "mlplatform:hub": '{"addressSpaces":["10.1.0.0/16"]}',
        },
    ],
    ["zones kept by policy", { ...hubMonitoring, "mlplatform:dns": '{"mode":"policy"}' }],
    ["a firewall with names", { "mlplatform:egress": '{"kind":"firewall","allowedFqdns":["pypi.org"]}' }],
    ["a region without zones", { "mlplatform:location": "westus" }],
    ["every way to on-premises", hybridDev],
    [
        "every way to on-premises past a firewall",
        { ...hybridDev, "mlplatform:egress": '{"kind":"firewall","tier":"Premium"}' },
    ],
    [
        "names of on-premises behind a hub",
        {
            "mlplatform:egress": '{"kind":"hubFirewall","nextHopIpAddress":"10.1.1.4"}',
            "mlplatform:hub": '{"addressSpaces":["10.1.0.0/16"],"onPremises":["10.128.0.0/16"]}',
            "mlplatform:hybrid":
                '{"resolver":{"inbound":{},"forward":[{"domain":"corp.example.com.","servers":["10.128.0.53:5353"]}]}}',
        },
    ],
    ["half a second for roles", { "mlplatform:rolePropagationSeconds": "0.5" }],
    [
        "a size that the operator has looked up",
        {
            "mlplatform:location": "norwayeast",
            "mlplatform:verifiedVmSizes": '["Standard_NC40ads_H100_v5"]',
            "mlplatform:gpuPools":
                '[{"prefix":"h100","vmSize":"Standard_NC40ads_H100_v5","use":"serving","driver":"Install","minCount":0,"maxCount":1}]',
        },
    ],
    [
        "the defaults of Pulumi.yaml",
        {
            "mlplatform:zones": "[]",
            "mlplatform:egress": "{}",
            "mlplatform:owner": "",
            "mlplatform:slaTier": "",
            "mlplatform:systemPool": "{}",
        },
    ],
])("takes %s", (_, change) => {
    expect(faultsOf({ ...dev, ...change })).toEqual([]);
});

test("what is reached from on-premises by address alone is worth a warning", () => {
    const hybrid = '{"vpn":{"sites":[{"name":"office","fqdn":"vpn.example.com","addressSpaces":["10.128.0.0/16"]}]}}';
    const secrets = '{"office":"0123456789-0123456789-0123456789"}';
    const { warnings } = readSettings(
        { ...dev, "mlplatform:hybrid": hybrid, "mlplatform:hybridSecrets": secrets },
        today,
    );
    expect(warnings).toEqual([
        "mlplatform:hybrid.resolver.inbound is not set: on-premises reaches private endpoints and resolves none of their names",
    ]);
});

test("one generation can rise alone, so that storage does not move with the vault", () => {
    const { generations } = readSettings(
        { ...dev, "mlplatform:generation": "2", "mlplatform:generations": '{"vault":5}' },
        today,
    );
    expect(generations).toEqual({ vault: 5, registry: 2, storage: 2, workspace: 2, keys: 2 });
});

test("a version that is about to leave support is worth a warning, not a stop", () => {
    const { warnings } = readSettings({ ...dev, "mlplatform:kubernetesVersion": "1.34" }, today);
    expect(warnings).toEqual([
        "mlplatform:kubernetesVersion 1.34 leaves standard support on 2026-11-30; go up one minor version",
    ]);
});

test("pools follow the control plane's version unless they are told, and waiting for the second change is worth a warning", () => {
    expect(readSettings({ ...dev, "mlplatform:kubernetesVersion": "1.35" }, today).poolsVersion).toBe("1.35");
    const between = { "mlplatform:kubernetesVersion": "1.37", "mlplatform:poolsVersion": "1.36" };
    expect(readSettings({ ...dev, ...between }, today).warnings).toEqual([
        "mlplatform:poolsVersion 1.36 is behind the control plane's 1.37: an upgrade has its second change to come",
    ]);
});

test("staging is prod but for sizes, retention and who signs", () => {
    const same = [
        "keys",
        "egress",
        "leastZones",
        "upgradeChannels",
        "nodeOsChannels",
        "protect",
        "storageRedundancy",
    ] as const;
    for (const field of same) expect(tiers.staging[field]).toEqual(tiers.prod[field]);
    expect(environments.filter((environment) => tiers[environment].records.lockable)).toEqual(["prod"]);
});

const projectFile = parse(fs.readFileSync(path.join(__dirname, "..", "..", "Pulumi.yaml"), "utf8")) as {
    config: Record<string, { default?: unknown }>;
};

test("Pulumi.yaml describes the very keys that are read", () => {
    const tables = [configKeys, imagesKeys, servicesKeys, teamKeys].flatMap((keys) => Object.keys(keys));
    const read = new Set(tables.filter((key) => key.startsWith(`${namespace}:`)));
    const described = Object.keys(projectFile.config).map((key) => `${namespace}:${key}`);
    expect(described.sort()).toEqual([...read].sort());
});

test("what Pulumi.yaml gives to every stack is no setting of its own", () => {
    const given = Object.entries(projectFile.config).flatMap(([key, entry]) =>
        "default" in entry ? [[key, entry.default] as const] : [],
    );
    expect(Object.fromEntries(given)).toEqual(projectDefaults);
});
