import type { Finding, ScanResult } from "./finding";

interface Check {
    check_id: string;
    check_name: string;
    /** `Microsoft.Storage/storageAccounts.name` */
    resource: string;
}

interface Report {
    summary: { parsing_errors: number; resource_count: number; checkov_version: string };
    results: { passed_checks: Check[]; failed_checks: Check[]; skipped_checks: Check[] };
}

/**
 * Reads `checkov -o json` of one template.
 * @throws Error when it did not read the template whole, or skipped a check.
 */
export function readCheckov(output: string, resources: number): ScanResult {
    const { summary, results } = JSON.parse(output) as Partial<Report>;
    if (!summary || !results) throw new Error("Checkov found no ARM template in its input");
    if (summary.parsing_errors > 0 || summary.resource_count !== resources) {
        throw new Error(`Checkov read ${summary.resource_count} of ${resources} resources`);
    }
    if (results.skipped_checks.length > 0) throw new Error(`Checkov skipped ${results.skipped_checks.length} checks`);
    const all = [...results.passed_checks, ...results.failed_checks];
    const byType = new Map<string, number>();
    for (const { type } of all.map(place)) byType.set(type, (byType.get(type) ?? 0) + 1);
    const failed = results.failed_checks.map((check): Finding => {
        return { scanner: "checkov", rule: check.check_id, title: check.check_name, ...place(check) };
    });
    return { scanner: "checkov", version: summary.checkov_version, checks: all.length, failed, byType };
}

function place({ resource }: Check): Pick<Finding, "type" | "name"> {
    const [, type = "", name = ""] = /^([^.]+\.[^.]+?)\.(.*)$/s.exec(resource) ?? [];
    return { type, name };
}
