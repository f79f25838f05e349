import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { readTeamSettings } from "../../../stacks/settings/team";
import { team } from "../../../stacks/team";
import { seen } from "../../mocks";
import { goodOrder } from "../wrong-orders";

const root = mkdtempSync(join(tmpdir(), "mlplatform-team-"));
beforeAll(() => {
    mkdirSync(join(root, "teams"));
});
afterAll(() => {
    rmSync(root, { recursive: true });
});

const azure = "11111111-1111-4111-8111-111111111111";
const config = {
    ...{ "mlplatform:kind": "team", "mlplatform:environment": "dev", "mlplatform:team": "vision" },
    ...{ "azure-native:subscriptionId": azure, "azure-native:tenantId": azure },
};

function write(orders: readonly { team: string }[], budgets: object = { dev: 1000 }): void {
    rmSync(join(root, "teams"), { recursive: true });
    mkdirSync(join(root, "teams"));
    for (const order of orders) writeFileSync(join(root, "teams", `${order.team}.yaml`), stringify(order));
    writeFileSync(join(root, "teams", "fleet.yaml"), stringify({ budgets }));
}
const past = { ...goodOrder, expires: "2026-11-10" };
const audio = { ...goodOrder, team: "audio", imagePrefix: "audio" };
const unled = { ...audio, lead: "me" };

test.each<[string, readonly { team: string }[], Record<string, string>, string]>([
    [
        "a team without an order",
        [goodOrder],
        { "mlplatform:team": "audio" },
        'mlplatform:team must be an order in teams/, got "audio"',
    ],
    [
        "an environment that the order does not name",
        [goodOrder],
        { "mlplatform:environment": "staging" },
        'mlplatform:environment must be one that teams/vision.yaml orders, dev, got "staging"',
    ],
    ["an order past its days of grace", [past], {}, "teams/vision.yaml: expires must not be past"],
    [
        "an order for longer than the fleet gives",
        [{ ...goodOrder, expires: "2027-11-26" }],
        {},
        "teams/vision.yaml: expires must be at most 365 days ahead in dev, which is 2027-11-25, got 2027-11-26",
    ],
    [
        "another team with the same group",
        [goodOrder, audio],
        {},
        "teams/audio.yaml and teams/vision.yaml: groups must be a team's own",
    ],
    ["a fault in another team's order", [goodOrder, unled], {}, "teams/audio.yaml: lead must be an e-mail address"],
])("refuses %s before anything is registered", async (_, orders, change, message) => {
    write(orders);
    await expect(team(readTeamSettings({ ...config, ...change }), root, new Date("2026-11-25"))).rejects.toThrow(
        message,
    );
    expect(seen).toEqual([]);
});

test.each<[string, Record<string, string>, string]>([
    ["no team", { "mlplatform:team": "" }, "mlplatform:team must be set"],
    ["a team in capitals", { "mlplatform:team": "Vision" }, "mlplatform:team must be the name of a file in teams/"],
    [
        "a stack of services by a path",
        { "mlplatform:services": "org/dev" },
        "mlplatform:services must be the name of a stack",
    ],
    [
        "roles that cannot have come through",
        { "mlplatform:environment": "prod", "mlplatform:rolePropagationSeconds": "5" },
        "mlplatform:rolePropagationSeconds must be at least 60 in prod, got 5",
    ],
    [
        "a key of the foundation's",
        { "mlplatform:gpuPools": "[1]" },
        "mlplatform:gpuPools is not a setting of team stacks",
    ],
])("config: refuses %s", (_, change, message) => {
    expect(() => readTeamSettings({ ...config, ...change })).toThrow(message);
});

test("config: what the project gives every stack is no setting of a team's, in whatever order its fields come", () => {
    const maintenance = '{"utcOffset":"+00:00","day":"Saturday","durationHours":6,"startTime":"02:00"}';
    expect(readTeamSettings({ ...config, "mlplatform:maintenance": maintenance })).toMatchObject({ team: "vision" });
});
