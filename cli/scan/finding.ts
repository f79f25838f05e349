/** Something that a scanner holds against a resource of a template. */
export interface Finding {
    scanner: string;
    /** The scanner's own id of the rule. */
    rule: string;
    title: string;
    /** ARM type and name, as the template has them; of a Kubernetes object its kind, and namespace and name. */
    type: string;
    name: string;
}

/** What a scanner says of one template. */
export interface ScanResult {
    scanner: string;
    version: string;
    /** Checks that were made: one for each rule and resource, or for each rule where the scanner counts those alone. */
    checks: number;
    failed: Finding[];
    /** Passed and failed checks by resource type, where the scanner tells. */
    byType: Map<string, number>;
}
