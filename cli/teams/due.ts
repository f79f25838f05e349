import { expiryOf, type Expiry } from "../../stacks/team/order";
import type { Context } from "../stack-run";
import { table } from "../table";
import { UserError } from "../user-error";
import { fleetIn } from "./fleet-in";

/** What has to be done about one team's environment, for whoever does it by a calendar. */
export interface Due {
    stack: string;
    team: string;
    lead: string;
    expires: string;
    state: Exclude<Expiry["state"], "good">;
    /** Until the next state; none after the last. */
    daysLeft?: number;
}

const whatToDo: Readonly<Record<Due["state"], string>> = {
    ending: "renew by a later day in the order, or let it end",
    frozen: "npx mlplatform up freezes it, data stays",
    over: "destroy it: npx mlplatform teardown tells what that takes",
};

/** Environments whose end is near or past, nearest to it last. */
export function dueIn({ orders, graceDays }: ReturnType<typeof fleetIn>, today: Date): Due[] {
    return orders
        .flatMap((order): Due[] => {
            const { team, environment, lead, expires } = order;
            const expiry = expiryOf(order, graceDays, today);
            if (expiry.state === "good") return [];
            return [{ stack: `${environment}-${team}`, team, lead, expires, ...expiry }];
        })
        .sort((a, b) => b.expires.localeCompare(a.expires) || a.stack.localeCompare(b.stack));
}

/**
 * Prints what is due: to be renewed, to be frozen, to be destroyed.
 * @throws UserError when something has to be destroyed, so that a scheduled run is seen to need somebody.
 */
export function due({ at, terminal }: Pick<Context, "at" | "terminal">, asJson: boolean, today = new Date()): void {
    const found = dueIn(fleetIn(at), today);
    if (asJson) terminal.line(JSON.stringify(found, undefined, 2));
    else if (found.length === 0) terminal.step("nothing is due");
    else
        for (const line of table([
            ["STACK", "LEAD", "EXPIRES", "STATE", "DAYS LEFT", "WHAT TO DO"],
            ...found.map(({ stack, lead, expires, state, daysLeft }) => [
                ...[stack, lead, expires, state, daysLeft ?? "", whatToDo[state]],
            ]),
        ]))
            terminal.line(line);
    const over = found.filter(({ state }) => state === "over").map(({ stack }) => stack);
    if (over.length > 0) throw new UserError(`past their grace: ${over.join(", ")}`);
}
