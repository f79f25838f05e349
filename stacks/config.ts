import { isDeepStrictEqual } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { fromJson, shownValue, type Parsed, type Parser } from "./parse";

/** Kinds of stack: each is signed by those who own what it holds. */
export const stackKinds = ["foundation", "images", "services", "team"] as const;
export type StackKind = (typeof stackKinds)[number];

/** Name in Pulumi.yaml; keys without a namespace are in this one. */
export const namespace = "mlplatform";

/** The keys that one kind of stack reads. */
export interface ConfigTable<Keys extends Record<string, Parser<unknown>>> {
    kind: StackKind;
    keys: Keys;
    required: readonly (keyof Keys & string)[];
    /** Keys whose values must be secrets in the stack's file. */
    secretKeys: readonly (keyof Keys & string)[];
}

export type ReadConfig<Keys> = { [K in keyof Keys]?: Keys[K] extends Parser<unknown> ? Parsed<Keys[K]> : never };

/** What tells whether a key's value is a secret in the stack's file. */
export type IsSecret = (key: string) => boolean;

/** Keys that Pulumi.yaml gives nothing: an empty text, list or map. */
const emptyTexts = [
    "foundation",
    "imageLock",
    "images",
    "team",
    "services",
    "workload",
    "location",
    "addressSpace",
    "dnsServiceIp",
    "poolsVersion",
    "slaTier",
    "logAnalyticsWorkspaceId",
    "owner",
    "costCentre",
    "policyMode",
    "cosmosDbObjectId",
];
const emptyLists = [
    "zones",
    "sources",
    "dnsServers",
    "apiServerClients",
    "adminGroupObjectIds",
    "userPools",
    "gpuPools",
    "verifiedVmSizes",
    "teamWorkspaces",
];
const emptyMaps = [
    "gateway",
    "builtElsewhere",
    "agentRelease",
    "pipelineAgents",
    "notebooks",
    "labelling",
    "backup",
    "egress",
    "hub",
    "hybrid",
    "hybridSecrets",
    "systemPool",
    "state",
    "vcpuQuotas",
    "generations",
    "existingKeys",
    "monitoring",
    "tags",
    "groups",
    "budget",
];

/**
 * What Pulumi.yaml gives to every stack of the project, of whatever kind, by key without namespace: Pulumi insists on a
 * default for each key that a stack may leave out. A test holds the two together.
 */
export const projectDefaults: Readonly<Record<string, unknown>> = {
    ...Object.fromEntries(emptyTexts.map((key) => [key, ""])),
    ...Object.fromEntries(emptyLists.map((key) => [key, []])),
    ...Object.fromEntries(emptyMaps.map((key) => [key, {}])),
    podCidr: "10.244.0.0/16",
    serviceCidr: "10.96.0.0/16",
    dns: { mode: "own" },
    kubernetesVersion: "1.36",
    upgradeChannel: "patch",
    nodeOsChannel: "NodeImage",
    maintenance: { day: "Saturday", startTime: "02:00", durationHours: 6, utcOffset: "+00:00" },
    bootstrapPool: { vmSize: "Standard_D2ds_v5" },
    runner: { kind: "none" },
    lentServingGpus: 0,
    generation: 1,
    rolePropagationSeconds: "120",
    lockRecords: false,
    teardown: false,
};

/** Every fault of a stack's config, in one error. */
export class SettingsError extends Error {
    readonly faults: readonly string[];
    constructor(faults: readonly string[]) {
        const all = [...new Set(faults)];
        super(
            `the stack's config has ${all.length === 1 ? "a fault" : `${all.length} faults`}:\n  ${all.join("\n  ")}`,
        );
        this.name = "SettingsError";
        this.faults = all;
    }
}

/**
 * Reads the config of the stack that is running.
 * @throws pulumi.RunError, which is printed without a stack trace: the fault is in the config, not in the program.
 */
