import type { Finding, ScanResult } from "../scan/finding";
import type { KubernetesObject, Manifest } from "./manifest";

const placeOf = (object: KubernetesObject): Pick<Finding, "type" | "name"> => ({
    type: object.kind,
    name: [object.metadata.namespace, object.metadata.name].filter((part) => part !== undefined).join("/"),
});

interface SchemaReport {
    version: string;
    verdicts: { by: "built in" | "custom" | "unknown"; faults: string[] }[];
}

/**
 * Reads what the strict reader says of those manifests.
 * @throws Error when it did not read each of them.
 */
export function readSchemas(output: string, manifests: readonly Manifest[], minor: string): ScanResult {
    const { version, verdicts } = JSON.parse(output) as SchemaReport;
    if (verdicts.length !== manifests.length)
        throw new Error(`the reader of Kubernetes ${minor} read ${verdicts.length} of ${manifests.length} objects`);
    const byType = new Map<string, number>();
    const failed = manifests.flatMap(({ object }, index): Finding[] => {
        const { by, faults } = verdicts[index] ?? { by: "unknown", faults: [] };
        byType.set(object.kind, (byType.get(object.kind) ?? 0) + 1);
        const found = { scanner: "schema", ...placeOf(object) };
        if (by === "unknown")
            return [{ ...found, rule: "no-definition", title: `nothing tells what ${object.apiVersion} looks like` }];
        return faults.map((fault) => ({ ...found, rule: "schema", title: `${minor}: ${fault}` }));
    });
    return { scanner: "schema", version: `${minor} (${version})`, checks: manifests.length, failed, byType };
}

interface ScoredObject {
    type_meta: { kind: string };
    object_meta: { name: string; namespace?: string };
    checks: {
        check: { id: string };
        grade: number;
        skipped: boolean;
        comments: { path: string; summary: string }[] | null;
    }[];
}

/** Grade of a check that found nothing. */
const passed = 10;

/**
 * Reads `kube-score score -o json`: everything below its best grade counts.
 * @throws Error when it read nothing.
 */
export function readKubeScore(output: string, version: string): ScanResult {
    const objects = JSON.parse(output) as ScoredObject[];
    if (objects.length === 0) throw new Error("kube-score read no object");
    const byType = new Map<string, number>();
    const checks = objects.flatMap(({ type_meta: { kind }, object_meta: { name, namespace }, checks: of }) => {
        const made = of.filter(({ skipped }) => !skipped);
        byType.set(kind, (byType.get(kind) ?? 0) + made.length);
        return made.map(({ check, grade, comments }) => ({
            grade,
            finding: {
                ...{ scanner: "kube-score", rule: check.id, type: kind },
                name: [namespace, name].filter((part) => part !== undefined && part !== "").join("/"),
                title: (comments ?? [])
                    .map(({ path, summary }) => [path, summary].filter(Boolean).join(": "))
                    .join("; "),
            },
        }));
    });
    const failed = checks.filter(({ grade }) => grade < passed).map(({ finding }) => finding);
    return { scanner: "kube-score", version, checks: checks.length, failed, byType };
}

interface CheckovCheck {
    check_id: string;
    check_name: string;
    /** `Deployment.team-vision.detector-baseline`, and for pods within it a further part. */
    resource: string;
}
interface CheckovReport {
    summary: { parsing_errors: number; resource_count: number; checkov_version: string };
    results: { passed_checks: CheckovCheck[]; failed_checks: CheckovCheck[]; skipped_checks: CheckovCheck[] };
}

/**
 * Reads `checkov --framework kubernetes -o json`.
 * @throws Error when it did not read them, or skipped a check.
 */
export function readCheckovManifests(output: string): ScanResult {
    const { summary, results } = JSON.parse(output) as Partial<CheckovReport>;
    if (!summary || !results) throw new Error("Checkov found no Kubernetes object in its input");
    if (summary.parsing_errors > 0) throw new Error(`Checkov could not read ${summary.parsing_errors} files`);
    if (results.skipped_checks.length > 0) throw new Error(`Checkov skipped ${results.skipped_checks.length} checks`);
    const all = [...results.passed_checks, ...results.failed_checks];
    const byType = new Map<string, number>();
    for (const { type } of all.map(checkovPlace)) byType.set(type, (byType.get(type) ?? 0) + 1);
    const failed = results.failed_checks.map((check): Finding => {
        return { scanner: "checkov", rule: check.check_id, title: check.check_name, ...checkovPlace(check) };
    });
    return { scanner: "checkov", version: summary.checkov_version, checks: all.length, failed, byType };
}

function checkovPlace({ resource }: CheckovCheck): Pick<Finding, "type" | "name"> {
    const [, type = "", namespace = "", name = ""] =
        /^(?:Pod\.[^.]+\.[^.]+\.)?([^.]+)\.([^.]+)\.([^.]+)/.exec(resource) ?? [];
    return { type, name: `${namespace}/${name}` };
}

/**
 * Numbers of replicas that two controllers set: each object is valid by itself, and together they never settle.
 */
export function readControllers(manifests: readonly Manifest[]): ScanResult {
    const scalers = manifests.flatMap(({ object }) => {
        const spec = object.spec as { scaleTargetRef?: { kind?: string; name: string } } | undefined;
        if (!spec?.scaleTargetRef) return [];
        const { kind = "Deployment", name } = spec.scaleTargetRef;
        return [{ object, target: `${object.metadata.namespace ?? ""}/${kind}/${name}` }];
    });
    const failed = scalers
        .filter(({ object, target }) => scalers.some((other) => other.object !== object && other.target === target))
        .map(({ object, target }): Finding => {
            return {
                ...{ scanner: "controllers", rule: "one-controller", ...placeOf(object) },
                title: `${target} has more than one controller of its replicas`,
            };
        });
    return { scanner: "controllers", version: "1", checks: scalers.length, failed, byType: new Map() };
}
