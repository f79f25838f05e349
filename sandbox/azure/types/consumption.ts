import { isObject, valuesAt } from "../properties";
import { refusal } from "../refusal";
import type { Properties, Refusal, ResourceType } from "../resource-type";
import { first, isMissing, strings } from "./common-rules";
import { amount, onWrite, records, text, texts } from "./reading";

const api = "https://learn.microsoft.com/rest/api/consumption/budgets/create-or-update; code unverified";
// The service says its status as its code: https://github.com/hashicorp/terraform-provider-azurerm/issues/14691 (unverified)
const fault = (message: string): Refusal => refusal(400, "400", `Invalid budget configuration: ${message}`);

const notifications = (inputs: Properties): Properties[] => {
    const all = inputs.notifications;
    return isObject(all) ? Object.values(all).filter(isObject) : [];
};
const oldest = Date.UTC(2017, 5, 1);
const yearMilliseconds = 366 * 86_400_000;

const budget: ResourceType = {
    token: "azure-native:consumption:Budget",
    path: "/{scope}/providers/Microsoft.Consumption/budgets/{budgetName}",
    name: {
        pattern: /^[A-Za-z0-9_-]{1,63}$/,
        rule: "1 to 63 letters, digits, underscores and hyphens",
        code: "400",
        source: "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules; code unverified",
    },
    forceNew: [],
    immutable: [
        {
            path: "timePeriod.startDate",
            code: "400",
            source: "https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/consumption_budget_subscription (start_date forces a new one); code unverified",
        },
    ],
    rules: [
        onWrite(api, ({ inputs }) => {
            const most = amount(inputs, "amount") ?? 0;
            return most <= 0 && fault(`the amount must be more than 0, got ${most}.`);
        }),
        onWrite(api, ({ inputs, azure }) => {
            const [from, to] = [text(inputs, "timePeriod.startDate") ?? "", text(inputs, "timePeriod.endDate")];
            const start = Date.parse(from);
            if (Number.isNaN(start) || new Date(start).getUTCDate() !== 1)
                return fault(`Start date should be first day of month, got '${from}'.`);
            if (start < oldest) return fault(`Start date should be on or after June 1, 2017, got '${from}'.`);
            if (start > azure.now() + yearMilliseconds)
                return fault(`Start date should not be more than twelve months ahead, got '${from}'.`);
            return to !== undefined && Date.parse(to) <= start && fault(`End date '${to}' is not after '${from}'.`);
        }),
        onWrite(`${api} (up to five notifications)`, ({ inputs }) => {
            const count = notifications(inputs).length;
            return count > 5 && fault(`a budget has at most 5 notifications, got ${count}.`);
        }),
        onWrite(`${api} (threshold, contacts)`, ({ inputs }) =>
            first(notifications(inputs), (one) => {
                const threshold = amount(one, "threshold") ?? -1;
                if (!(threshold > 0 && threshold <= 1000))
                    return fault(`the threshold ${threshold} is not in 0 to 1000.`);
                const contacts = ["contactEmails", "contactGroups", "contactRoles"].flatMap((path) => texts(one, path));
                if (contacts.length === 0) return fault("a notification needs a contact email, group or role.");
                const mails = texts(one, "contactEmails").length;
                return mails > 50 ? fault(`a notification takes 50 contact emails, got ${mails}.`) : undefined;
            }),
        ),
        onWrite(`${api} (and: at least 2 items)`, ({ inputs }) => {
            const parts = records(inputs, "filter.and").length;
            return (
                valuesAt(inputs, "filter.and").length > 0 &&
                parts < 2 &&
                fault(`filter.and needs 2 items, got ${parts}.`)
            );
        }),
        onWrite(`${api} (action groups by their ids)`, ({ inputs, azure }) =>
            first(
                notifications(inputs).flatMap((one) => strings(one, "contactGroups.[]")),
                (id) => (isMissing(azure, id) ? fault(`the action group '${id}' was not found.`) : undefined),
            ),
        ),
    ],
    outputs: () => ({
        currentSpend: { amount: 0, unit: "EUR" },
        forecastSpend: { amount: 0, unit: "EUR" },
    }),
};

export const consumptionTypes: readonly ResourceType[] = [budget];
