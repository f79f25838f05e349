import { merged } from "../../sandbox/azure/properties";
import type { Properties } from "../../sandbox/azure/resource-type";
import type { ArmTemplate } from "../arm/template";
import type { ScanResult } from "./finding";

const account = "Microsoft.Storage/storageAccounts";
const cluster = "Microsoft.ContainerService/managedClusters";

/** What is loosened, and the rules by which each scanner must see it: one that does not reads something else. */
const weaknesses: readonly { type: string; properties: Properties; seenBy: Readonly<Record<string, string>> }[] = [
    {
        type: account,
        properties: { supportsHttpsTrafficOnly: false },
        // KICS: Storage Account Allows Unsecure Transfer.
        seenBy: { checkov: "CKV_AZURE_3", kics: "1367dd13-2c90-4020-80b7-e4339a3dc2c4" },
    },
    {
        type: cluster,
        properties: { enableRBAC: false },
        // KICS: AKS Cluster RBAC Disabled.
        seenBy: { checkov: "CKV_AZURE_5", kics: "9307a2ed-35c2-413d-94de-a1a0682c2158" },
    },
];

/** The template with something open in it. */
export function weakened(template: ArmTemplate): ArmTemplate {
    const resources = template.resources.map((resource) => {
        const found = weaknesses.filter(({ type }) => type === resource.type);
        return found.reduce((one, { properties }) => merged(one, { properties }) as typeof resource, resource);
    });
    return { ...template, resources };
}

/** Weaknesses of a template that a scanner did not see. */
export function overlooked(results: readonly ScanResult[], template: ArmTemplate): string[] {
    const there = weaknesses.filter(({ type }) => template.resources.some((resource) => resource.type === type));
    return there.flatMap(({ type, seenBy }) =>
        results.flatMap(({ scanner, failed }) => {
            const seen = failed.some((finding) => finding.type === type && finding.rule === seenBy[scanner]);
            return seen ? [] : [`${scanner} does not see an open ${type} (${seenBy[scanner] ?? "no rule"})`];
        }),
    );
}
