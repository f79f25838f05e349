import { stableGuid } from "../guid";
import { ancestorId, nameOf, sameId } from "../ids";
import { refusal } from "../refusal";
import type { ResourceType } from "../resource-type";
import { regional, tagged } from "./common-rules";
import { isOwnTable, logTables } from "./log-tables";
import { amount, flag, onCreate, onDelete, onUpdate, onWrite, regionOf, text } from "./reading";

const learn = "https://learn.microsoft.com/azure/azure-monitor/logs";
const retention = `${learn}/data-retention-configure`;
const plans = `${learn}/logs-table-plans`;
export const workspaceToken = "azure-native:operationalinsights:Workspace";
const workspacePath =
    "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.OperationalInsights/workspaces/{workspaceName}";
const dayMilliseconds = 86_400_000;
const reservations = [100, 200, 300, 400, 500, 1000, 2000, 5000, 10000, 25000, 50000];

const workspace: ResourceType = {
    token: workspaceToken,
    path: workspacePath,
    name: {
        pattern: /^[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]$/,
        rule: "4 to 63 letters, digits and hyphens, beginning and ending with a letter or digit",
        code: "InvalidResourceName",
        source: "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftoperationalinsights (code unverified)",
    },
    // From `x-ms-mutability` in the specification.
    forceNew: ["location"],
    immutable: [],
    rules: [
        ...regional,
        tagged,
        onWrite(`${retention} (code unverified)`, ({ inputs }) => {
            const days = amount(inputs, "retentionInDays") ?? 30;
            const message = `'RetentionInDays' property doesn't match the SKU limits: 30 to 730, got ${days}.`;
            return !(days >= 30 && days <= 730) && refusal(400, "InvalidParameter", message);
        }),
        onWrite(`${learn}/daily-cap (code unverified)`, ({ inputs }) => {
            const cap = amount(inputs, "workspaceCapping.dailyQuotaGb") ?? -1;
            const message = `'dailyQuotaGb' must be -1 or at least 0.023, got ${cap}.`;
            return cap !== -1 && cap < 0.023 && refusal(400, "InvalidParameter", message);
        }),
        onWrite(`${learn}/cost-logs#commitment-tiers (code unverified)`, ({ inputs }) => {
            const level = amount(inputs, "sku.capacityReservationLevel");
            const reserved = text(inputs, "sku.name") === "CapacityReservation";
            const message = `'capacityReservationLevel' must be one of ${reservations.join(", ")} with sku CapacityReservation, and is for no other, got ${level ?? "none"}.`;
            const fits = reserved ? reservations.includes(level ?? 0) : level === undefined;
            return !fits && refusal(400, "InvalidParameter", message);
        }),
        onCreate(
            `${learn}/delete-workspace#recover-a-workspace-in-a-soft-delete-state (code unverified)`,
            ({ id, inputs, azure }) => {
                const gone = azure.softDeleted(workspaceToken).find((one) => sameId(one.id, id));
                const elsewhere = gone && regionOf(gone.inputs) !== regionOf(inputs);
                const message = `Workspace '${nameOf(id)}' is deleted and can be brought back in '${regionOf(gone?.inputs)}' only.`;
                return elsewhere === true && refusal(409, "Conflict", message);
            },
        ),
    ],
    outputs: ({ id, inputs, previous, azure }) => ({
        location: regionOf(inputs),
        customerId: stableGuid(id, "customer"),
        createdDate: new Date(previous?.createdAt ?? azure.now()).toISOString(),
        sku: { name: text(inputs, "sku.name") ?? "PerGB2018" },
        retentionInDays: amount(inputs, "retentionInDays") ?? 30,
        workspaceCapping: {
            dailyQuotaGb: amount(inputs, "workspaceCapping.dailyQuotaGb") ?? -1,
            dataIngestionStatus: "RespectQuota",
        },
        publicNetworkAccessForIngestion: text(inputs, "publicNetworkAccessForIngestion") ?? "Enabled",
        publicNetworkAccessForQuery: text(inputs, "publicNetworkAccessForQuery") ?? "Enabled",
        features: {
            enableLogAccessUsingOnlyResourcePermissions: flag(
                inputs,
                "features.enableLogAccessUsingOnlyResourcePermissions",
            ),
            disableLocalAuth: flag(inputs, "features.disableLocalAuth"),
        },
    }),
    deletion: { softDeleteDays: () => 14, source: `${learn}/delete-workspace`, comesBack: true },
};

