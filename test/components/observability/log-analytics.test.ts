import {
    auditTables,
    basicTables,
    LogAnalytics,
    retentionFaults,
    type LogAnalyticsArgs,
} from "../../../components/observability/log-analytics";
import { logTables } from "../../../facts/log-tables";
import { all, only, value } from "../../mocks";
import { place } from "../place";

const args: LogAnalyticsArgs = { ...place, retentionDays: 90, auditDays: 730, dailyCapGib: 5 };

test("takes nothing from the internet, knows no keys, and stops a runaway container at the daily cap", async () => {
    await value(new LogAnalytics("logs", args).workspaceId);
    expect(only("operationalinsights:Workspace").inputs).toMatchObject({
        workspaceName: "log-mlp-dev-sdc",
        sku: { name: "PerGB2018" },
        retentionInDays: 90,
        workspaceCapping: { dailyQuotaGb: 5 },
        publicNetworkAccessForIngestion: "Disabled",
        publicNetworkAccessForQuery: "Disabled",
        features: { disableLocalAuth: true, enableLogAccessUsingOnlyResourcePermissions: true },
    });
});

test("audit logs are kept longer than the rest, what containers print is kept cheaply", async () => {
    await value(new LogAnalytics("logs", args).workspaceId);
    const tables = new Map(all("operationalinsights:Table").map(({ inputs }) => [inputs.tableName, inputs]));
    for (const name of auditTables)
        expect(tables.get(name)).toMatchObject({ plan: "Analytics", retentionInDays: 90, totalRetentionInDays: 730 });
    for (const name of basicTables) {
        expect(logTables[name].basicPlan).toBe(true);
        expect(tables.get(name)).toMatchObject({ plan: "Basic" });
        expect(tables.get(name)).not.toHaveProperty("retentionInDays");
    }
});

test.each([
    [{ retentionDays: 29 }, "retentionDays must be a whole number from 30 to 730, got 29"],
    [{ auditDays: 60 }, "auditDays must be a whole number from 90 to 4383, got 60"],
    [
        { auditDays: 1000 },
        "auditDays must be one of 1095, 1460, 1826, 2191, 2556, 2922, 3288, 3653, 4018, 4383 beyond 730, got 1000",
    ],
    [{ dailyCapGib: 0 }, "dailyCapGib must be a whole number from 1 to 10000, got 0"],
])("refuses %j", (change, message) => {
    expect(retentionFaults("", { ...args, ...change })).toEqual([message]);
    expect(() => new LogAnalytics("logs", { ...args, ...change })).toThrow(message);
});
