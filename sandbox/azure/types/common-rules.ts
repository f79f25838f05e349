import { regions } from "../../../facts/regions";
import { nameOf, parseId, sameId, subscriptionOf } from "../ids";
import { isObject, same, valuesAt } from "../properties";
import { refusal } from "../refusal";
import type { NameRule, Refusal, Request, Rule, Stored, Subscription } from "../resource-type";
import { onCreate, onUpdate, onWrite, regionOf, texts } from "./reading";

/** The texts at a path with `[]`. */
export function strings(value: unknown, path: string): string[] {
    return valuesAt(value, path).filter((found) => typeof found === "string");
}

/** The first repeated value, by `key`; undefined where all differ. */
export function repeated<T>(items: readonly T[], key: (item: T) => string): [T, T] | undefined {
    const seen = new Map<string, T>();
    for (const item of items) {
        const other = seen.get(key(item));
        if (other !== undefined) return [other, item];
        seen.set(key(item), item);
    }
    return undefined;
}

/** The first refusal of a list. */
export function first<T>(items: readonly T[], refuse: (item: T) => Refusal | undefined): Refusal | undefined {
    for (const item of items) {
        const refused = refuse(item);
        if (refused) return refused;
    }
    return undefined;
}

const nameRules = "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules";

/** Names in Microsoft.Network: letters, digits, `_.-`, beginning with a letter or digit, ending with one or `_`. */
export function networkName(min: number, max: number): NameRule {
    const inner = `{${Math.max(0, min - 2)},${max - 2}}`;
    const whole = `[A-Za-z0-9_.-]${inner}[A-Za-z0-9_]`;
    return {
        pattern: new RegExp(min > 1 ? `^[A-Za-z0-9]${whole}$` : `^[A-Za-z0-9](${whole})?$`),
        rule: `${min} to ${max} letters, digits, "_", "." or "-"; begins with a letter or digit, ends with one or "_"`,
        code: "InvalidResourceName",
        source: nameRules,
    };
}

const regionsPage = "https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-sku-not-available";
const locationPage = "https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-invalid-template";

/** A region is required, must exist, and stays what it was. */
export const regional: readonly Rule[] = [
    onCreate(locationPage, ({ inputs }) => regionOf(inputs) === "" && locationRequired),
    onCreate(
        regionsPage,
        ({ inputs, id }) =>
            !Object.hasOwn(regions, regionOf(inputs)) &&
            locationNotAvailable(regionOf(inputs), id, Object.keys(regions)),
    ),
    onUpdate("https://learn.microsoft.com/azure/azure-resource-manager/management/move-limitations", moved),
];

/** DNS zones and their links are in no region. */
export const globalOnly: readonly Rule[] = [
    onCreate(locationPage, ({ inputs }) => regionOf(inputs) === "" && locationRequired),
    onWrite("https://learn.microsoft.com/rest/api/dns/privatedns/private-zones/create-or-update", ({ inputs, id }) => {
        const location = regionOf(inputs);
        return location !== "" && location !== "global" && locationNotAvailable(location, id, ["global"]);
    }),
];

export const locationRequired = refusal(
    400,
    "LocationRequired",
    "The location property is required for this definition.",
);

function locationNotAvailable(location: string, id: string, available: readonly string[]): Refusal {
    const type = parseId(id)?.type ?? "";
    return refusal(
        400,
        "LocationNotAvailableForResourceType",
        `The provided location '${location}' is not available for resource type '${type}'. List of available regions for the resource type is '${available.join(",")}'.`,
    );
}

function moved({ id, inputs }: Request, previous: Stored): Refusal | undefined {
    const [before, after] = [regionOf(previous.inputs), regionOf(inputs)];
    if (after === "" || before === after) return undefined;
    const { name = "", resourceGroupName = "" } = parseId(id) ?? {};
    return refusal(
        409,
        "InvalidResourceLocation",
        `The resource '${name}' already exists in location '${before}' in resource group '${resourceGroupName}'. A resource with the same name cannot be created in location '${after}'. Please select a new resource name.`,
    );
}

const zonesPage = "https://learn.microsoft.com/azure/reliability/regions-list";

