import { ancestorId } from "../ids";
import { isObject, valueAt } from "../properties";
import { refusal } from "../refusal";
import type { Properties, ResourceType, Stored } from "../resource-type";
import { amount, flag, onWrite, records, text, texts } from "./reading";
import { onlyDefault } from "./storage-service";

const lifecycle = "https://learn.microsoft.com/azure/storage/blobs/lifecycle-management-policy-structure";
const actionNames = ["tierToHot", "tierToCool", "tierToCold", "tierToArchive", "delete"] as const;

/** Every action of a rule with what it acts on. */
function actionsOf(rule: Properties): { on: string; name: string; when: Properties }[] {
    return ["baseBlob", "snapshot", "version"].flatMap((on) =>
        actionNames.flatMap((name) => {
            const when = valueAt(rule, `definition.actions.${on}.${name}`);
            return isObject(when) ? [{ on, name, when }] : [];
        }),
    );
}

/** What is wrong with a rule of an account, in words; the first fault is enough, as Azure names one. */
function ruleFault(rule: Properties, account: Stored | undefined, tracksAccess: boolean): string | undefined {
    const [actions, filters] = [actionsOf(rule), valueAt(rule, "definition.filters")];
    const blobTypes = texts(filters, "blobTypes");
    const tiers = actions.filter(({ name }) => name.startsWith("tier"));
    if (text(rule, "type") !== "Lifecycle") return "the only type of a rule is Lifecycle";
    if (actions.length === 0) return "a rule needs at least one action";
    if (isObject(filters) && blobTypes.length === 0) return "filters need blobTypes";
    if (blobTypes.some((type) => !["blockBlob", "appendBlob"].includes(type)))
        return "blobTypes are blockBlob and appendBlob";
    if (tiers.length > 0 && blobTypes.includes("appendBlob"))
        return "append blobs have no tiers, only delete is possible";
    if (tiers.length > 0 && text(account?.inputs, "kind") === "BlockBlobStorage")
        return "premium accounts have no tiers";
    if (
        tiers.some(({ name }) => name === "tierToArchive") &&
        (text(account?.inputs, "sku.name") ?? "").endsWith("ZRS")
    ) {
        return "tierToArchive is not supported for zone-redundant accounts";
    }
    if (texts(filters, "prefixMatch").length > 10) return "prefixMatch takes 10 prefixes";
    if (records(filters, "blobIndexMatch").length > 0 && flag(account?.inputs, "isHnsEnabled")) {
        return "blobIndexMatch is not supported with a hierarchical namespace";
    }
    for (const { on, name, when } of actions) {
        const conditions = Object.entries(when).filter(([, value]) => typeof value === "number");
        const ages = conditions.filter(([key]) => key !== "daysAfterLastTierChangeGreaterThan");
        if (ages.length !== 1) return `${on}.${name} needs exactly one condition on age, got ${ages.length}`;
        const bad = conditions.find(([, value]) => !Number.isInteger(value) || Number(value) < 0);
        if (bad) return `${on}.${name}.${bad[0]} must be a whole number of days from 0, got ${String(bad[1])}`;
        if (amount(when, "daysAfterLastAccessTimeGreaterThan") !== undefined && !tracksAccess) {
            return `${on}.${name} looks at the last access, which lastAccessTimeTrackingPolicy does not track`;
        }
    }
    return undefined;
}

const managementPolicy: ResourceType = {
    token: "azure-native:storage:ManagementPolicy",
    path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Storage/storageAccounts/{accountName}/managementPolicies/{managementPolicyName}",
    name: onlyDefault("https://learn.microsoft.com/rest/api/storagerp/management-policies/create-or-update"),
    forceNew: [],
    immutable: [],
    // The rules are documented, their code is unverified.
    rules: [
        onWrite(lifecycle, ({ inputs }) => {
            const rules = records(inputs, "policy.rules").length;
            const message = `A lifecycle policy has 1 to 100 rules, got ${rules}.`;
            return !(rules >= 1 && rules <= 100) && refusal(400, "InvalidRequestPropertyValue", message);
        }),
        onWrite(lifecycle, ({ inputs }) => {
            const names = records(inputs, "policy.rules").map((rule) => text(rule, "name") ?? "");
            const twice = names.find((name, index) => names.indexOf(name) !== index);
            return (
                twice !== undefined &&
                refusal(400, "InvalidRequestPropertyValue", `The rule name '${twice}' is not unique.`)
            );
        }),
        onWrite(lifecycle, ({ inputs }) => {
            const names = records(inputs, "policy.rules").map((rule) => text(rule, "name") ?? "");
            const bad = names.find((name) => !/^[a-zA-Z0-9-]{1,256}$/.test(name));
            const message = `The rule name '${bad ?? ""}' must be 1 to 256 letters, digits and hyphens.`;
            return bad !== undefined && refusal(400, "InvalidRequestPropertyValue", message);
        }),
        onWrite(lifecycle, ({ id, inputs, azure }) => {
            const account = azure.find(ancestorId(id, 1));
            const service = azure.find(`${ancestorId(id, 1)}/blobServices/default`);
            const tracks = flag(service?.inputs, "lastAccessTimeTrackingPolicy.enable");
            for (const rule of records(inputs, "policy.rules")) {
                const fault = ruleFault(rule, account, tracks);
                const message = `The lifecycle rule '${text(rule, "name") ?? ""}' is not valid: ${fault ?? ""}.`;
                if (fault !== undefined) return refusal(400, "InvalidRequestPropertyValue", message);
            }
            return undefined;
        }),
    ],
    outputs: ({ azure }) => ({
        type: "Microsoft.Storage/storageAccounts/managementPolicies",
        lastModifiedTime: new Date(azure.now()).toISOString(),
    }),
};

export const lifecycleTypes: readonly ResourceType[] = [managementPolicy];
