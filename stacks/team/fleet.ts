import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { vmSize } from "../../facts/vm-sizes";
import { meaning, number, object, optional, record, type JsonSchema, type Parsed } from "../parse";
import { environments, type Environment } from "../tiers";
import { containerName, readOrders, yamlOf, type TeamOrder } from "./order";

/** Folder of the orders in the clone. */
export const ordersFolder = "teams";
/** File beside them with what they may spend together. */
const fleetFile = `${ordersFolder}/fleet.yaml`;

const shape = object({
    budgets: meaning(
        "What all teams may spend a month, in the currency of the bill, by environment.",
        record(number(1, 1e9, false)),
    ),
    longestDays: optional(
        meaning(
            "How many days ahead an order's last day may lie, by environment. Default: 365 in each.",
            record(number(1, 3650)),
        ),
    ),
    graceDays: optional(
        meaning(
            "Days after an order's last day in which its team is frozen, before only destroy works. Default: 14.",
            number(0, 365),
        ),
    ),
});

/** What editors check `fleet.yaml` by. */
export const fleetSchema: JsonSchema = {
    ...{ $schema: "http://json-schema.org/draft-07/schema#", title: "What all teams may have together" },
    ...shape.schema,
};

/** All orders, and what they may have together. */
export interface Fleet {
    budgets: Readonly<Record<string, number>>;
    longestDays: Readonly<Record<string, number>>;
    graceDays: number;
    /** One for each environment of each team. */
    orders: readonly TeamOrder[];
}

const usualDays = 365;
const usualGrace = 14;

/** A pool as the foundation has it: as far as its machines may be asked for. */
export interface FleetPool {
    prefix: string;
    mode: string;
    vmSize: string;
    maxCount: number;
}

/**
 * Reads all orders of a clone.
 * @throws Error naming every fault of every file
 */
export function readFleet(root: string): Fleet {
    const faults: string[] = [];
    const names = readdirSync(join(root, ordersFolder)).filter((name) => name.endsWith(".yaml"));
    const content = (file: string): string => readFileSync(join(root, file), "utf8");
    const orders = names
        .sort()
        .map((name) => `${ordersFolder}/${name}`)
        .filter((file) => file !== fleetFile)
        .flatMap((file) => readOrders(file, content(file), faults));
    const read = readFleetFile(names.includes("fleet.yaml") ? content(fleetFile) : "", faults);
    if (faults.length > 0) throw new Error(faults.join("\n"));
    const { budgets = {}, longestDays = {}, graceDays = usualGrace } = read ?? {};
    return { orders, budgets, longestDays, graceDays };
}

function readFleetFile(content: string, faults: string[]): Parsed<typeof shape> | undefined {
    const found: string[] = [];
    const written = yamlOf(content, found);
    const read = found.length === 0 ? shape(fleetFile, written, found) : undefined;
    for (const field of ["budgets", "longestDays"] as const)
        for (const name of Object.keys(read?.[field] ?? {}))
            if (!environments.some((one) => one === name))
                found.push(`${fleetFile}.${field} must be of ${environments.join(", ")}, got "${name}"`);
    faults.push(
        ...found.map((fault) =>
            fault.startsWith(fleetFile) ? fault.replace(`${fleetFile}.`, `${fleetFile}: `) : `${fleetFile}: ${fault}`,
        ),
    );
    return read;
}

/** The orders of one environment. */
export const ordersOf = ({ orders }: Fleet, environment: Environment): TeamOrder[] =>
    orders.filter((order) => order.environment === environment);

/** What is wrong with the orders of one environment beside each other; empty when nothing is. Needs nothing but the files. */
export function overlapFaults(fleet: Fleet, environment: Environment): string[] {
    const orders = ordersOf(fleet, environment);
    const limit = fleet.budgets[environment];
    const own = (what: string, name: string, where: string): string =>
        `${what} must be a team's own, got "${name}" ${where} both`;
    return [
        // Whoever belongs to two teams is in two groups: so who may do what is read from one file.
        ...clashes(orders, groupsOf, (id) => own("groups", id, "in")),
        ...clashes(orders, containersOf, (name) => own("containers", name, "from")),
        ...prefixFaults(orders),
        ...(orders.length > 0 && limit === undefined
            ? [`${fleetFile}: budgets.${environment} must be set: ${byTeam(orders)} have orders there`]
            : sumFault(`the budgets in ${environment}`, orders, ({ budget }) => budget.amount, limit ?? 0, fleetFile)),
    ];
}

/** Orders that ask for longer than the fleet gives anyone; a later day is a change of the order that people sign again. */
export function termFaults({ orders, longestDays }: Fleet, environment: Environment, today: Date): string[] {
    const most = longestDays[environment] ?? usualDays;
    const last = new Date(today.getTime() + most * 86_400_000).toISOString().slice(0, 10);
    return orders
        .filter((order) => order.environment === environment && order.expires > last)
        .map(
            ({ file, expires }) =>
                `${file}: expires must be at most ${most} days ahead in ${environment}, which is ${last}, got ${expires}`,
        );
}

