import { failureLines, kinds, outputLines } from "../../cli/report";
import type { RunResult } from "../../cli/run";
import { driftLines } from "../../cli/refresh";
import type { StepEventMetadata } from "@pulumi/pulumi/automation/events";

const urn = "urn:pulumi:dev::mlplatform::mlplatform:network:Network$azure-native:network:Subnet::nodes";
const failing = (messages: string[], output = ""): RunResult => ({
    ...{ ok: false, changes: {}, output },
    failures: messages.map((message) => ({ urn, message })),
});

describe("failures", () => {
    test("name the resource, once each, without the engine's own summing up", () => {
        const message = 'Status=400 Code="NetcfgSubnetRangeOutsideVnet" Message="no"';
        expect(failureLines(failing([message, message, "update failed"]))).toEqual([
            `network:Subnet nodes: ${message}`,
        ]);
    });

    test("are told without stack traces and colour marks", () => {
        const traced =
            "<{%reset%}>zones must be 1 to 3<{%reset%}>\n    at Network (/x/network.js:3:4)\n    at async native";
        expect(failureLines(failing([traced]))).toEqual(["network:Subnet nodes: zones must be 1 to 3"]);
    });

    test("fall back on what the engine said", () => {
        expect(failureLines(failing(["update failed"], "the engine was ended by SIGKILL"))).toEqual([
            "the engine was ended by SIGKILL",
        ]);
    });
});

test("resources are counted by kind, most first", () => {
    const make = (type: string): { urn: string; type: string; custom: boolean } => ({ urn: type, type, custom: true });
    const resources = [
        make("azure-native:keyvault:Vault"),
        ...Array.from({ length: 12 }, () => make("azure-native:network:Subnet")),
    ];
    expect(kinds({ version: 3, deployment: { resources } })).toEqual(["  12  network:Subnet", "   1  keyvault:Vault"]);
});

test("outputs take a line each, ids without what repeats", () => {
    const id = "/subscriptions/1/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/vnet";
    expect(outputLines({ workload: "ml", network: { virtualNetworkId: id, name: "vnet" } })).toEqual([
        "  workload                  ml",
        "  network.virtualNetworkId  .../Microsoft.Network/virtualNetworks/vnet",
        "  network.name              vnet",
    ]);
});

describe("drift", () => {
    const step = (more: object): StepEventMetadata =>
        ({ urn, type: "azure-native:network:Subnet", provider: "p", ...more }) as unknown as StepEventMetadata;

    test("tells property, old and new value", () => {
        const changed = step({
            op: "update",
            detailedDiff: { "tags.owner": { diffKind: "update" }, "zones[0]": { diffKind: "add" } },
            old: { outputs: { tags: { owner: "us" } } },
            new: { outputs: { tags: { owner: "them" }, zones: ["1"] } },
        });
        expect(driftLines(changed)).toEqual([
            '  changed  network:Subnet nodes: tags.owner was "us", is "them"',
            '  changed  network:Subnet nodes: zones[0] was not set, is "1"',
        ]);
    });

    test("tells what is gone, and nothing about what is as it was", () => {
        expect(driftLines(step({ op: "delete" }))).toEqual(["  gone     network:Subnet nodes"]);
        expect(driftLines(step({ op: "same" }))).toEqual([]);
    });
});
