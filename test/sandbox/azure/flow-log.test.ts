import { sandboxSubscriptionId } from "../../../sandbox/azure/azure";
import type { Properties } from "../../../sandbox/azure/resource-type";
import { answer, groupId, location, networkId, Platform, type Identity } from "./platform";

const watcher = { resourceGroupName: "NetworkWatcherRG", networkWatcherName: "NetworkWatcher_swedencentral" };
const accountId = `${groupId}/providers/Microsoft.Storage/storageAccounts/stmldev1`;

let platform: Platform;
let writer: Identity;
beforeEach(async () => {
    platform = await Platform.open();
    await platform.put("network:VirtualNetwork");
    await account();
    writer = await platform.identity("flows");
    await platform.grant(writer, "storageBlobDataContributor", accountId);
});
afterEach(() => {
    platform.close();
});

const account = (over: Properties = {}) =>
    platform.put("storage:StorageAccount", {
        ...{ allowSharedKeyAccess: false, publicNetworkAccess: "Disabled" },
        networkRuleSet: { defaultAction: "Deny", bypass: "AzureServices" },
        ...over,
    });
const log = (over: Properties = {}) =>
    platform.put("network:FlowLog", {
        ...{ ...watcher, location, flowLogName: "fl", targetResourceId: networkId, storageId: accountId },
        identity: { type: "UserAssigned", userAssignedIdentities: [writer.id] },
        retentionPolicy: { enabled: true, days: 30 },
        ...over,
    });
const analysis = (trafficAnalyticsInterval: number): Properties => ({
    flowAnalyticsConfiguration: {
        networkWatcherFlowAnalyticsConfiguration: { enabled: true, trafficAnalyticsInterval },
    },
});

test("hangs on the watcher that Azure makes with a region's first network", async () => {
    const { id } = await log();
    expect(id).toBe(
        `/subscriptions/${sandboxSubscriptionId}/resourceGroups/NetworkWatcherRG/providers/Microsoft.Network/networkWatchers/NetworkWatcher_swedencentral/flowLogs/fl`,
    );
    expect(await answer(log({ networkWatcherName: "NetworkWatcher_westeurope" }))).toBe("ResourceGroupNotFound");
});

test.each<[string, Properties, string]>([
    ["an analysis each hour", analysis(60), "accepted"],
    ["an analysis each half hour", analysis(30), "InvalidTrafficAnalyticsInterval"],
    [
        "a security group",
        { targetResourceId: `${groupId}/providers/Microsoft.Network/networkSecurityGroups/n` },
        "InvalidResourceReference",
    ],
    ["an account that is not there", { storageId: `${accountId}2` }, "InvalidResourceReference"],
    ["records for two years", { retentionPolicy: { enabled: true, days: 730 } }, "InvalidFlowLogRetentionDays"],
    ["another region", { location: "westeurope" }, "StorageAccountLocationMismatch"],
    ["no identity, where the account takes no keys", { identity: undefined }, "FlowLogIdentityNotAuthorized"],
    ["a name that ends in a dot", { flowLogName: "fl." }, "InvalidResourceName"],
])("%s", async (_, over, code) => {
    expect(await answer(log(over))).toBe(code);
});

test("flow logs of security groups are not made any more", async () => {
    const { id } = await platform.put("network:NetworkSecurityGroup", { location, networkSecurityGroupName: "n" });
    expect(await answer(log({ targetResourceId: id }))).toBe("UnsupportedTargetResource");
});

test("a network has one", async () => {
    await log();
    expect(await answer(log({ flowLogName: "other" }))).toBe("OnlyOneFlowLogPerTargetResource");
});

test("the account must let Azure's trusted services in, unless it is open", async () => {
    await account({ networkRuleSet: { defaultAction: "Deny", bypass: "None" } });
    expect(await answer(log())).toBe("StorageAccountFirewallBlocksAccess");
});

test("an account with keys is written to without an identity", async () => {
    await account({ allowSharedKeyAccess: true });
    expect(await answer(log({ identity: undefined }))).toBe("accepted");
});

test("the target stays", async () => {
    await log();
    await platform.put("network:VirtualNetwork", {
        ...{ virtualNetworkName: "other", addressSpace: { addressPrefixes: ["10.9.0.0/16"] } },
    });
    const other = networkId.replace(/vnet$/, "other");
    expect(await answer(log({ targetResourceId: other }))).toBe("FlowLogTargetResourceIdCannotBeChanged");
});
