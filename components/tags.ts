/**
 * Tags that every resource of an environment carries, with the ones from its config.
 * Azure takes at most 50, storage accounts and automation 15.
 * @see https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources
 */
export function platformTags(
    workload: string,
    environment: string,
    own: Readonly<Record<string, string>> = {},
): Record<string, string> {
    return { ...own, workload, environment, "managed-by": "pulumi" };
}

/** A storage account's limit, the lowest of all that the platform uses. */
const most = 15;

/** What is wrong with the tags; empty when nothing is. */
export function tagFaults(field: string, tags: Readonly<Record<string, string>>): string[] {
    const faults: string[] = [];
    const names = Object.keys(tags);
    if (names.length > most) faults.push(`${field} must hold at most ${most} tags, got ${names.length}`);
    const seen = new Set<string>();
    for (const [name, value] of Object.entries(tags)) {
        if (name.length < 1 || name.length > 128)
            faults.push(`${field}: a name must be 1 to 128 characters, got "${name}"`);
        if (value.length > 256) faults.push(`${field}.${name} must be at most 256 characters, got ${value.length}`);
        if (/[<>%&\\?/]/.test(name)) faults.push(`${field}: a name must not contain any of <>%&\\?/, got "${name}"`);
        if (/^(?:azure|microsoft|windows)/i.test(name))
            faults.push(`${field}: "${name}" begins with a prefix that Azure keeps`);
        // Azure does not tell names apart by case.
        if (seen.has(name.toLowerCase())) faults.push(`${field}: "${name}" is there twice, but for its case`);
        seen.add(name.toLowerCase());
    }
    return faults;
}
