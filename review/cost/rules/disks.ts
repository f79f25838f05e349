import { diskSizes } from "../../../facts/price-meters";
import type { AssumptionName } from "../assumptions";
import { mapsAt, numberAt, textAt } from "../../model/inputs";
import { exactly, type Range } from "../range";
import { allOf, item, type Item, type Rule } from "../rule";
import type { ValueMap } from "../../model/value";

/** Managed disks of that size; they are billed by the next larger size on offer. */
export function diskItem(
    kind: "P" | "E",
    gib: number,
    count: Range,
    ...assumed: readonly AssumptionName[]
): Item | string {
    const size = diskSizes.find((each) => each.gib >= gib);
    return size ? item(`disk:${kind}${size.tier}`, count, ...assumed) : `nothing is known of disks of ${gib} GiB`;
}

const units: Readonly<Record<string, number>> = { Mi: 1 / 1024, Gi: 1, Ti: 1024 };

/** A claim's disk: premium, as the platform's storage class asks for. */
function claimed(claim: ValueMap, count: number): Item | string {
    const [, figure = "", unit = ""] =
        /^(\d+)(Mi|Gi|Ti)$/.exec(textAt(claim, "spec.resources.requests.storage") ?? "") ?? [];
    const gib = Number(figure) * (units[unit] ?? 0);
    return gib > 0 ? diskItem("P", gib, exactly(count)) : "the size of its disk is not known before the update";
}

/** Disks of a claim, and of a set's claims, one for each of its replicas. */
export const diskRules: Readonly<Record<string, Rule>> = {
    "kubernetes:core/v1:PersistentVolumeClaim": {
        group: "storage",
        items: ({ inputs }) => allOf([claimed(inputs, 1)]),
    },
    "kubernetes:apps/v1:StatefulSet": {
        group: "storage",
        items: ({ inputs }) => {
            const replicas = numberAt(inputs, "spec.replicas") ?? 1;
            return allOf(mapsAt(inputs, "spec.volumeClaimTemplates").map((claim) => claimed(claim, replicas)));
        },
    },
};
