import { refusal } from "../refusal";
import { parseId, sameId } from "../ids";
import type { ResourceType } from "../resource-type";
import { stableGuid } from "../guid";
import { networkName, references, tagged } from "./common-rules";
import { amount, flag, onCreate, onWrite, regionOf, text, texts, userIdentity } from "./reading";

const overview = "https://learn.microsoft.com/azure/network-watcher/vnet-flow-logs-overview";
const identities = "https://learn.microsoft.com/azure/network-watcher/vnet-flow-logs-managed-identity";
const token = "azure-native:network:FlowLog";
const storageBlobDataContributor = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";

/** What a flow log may be of; security groups are retired. */
const targets = ["microsoft.network/virtualnetworks", "microsoft.network/virtualnetworks/subnets"];

const flowLog: ResourceType = {
    token,
    path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/networkWatchers/{networkWatcherName}/flowLogs/{flowLogName}",
    name: networkName(1, 80),
    forceNew: [],
    immutable: [
        {
            path: "targetResourceId",
            code: "FlowLogTargetResourceIdCannotBeChanged",
            source: `${overview}; code unverified`,
        },
    ],
    rules: [
        tagged,
        references(["targetResourceId", "storageId"]),
        onCreate(
            "https://learn.microsoft.com/azure/network-watcher/nsg-flow-logs-overview (no new ones since 30 June 2025); code unverified",
            ({ inputs }) => {
                const target = text(inputs, "targetResourceId") ?? "";
                const type = (parseId(target)?.type ?? "").toLowerCase();
                const message = `A flow log cannot be created on '${target}': targets are virtual networks and their subnets.`;
                return !targets.includes(type) && refusal(400, "UnsupportedTargetResource", message);
            },
        ),
        onCreate(`${overview} (one flow log a network); code unverified`, ({ id, inputs, azure }) => {
            const target = text(inputs, "targetResourceId") ?? "";
            const other = azure
                .list(token)
                .find((one) => !sameId(one.id, id) && sameId(text(one.inputs, "targetResourceId") ?? "", target));
            const message = `Only one FlowLog can be created per target resource '${target}': there is '${other?.id ?? ""}'.`;
            return other && refusal(400, "OnlyOneFlowLogPerTargetResource", message);
        }),
        onWrite(
            `${overview} (network, account and watcher are of one region); code unverified`,
            ({ inputs, azure }) => {
                const regions = [
                    regionOf(inputs),
                    ...["targetResourceId", "storageId"].map((path) =>
                        regionOf(azure.find(text(inputs, path) ?? "")?.inputs),
                    ),
                ].filter((region) => region !== "");
                const message = `Flow log, target and storage account must be in one region, got ${regions.join(", ")}.`;
                return new Set(regions).size > 1 && refusal(400, "StorageAccountLocationMismatch", message);
            },
        ),
        onWrite(
            "https://learn.microsoft.com/azure/storage/common/storage-network-security-trusted-azure-services (Network Watcher); code unverified",
            ({ inputs, azure }) => {
                const account = azure.find(text(inputs, "storageId") ?? "")?.inputs;
                const closed =
                    text(account, "publicNetworkAccess") === "Disabled" ||
                    text(account, "networkRuleSet.defaultAction") === "Deny";
                const letIn = (text(account, "networkRuleSet.bypass") ?? "AzureServices").includes("AzureServices");
                const message = "The storage account's firewall does not let trusted Azure services in.";
                return closed && !letIn && refusal(403, "StorageAccountFirewallBlocksAccess", message);
            },
        ),
        onWrite(`${identities}; code unverified`, ({ inputs, azure }) => {
            const storageId = text(inputs, "storageId") ?? "";
            if (azure.find(storageId)?.inputs.allowSharedKeyAccess !== false) return undefined;
            const writers = texts(inputs, "identity.userAssignedIdentities").map((id) => userIdentity(azure, id));
            const may = writers.some((one) =>
                azure.hasRole(one?.principalId ?? "", [storageBlobDataContributor], storageId),
            );
            const message = `The storage account takes no keys, and no identity of the flow log may write to it: ${storageId}.`;
            return !may && refusal(403, "FlowLogIdentityNotAuthorized", message);
        }),
        onWrite(`${overview} (retention: 0 to 365 days); code unverified`, ({ inputs }) => {
            const days = amount(inputs, "retentionPolicy.days") ?? 0;
            const message = `Retention days must be from 0 to 365, got ${days}.`;
            return (days < 0 || days > 365) && refusal(400, "InvalidFlowLogRetentionDays", message);
        }),
        onWrite(
            "https://learn.microsoft.com/azure/network-watcher/traffic-analytics (every 10 or 60 minutes); code unverified",
            ({ inputs }) => {
                const path = "flowAnalyticsConfiguration.networkWatcherFlowAnalyticsConfiguration";
                const minutes = amount(inputs, `${path}.trafficAnalyticsInterval`) ?? 60;
                const message = `TrafficAnalyticsInterval must be 10 or 60 minutes, got ${minutes}.`;
                return (
                    flag(inputs, `${path}.enabled`) &&
                    ![10, 60].includes(minutes) &&
                    refusal(400, "InvalidTrafficAnalyticsInterval", message)
                );
            },
        ),
    ],
    outputs: ({ id, inputs }) => ({
        etag: `W/"${stableGuid(id, JSON.stringify(inputs))}"`,
        targetResourceGuid: stableGuid(text(inputs, "targetResourceId") ?? "", "resource"),
    }),
};

export const flowLogTypes: readonly ResourceType[] = [flowLog];
