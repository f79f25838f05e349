import { manifestVerdict, type ManifestScanners } from "../../../cli/manifests/check";
import { asDocuments, manifestsIn, type Manifest } from "../../../cli/manifests/manifest";
import { readCheckovManifests, readControllers, readKubeScore, readSchemas } from "../../../cli/manifests/readers";
import type { Exception } from "../../../cli/scan/exceptions";
import type { Finding, ScanResult } from "../../../cli/scan/finding";

const metadata = { name: "detector-baseline", namespace: "team-vision" };
const deployment: Manifest = {
    ownName: "vision-detector-baseline",
    object: { apiVersion: "apps/v1", kind: "Deployment", metadata, spec: { replicas: 1 } },
};
const scaler = (kind: string, name: string, target = "detector-baseline"): Manifest => ({
    ownName: name,
    object: {
        ...{ apiVersion: "v1", kind, metadata: { ...metadata, name } },
        spec: { scaleTargetRef: { kind: "Deployment", name: target } },
    },
});

test("manifests are a stack's Kubernetes objects, without its releases and without what is Azure's", () => {
    const of = (type: string): { type: string; name: string; inputs: unknown } => ({
        ...{ type, name: deployment.ownName, inputs: deployment.object },
    });
    const types = ["kubernetes:apps/v1:Deployment", "kubernetes:helm.sh/v3:Release", "azure-native:keyvault:Vault"];
    expect(manifestsIn(types.map(of))).toEqual([deployment]);
    expect(() => manifestsIn([{ ...of("kubernetes:x:Y"), inputs: { kind: "Y" } }])).toThrow(
        "vision-detector-baseline is no Kubernetes object: it lacks apiVersion, kind or metadata",
    );
    expect(
        asDocuments([deployment, deployment])
            .split("---\n")
            .map((one) => JSON.parse(one) as unknown),
    ).toEqual([deployment.object, deployment.object]);
});

describe("what the strict reader says", () => {
    const report = (...verdicts: object[]): string => JSON.stringify({ version: "v0.36.2", verdicts });

    test("becomes findings by object and version", () => {
        const output = report({ by: "built in", faults: ['unknown field "spec.replica"'] });
        const { version, failed } = readSchemas(output, [deployment], "1.36");
        expect(version).toBe("1.36 (v0.36.2)");
        expect(failed).toEqual([
            {
                ...{ scanner: "schema", rule: "schema", type: "Deployment", name: "team-vision/detector-baseline" },
                title: '1.36: unknown field "spec.replica"',
            },
        ]);
    });

    test("is a finding where nothing is known of a kind", () => {
        const { failed } = readSchemas(report({ by: "unknown", faults: [] }), [deployment], "1.36");
        expect(failed).toMatchObject([{ rule: "no-definition", title: "nothing tells what apps/v1 looks like" }]);
    });

    test("is no pass with objects that it did not read", () => {
        expect(() => readSchemas(report(), [deployment], "1.34")).toThrow(
            "the reader of Kubernetes 1.34 read 0 of 1 objects",
        );
    });
});

test("everything below kube-score's best grade counts, but what it skipped", () => {
    const check = (id: string, grade: number, skipped = false): object => ({
        ...{ check: { id }, grade, skipped },
        comments: [{ path: "scorer", summary: `no ${id}` }],
    });
    const scored = { type_meta: { kind: "Deployment" }, object_meta: metadata };
    const checks = [check("a", 10), check("b", 7), check("c", 1), check("d", 1, true)];
    const result = readKubeScore(JSON.stringify([{ ...scored, checks }]), "1.20.0");
    expect(result.checks).toBe(3);
    expect(result.failed.map(({ rule, name, title }) => [rule, name, title])).toEqual([
        ["b", "team-vision/detector-baseline", "scorer: no b"],
        ["c", "team-vision/detector-baseline", "scorer: no c"],
    ]);
    expect(() => readKubeScore("[]", "1")).toThrow("kube-score read no object");
});

