import { createHash } from "node:crypto";
import { regionCode } from "../facts/regions";

/** What the names of one environment have in common. */
export interface Naming {
    /** Short name of the platform, e.g. `mlp`. */
    workload: string;
    /** `dev`, `staging`, `prod`, ... */
    environment: string;
    /** Goes into global names as a hash, so that two subscriptions with the same workload do not collide. */
    subscriptionId: string;
}

/** Everything a name is made of. */
export interface NameParts extends Naming {
    location: string;
    /** Tells several of a kind apart, e.g. `nodes` and `ingress` for subnets. */
    instance?: string;
    /**
     * Counts up when a name is held by a soft-deleted resource. Global names carry it, and others that are held.
     * @default 1
     */
    generation?: number;
}

interface NameRule {
    prefix: string;
    separator: "-" | "";
    min: number;
    max: number;
    pattern: RegExp;
    /** The rule in words, for the error. */
    words: string;
    /** A deleted one keeps its name for a while, so the name carries the generation as global ones do. */
    held?: true;
    /** Within what the name must be unique. */
    scope: "global" | "subscription" | "resource group" | "parent";
}

const dashed = { separator: "-", pattern: /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/, words: "a-z, 0-9 and hyphens" } as const;
const plain = { separator: "", pattern: /^[a-z0-9]+$/, words: "a-z and 0-9 only" } as const;

/**
 * Azure's rules, narrowed to lower-case letters, digits and hyphens.
 * @see https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
 */
export const nameRules = {
    resourceGroup: { prefix: "rg", ...dashed, min: 1, max: 90, scope: "subscription" },
    // Azure allows 64 and 80 for networks and subnets. With an overlay network AKS uses both names, and that of their
    // resource group, as node labels, which end at 63: aks/concepts-network-azure-cni-overlay.
    virtualNetwork: { prefix: "vnet", ...dashed, min: 2, max: 63, scope: "resource group" },
    subnet: { prefix: "snet", ...dashed, min: 1, max: 63, scope: "parent" },
    networkSecurityGroup: { prefix: "nsg", ...dashed, min: 1, max: 80, scope: "resource group" },
    routeTable: { prefix: "rt", ...dashed, min: 1, max: 80, scope: "resource group" },
    publicIpAddress: { prefix: "pip", ...dashed, min: 1, max: 80, scope: "resource group" },
    flowLog: { prefix: "fl", ...dashed, min: 1, max: 80, scope: "parent" },
    natGateway: { prefix: "ng", ...dashed, min: 1, max: 80, scope: "resource group" },
    firewall: { prefix: "afw", ...dashed, min: 1, max: 56, scope: "resource group" },
    firewallPolicy: { prefix: "afwp", ...dashed, min: 1, max: 80, scope: "resource group" },
    virtualNetworkGateway: { prefix: "vgw", ...dashed, min: 1, max: 80, scope: "resource group" },
    localNetworkGateway: { prefix: "lgw", ...dashed, min: 1, max: 80, scope: "resource group" },
    connection: { prefix: "con", ...dashed, min: 1, max: 80, scope: "resource group" },
    dnsResolver: { prefix: "dnspr", ...dashed, min: 1, max: 80, scope: "resource group" },
    dnsForwardingRuleset: { prefix: "dnsfrs", ...dashed, min: 1, max: 80, scope: "resource group" },
    privateEndpoint: { prefix: "pep", ...dashed, min: 2, max: 64, scope: "resource group" },
    identity: { prefix: "id", ...dashed, min: 3, max: 128, scope: "resource group" },
    // Azure takes 64; machines are called after a prefix of their own.
    scaleSet: { prefix: "vmss", ...dashed, min: 1, max: 64, scope: "resource group" },
    diskEncryptionSet: { prefix: "des", ...dashed, min: 1, max: 80, scope: "resource group" },
    key: { prefix: "key", ...dashed, min: 1, max: 127, scope: "parent" },
    cluster: { prefix: "aks", ...dashed, min: 1, max: 63, scope: "resource group" },
    // AKS names the nodes' resource group at most 80 characters long: aks/faq.
    nodeResourceGroup: { prefix: "rg-nodes", ...dashed, min: 1, max: 80, scope: "subscription" },
    vault: {
        ...{ prefix: "kv", separator: "-", min: 3, max: 24, scope: "global" },
        pattern: /^[a-z](?:-?[a-z0-9])*$/,
        words: "a-z, 0-9 and single hyphens, from a letter on",
    },
    budget: { prefix: "budget", ...dashed, min: 1, max: 63, scope: "subscription" },
    // Without hyphens, as 24 characters must do for it too.
    workspaceVault: { prefix: "kvml", ...plain, min: 3, max: 24, scope: "global" },
    workspace: { prefix: "mlw", ...dashed, min: 3, max: 33, scope: "resource group", held: true },
    registry: { prefix: "cr", ...plain, min: 5, max: 50, scope: "global" },
    storageAccount: { prefix: "st", ...plain, min: 3, max: 24, scope: "global" },
    monitorWorkspace: { prefix: "amw", ...dashed, min: 4, max: 44, scope: "resource group" },
    dataCollectionEndpoint: { prefix: "dce", ...dashed, min: 3, max: 44, scope: "resource group" },
    dataCollectionRule: { prefix: "dcr", ...dashed, min: 3, max: 64, scope: "resource group" },
    privateLinkScope: { prefix: "ampls", ...dashed, min: 1, max: 255, scope: "resource group" },
    actionGroup: { prefix: "ag", ...dashed, min: 1, max: 260, scope: "resource group" },
    alertRule: { prefix: "alert", ...dashed, min: 1, max: 260, scope: "resource group" },
    // Without hyphens: 23 characters must do.
    grafana: { prefix: "amg", ...plain, min: 2, max: 23, scope: "resource group" },
    logWorkspace: { prefix: "log", ...dashed, min: 4, max: 63, scope: "resource group" },
} as const satisfies Record<string, NameRule>;

