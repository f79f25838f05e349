import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { vmSize } from "../facts/vm-sizes";
import { publicAddressQuota, quotaNeeds, spotQuota, type MachineNeed } from "../facts/vm-quota";
import { machineNeeds, publicAddresses } from "../stacks/quota-needs";
import type { Settings } from "../stacks/settings";
import { table } from "./table";
import { UserError } from "./user-error";

/** A row of `az vm list-usage` or `az network list-usages`; `az` prints numbers as text. */
interface Usage {
    name?: { value?: unknown };
    currentValue?: unknown;
    limit?: unknown;
}

/** A row of `az vm list-skus`. */
interface Sku {
    name?: unknown;
    locations?: unknown[];
    locationInfo?: { location?: unknown; zones?: unknown[] }[];
    restrictions?: {
        type?: unknown;
        reasonCode?: unknown;
        restrictionInfo?: { locations?: unknown[] | null; zones?: unknown[] | null } | null;
    }[];
    capabilities?: { name?: unknown; value?: unknown }[];
}

/** What Azure says a subscription may use in a region. */
export interface QuotaAnswers {
    usage: readonly Usage[];
    skus: readonly Sku[];
    network: readonly Usage[];
}

/** Which answer comes from which command, by option of ours. */
export const quotaCommands = {
    usage: "az vm list-usage -l REGION -o json",
    skus: "az vm list-skus -l REGION --resource-type virtualMachines --all -o json",
    network: "az network list-usages -l REGION -o json",
} as const;
export type QuotaFile = keyof typeof quotaCommands;
const files = Object.keys(quotaCommands) as QuotaFile[];

/** Quota by name, and what lacks in the region, its zones or the subscription. */
export interface QuotaReport {
    /** Quota, needed at least, at most, in use, limit, what needs it. */
    rows: [quota: string, least: number, most: number, used: number, limit: number, forWhat: string][];
    /** What is missing, each with what to do about it; empty when nothing is. */
    missing: string[];
}

/** Compares what a stack needs with what Azure answers. */
export function quotaReport(settings: Settings, answers: QuotaAnswers): QuotaReport {
    const { location, naming } = settings;
    const needs = machineNeeds(settings);
    const report: QuotaReport = { rows: [], missing: [] };
    const scope = (provider: string): string =>
        `/subscriptions/${naming.subscriptionId}/providers/${provider}/locations/${location}`;

    for (const { family, what, least, most } of quotaNeeds(needs)) {
        const found = usageOf(answers.usage, family);
        const { used, limit } = found ?? { used: 0, limit: 0 };
        report.rows.push([family, least, most, used, limit, what.join(", ")]);
        const wanted = used + most;
        if (wanted <= limit) continue;
        const kind = family === spotQuota ? "lowPriority" : "dedicated";
        report.missing.push(
            `${family} in ${location}: ${wanted - limit} vCPUs are missing (${used} in use, ${most} needed, limit ${limit})` +
                `${used + least > limit ? "; up cannot end well" : "; pools cannot grow to their most or be upgraded"}. Ask:\n` +
                `    az quota update --resource-name "${family}" --scope ${scope("Microsoft.Compute")} --limit-object value=${wanted} --resource-type ${kind}`,
        );
    }

    const addresses = publicAddresses(settings);
    const found = usageOf(answers.network, publicAddressQuota);
    if (addresses > 0) {
        const { used, limit } = found ?? { used: 0, limit: 0 };
        report.rows.push([publicAddressQuota, addresses, addresses, used, limit, "egress"]);
        if (used + addresses > limit)
            report.missing.push(
                `${publicAddressQuota} in ${location}: ${used + addresses - limit} are missing (${used} in use, limit ${limit}). Ask:\n` +
                    `    az quota update --resource-name ${publicAddressQuota} --scope ${scope("Microsoft.Network")} --limit-object value=${used + addresses} --resource-type PublicIpAddresses`,
            );
    }
    report.missing.push(...needs.flatMap((need) => offerFaults(need, location, answers.skus)));
    return report;
}

const same = (left: unknown, right: string): boolean => String(left).toLowerCase() === right.toLowerCase();

function usageOf(rows: readonly Usage[], name: string): { used: number; limit: number } | undefined {
    const row = rows.find((one) => same(one.name?.value, name));
    return row && { used: Number(row.currentValue), limit: Number(row.limit) };
}

const request =
    "ask with a support request of the kind `Compute-VM subscription limit increases` (portal, Quotas), or choose another size";