describe("what Checkov says of manifests", () => {
    const check = (resource: string): object => ({ check_id: "CKV_K8S_1", check_name: "t", resource });
    const report = (over: object = {}, results: object = {}): string =>
        JSON.stringify({
            summary: { parsing_errors: 0, resource_count: 1, checkov_version: "3", ...over },
            results: { passed_checks: [], failed_checks: [], skipped_checks: [], ...results },
        });

    test("names the object, and pods by what makes them", () => {
        const failed_checks = ["Deployment.team-vision.detector-baseline", "Pod.team-vision.x.Job.team-vision.nightly"];
        const { failed } = readCheckovManifests(report({}, { failed_checks: failed_checks.map(check) }));
        expect(failed.map(({ type, name }) => [type, name])).toEqual([
            ["Deployment", "team-vision/detector-baseline"],
            ["Job", "team-vision/nightly"],
        ]);
    });

    test.each([
        ["nothing found", JSON.stringify({ passed: 0 }), "Checkov found no Kubernetes object in its input"],
        ["a file not read", report({ parsing_errors: 1 }), "Checkov could not read 1 files"],
        ["a check skipped", report({}, { skipped_checks: [check("a.b.c")] }), "Checkov skipped 1 checks"],
    ])("is no pass with %s", (_, output, message) => {
        expect(() => readCheckovManifests(output)).toThrow(message);
    });
});

test("two controllers of one number of replicas are found, of whatever kind", () => {
    const one = [deployment, scaler("HorizontalPodAutoscaler", "a"), scaler("ScaledObject", "c", "other")];
    expect(readControllers(one).failed).toEqual([]);
    const { failed } = readControllers([...one, scaler("ScaledObject", "b")]);
    expect(failed.map(({ type, title }) => [type, title])).toEqual([
        [
            "HorizontalPodAutoscaler",
            "team-vision/Deployment/detector-baseline has more than one controller of its replicas",
        ],
        ["ScaledObject", "team-vision/Deployment/detector-baseline has more than one controller of its replicas"],
    ]);
});

describe("the check of manifests", () => {
    const stacks = new Map([["dev-vision", { manifests: [deployment], minors: ["1.34", "1.36"] }]]);
    const found: Finding = {
        ...{ scanner: "kube-score", rule: "x", title: "t", type: "Deployment", name: "team-vision/detector-baseline" },
    };
    const exception: Exception = {
        ...{ scanner: "kube-score", rule: "x", type: "Deployment", names: ["vision-*"], stacks: ["dev-vision"] },
        reason: "A reason that says why in sixty characters at the least, so that someone can judge it.",
        source: "components/workloads/model-endpoint.ts",
    };
    /** Sees what is wrong on purpose, and holds `always` against every stack. */
    const seeing =
        (always: readonly Finding[], blind = false): ManifestScanners =>
        (manifests) => {
            const open = manifests.some(({ ownName }) => ownName === "open");
            const result: ScanResult = {
                ...{ scanner: "kube-score", version: "1", checks: 5, byType: new Map() },
                failed: open
                    ? blind
                        ? []
                        : [{ ...found, rule: "container-security-context-readonlyrootfilesystem" }]
                    : [...always],
            };
            return Promise.resolve([result]);
        };

    test("passes what is clean, fails at a finding by the program's name, and passes it with a reason", async () => {
        expect((await manifestVerdict(stacks, [], seeing([]))).faults).toEqual([]);
        expect((await manifestVerdict(stacks, [], seeing([found]))).faults).toEqual([
            'dev-vision: kube-score x on Deployment "vision-detector-baseline": t',
        ]);
        const { faults, lines } = await manifestVerdict(stacks, [exception], seeing([found]));
        expect(faults).toEqual([]);
        expect(lines).toContainEqual(expect.stringMatching(/dev-vision +kube-score 1 +5 +1 +0/));
    });

    test("fails at a reason that nothing needs, and at a scanner that does not see a weakened manifest", async () => {
        expect((await manifestVerdict(stacks, [exception], seeing([]))).faults).toContain(
            "the exception of kube-score x is not used in dev-vision",
        );
        expect((await manifestVerdict(stacks, [], seeing([], true))).faults).toEqual([
            "kube-score 1 does not see what is wrong on purpose (container-security-context-readonlyrootfilesystem)",
        ]);
    });

    test("holds each stack against the versions that it must run on", async () => {
        const asked: (readonly string[])[] = [];
        const noting: ManifestScanners = (manifests, minors) => {
            asked.push(minors);
            return seeing([])(manifests, minors);
        };
        await manifestVerdict(stacks, [], noting);
        expect(asked).toEqual([
            ["1.34", "1.36"],
            ["1.34", "1.36"],
        ]);
    });
});