/** Orders of workspaces of their own that the foundation has not got. @param own Teams that it has made one for. */
export function workspaceFaults(orders: readonly TeamOrder[], own: readonly string[], foundation: string): string[] {
    return orders
        .filter(({ workspace, team }) => workspace === "own" && !own.includes(team))
        .map(
            ({ file, team }) =>
                `${file}: workspace must be shared or none while stack ${foundation} has none of the team's own, got "own"; mlplatform:teamWorkspaces there names those who have, add "${team}"`,
        );
}

const byTeam = (orders: readonly TeamOrder[]): string => orders.map(({ team }) => team).join(", ");

const groupsOf = ({ groups }: TeamOrder): string[] =>
    [groups.members, groups.viewers].filter((id) => id !== undefined).map((id) => id.toLowerCase());
const containersOf = ({ team, containers }: TeamOrder): string[] => containers.map((name) => containerName(team, name));
const both = (one: TeamOrder, other: TeamOrder): string => `${one.file} and ${other.file}`;

/** Names that an order has and an earlier one has, too. Each order is looked at once, however many there are. */
function clashes(
    orders: readonly TeamOrder[],
    namesOf: (order: TeamOrder) => readonly string[],
    told: (name: string) => string,
): string[] {
    const owners = new Map<string, TeamOrder>();
    return orders.flatMap((order) =>
        namesOf(order).flatMap((name) => {
            const owner = owners.get(name);
            if (owner === undefined) owners.set(name, order);
            return owner === undefined ? [] : [`${both(owner, order)}: ${told(name)}`];
        }),
    );
}

/** Prefixes that are another's, or lie below it. */
function prefixFaults(orders: readonly TeamOrder[]): string[] {
    const owners = new Map(orders.map((order) => [order.imagePrefix, order]));
    return orders.flatMap((order) => {
        const parts = order.imagePrefix.split("/");
        const above = parts.map((_, index) => owners.get(parts.slice(0, index + 1).join("/")));
        return above.flatMap((owner) => {
            if (owner === undefined || owner === order) return [];
            const [one, other] = orders.indexOf(owner) < orders.indexOf(order) ? [owner, order] : [order, owner];
            return [
                `${both(one, other)}: imagePrefix must not lie in another team's, got "${one.imagePrefix}" and "${other.imagePrefix}"`,
            ];
        });
    });
}

/** Is there room for all at once? A sum that is too large names everyone who has a part in it, largest first. */
function sumFault(
    what: string,
    orders: readonly TeamOrder[],
    part: (order: TeamOrder) => number,
    limit: number,
    where: string,
): string[] {
    const parts = orders
        .map((order) => ({ team: order.team, of: part(order) }))
        .filter(({ of }) => of > 0)
        .sort((a, b) => b.of - a.of);
    const sum = parts.reduce((total, { of }) => total + of, 0);
    if (sum <= limit) return [];
    const each = parts.map(({ team, of }) => `${team} ${of}`).join(" + ");
    return [`${ordersFolder}/: ${what} must be at most ${limit} together (${where}), got ${each} = ${sum}`];
}

/**
 * What is wrong with the orders of one environment against its pools at their largest; empty when nothing is. The foundation
 * has its pools' vCPUs checked against the subscription's quota already.
 * @param foundation Stack that has the pools, as faults name it.
 */
export function capacityFaults(
    orders: readonly TeamOrder[],
    pools: readonly FleetPool[],
    foundation: string,
): string[] {
    const machines = pools.filter(({ mode }) => mode === "User").map((pool) => ({ pool, size: vmSize(pool.vmSize) }));
    const gpuPools = machines.filter(({ size }) => size?.gpus !== undefined);
    const most = (of: "vCpus" | "memoryGib"): number =>
        machines.reduce((sum, { pool, size }) => sum + pool.maxCount * (size?.[of] ?? 0), 0);
    const known = gpuPools.map(({ pool }) => pool.prefix);
    return [
        ...orders.flatMap(({ file, quota }) =>
            Object.keys(quota.gpus)
                .filter((prefix) => !known.includes(prefix))
                .map(
                    (prefix) =>
                        `${file}: quota.gpus must be of GPU pools of stack ${foundation}, ${known.join(", ") || "which has none"}, got "${prefix}"`,
                ),
        ),
        ...gpuPools.flatMap(({ pool: { prefix, maxCount }, size }) => {
            const each = size?.gpus?.count ?? 0;
            const where = `stack ${foundation}: ${maxCount} machine${maxCount === 1 ? "" : "s"} with ${each} each`;
            return sumFault(
                `GPUs of pool ${prefix}`,
                orders,
                ({ quota }) => quota.gpus[prefix] ?? 0,
                maxCount * each,
                where,
            );
        }),
        ...sumFault(
            "quota.cpu",
            orders,
            ({ quota }) => quota.cpu,
            most("vCpus"),
            `vCPUs of all user pools of stack ${foundation}`,
        ),
        ...sumFault(
            "quota.memoryGib",
            orders,
            ({ quota }) => quota.memoryGib,
            most("memoryGib"),
            `GiB of all user pools of stack ${foundation}`,
        ),
    ];
}
