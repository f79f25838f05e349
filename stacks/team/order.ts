import { parse } from "yaml";
import { containerFaults } from "../../components/storage/containers";
import { flag, guid, list, number, object, oneOf, optional, record, text, type Parsed } from "../parse";
import { environments } from "../tiers";
import { batchSection, endpointsSection, type ScoringOrder } from "./scoring-order";

const email = text(/^[^@\s]+@[^@\s]+\.[^@\s]+$/, "an e-mail address");
const day = text(/^\d{4}-\d{2}-\d{2}$/, "a day such as 2027-06-30");

const shape = object({
    /** The file's name without `.yaml`. */
    team: text(/^[a-z](?:-?[a-z0-9]){1,19}$/, "2 to 20 of a-z, 0-9 and single inner hyphens, from a letter on"),
    /** Whom to ask. */
    lead: email,
    /** Who pays, as a tag. */
    costCentre: text(/^[^<>%&\\?/]{1,64}$/, "1 to 64 characters, none of <>%&\\?/"),
    /** Object ids of groups of the directory. */
    groups: object({
        /** May work in the namespace and write the team's data. */
        members: guid,
        /** May look at both. @default - nobody */
        viewers: optional(guid),
    }),
    environments: list(oneOf(environments), 1),
    quota: object({
        /** GPUs by the prefix of their pool. */
        gpus: optional(record(number(1, 1000))),
        /** vCPUs and GiB of all pods at one time. */
        cpu: number(1, 10_000),
        memoryGib: number(1, 100_000),
        /** GiB of all volumes. */
        storageGib: number(0, 100_000),
        pods: number(1, 5000),
    }),
    budget: object({
        /** A month, in the currency of the bill. */
        amount: number(1, 1e9, false),
        /** Percent of the amount at which the lead is told. Azure takes five notifications in all. @default 50, 80 and 100 */
        alertPercents: optional(list(number(1, 1000), 1)),
        /** Percent of the amount at which the platform's engineers are told to freeze the team. @default 120 */
        hardCapPercent: optional(number(1, 1000)),
    }),
    /** Last day. After it everything but `destroy` is refused. */
    expires: day,
    /** Data containers, each the team's own. @default - none */
    containers: optional(list(text())),
    /** What the names of the team's images in the registry begin with. @default the team's name */
    imagePrefix: optional(
        text(
            /^[a-z0-9]+(?:[._-][a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-][a-z0-9]+)*)*$/,
            "path of a-z and 0-9 with . _ - / between",
        ),
    ),
    /** Models that answer, and batches of predictions, by name. @default - none */
    endpoints: optional(endpointsSection),
    batch: optional(batchSection),
    /** The hard cap's action: no GPU and no new pod until it is lifted. @default false */
    frozen: optional(flag),
});

type Written = Parsed<typeof shape>;

/** The order form of a team's environment, `teams/NAME.yaml`, with what it leaves out filled in. */
export interface TeamOrder
    extends
        Omit<Written, "quota" | "budget" | "containers" | "imagePrefix" | "frozen" | "endpoints" | "batch">,
        ScoringOrder {
    /** File that it was read from, for what is said of it. */
    file: string;
    quota: Omit<Written["quota"], "gpus"> & { gpus: Readonly<Record<string, number>> };
    budget: { amount: number; alertPercents: readonly number[]; hardCapPercent: number };
    containers: readonly string[];
    imagePrefix: string;
    frozen: boolean;
}

/** Names that a team cannot have: of the platform's own images, and of the file beside the orders. */
const reserved = ["mlplatform", "platform", "fleet"];

/** Container of the work account. Containers of all teams and the platform's own lie side by side. */
export const containerName = (team: string, container: string): string => `${team}-${container}`;

/** All GPUs that a team may have at one time. */
export const gpusOf = ({ quota }: Pick<TeamOrder, "quota">): number =>
    Object.values(quota.gpus).reduce((sum, count) => sum + count, 0);

/**
 * Reads one order.
 * @param file Its path, as faults name it.
 * @returns the order, or nothing when there are faults: each names the file, the field, the rule and the value
 */
