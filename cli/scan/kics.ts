import type { Finding, ScanResult } from "./finding";

interface Report {
    kics_version: string;
    files_parsed: number;
    files_failed_to_scan: number;
    queries_total: number;
    queries_failed_to_execute: number;
    queries: { query_id: string; query_name: string; files: { resource_type: string; resource_name: string }[] }[];
}

/**
 * Reads the JSON report of `kics scan` on one template.
 * @throws Error when it did not read the template, or a query did not run.
 */
export function readKics(output: string): ScanResult {
    const report = JSON.parse(output) as Report;
    if (report.files_parsed !== 1 || report.files_failed_to_scan > 0) throw new Error("KICS did not read the template");
    if (report.queries_total === 0 || report.queries_failed_to_execute > 0) {
        throw new Error(`KICS ran ${report.queries_total} queries, ${report.queries_failed_to_execute} of them failed`);
    }
    const failed = report.queries.flatMap(({ query_id: rule, query_name: title, files }) =>
        files.map((file): Finding => {
            return { scanner: "kics", rule, title, type: file.resource_type, name: file.resource_name };
        }),
    );
    // It tells what fails alone, and how many queries it ran.
    return { scanner: "kics", version: report.kics_version, checks: report.queries_total, failed, byType: new Map() };
}
