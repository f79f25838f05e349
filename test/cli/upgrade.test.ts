import { upgradeReport } from "../../cli/upgrade";
import { readSettings } from "../../stacks/settings";
import { dev } from "../stacks/good-settings";

const today = new Date("2026-11-24");
const state = (used: string, newest: string) => ({
    version: 3,
    deployment: {
        resources: [
            {
                ...{ urn: "u::cluster", type: "azure-native:containerservice:ManagedCluster", custom: true },
                outputs: {
                    currentKubernetesVersion: "1.36.5",
                    securityProfile: { azureKeyVaultKms: { keyId: used } },
                },
            },
            {
                ...{ urn: "u::pool", type: "azure-native:containerservice:AgentPool", custom: true },
                outputs: {
                    name: "work1",
                    currentOrchestratorVersion: "1.35.9",
                    nodeImageVersion: "AKSUbuntu-1",
                    count: 2,
                },
            },
            {
                ...{ urn: "u::key", type: "azure-native:keyvault:Key", custom: true },
                outputs: { keyUriWithVersion: newest },
            },
        ],
    },
});
const report = (config: Record<string, string>, deployed = state("k/1", "k/1")): string =>
    upgradeReport({ stack: "dev", settings: readSettings({ ...dev, ...config }, today), state: deployed, today })
        .flatMap(({ title, lines }) => [title, ...lines])
        .join("\n");

test("what runs is told beside what is asked for, and for how long it is supported", () => {
    const told = report({});
    expect(told).toMatch(/control plane +1\.36 +1\.36\.5/);
    expect(told).toMatch(/work1 +2 nodes +1\.35\.9 +AKSUbuntu-1/);
    expect(told).toMatch(/1\.34 +2025-11 +2026-11-30 +6 days/);
    expect(told).toMatch(/1\.36 .*<- control plane, pools/);
});

test("the next step is two changes; in between, the second one alone", () => {
    expect(report({})).toMatch(/kubernetesVersion 1\.37 --stack dev[^]*poolsVersion 1\.37 --stack dev/);
    const between = report({ "mlplatform:kubernetesVersion": "1.37", "mlplatform:poolsVersion": "1.36" });
    expect(between).toContain("Next: the pools follow the control plane to 1.37");
    expect(between).not.toContain("config set mlplatform:kubernetesVersion");
    expect(report({ "mlplatform:kubernetesVersion": "1.37" })).toContain("nothing: 1.37 is the newest");
});

test("a key of etcd that has a newer version is told", () => {
    expect(report({})).toContain("etcd names a version, 1, the newest that the state knows");
    expect(report({}, state("k/1", "k/2"))).toContain("etcd names a version, 1, and its key has a newer one");
});
