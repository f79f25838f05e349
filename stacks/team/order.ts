import { CORE_SCHEMA, load } from "js-yaml";
import { teamNames } from "../team-names";
import { containerFaults } from "../../components/storage/containers";
import {
    flag,
    guid,
    list,
    number,
    object,
    oneOf,
    optional,
    record,
    shownValue,
    text,
    type Parsed,
    type Parser,
} from "../parse";
import { environments, type Environment } from "../tiers";
import { batchSection, endpointsSection, type ScoringOrder } from "./scoring-order";

const email = text(/^[^@\s]+@[^@\s]+\.[^@\s]+$/, "an e-mail address");
const day = text(/^\d{4}-\d{2}-\d{2}$/, "a day such as 2027-06-30");

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
    typeof value === "object" && value !== null && !Array.isArray(value);

const fields: Parser<Fields> = (field, value, faults) => {
    if (isFields(value)) return value;
    faults.push(`${field} must be an object with fields of an order, got ${shownValue(value)}`);
    return undefined;
};

const shape = object({
    /** The file's name without `.yaml`. */
    team: text(teamNames.pattern, teamNames.rule),
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
    /**
     * Azure ML workspace for runs and assets: that of the environment, one of its own that the foundation has made, or none.
     * @default shared
     */
    workspace: optional(oneOf(["shared", "own", "none"])),
    /** The hard cap's action: no GPU and no new pod until it is lifted. @default false */
    frozen: optional(flag),
    /** What is other in single environments, by their names: fields of the order, merged over it. @default - nothing */
    overrides: optional(record(fields)),
});

type Written = Parsed<typeof shape>;

/** The order form of a team, `teams/NAME.yaml`, as it is in one environment, with what it leaves out filled in. */
export interface TeamOrder
    extends
        Omit<
            Written,
            | "quota"
            | "budget"
            | "containers"
            | "imagePrefix"
            | "workspace"
            | "frozen"
            | "endpoints"
            | "batch"
            | "overrides"
        >,
        ScoringOrder {
    /** File that it was read from, for what is said of it. */
    file: string;
    /** The one of its environments that this is about. */
    environment: Environment;
    quota: Omit<Written["quota"], "gpus"> & { gpus: Readonly<Record<string, number>> };
    budget: { amount: number; alertPercents: readonly number[]; hardCapPercent: number };
    containers: readonly string[];
    imagePrefix: string;
    workspace: "shared" | "own" | "none";
    frozen: boolean;
}

/** Names that a team cannot have: of the platform's own images and stacks, and of the file beside the orders. */
const reserved = ["mlplatform", "platform", "fleet", "images", "services"];

/** Container of the work account. Containers of all teams and the platform's own lie side by side. */
export const containerName = (team: string, container: string): string => `${team}-${container}`;

/** All GPUs that a team may have at one time. */
export const gpusOf = ({ quota }: Pick<TeamOrder, "quota">): number =>
    Object.values(quota.gpus).reduce((sum, count) => sum + count, 0);

/**
 * Reads one order. What its `overrides` state for an environment is merged over the rest: maps are merged, lists and values
 * replaced, and `null` takes a field away.
 * @see https://www.rfc-editor.org/rfc/rfc7396
 * @param file Its path, as faults name it.
 * @returns the order as it is in each of its environments; none when there are faults: each names the file, the field, the rule
 * and the value
 */
export function readOrders(file: string, content: string, faults: string[]): TeamOrder[] {
    const found: string[] = [];
    const written = yamlOf(content, found);
    const base = found.length === 0 ? readOrder(file, written, found) : undefined;
    const overrides = base === undefined ? {} : overridesOf(written, base, found);
    const orders = (base?.environments ?? []).flatMap((environment) => {
        const change = overrides[environment];
        if (change === undefined) return base === undefined ? [] : [{ ...base, environment }];
        const order = readOrder(
            file,
            merged(written, { ...change, overrides: null }),
            found,
            `overrides["${environment}"]: `,
        );
        return order === undefined ? [] : [{ ...order, environment }];
    });
    faults.push(...found.map((fault) => `${file}: ${fault}`));
    return found.length === 0 ? orders : [];
}

