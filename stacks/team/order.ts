import { CORE_SCHEMA, load } from "js-yaml";
import { teamNames } from "../team-names";
import { containerFaults } from "../../components/storage/containers";
import {
    flag,
    guid,
    list,
    meaning,
    number,
    object,
    oneOf,
    optional,
    record,
    shownValue,
    text,
    type JsonSchema,
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
    team: meaning("The file's name without .yaml.", text(teamNames.pattern, teamNames.rule)),
    lead: meaning("Whom to ask.", email),
    costCentre: meaning("Who pays, as a tag.", text(/^[^<>%&\\?/]{1,64}$/, "1 to 64 characters, none of <>%&\\?/")),
    groups: object({
        members: meaning("Object id of the group that may work in the namespace and write the team's data.", guid),
        viewers: optional(meaning("Object id of the group that may look at both. Default: nobody.", guid)),
    }),
    environments: meaning("Where the order holds.", list(oneOf(environments), 1)),
    quota: object({
        gpus: optional(meaning("GPUs by the prefix of their pool.", record(number(1, 1000)))),
        cpu: meaning("vCPUs of all pods at one time.", number(1, 10_000)),
        memoryGib: meaning("GiB of memory of all pods at one time.", number(1, 100_000)),
        storageGib: meaning("GiB of all volumes.", number(0, 100_000)),
        pods: number(1, 5000),
    }),
    budget: object({
        amount: meaning("A month, in the currency of the bill.", number(1, 1e9, false)),
        alertPercents: optional(
            meaning(
                "Percent of the amount at which the lead is told; at most three. Default: 50, 80 and 100.",
                list(number(1, 1000), 1),
            ),
        ),
        hardCapPercent: optional(
            meaning(
                "Percent at which the platform's engineers are told to freeze the team. Default: 120.",
                number(1, 1000),
            ),
        ),
    }),
    expires: meaning("Last day. Then the team is frozen, and after the fleet's days of grace only destroy works.", day),
    containers: optional(meaning("Data containers, each the team's own. Default: none.", list(text()))),
    imagePrefix: optional(
        meaning(
            "What the names of the team's images in the registry begin with. Default: the team's name.",
            text(
                /^[a-z0-9]+(?:[._-][a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-][a-z0-9]+)*)*$/,
                "path of a-z and 0-9 with . _ - / between",
            ),
        ),
    ),
    endpoints: optional(meaning("Models that answer, by name. Default: none.", endpointsSection)),
    batch: optional(meaning("Batches of predictions, by name. Default: none.", batchSection)),
    workspace: optional(
        meaning(
            "Azure ML workspace for runs and assets: that of the environment, one of its own that the foundation has made, or none. Default: shared.",
            oneOf(["shared", "own", "none"]),
        ),
    ),
    frozen: optional(meaning("The hard cap's action: no GPU and no new pod until it is lifted. Default: false.", flag)),
    overrides: optional(
        meaning(
            "What is other in single environments, by their names: fields of the order, merged over it.",
            record(fields),
        ),
    ),
});

/** What editors check an order by while it is written. */
export const orderSchema: JsonSchema = {
    ...{ $schema: "http://json-schema.org/draft-07/schema#", title: "Order form of a team's environment" },
    ...shape.schema,
};

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

/** How an order stands on a day. Its last day is the fleet's to say: nobody is exempt. */
export type Expiry =
    | { state: "good" }
    /** To be renewed, or to be let go. */
    | { state: "ending"; daysLeft: number }
    /** Nothing new starts, data stays. */
    | { state: "frozen"; daysLeft: number }
    /** Everything but `destroy` is refused. */
    | { state: "over" };

/** @param graceDays Days between the last day and the end, in which the team is frozen */
export function expiryOf({ expires }: Pick<TeamOrder, "expires">, graceDays: number, today: Date): Expiry {
    const lastDay = Date.parse(`${expires}T00:00:00Z`);
    const daysUntil = (day: number): number => Math.ceil((day - today.getTime()) / dayMilliseconds);
    const daysLeft = daysUntil(lastDay + dayMilliseconds);
    if (daysLeft > warningDays) return { state: "good" };
    if (daysLeft > 0) return { state: "ending", daysLeft };
    const ofGrace = daysUntil(lastDay + (1 + graceDays) * dayMilliseconds);
    return ofGrace > 0 ? { state: "frozen", daysLeft: ofGrace } : { state: "over" };
}

/** What there is to be said of it; nothing when all is good. */
export function expirySaid({ file, expires }: Pick<TeamOrder, "file" | "expires">, expiry: Expiry): string | undefined {
    const days = (count: number): string => `${count} day${count === 1 ? "" : "s"}`;
    switch (expiry.state) {
        case "good":
            return undefined;
        case "ending":
            return `${file}: expires ${expires}, ${days(expiry.daysLeft)} left; then the team is frozen`;
        case "frozen":
            return `${file}: expired ${expires}, so the team is frozen; in ${days(expiry.daysLeft)} only destroy works. Set a later day, or destroy the stack`;
        case "over":
            return `${file}: expires must not be past, got ${expires}; set a later day, or destroy the stack`;
    }
}
