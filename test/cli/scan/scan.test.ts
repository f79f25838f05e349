import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { ArmTemplate } from "../../../cli/arm/template";
import { readCheckov } from "../../../cli/scan/checkov";
import { exceptionFaults } from "../../../cli/scan/exceptions";
import type { Exception } from "../../../cli/scan/exceptions";
import type { Finding, ScanResult } from "../../../cli/scan/finding";
import { readKics } from "../../../cli/scan/kics";
import { verdict } from "../../../cli/scan/scan";
import type { Scanners } from "../../../cli/scan/scan";

const root = resolve(__dirname, "..", "..", "..");
const account = "Microsoft.Storage/storageAccounts";

function template(properties: object = { supportsHttpsTrafficOnly: true }): ArmTemplate {
    const resource = { type: account, apiVersion: "2024-01-01", name: "stml1", comments: "work, in rg", properties };
    const head = { $schema: "", contentVersion: "1.0.0.0", metadata: { description: "" }, parameters: {} };
    return { ...head, resources: [resource] };
}

const finding = (scanner: string, rule: string): Finding => ({
    scanner,
    rule,
    title: "t",
    type: account,
    name: "stml1",
});

/** Scanners that see plain transport, and hold `always` against every account. */
function seeing(always: readonly Finding[] = [], blind = false): Scanners {
    return ({ resources }) => {
        const plain = !blind && JSON.stringify(resources).includes('"supportsHttpsTrafficOnly":false');
        const results = [
            ["checkov", "CKV_AZURE_3"],
            ["kics", "1367dd13-2c90-4020-80b7-e4339a3dc2c4"],
        ].map(([scanner = "", rule = ""]): ScanResult => {
            const own = always.filter((each) => each.scanner === scanner);
            const failed = [...own, ...(plain ? [finding(scanner, rule)] : [])];
            const byType = new Map(scanner === "checkov" ? [[account, 5]] : []);
            return { scanner, version: "1", checks: 5, failed, byType };
        });
        return Promise.resolve(results);
    };
}

const exception: Exception = {
    ...{ scanner: "checkov", rule: "CKV_1", type: account, names: ["wo*"], stacks: ["dev"] },
    reason: "A reason that says why in sixty characters at the least, so that someone can judge it.",
    source: "https://learn.microsoft.com/azure/storage",
};

const dev = new Map([["dev", template()]]);

describe("a scan", () => {
    test("passes when nothing is held against the plan, and tells what was checked", async () => {
        const { lines, faults } = await verdict(dev, [], seeing());
        expect(faults).toEqual([]);
        expect(lines).toContainEqual(expect.stringMatching(/dev +checkov 1 +5 +5 +0 +0/));
        expect(lines).toContainEqual(expect.stringMatching(/5 +Microsoft\.Storage\/storageAccounts/));
    });

    test("fails at a finding without a reason, and names the program's resource", async () => {
        const { lines, faults } = await verdict(dev, [], seeing([finding("checkov", "CKV_1")]));
        expect(faults).toEqual([`dev: checkov CKV_1 on ${account} "work": t`]);
        expect(lines).toContainEqual(expect.stringMatching(/dev +checkov 1 +5 +4 +0 +1/));
    });

    test("passes a finding that is listed, and shows the reason", async () => {
        const { lines, faults } = await verdict(dev, [exception], seeing([finding("checkov", "CKV_1")]));
        expect(faults).toEqual([]);
        expect(lines).toContainEqual(expect.stringMatching(/dev +checkov 1 +5 +4 +1 +0/));
        expect(lines.join("\n")).toContain("checkov CKV_1: dev/work\n    A reason that says why");
    });

    test.each<[string, Partial<Exception>]>([
        ["another scanner", { scanner: "kics" }],
        ["another rule", { rule: "CKV_2" }],
        ["another type", { type: "Microsoft.KeyVault/vaults" }],
        ["another resource", { names: ["records"] }],
        ["another stack", { stacks: ["prod"] }],
    ])("does not take the reason of %s", async (_, over) => {
        const { faults } = await verdict(dev, [{ ...exception, ...over }], seeing([finding("checkov", "CKV_1")]));
        expect(faults).toContain(`dev: checkov CKV_1 on ${account} "work": t`);
    });

    test("fails at a reason that nothing needs any more", async () => {
        const { faults } = await verdict(dev, [exception], seeing());
        expect(faults).toContain("the exception of checkov CKV_1 is not used in dev");
        const also = { ...exception, names: ["work", "records"] };
        const used = await verdict(dev, [also], seeing([finding("checkov", "CKV_1")]));
        expect(used.faults).toEqual(['the exception of checkov CKV_1 is not used for "records"']);
    });

    test("asks no use of a reason for a stack that is not scanned", async () => {
        expect((await verdict(dev, [{ ...exception, stacks: ["prod"] }], seeing())).faults).toEqual([]);
    });

    test("fails when a scanner does not see what was opened on purpose", async () => {
        const { faults } = await verdict(dev, [], seeing([], true));
        expect(faults).toEqual([
            `checkov does not see an open ${account} (CKV_AZURE_3)`,
            `kics does not see an open ${account} (1367dd13-2c90-4020-80b7-e4339a3dc2c4)`,
        ]);
    });
});

