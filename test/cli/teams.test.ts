import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { writeTeamStack } from "../../cli/team-stack";
import { readFleet } from "../../stacks/team/fleet";
import { teamReport } from "../../cli/teams";
import { readTeamSettings } from "../../stacks/settings/team";
import { goodOrder } from "../stacks/wrong-orders";

let root: string;
const said: string[] = [];
beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "mlplatform-teams-"));
    mkdirSync(join(root, "teams"));
    writeFileSync(join(root, "teams", "vision.yaml"), stringify(goodOrder));
    said.length = 0;
});
afterEach(() => {
    rmSync(root, { recursive: true });
});
const write = (stack: string): void => {
    writeTeamStack({ root }, stack, (text) => said.push(text));
};

test("a team with an order needs no stack's file: it is written, and reads well", () => {
    write("dev-vision");
    expect(said).toEqual(["Pulumi.dev-vision.yaml is written, from teams/vision.yaml: commit both"]);
    const { config } = parse(readFileSync(join(root, "Pulumi.dev-vision.yaml"), "utf8")) as {
        config: Record<string, string>;
    };
    const azure = "11111111-1111-4111-8111-111111111111";
    const settings = readTeamSettings({
        ...config,
        "azure-native:subscriptionId": azure,
        "azure-native:tenantId": azure,
    });
    expect(settings).toMatchObject({ team: "vision", environment: "dev", foundation: "dev" });
});

test("a file that is there is left alone, and without an order none comes about", () => {
    writeFileSync(join(root, "Pulumi.dev-vision.yaml"), "mine");
    for (const stack of ["dev-vision", "dev-audio", "dev", "dev-fleet", "test-vision", "dev-../vision"]) write(stack);
    expect(said).toEqual([]);
    expect(readFileSync(join(root, "Pulumi.dev-vision.yaml"), "utf8")).toBe("mine");
    expect(existsSync(join(root, "Pulumi.dev-audio.yaml"))).toBe(false);
});

test("no file comes about for an environment that is not ordered, nor from an order that is wrong", () => {
    expect(() => {
        write("prod-vision");
    }).toThrow("teams/vision.yaml orders nothing in prod, its environments are dev");
    writeFileSync(join(root, "teams", "vision.yaml"), stringify({ ...goodOrder, lead: "Kim" }));
    expect(() => {
        write("dev-vision");
    }).toThrow('teams/vision.yaml: lead must be an e-mail address, got "Kim"');
    expect(existsSync(join(root, "Pulumi.prod-vision.yaml"))).toBe(false);
    expect(existsSync(join(root, "Pulumi.dev-vision.yaml"))).toBe(false);
});

test("the list tells who has what until when, how much of all that is, and all that does not fit", () => {
    const audio = {
        ...{ ...goodOrder, team: "audio", imagePrefix: "audio", groups: { members: goodOrder.groups.members } },
        ...{ frozen: true, expires: "2026-11-01" },
    };
    writeFileSync(join(root, "teams", "audio.yaml"), stringify(audio));
    writeFileSync(join(root, "teams", "fleet.yaml"), stringify({ budgets: { dev: 1000 } }));
    const pools = [
        { prefix: "t4", mode: "User", vmSize: "Standard_NC4as_T4_v3", maxCount: 2 },
        { prefix: "work", mode: "User", vmSize: "Standard_D4ds_v5", maxCount: 4 },
    ];
    const { lines, faults } = teamReport(readFleet(root), { dev: { pools, workspaces: [] } }, new Date("2027-06-20"));
    expect(lines.join("\n")).toMatch(/vision +dev +t4 1 +6 +32 GiB +400 +2027-06-30 +lead@example.com/);
    expect(lines.join("\n")).toMatch(/audio \(frozen\) +dev/);
    expect(lines.join("\n")).toContain("dev: 2 of 2 GPUs and 800 of 1000 a month are promised");
    expect(lines.at(-1)).toBe("teams/vision.yaml: expires 2027-06-30, 11 days left; then only destroy works");
    expect(faults).toEqual([
        expect.stringContaining("teams/audio.yaml and teams/vision.yaml: groups must be a team's own"),
        expect.stringContaining("teams/audio.yaml: expires must not be past"),
    ]);
});
