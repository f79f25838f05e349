import { Budget as AzureBudget } from "@pulumi/azure-native/consumption/budget";
import type { consumption } from "@pulumi/azure-native/types/input";
import * as pulumi from "@pulumi/pulumi";
import { resourceName, type Naming } from "../names";
import { childOptions, shown } from "../options";
import { refuse } from "../refuse";

/** What may be spent, and who hears of it. */
export interface BudgetChoice {
    /** A month, in the currency of the bill. */
    amount: number;
    /** E-mail addresses of those who are told. */
    emails: readonly string[];
}

/** Arguments of {@link Budget}. */
export interface BudgetArgs extends BudgetChoice {
    naming: Naming;
    location: string;
    /** Tells several budgets of an environment apart. @default - the platform's */
    instance?: string;
    counted: Counted;
    /** Percent of the amount at which they are told, up to four. @default 50, 80 and 100 */
    alertPercents?: readonly number[];
    /** Action groups that are told beside the e-mails, as full ids. @default - none */
    actionGroupIds?: readonly pulumi.Input<string>[];
    /** Where more than telling is due: who is told besides. @default - nowhere */
    hardCap?: { percent: number; actionGroupIds: readonly pulumi.Input<string>[] };
    today: Date;
}

/** What is counted: whole groups, those too that Azure makes, as there the machines are; or whatever carries a tag. */
export type Counted =
    { resourceGroupNames: readonly pulumi.Input<string>[] } | { tag: { name: string; value: string } };

/**
 * Monthly budget over several resource groups, or over what carries a tag. It stops nothing: it tells when half, most and all of it is spent, and when
 * all of it will be by the end of the month. It is the subscription's, as one of a group would not see other groups.
 * @see https://learn.microsoft.com/azure/cost-management-billing/costs/tutorial-acm-create-budgets
 * @throws pulumi.ResourceError naming every argument that is out of range.
 */
export class Budget extends pulumi.ComponentResource {
    readonly budgetId: pulumi.Output<string>;

    constructor(name: string, args: BudgetArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:governance:Budget", name, shown(args), opts);
        refuse(this, budgetFaults("", args));
        const { naming, location, instance, amount, counted, today } = args;
        const month = `${today.getUTCFullYear()}-${String(today.getUTCMonth() + 1).padStart(2, "0")}`;
        const budget = new AzureBudget(
            name,
            {
                scope: `/subscriptions/${naming.subscriptionId}`,
                budgetName: resourceName("budget", {
                    ...naming,
                    location,
                    ...(instance !== undefined && { instance }),
                }),
                ...{ category: "Cost", timeGrain: "Monthly", amount },
                timePeriod: { startDate: `${month}-01T00:00:00Z` },
                filter: filterOf(counted),
                notifications: notifications(args),
            },
            childOptions(this, "consumption:Budget", {
                // Azure takes the month in which a budget is made, and never another. Every month counts anew, so it does
                // not matter which it was.
                ignoreChanges: ["timePeriod.startDate"],
            }),
        );
        this.budgetId = budget.id;
        this.registerOutputs({ budgetId: this.budgetId });
    }
}

function filterOf(counted: Counted): consumption.BudgetFilterArgs {
    if ("tag" in counted) return { tags: { name: counted.tag.name, operator: "In", values: [counted.tag.value] } };
    return { dimensions: { name: "ResourceGroupName", operator: "In", values: [...counted.resourceGroupNames] } };
}

function notifications(args: BudgetArgs): Record<string, consumption.NotificationArgs> {
    const { emails, actionGroupIds = [], alertPercents = [50, 80, 100], hardCap } = args;
    const at = (
        threshold: number,
        thresholdType: "Actual" | "Forecasted",
        contactGroups: readonly pulumi.Input<string>[] = actionGroupIds,
    ): consumption.NotificationArgs => ({
        ...{ enabled: true, operator: "GreaterThanOrEqualTo", threshold, thresholdType },
        ...{ contactEmails: [...emails], contactGroups: [...contactGroups] },
    });
    return {
        ...Object.fromEntries(alertPercents.map((percent) => [`spent${percent}`, at(percent, "Actual")])),
        forecast100: at(100, "Forecasted"),
        ...(hardCap && { hardCap: at(hardCap.percent, "Actual", hardCap.actionGroupIds) }),
    };
}

/** What is wrong with a budget; empty when nothing is. */
export function budgetFaults(prefix: string, { amount, emails }: BudgetChoice): string[] {
    const wrong = emails.filter((email) => !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(email));
    return [
        !(amount > 0) && `${prefix}amount must be more than 0, got ${amount}`,
        (emails.length < 1 || emails.length > 50) && `${prefix}emails must be 1 to 50 addresses, got ${emails.length}`,
        ...wrong.map((email) => `${prefix}emails must be e-mail addresses, got "${email}"`),
    ].filter((fault) => typeof fault === "string");
}
