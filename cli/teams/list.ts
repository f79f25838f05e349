import { vmSize } from "../../facts/vm-sizes";
import {
    capacityFaults,
    ordersFolder,
    ordersOf,
    overlapFaults,
    termFaults,
    workspaceFaults,
    type Fleet,
    type FleetPool,
} from "../../stacks/team/fleet";
import { expiryOf, expirySaid, gpusOf, type TeamOrder } from "../../stacks/team/order";
import { environments, type Environment } from "../../stacks/tiers";
import type { Context } from "../stack-run";
import { settingsOf } from "../stack-settings";
import { table } from "../table";
import { UserError } from "../user-error";
import { fleetIn } from "./fleet-in";
import { stackFiles } from "../workspace";

/**
 * Lists the teams' orders and holds them against each other, the foundations' pools and what the fleet may spend; asks nobody.
 * @throws UserError naming everything that does not fit.
 */
export async function listTeams(context: Context, today = new Date()): Promise<void> {
    const { terminal, at } = context;
    const fleet = fleetIn(at);
    const grounds: Partial<Record<Environment, Ground>> = {};
    for (const environment of environments)
        if (ordersOf(fleet, environment).length > 0) grounds[environment] = await groundOf(context, environment);
    const { lines, faults } = teamReport(fleet, grounds, today);
    for (const line of lines) terminal.line(line);
    if (faults.length > 0) throw new UserError(`the orders do not fit:\n  ${faults.join("\n  ")}`);
    const files = new Set(fleet.orders.map(({ file }) => file)).size;
    terminal.step(terminal.good(`${files} in ${ordersFolder}/, and they fit together`));
}

/** What of a foundation orders are held against. */
interface Ground {
    /** User pools. */
    pools: readonly FleetPool[];
    /** Teams with a workspace of their own. */
    workspaces: readonly string[];
}
const nothing: Ground = { pools: [], workspaces: [] };

/**
 * @param grounds By environment, of those that have orders.
 */
export function teamReport(
    fleet: Fleet,
    grounds: Readonly<Partial<Record<Environment, Ground>>>,
    today: Date,
): { lines: string[]; faults: string[] } {
    const ordered = environments.filter((environment) => ordersOf(fleet, environment).length > 0);
    const ends = fleet.orders.map((order) => {
        const expiry = expiryOf(order, fleet.graceDays, today);
        return { isOver: expiry.state === "over", said: expirySaid(order, expiry) ?? "" };
    });
    return {
        lines: [
            ...table([
                ["TEAM", "ENVIRONMENT", "GPUS", "CPU", "MEMORY", "BUDGET", "EXPIRES", "LEAD"],
                ...ordered.flatMap((environment) => ordersOf(fleet, environment).map(row)),
            ]),
            ...ordered.map((environment) => promised(fleet, environment, grounds[environment] ?? nothing)),
            ...once(ends.flatMap(({ isOver, said }) => (isOver || said === "" ? [] : [said]))),
        ],
        faults: once([
            ...environments.flatMap((environment) => overlapFaults(fleet, environment)),
            ...environments.flatMap((environment) => termFaults(fleet, environment, today)),
            ...ordered.flatMap((environment) => {
                const { pools, workspaces } = grounds[environment] ?? nothing;
                const orders = ordersOf(fleet, environment);
                return [
                    ...capacityFaults(orders, pools, environment),
                    ...workspaceFaults(orders, workspaces, environment),
                ];
            }),
            ...ends.flatMap(({ isOver, said }) => (isOver ? [said] : [])),
        ]),
    };
}

/** What is so in several environments is told once. */
const once = (lines: readonly string[]): string[] => [...new Set(lines)];

function row(order: TeamOrder): (string | number)[] {
    const { team, environment, quota, budget, expires, lead, frozen } = order;
    const gpus = Object.entries(quota.gpus).map(([pool, count]) => `${pool} ${count}`);
    return [
        ...[frozen ? `${team} (frozen)` : team, environment, gpus.join(", ") || "none"],
        ...[quota.cpu, `${quota.memoryGib} GiB`, budget.amount, expires, lead],
    ];
}

/** That of the environment's foundation, by its file; nothing when there is no such stack. */
async function groundOf(context: Context, environment: Environment): Promise<Ground> {
    if (!stackFiles(context.at).some(({ name }) => name === environment)) return nothing;
    const { userPools, gpuPools, teamWorkspaces: workspaces } = await settingsOf(context, environment);
    const pools = [...userPools, ...gpuPools].map(({ prefix, vmSize: size, maxCount }) => ({
        ...{ prefix, vmSize: size, maxCount, mode: "User" },
    }));
    return { pools, workspaces };
}

/** How much of what there is has been given away. */
function promised(fleet: Fleet, environment: Environment, { pools }: Ground): string {
    const orders = ordersOf(fleet, environment);
    const sum = (of: (order: TeamOrder) => number): number => orders.reduce((total, order) => total + of(order), 0);
    const gpus = pools.reduce((total, pool) => total + pool.maxCount * (vmSize(pool.vmSize)?.gpus?.count ?? 0), 0);
    const spent = sum(({ budget }) => budget.amount);
    return `  ${environment}: ${sum(gpusOf)} of ${gpus} GPUs and ${spent} of ${fleet.budgets[environment] ?? 0} a month are promised`;
}
