import { nameOf } from "../ids";
import { isObject, valueAt } from "../properties";
import { refusal } from "../refusal";
import type { Properties, ResourceType } from "../resource-type";
import { clusterPath } from "./agent-pool";
import { amount, onWrite, records, text } from "./reading";

const planned = "https://learn.microsoft.com/azure/aks/planned-maintenance";

/** Bounds of a schedule's numbers. */
const bounds: Readonly<Record<string, Readonly<Record<string, readonly [number, number]>>>> = {
    daily: { intervalDays: [1, 7] },
    weekly: { intervalWeeks: [1, 4] },
    absoluteMonthly: { dayOfMonth: [1, 31], intervalMonths: [1, 6] },
    relativeMonthly: { intervalMonths: [1, 6] },
};

/** What is wrong with a maintenance window, in words. */
function windowFault(name: string, window: unknown): string | undefined {
    const kinds = Object.keys(bounds).filter((kind) => isObject(valueAt(window, `schedule.${kind}`)));
    const [kind = ""] = kinds;
    const hours = amount(window, "durationHours");
    const offset = text(window, "utcOffset");
    if (!isObject(window)) return "maintenanceWindow is missing";
    if (kinds.length !== 1)
        return `schedule must have exactly one of ${Object.keys(bounds).join(", ")}, got ${kinds.length}`;
    if (kind === "daily" && name === "aksManagedAutoUpgradeSchedule")
        return "a daily schedule is for node OS upgrades alone";
    for (const [path, [least, most]] of Object.entries(bounds[kind] ?? {})) {
        const value = amount(window, `schedule.${kind}.${path}`);
        if (!(value !== undefined && Number.isInteger(value) && value >= least && value <= most)) {
            return `schedule.${kind}.${path} must be ${least} to ${most}, got ${value ?? "nothing"}`;
        }
    }
    if (!(hours !== undefined && hours >= 4 && hours <= 24))
        return `durationHours must be 4 to 24, got ${hours ?? "nothing"}`;
    if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(text(window, "startTime") ?? "")) {
        return `startTime must be HH:MM, got '${text(window, "startTime") ?? ""}'`;
    }
    if (offset !== undefined && !/^[+-](0\d|1[0-4]):[0-5]\d$/.test(offset))
        return `utcOffset must be like +02:00, got '${offset}'`;
    const spans = records(window, "notAllowedDates").some(
        (span) => (text(span, "start") ?? "") > (text(span, "end") ?? ""),
    );
    return spans ? "a span of notAllowedDates ends before it starts" : undefined;
}

const isDefault = (id: string): boolean => nameOf(id) === "default";
const slots = (inputs: Properties): Properties[] => records(inputs, "timeInWeek");

const maintenanceConfiguration: ResourceType = {
    token: "azure-native:containerservice:MaintenanceConfiguration",
    path: `${clusterPath}/maintenanceConfigurations/{configName}`,
    name: {
        pattern: /^(default|aksManagedAutoUpgradeSchedule|aksManagedNodeOSUpgradeSchedule)$/,
        rule: "one of default, aksManagedAutoUpgradeSchedule, aksManagedNodeOSUpgradeSchedule",
        code: "InvalidParameter",
        source: planned,
    },
    forceNew: [],
    immutable: [],
    rules: [
        // Which property goes with which name is documented, the code is unverified.
        onWrite(`${planned} (code unverified)`, ({ id, inputs }) => {
            const wrong = isDefault(id) ? inputs.maintenanceWindow !== undefined : slots(inputs).length > 0;
            const message = `Maintenance configuration '${nameOf(id)}' takes ${isDefault(id) ? "timeInWeek" : "maintenanceWindow"}.`;
            return wrong && refusal(400, "InvalidParameter", message);
        }),
        onWrite(planned, ({ id, inputs }) => {
            const empty = isDefault(id) && slots(inputs).length === 0 && records(inputs, "notAllowedTime").length === 0;
            return empty && refusal(400, "TimeInWeekIsNil", "Maintenance configuration 'default' needs timeInWeek.");
        }),
        onWrite(planned, ({ inputs }) => {
            const hours = slots(inputs).flatMap((slot) => (valueAt(slot, "hourSlots") ?? []) as unknown[]);
            const wrong = hours.find((hour) => !(Number.isInteger(hour) && Number(hour) >= 0 && Number(hour) <= 23));
            return (
                wrong !== undefined &&
                refusal(400, "InvalidHourSlot", `An hour slot is 0 to 23, got ${JSON.stringify(wrong)}.`)
            );
        }),
        onWrite(planned, ({ inputs }) => {
            const wrong = records(inputs, "notAllowedTime").some(
                (span) => (text(span, "start") ?? "") >= (text(span, "end") ?? ""),
            );
            return wrong && refusal(400, "InvalidStartEndTime", "A span of notAllowedTime ends before it starts.");
        }),
        onWrite(`${planned} (code unverified)`, ({ id, inputs }) => {
            const fault = isDefault(id) ? undefined : windowFault(nameOf(id), inputs.maintenanceWindow);
            const message = `Maintenance configuration '${nameOf(id)}' is not valid: ${fault ?? ""}.`;
            return fault !== undefined && refusal(400, "InvalidParameter", message);
        }),
    ],
    outputs: ({ inputs }) => ({
        type: "Microsoft.ContainerService/managedClusters/maintenanceConfigurations",
        ...(isObject(inputs.maintenanceWindow)
            ? { maintenanceWindow: { utcOffset: text(inputs, "maintenanceWindow.utcOffset") ?? "+00:00" } }
            : {}),
    }),
};

export const maintenanceTypes: readonly ResourceType[] = [maintenanceConfiguration];
