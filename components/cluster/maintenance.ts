import {
    MaintenanceConfiguration,
    type MaintenanceConfigurationArgs,
} from "@pulumi/azure-native/containerservice/maintenanceConfiguration";
import type * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../options";
import { wholeNumberFault } from "../units";

export const weekDays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;
export type WeekDay = (typeof weekDays)[number];

/** A weekly window in which Azure may exchange versions and node images. */
export interface MaintenanceWindow {
    day: WeekDay;
    /** 24-hour clock, e.g. `02:00`, at `utcOffset`. */
    startTime: string;
    /** Hours, 4 to 24. Below 4, Azure cannot promise to be done. */
    durationHours: number;
    /** E.g. `+01:00`. */
    utcOffset: string;
}

/**
 * Registers the cluster's maintenance windows, one after the other, under the three names that AKS knows: its own weekly
 * releases, new versions, and new node images.
 * @see https://learn.microsoft.com/azure/aks/planned-maintenance
 */
export function maintenanceWindows(
    name: string,
    at: { resourceGroupName: pulumi.Input<string>; clusterName: pulumi.Input<string> },
    window: MaintenanceWindow,
    parent: pulumi.Resource,
): MaintenanceConfiguration[] {
    const { day, startTime, durationHours, utcOffset } = window;
    const maintenanceWindow = {
        schedule: { weekly: { dayOfWeek: day, intervalWeeks: 1 } },
        ...{ durationHours, startTime, utcOffset },
    };
    const made: MaintenanceConfiguration[] = [];
    const make = (suffix: string, configName: string, more: Partial<MaintenanceConfigurationArgs>): void => {
        const names = { configName, resourceName: at.clusterName, resourceGroupName: at.resourceGroupName };
        const options = childOptions(parent, "containerservice:MaintenanceConfiguration", { dependsOn: [...made] });
        made.push(new MaintenanceConfiguration(`${name}-${suffix}`, { ...names, ...more }, options));
    };
    // The first of the three is the oldest, and takes hours of the week.
    make("releases", "default", { timeInWeek: hoursOfWeek(window) });
    make("versions", "aksManagedAutoUpgradeSchedule", { maintenanceWindow });
    make("images", "aksManagedNodeOSUpgradeSchedule", { maintenanceWindow });
    return made;
}

/** The window as whole hours of the week in UTC, from the hour it starts in. */
export function hoursOfWeek(window: MaintenanceWindow): { day: WeekDay; hourSlots: number[] }[] {
    const [hours = 0, minutes = 0] = window.startTime.split(":").map(Number);
    const [offsetHours = 0, offsetMinutes = 0] = window.utcOffset.slice(1).split(":").map(Number);
    const offset = (window.utcOffset.startsWith("-") ? -1 : 1) * (offsetHours * 60 + offsetMinutes);
    const start = Math.floor((weekDays.indexOf(window.day) * 1440 + hours * 60 + minutes - offset) / 60);
    const slots = new Map<WeekDay, number[]>();
    for (let hour = start; hour < start + window.durationHours; hour++) {
        const ofWeek = (hour + 168) % 168;
        const day = weekDays[Math.floor(ofWeek / 24)] ?? window.day;
        slots.set(day, [...(slots.get(day) ?? []), ofWeek % 24]);
    }
    return [...slots].map(([day, hourSlots]) => ({ day, hourSlots }));
}

/** What is wrong with a maintenance window; empty when nothing is. */
export function maintenanceFaults(
    field: string,
    { day, startTime, durationHours, utcOffset }: MaintenanceWindow,
): string[] {
    const faults = [
        !weekDays.includes(day) && `${field}.day must be one of ${weekDays.join(", ")}, got "${day}"`,
        !/^([01]\d|2[0-3]):[0-5]\d$/.test(startTime) && `${field}.startTime must be 00:00 to 23:59, got "${startTime}"`,
        wholeNumberFault(`${field}.durationHours`, durationHours, 4, 24),
        !/^[+-](0\d|1[0-4]):[0-5]\d$/.test(utcOffset) &&
            `${field}.utcOffset must read +01:00 or -07:00, got "${utcOffset}"`,
    ];
    return faults.filter((fault) => typeof fault === "string");
}