export type NameKind = keyof typeof nameRules;

/**
 * The one place where Azure names are made. The same parts give the same name, always; a name that breaks Azure's rule
 * is refused, never cut.
 * @throws Error naming the kind, the rule and the name that would have been.
 */
export function resourceName(kind: NameKind, parts: NameParts): string {
    const rule: NameRule = nameRules[kind];
    const { workload, environment, instance, generation = 1 } = parts;
    const tail =
        rule.scope === "global"
            ? [instance, uniqueness(parts), String(generation)]
            : [regionCode(parts.location), instance, ...(rule.held ? [String(generation)] : [])];
    const name = [rule.prefix, workload, environment, ...tail]
        .filter((part) => part !== undefined)
        .join(rule.separator);
    const faults = nameFaults(kind, name);
    if (!Number.isInteger(generation) || generation < 1 || generation > 99)
        faults.push(`generation must be a whole number from 1 to 99, got ${generation}`);
    if (faults.length > 0) throw new Error(faults.join("; "));
    return name;
}

/** Four letters or digits for a name that others have no room for: that of a team in names of 24 characters. */
export const shortName = (name: string): string => inFour(name);

/** What is wrong with `name` as a name of that kind; empty when nothing is. */
export function nameFaults(kind: NameKind, name: string): string[] {
    const rule: NameRule = nameRules[kind];
    const faults: string[] = [];
    if (name.length < rule.min || name.length > rule.max)
        faults.push(`${kind} name must be ${rule.min} to ${rule.max} characters, got "${name}" (${name.length})`);
    if (!rule.pattern.test(name)) faults.push(`${kind} name must be of ${rule.words}, got "${name}"`);
    return faults;
}

/**
 * The name that a global resource gets when its present one is held by a soft-deleted resource.
 * @see https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview
 */
export function nextGeneration(kind: NameKind, parts: NameParts): { generation: number; name: string } {
    const generation = (parts.generation ?? 1) + 1;
    return { generation, name: resourceName(kind, { ...parts, generation }) };
}

/** Four letters or digits from subscription and region: global names must not collide with another subscription's. */
function uniqueness({ subscriptionId, location }: NameParts): string {
    return inFour(`${subscriptionId.toLowerCase()}/${location}`);
}

function inFour(text: string): string {
    const digest = createHash("sha256").update(text).digest("hex");
    return (Number.parseInt(digest.slice(0, 12), 16) % 36 ** 4).toString(36).padStart(4, "0");
}