export function loadConfig<T>(read: (source: Readonly<Record<string, string>>, secret: IsSecret) => T): T {
    try {
        return read(pulumi.runtime.allConfig(), isSecret);
    } catch (fault) {
        if (fault instanceof SettingsError) throw new pulumi.RunError(fault.message);
        throw fault;
    }
}

/** Does the engine hold that key's value as a secret? The SDK knows and declares it nowhere. */
function isSecret(key: string): boolean {
    const { isConfigSecret } = pulumi.runtime as unknown as { isConfigSecret: IsSecret };
    return isConfigSecret(key);
}

/**
 * Reads one by one the keys that a kind of stack knows, from config as Pulumi holds it: values as text.
 * @returns what reads well, and for everything else a fault with the key, the rule and the value
 */
export function readConfig<Keys extends Record<string, Parser<unknown>>>(
    { kind, keys, required, secretKeys }: ConfigTable<Keys>,
    source: Readonly<Record<string, string>>,
    secret: IsSecret,
): { read: ReadConfig<Keys>; faults: string[] } {
    const faults: string[] = [];
    const read: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(source))
        if (key.startsWith(`${namespace}:`) && !(key in keys) && !isDefault(key, value))
            faults.push(unknownKey(kind, Object.keys(keys), key));
    for (const [key, parser] of Object.entries<Parser<unknown>>(keys)) {
        const value = isUnset(key, source[key]) ? undefined : source[key];
        if (value !== undefined) read[key] = parser(key, value, faults);
        else if (required.includes(key)) faults.push(`${key} must be set: pulumi config set ${key} VALUE`);
    }
    for (const key of secretKeys)
        if (!isUnset(key, source[key]) && source[key] !== undefined && !secret(key))
            faults.push(
                `${key} must be a secret, it is there in clear: pulumi config set --secret --path '${key}.NAME'`,
            );
    return { read: read as ReadConfig<Keys>, faults };
}

/** Pulumi.yaml gives every key that may be left out a default; for what depends on the environment, that is nothing. */
function isUnset(key: string, value: string | undefined): boolean {
    return value === "" || value === "{}" || (value === "[]" && key === "mlplatform:zones");
}

/** Did Pulumi itself put it there? */
function isDefault(key: string, value: string): boolean {
    const name = key.slice(namespace.length + 1);
    const given = projectDefaults[name];
    if (typeof given === "string") return value === given;
    // The engine writes an object's fields in an order of its own.
    return name in projectDefaults && isDeepStrictEqual(fromJson(value), given);
}

/** What hardening fixes, by words that people look for in config. */
const hardened =
    /public|privateCluster|localAccount|adminUser|sharedKey|anonymous|firewallRules|ipRules|tls|encrypt|runCommand|rbac/i;

function unknownKey(kind: StackKind, known: readonly string[], key: string): string {
    if (hardened.test(key)) return `${key} is not a setting: the platform is closed and encrypted, always; remove it`;
    const [near] = known
        .map((one) => ({ one, distance: editDistance(one.toLowerCase(), key.toLowerCase()) }))
        .sort((a, b) => a.distance - b.distance);
    return `${key} is not a setting of ${kind} stacks${near && near.distance <= 3 ? `; did you mean ${near.one}?` : "; Pulumi.yaml lists them"}`;
}

function editDistance(a: string, b: string): number {
    let row = Array.from({ length: b.length + 1 }, (_, index) => index);
    for (const [i, from] of Array.from(a).entries()) {
        const next = [i + 1];
        for (const [j, to] of Array.from(b).entries())
            next.push(Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, (row[j] ?? 0) + (from === to ? 0 : 1)));
        row = next;
    }
    return row[b.length] ?? 0;
}

/**
 * Kind of the stack that is running.
 * @throws SettingsError when the config names none, or one that there is not.
 */
export function kindOf(source: Readonly<Record<string, string>>): StackKind {
    const value = source[`${namespace}:kind`];
    const kind = stackKinds.find((one) => one === value);
    if (kind === undefined)
        throw new SettingsError([
            `${namespace}:kind must be one of ${stackKinds.join(", ")}, got ${shownValue(value)}`,
        ]);
    return kind;
}