type WholeOrder = Omit<TeamOrder, "environment">;

/** An order that is right; without, what is wrong with it is told after `where`. */
function readOrder(file: string, written: unknown, faults: string[], where = ""): WholeOrder | undefined {
    const found: string[] = [];
    const read = shape("order", written, found);
    const order = read && filledIn(file, read);
    const all = found.length === 0 && order ? orderFaults(order) : found;
    faults.push(...all.map((fault) => `${where}${fault.replace(/^order\.?/, "").trimStart()}`));
    return all.length === 0 ? order : undefined;
}

/** Fields that are not an environment's to change. */
const alike = ["team", "environments", "overrides"];

/** What is stated for single environments. */
function overridesOf(
    written: unknown,
    { environments: ordered }: WholeOrder,
    faults: string[],
): Record<string, Fields> {
    const overrides = isFields(written) && isFields(written.overrides) ? written.overrides : {};
    const stated = Object.entries(overrides) as [string, Fields][];
    const found = stated.flatMap(([name, change]) => [
        ...(ordered.some((one) => one === name)
            ? []
            : [`overrides must be of environments of the order, ${ordered.join(", ")}, got "${name}"`]),
        ...alike
            .filter((field) => field in change)
            .map((field) => `overrides["${name}"].${field} must be left out: it is alike in all environments`),
    ]);
    faults.push(...found);
    return found.length === 0 ? Object.fromEntries(stated) : {};
}

function merged(base: unknown, change: unknown): unknown {
    if (!isFields(change)) return change;
    const entries = new Map(Object.entries(isFields(base) ? base : {}));
    for (const [name, value] of Object.entries(change))
        if (value === null) entries.delete(name);
        else entries.set(name, merged(entries.get(name), value));
    return Object.fromEntries(entries);
}

/** A file's content: texts, numbers, lists and maps; a day stays the text that it is. */
export function yamlOf(content: string, faults: string[]): unknown {
    try {
        return load(content, { schema: CORE_SCHEMA });
    } catch (fault) {
        faults.push(
            `must be YAML: ${(fault instanceof Error ? fault.message : String(fault)).split("\n", 1)[0] ?? ""}`,
        );
        return {};
    }
}

function filledIn(file: string, written: Written): WholeOrder {
    const { team, lead, costCentre, groups, environments: ordered, expires } = written;
    const { quota, budget, containers, imagePrefix, workspace, frozen, endpoints, batch } = written;
    const { alertPercents = [50, 80, 100], hardCapPercent = 120 } = budget;
    return {
        ...{ file, team, lead, costCentre, groups, environments: ordered, expires },
        ...{ containers: containers ?? [], imagePrefix: imagePrefix ?? team, workspace: workspace ?? "shared" },
        ...{ quota: { ...quota, gpus: quota.gpus ?? {} }, frozen: frozen ?? false },
        ...{ endpoints: endpoints ?? {}, batch: batch ?? {} },
        budget: { amount: budget.amount, alertPercents, hardCapPercent },
    };
}

function orderFaults(order: WholeOrder): string[] {
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
export function expiryOf(
    { file, expires }: Pick<TeamOrder, "file" | "expires">,
    today: Date,
): { expired?: string; warning?: string } {
    const left = Math.ceil((Date.parse(`${expires}T00:00:00Z`) + dayMilliseconds - today.getTime()) / dayMilliseconds);
    if (left <= 0)
        return { expired: `${file}: expires must not be past, got ${expires}; set a later day, or destroy the stack` };
    if (left > warningDays) return {};
    return {
        warning: `${file}: expires ${expires}, ${left} day${left === 1 ? "" : "s"} left; then only destroy works`,
    };
}
