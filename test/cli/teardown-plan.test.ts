import type { StateResource } from "../../cli/deployment";
import { deletionWaves, isHeld, lockedAccounts, teardownPlan } from "../../cli/teardown-plan";
import { readSettings } from "../../stacks/settings";
import { prod } from "../stacks/good-settings";

const urn = (name: string): string => `urn:pulumi:prod::mlplatform::t::${name}`;
const resource = (name: string, type: string, more: Partial<StateResource> = {}): StateResource => ({
    ...{ urn: urn(name), type: `azure-native:${type}`, custom: true, id: `/subscriptions/s/${name}` },
    ...more,
});
const state = (...resources: StateResource[]) => ({ version: 3, deployment: { resources } });

const locked = resource("records", "storage:StorageAccount", {
    inputs: { immutableStorageWithVersioning: { immutabilityPolicy: { state: "Locked" } } },
});
const vault = resource("vault", "keyvault:Vault", {
    id: "/subscriptions/s/kv-mlp-prod-x-1",
    inputs: { properties: { softDeleteRetentionInDays: 90 } },
});
const today = new Date("2026-11-24");
const plan = (change: Record<string, string>, ...resources: StateResource[]): string =>
    teardownPlan({
        stack: "prod",
        settings: readSettings({ ...prod, ...change }, today),
        state: state(...resources),
        today,
    })
        .flatMap(({ title, lines }) => [title, ...lines])
        .join("\n");

test("what needs another goes first, and so does what only its component needs", () => {
    const group = resource("group", "resources:ResourceGroup");
    const component = { ...resource("Lock", "x"), type: "mlplatform:governance:Lock", custom: false };
    const waves = deletionWaves(
        state(
            group,
            resource("network", "network:VirtualNetwork", { dependencies: [urn("group")] }),
            { ...component, dependencies: [urn("network")] },
            resource("lock", "authorization:ManagementLockByScope", {
                parent: urn("Lock"),
                dependencies: [urn("group")],
            }),
        ),
    );
    expect(waves.map((wave) => wave.map(({ id }) => id?.split("/").at(-1)))).toEqual([
        ["lock"],
        ["network"],
        ["group"],
    ]);
});

test("a name is held until its retention ends, and the plan says how to come back before", () => {
    const told = plan({}, vault);
    expect(told).toMatch(/Vault +kv-mlp-prod-x-1 +name held until 2027-02-22/);
    expect(told).toMatch(/to come back before, as kv-mlp-prod-x-2/);
    expect(plan({ "mlplatform:generations": '{"vault":4}' }, vault)).toContain(
        "mlplatform:generations.vault 5 --stack prod",
    );
});

test("records that are locked keep the environment, and the plan says for how long", () => {
    expect(lockedAccounts(state(locked, vault))).toEqual([locked]);
    expect(plan({}, locked)).toMatch(/records is locked for ever: it goes when its newest record is 365 days old/);
    expect(plan({}, vault)).not.toContain("locked for ever");
});

test("only a teardown in the stack's own file lets go of what is protected", () => {
    expect(isHeld(readSettings(prod, today))).toBe(true);
    expect(isHeld(readSettings({ ...prod, "mlplatform:teardown": "true" }, today))).toBe(false);
    const kept = { ...vault, protect: true };
    expect(plan({}, kept)).toMatch(/1 resources that hold[^]*pulumi config set mlplatform:teardown true --stack prod/);
    expect(plan({ "mlplatform:teardown": "true" }, kept)).toContain("the next up lifts it from 1 resources");
});

test("what belongs to others stays", () => {
    const id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.OperationalInsights/workspaces/log-corp";
    expect(plan({ "mlplatform:logAnalyticsWorkspaceId": id }, vault)).toMatch(/What stays[^]*logs in log-corp/);
});