/** Zones must be there in the region and never change. */
export const zonal: readonly Rule[] = [
    onWrite(
        `${zonesPage}; code: https://github.com/Azure-Samples/azure-nvidia-robotics-reference-architecture/issues/182`,
        ({ inputs, id }) => {
            const location = regionOf(inputs);
            if (texts(inputs, "zones").length === 0 || regions[location]?.zones !== false) return undefined;
            return refusal(
                400,
                "LocationNotSupportAvailabilityZones",
                `The resource '${parseId(id)?.type ?? ""}/${nameOf(id)}' does not support availability zones at location '${location}'.`,
            );
        },
    ),
    onWrite(`${zonesPage}; code unverified`, ({ inputs, id }) => {
        const wrong = texts(inputs, "zones").find((zone) => !["1", "2", "3"].includes(zone));
        if (wrong === undefined) return undefined;
        return refusal(400, "InvalidAvailabilityZone", `The zone(s) '${wrong}' for resource '${id}' is not supported.`);
    }),
    onUpdate("https://github.com/Azure/AzOps/issues/701", ({ id, inputs }, previous) => {
        const [before, after] = [texts(previous.inputs, "zones").sort(), texts(inputs, "zones").sort()];
        if (same(before, after)) return undefined;
        const [was, asked] = [before, after].map((zones) => zones.join(", ") || "NoZone");
        return refusal(
            400,
            "ResourceAvailabilityZonesCannotBeModified",
            `Resource ${id} has an existing availability zone constraint ${was ?? ""} and the request has availability zone constraint ${asked ?? ""}, which do not match. Zones cannot be added/updated/removed once the resource is created. The resource cannot be updated from regional to zonal or vice-versa.`,
        );
    }),
];

/** Resources that name `id` anywhere in what was asked of them and thereby take part of it. */
export function usersOf(azure: Subscription, id: string): Stored[] {
    return azure.list().filter((other) => !onlyMentions(other) && !sameId(other.id, id) && mentions(other.inputs, id));
}

/** Roles and locks are granted on a resource, firewalls of data services let its traffic in, monitors watch it: none uses it. */
function onlyMentions({ token }: Stored): boolean {
    return /^azure-native:(authorization|storage|keyvault|containerregistry|monitor|alertsmanagement):/.test(token);
}

function mentions(value: unknown, id: string): boolean {
    if (typeof value === "string") return sameId(value, id);
    if (Array.isArray(value)) return value.some((item) => mentions(item, id));
    return isObject(value) && Object.entries(value).some(([key, inner]) => sameId(key, id) || mentions(inner, id));
}

const referencePage =
    "https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors (InvalidResourceReference)";

/** The resource at `id`, when this subscription can tell; ids of other subscriptions are taken on trust. */
export function isMissing(azure: Subscription, id: string): boolean {
    const own = sameId(subscriptionOf(id) ?? "", `/subscriptions/${azure.subscriptionId}`);
    return own && azure.find(id) === undefined;
}

/** Every id at these paths must be of a live resource, in the same region when `sameRegion`. */
export function references(paths: readonly string[], sameRegion = false): Rule {
    return onWrite(referencePage, ({ id, inputs, azure }) =>
        first(
            paths.flatMap((path) => strings(inputs, path)),
            (target) => {
                const region = regionOf(azure.find(target)?.inputs);
                const elsewhere = sameRegion && region !== "" && region !== regionOf(inputs);
                return isMissing(azure, target) || elsewhere ? invalidReference(id, target) : undefined;
            },
        ),
    );
}

export function invalidReference(from: string, to: string): Refusal {
    return refusal(
        400,
        "InvalidResourceReference",
        `Resource ${to} referenced by resource ${from} was not found. Please make sure that the referenced resource exists, and that both resources are in the same region.`,
    );
}

/** Characters that no tag name may have. */
export const tagged: Rule = onWrite(
    "https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources#limitations",
    ({ inputs }) => {
        const wrong = texts(inputs, "tags").find((name) => /[<>%&\\?/]/.test(name));
        if (wrong === undefined) return undefined;
        const message = `The tag names '${wrong}' have reserved characters '<,>,%,&,\\,?,/' or control characters.`;
        return refusal(400, "InvalidTagNameCharacters", message);
    },
);