describe("what Checkov prints", () => {
    const check = { check_id: "CKV_1", check_name: "t", resource: `${account}.stml1/default` };
    const report = (over: object = {}, results: object = {}): string =>
        JSON.stringify({
            summary: { parsing_errors: 0, resource_count: 3, checkov_version: "3.3.30", ...over },
            results: { passed_checks: [check, check], failed_checks: [check], skipped_checks: [], ...results },
        });

    test("is read as findings, and as checks by type", () => {
        const { checks, failed, byType } = readCheckov(report(), 3);
        expect(checks).toBe(3);
        expect(failed).toEqual([{ ...finding("checkov", "CKV_1"), name: "stml1/default" }]);
        expect([...byType]).toEqual([[account, 3]]);
    });

    test.each([
        ["nothing found", JSON.stringify({ passed: 0, failed: 0 }), /found no ARM template/],
        ["resources not read", report({ resource_count: 2 }), /read 2 of 3 resources/],
        ["a fault in reading", report({ parsing_errors: 1 }), /read 3 of 3 resources/],
        ["a check skipped", report({}, { skipped_checks: [check] }), /skipped 1 checks/],
    ])("is no pass with %s", (_, output, message) => {
        expect(() => readCheckov(output, 3)).toThrow(message);
    });
});

describe("what KICS reports", () => {
    const files = [{ resource_type: account, resource_name: "stml1" }];
    const report = (over: object = {}): string =>
        JSON.stringify({
            ...{ kics_version: "2", files_parsed: 1, files_failed_to_scan: 0, queries_total: 44 },
            ...{ queries_failed_to_execute: 0, queries: [{ query_id: "q", query_name: "t", files }], ...over },
        });

    test("is read as findings", () => {
        expect(readKics(report())).toMatchObject({ checks: 44, failed: [finding("kics", "q")] });
    });

    test.each([
        ["no file read", { files_parsed: 0 }, /did not read the template/],
        ["a file that failed", { files_failed_to_scan: 1 }, /did not read the template/],
        ["no query", { queries_total: 0 }, /ran 0 queries/],
        ["a query that failed", { queries_failed_to_execute: 2 }, /ran 44 queries, 2 of them failed/],
    ])("is no pass with %s", (_, over, message) => {
        expect(() => readKics(report(over))).toThrow(message);
    });
});

describe("the list of exceptions", () => {
    const listed = JSON.parse(readFileSync(join(root, "scan-exceptions.json"), "utf8")) as Exception[];

    test("gives each a reason that can be judged, and its source", () => {
        expect(listed.length).toBeGreaterThan(0);
        expect(exceptionFaults(listed)).toEqual([]);
        const files = listed.map(({ source }) => source).filter((source) => !source.startsWith("https://"));
        expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
    });

    test.each<[Partial<Exception>, RegExp]>([
        [{ reason: "too short" }, /must say why/],
        [{ reason: `${exception.reason} It is not needed in dev.` }, /is no reason/],
        [{ source: "" }, /no source/],
        [{ names: [] }, /names no resource/],
        [{ stacks: [] }, /no stack/],
    ])("refuses %j", (over, fault) => {
        expect(exceptionFaults([{ ...exception, ...over }])).toEqual([expect.stringMatching(fault)]);
    });
});