export function readOrder(file: string, content: string, faults: string[]): TeamOrder | undefined {
    const found: string[] = [];
    const read = shape("order", yamlOf(content, found), found);
    const order = read && filledIn(file, read);
    const all = found.length === 0 && order ? orderFaults(order) : found;
    faults.push(...all.map((fault) => `${file}: ${fault.replace(/^order\.?/, "").trimStart()}`));
    return all.length === 0 ? order : undefined;
}

function yamlOf(content: string, faults: string[]): unknown {
    try {
        return parse(content);
    } catch (fault) {
        faults.push(
            `must be YAML: ${(fault instanceof Error ? fault.message : String(fault)).split("\n", 1)[0] ?? ""}`,
        );
        return {};
    }
}

function filledIn(file: string, written: Written): TeamOrder {
    const { quota, budget, containers, imagePrefix, frozen, endpoints, batch, ...rest } = written;
    const { alertPercents = [50, 80, 100], hardCapPercent = 120 } = budget;
    return {
        ...{ ...rest, file, containers: containers ?? [], imagePrefix: imagePrefix ?? rest.team },
        ...{ quota: { ...quota, gpus: quota.gpus ?? {} }, frozen: frozen ?? false },
        ...{ endpoints: endpoints ?? {}, batch: batch ?? {} },
        budget: { amount: budget.amount, alertPercents, hardCapPercent },
    };
}

function orderFaults(order: TeamOrder): string[] {
    const { file, team, groups, quota, budget, expires, containers, imagePrefix } = order;
    const { alertPercents, hardCapPercent } = budget;
    const named = containers.map((name) => ({ name: containerName(team, name) }));
    const twice = order.environments.filter((one, index, all) => all.indexOf(one) !== index);
    return [
        !file.endsWith(`/${team}.yaml`) && `team must be the name of the file, got "${team}"`,
        reserved.includes(team) && `team must not be one of ${reserved.join(", ")}, got "${team}"`,
        groups.members.toLowerCase() === groups.viewers?.toLowerCase() &&
            `groups.viewers must not be groups.members, got "${groups.members}" for both`,
        ...twice.map((one) => `environments must name each once, got "${one}" again`),
        ...Object.keys(quota.gpus).map(
            (prefix) =>
                !/^[a-z][a-z0-9]{0,7}$/.test(prefix) &&
                `quota.gpus must name pools by their prefix, 1 to 8 of a-z and 0-9 from a letter on, got "${prefix}"`,
        ),
        alertPercents.length > 3 && `budget.alertPercents must hold at most 3, got ${alertPercents.length}`,
        new Set(alertPercents).size < alertPercents.length &&
            `budget.alertPercents must name each once, got ${alertPercents.join(", ")}`,
        hardCapPercent < Math.max(...alertPercents) &&
            `budget.hardCapPercent must not be below an alert, got ${hardCapPercent} and alerts at ${alertPercents.join(", ")}`,
        !isDay(expires) && `expires must be a day that there is, got "${expires}"`,
        ...containerFaults("containers", named),
        reserved.includes(imagePrefix.split("/", 1)[0] ?? "") &&
            `imagePrefix must not begin with one of ${reserved.join(", ")}, got "${imagePrefix}"`,
    ].filter((fault) => fault !== false);
}

function isDay(value: string): boolean {
    const time = Date.parse(`${value}T00:00:00Z`);
    return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
}

/** Days on which previews say that the end is near. */
const warningDays = 30;
const dayMilliseconds = 86_400_000;

/** How an order stands on a day. */
export function expiryOf({ file, expires }: TeamOrder, today: Date): { expired?: string; warning?: string } {
    const left = Math.ceil((Date.parse(`${expires}T00:00:00Z`) + dayMilliseconds - today.getTime()) / dayMilliseconds);
    if (left <= 0)
        return { expired: `${file}: expires must not be past, got ${expires}; set a later day, or destroy the stack` };
    if (left > warningDays) return {};
    return {
        warning: `${file}: expires ${expires}, ${left} day${left === 1 ? "" : "s"} left; then only destroy works`,
    };
}