/** Archives end after whole years beyond two. */
const archiveYears = [1095, 1460, 1826, 2191, 2556, 2922, 3288, 3653, 4018, 4383];
const planOf = (value: unknown): string => text(value, "plan") ?? "Analytics";

const table: ResourceType = {
    token: "azure-native:operationalinsights:Table",
    path: `${workspacePath}/tables/{tableName}`,
    name: {
        pattern: /^[A-Za-z][A-Za-z0-9_]{3,62}$/,
        rule: "4 to 63 letters, digits and underscores, from a letter on",
        code: "InvalidParameter",
        source: `${learn}/create-custom-table (code unverified)`,
    },
    forceNew: [],
    immutable: [],
    rules: [
        onWrite(
            "https://learn.microsoft.com/azure/azure-monitor/reference/tables-index (code unverified)",
            ({ id }) => {
                const unknown = !isOwnTable(nameOf(id)) && !Object.hasOwn(logTables, nameOf(id));
                const message = `Table '${nameOf(id)}' is none of Azure's, and a custom table's name ends in _CL.`;
                return unknown && refusal(400, "InvalidParameter", message);
            },
        ),
        onWrite(`${plans} (code unverified)`, ({ id, inputs }) => {
            const wrong = logTables[nameOf(id)]?.plans.some((plan) => plan === planOf(inputs)) === false;
            const message = `Table '${nameOf(id)}' does not support the plan ${planOf(inputs)}.`;
            return wrong && refusal(400, "InvalidParameter", message);
        }),
        onUpdate(`${plans} (once a week; code unverified)`, ({ id, inputs, azure }, previous) => {
            const changed = Date.parse(text(previous.outputs, "lastPlanModifiedDate") ?? "");
            const early = planOf(inputs) !== planOf(previous.inputs) && azure.now() - changed < 7 * dayMilliseconds;
            const message = `The plan of table '${nameOf(id)}' can change once a week.`;
            return early && refusal(400, "InvalidParameter", message);
        }),
        onWrite(`${retention} (interactive retention of Basic is 30 days; code unverified)`, ({ id, inputs }) => {
            const days = amount(inputs, "retentionInDays");
            const message = `The interactive retention of table '${nameOf(id)}' cannot be set with the plan ${planOf(inputs)}.`;
            return planOf(inputs) !== "Analytics" && days !== undefined && refusal(400, "InvalidParameter", message);
        }),
        onWrite(`${retention} (code unverified)`, ({ inputs }) => {
            const [days, total] = ["retentionInDays", "totalRetentionInDays"].map((path) => amount(inputs, path) ?? -1);
            if (days === undefined || total === undefined) return undefined;
            const fits = (value: number, most: number): boolean =>
                value === -1 || (value >= 4 && value <= Math.min(most, 730)) || archiveYears.includes(value);
            const wrong = !fits(days, 730) || days > 730 || !fits(total, 4383) || (total !== -1 && total < days);
            const message = `retentionInDays must be 4 to 730 and totalRetentionInDays no less, up to 730 or whole years up to 4383, got ${days} and ${total}.`;
            return wrong && refusal(400, "InvalidParameter", message);
        }),
        onDelete(
            "https://learn.microsoft.com/rest/api/loganalytics/tables/delete (code unverified)",
            ({ id, azure }) => {
                const message = `Table '${nameOf(id)}' is Azure's: only custom, search and restored tables can be deleted.`;
                // It goes with its workspace.
                const stays = !isOwnTable(nameOf(id)) && azure.find(ancestorId(id, 1)) !== undefined;
                return stays && refusal(400, "InvalidOperation", message);
            },
        ),
    ],
    outputs: ({ inputs, previous, azure }) => {
        const changed = previous === undefined || planOf(previous.inputs) !== planOf(inputs);
        const before = text(previous?.outputs, "lastPlanModifiedDate");
        return {
            plan: planOf(inputs),
            lastPlanModifiedDate: changed || before === undefined ? new Date(azure.now()).toISOString() : before,
            retentionInDays: amount(inputs, "retentionInDays") ?? 30,
            totalRetentionInDays: amount(inputs, "totalRetentionInDays") ?? amount(inputs, "retentionInDays") ?? 30,
        };
    },
};

export const logAnalyticsTypes: readonly ResourceType[] = [workspace, table];