/** What keeps a pool's machines from being had in the region and its zones. */
function offerFaults({ what, vmSize: name, zones }: MachineNeed, location: string, skus: readonly Sku[]): string[] {
    const sku = skus.find((one) => same(one.name, name) && (one.locations ?? []).some((at) => same(at, location)));
    if (!sku) return [`${what}: ${name} is not offered in ${location}; choose another size or region`];
    const restricted = (sku.restrictions ?? []).map(({ type, reasonCode, restrictionInfo }) => {
        return { type, reason: String(reasonCode), zones: (restrictionInfo?.zones ?? []).map(String) };
    });
    const whole = restricted.find(({ type }) => same(type, "Location"));
    if (whole) return [`${what}: ${name} is ${whole.reason} in ${location}; ${request}`];
    const offered = (sku.locationInfo ?? []).filter((one) => same(one.location, location)).flatMap((one) => one.zones);
    return [
        ...zones.flatMap((zone) => {
            if (!offered.map(String).includes(zone))
                return [`${what}: ${name} is not offered in zone ${zone} of ${location}; leave the zone out`];
            const closed = restricted.find(({ type, zones: some }) => same(type, "Zone") && some.includes(zone));
            return closed ? [`${what}: ${name} is ${closed.reason} in zone ${zone} of ${location}; ${request}`] : [];
        }),
        ...(capability(sku, "EncryptionAtHostSupported") === "false"
            ? [
                  `${what}: ${name} has no host encryption, which every machine of the platform needs; choose another size`,
              ]
            : []),
        ...vCpuFaults(what, name, capability(sku, "vCPUs")),
    ];
}

function capability({ capabilities = [] }: Sku, name: string): string | undefined {
    const found = capabilities.find((one) => same(one.name, name));
    return found && String(found.value).toLowerCase();
}

/** Sums are made from our table, so it must agree with Azure. */
function vCpuFaults(what: string, name: string, vCpus: string | undefined): string[] {
    const ours = vmSize(name)?.vCpus;
    if (vCpus === undefined || ours === undefined || Number(vCpus) === ours) return [];
    return [`${what}: ${name} has ${vCpus} vCPUs, and ${ours} in facts/vm-sizes.ts: correct it there, then ask again`];
}

/**
 * What Azure ML makes of itself to keep a workspace's metadata under our key, in a group that nobody else may change.
 * @see https://learn.microsoft.com/azure/machine-learning/how-to-setup-customer-managed-keys
 */
const beside =
    "beside these: Azure ML makes a Cosmos DB account, an AI Search service and a storage account in a group of its own, " +
    "which count against the subscription's quotas of those services (portal, Quotas)";

/** The report as it is printed. */
export function reportLines({ rows, missing }: QuotaReport): string[] {
    const head = ["quota", "at least", "at most", "in use", "limit", "for"];
    return [...table([head, ...rows]), beside, ...missing.map((line) => `missing: ${line}`)];
}

/**
 * Azure's answers: from files where they are given (`-` is the standard input), else from `az`.
 * @throws UserError telling what to run when neither is there, and which answer cannot be read.
 */
export async function quotaAnswers(
    location: string,
    given: Readonly<Partial<Record<QuotaFile, string>>>,
): Promise<QuotaAnswers> {
    const missing = files.filter((name) => given[name] === undefined);
    if (missing.length < files.length && missing.length > 0)
        throw new UserError(`--${missing.join(" and --")} must be given too:\n${howToAsk(location)}`);
    const read = await Promise.all(
        files.map(async (name) => {
            const file = given[name];
            const text = file === undefined ? await ask(location, name) : textIn(file);
            return [name, rowsIn(name, text)] as const;
        }),
    );
    return Object.fromEntries(read) as unknown as QuotaAnswers;
}

const commandFor = (location: string, name: QuotaFile): string => quotaCommands[name].replace("REGION", location);

function howToAsk(location: string): string {
    return files.map((name) => `    ${commandFor(location, name)} > ${name}.json`).join("\n");
}

async function ask(location: string, name: QuotaFile): Promise<string> {
    const [program = "", ...args] = commandFor(location, name).split(" ");
    try {
        // The list of sizes is some tens of megabytes.
        const { stdout } = await promisify(execFile)(program, args, { maxBuffer: 512 * 1024 * 1024 });
        return stdout;
    } catch (fault) {
        const [reason = ""] = (fault instanceof Error ? fault.message : String(fault)).split("\n");
        throw new UserError(
            `az did not answer (${reason}). Run it where it is logged in, and hand the answers over:\n` +
                `${howToAsk(location)}\n    npx mlplatform quota STACK --usage usage.json --skus skus.json --network network.json`,
        );
    }
}

function textIn(file: string): string {
    try {
        return readFileSync(file === "-" ? 0 : file, "utf8");
    } catch (fault) {
        throw new UserError(`${file} cannot be read: ${fault instanceof Error ? fault.message : String(fault)}`);
    }
}

function rowsIn(name: QuotaFile, text: string): unknown[] {
    try {
        const rows = JSON.parse(text) as unknown;
        if (Array.isArray(rows)) return rows as unknown[];
    } catch {
        // Said below, with what was expected.
    }
    throw new UserError(`--${name} must be the list that \`${quotaCommands[name]}\` prints`);
}
