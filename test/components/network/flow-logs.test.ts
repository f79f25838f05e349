import { FlowLogs, type FlowLogsArgs } from "../../../components/network/flow-logs";
import { roleDefinitions } from "../../../facts/role-definitions";
import { only, value } from "../../mocks";
import { place } from "../place";

const args: FlowLogsArgs = {
    ...place,
    ...{ virtualNetworkId: "/vnet", accountId: "/account", logWorkspaceId: "/logs" },
    ...{ retentionDays: 30, rolePropagationSeconds: 0 },
};

test("flows of the whole network are recorded on the region's watcher, kept for a time, and can be asked about", async () => {
    await value(new FlowLogs("flows", args).flowLogId);
    expect(only("network:FlowLog").inputs).toMatchObject({
        ...{ resourceGroupName: "NetworkWatcherRG", networkWatcherName: "NetworkWatcher_swedencentral" },
        ...{ flowLogName: "fl-mlp-dev-sdc", targetResourceId: "/vnet", storageId: "/account", enabled: true },
        retentionPolicy: { enabled: true, days: 30 },
        flowAnalyticsConfiguration: {
            networkWatcherFlowAnalyticsConfiguration: { enabled: true, workspaceResourceId: "/logs" },
        },
    });
});

test("the log writes as an identity of its own, which may write to that account and waits until it may", async () => {
    await value(new FlowLogs("flows", args).flowLogId);
    expect(only("network:FlowLog").inputs.identity).toEqual({
        ...{ type: "UserAssigned", userAssignedIdentities: ["/id/flows-identity"] },
    });
    expect(only("network:FlowLog").options.dependsOn.join()).toContain("RoleAssignment::flows-write");
    expect(only("authorization:RoleAssignment").inputs).toMatchObject({
        ...{ scope: "/account", principalId: "flows-identity-principal", principalType: "ServicePrincipal" },
        roleDefinitionId: expect.stringContaining(roleDefinitions.storageBlobDataContributor) as string,
    });
});

test.each([0, 366, 1.5])("refuses to keep records for %p days", (retentionDays) => {
    expect(() => new FlowLogs("flows", { ...args, retentionDays })).toThrow(/retentionDays must be .*1 to 365, got/);
});
