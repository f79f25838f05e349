import { assumptions, daysAMonth, hoursAMonth } from "../assumptions";
import { holds, isMap, mapsAt, numberAt, textAt } from "../../model/inputs";
import { exactly, times } from "../range";
import { item, type Item, type Priced, type Rule } from "../rule";

function accountItems({ inputs }: Priced): Item[] | string {
    const sku = textAt(inputs, "sku.name");
    const [, tier, redundancy] = /^(\w+?)_(\w+)$/.exec(sku ?? "") ?? [];
    if (redundancy === undefined) return "its redundancy is not known before the update";
    if (tier !== "Standard") return `nothing is known of ${String(sku)}`;
    return [
        item(`blob:${redundancy}`, assumptions.blobs, "blobs"),
        item(`blob-write:${redundancy}`, assumptions.blobOperations, "blobOperations"),
        item(`blob-read:${redundancy}`, assumptions.blobOperations, "blobOperations"),
    ];
}

function registryItems({ inputs }: Priced): Item[] | string {
    const sku = textAt(inputs, "sku.name");
    if (sku === undefined) return "its tier is not known before the update";
    return [item(`registry:${sku}`, exactly(daysAMonth)), item("registry:storage", assumptions.images, "images")];
}

/** Keys in software cost their uses alone; those in hardware a price each month, and all of them each rotation. */
function keyItems({ inputs }: Priced): Item[] | string {
    const kind = textAt(inputs, "properties.kty");
    if (kind === undefined) return "its kind is not known before the update";
    const [trigger] = mapsAt(inputs, "properties.rotationPolicy.lifetimeActions");
    const [, days = ""] = /^P(\d+)D$/.exec((trigger && textAt(trigger, "trigger.timeAfterCreate")) ?? "") ?? [];
    const long = numberAt(inputs, "properties.keySize") !== 2048;
    return [
        ...(kind.endsWith("-HSM") ? [item(long ? "key:hsm" : "key:hsm-2048", exactly(1))] : []),
        ...(days === "" ? [] : [item("key:rotation", exactly(daysAMonth / Number(days)))]),
    ];
}

/** A workspace under an own key gets services of its own, in a group that Microsoft keeps and we pay. */
function workspaceItems({ inputs }: Priced): Item[] {
    if (holds(inputs, "encryption", isMap) === false) return [];
    return [
        item("cosmos:throughput", times(assumptions.cosmosThroughput, hoursAMonth), "cosmosThroughput"),
        item("search:S1", times(assumptions.searchUnits, hoursAMonth), "searchUnits"),
        item("blob:LRS", assumptions.blobs, "blobs"),
    ];
}

export const dataRules: Readonly<Record<string, Rule>> = {
    "azure-native:storage:StorageAccount": { group: "storage", items: accountItems },
    "azure-native:containerregistry:Registry": { group: "registry", items: registryItems },
    "azure-native:keyvault:Vault": {
        group: "keys",
        items: () => [
            item("vault:operations", assumptions.keyOperations, "keyOperations"),
            item("key:operations", assumptions.keyOperations, "keyOperations"),
        ],
    },
    "azure-native:keyvault:Key": { group: "keys", items: keyItems },
    "azure-native:machinelearningservices:Workspace": { group: "machine learning", items: workspaceItems },
};
