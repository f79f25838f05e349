import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { places } from "../../../cli/places";
import type { Context } from "../../../cli/stack-run";
import { due } from "../../../cli/teams/due";
import { writeTeamStack } from "../../../cli/teams/team-stack";
import { vend } from "../../../cli/teams/vend";
import { Terminal } from "../../../cli/terminal";
import { readFleet } from "../../../stacks/team/fleet";
import { teamReport } from "../../../cli/teams/list";
import { readTeamSettings } from "../../../stacks/settings/team";
import { goodOrder } from "../../stacks/wrong-orders";

let root: string;
const said: string[] = [];
beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "mlplatform-teams-"));
    mkdirSync(join(root, "teams"));
    writeFileSync(join(root, "teams", "vision.yaml"), stringify(goodOrder));
    writeFileSync(join(root, "teams", "fleet.yaml"), stringify({ budgets: { dev: 1000 } }));
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
    const pools = [
        { prefix: "t4", mode: "User", vmSize: "Standard_NC4as_T4_v3", maxCount: 2 },
        { prefix: "work", mode: "User", vmSize: "Standard_D4ds_v5", maxCount: 4 },
    ];
    const { lines, faults } = teamReport(readFleet(root), { dev: { pools, workspaces: [] } }, new Date("2027-06-20"));
    expect(lines.join("\n")).toMatch(/vision +dev +t4 1 +6 +32 GiB +400 +2027-06-30 +lead@example.com/);
    expect(lines.join("\n")).toMatch(/audio \(frozen\) +dev/);
    expect(lines.join("\n")).toContain("dev: 2 of 2 GPUs and 800 of 1000 a month are promised");
    expect(lines.at(-1)).toBe("teams/vision.yaml: expires 2027-06-30, 11 days left; then the team is frozen");
    expect(faults).toEqual([
        expect.stringContaining("teams/audio.yaml and teams/vision.yaml: groups must be a team's own"),
        expect.stringContaining("teams/audio.yaml: expires must not be past"),
    ]);
});

/** The commands, with what they print. */
function ran(run: (context: Pick<Context, "at" | "terminal">) => void): { lines: string[]; fault?: string } {
    const lines: string[] = [];
    const keep = (text: string): void => {
        lines.push(text);
    };
    const context = { at: { ...places(), root }, terminal: Object.assign(new Terminal(), { line: keep, step: keep }) };
    try {
        run(context);
        return { lines };
    } catch (fault) {
        return { lines, fault: String(fault) };
    }
}

describe("the stacks' files of all orders", () => {
    beforeEach(() => {
        mkdirSync(join(root, "bootstrap"));
        writeFileSync(join(root, "teams", "vision.yaml"), stringify({ ...goodOrder, environments: ["dev", "prod"] }));
    });

    test("are written where they are missing, once", () => {
        expect(
            ran((context) => {
                vend(context, true);
            }).fault,
        ).toMatch(/Pulumi\.dev-vision\.yaml must be there[^]*Pulumi\.prod-vision\.yaml must be there/);
        expect(existsSync(join(root, "Pulumi.dev-vision.yaml"))).toBe(false);
        expect(
            ran((context) => {
                vend(context, false);
            }).lines,
        ).toHaveLength(2);
        const again = ran((context) => {
            vend(context, true);
        });
        expect(again).toEqual({ lines: ["every order has its stacks' files, and every such file an order"] });
    });

    test("outlive no order: who takes one away destroys its stacks first", () => {
        ran((context) => {
            vend(context, false);
        });
        writeFileSync(join(root, "teams", "vision.yaml"), stringify(goodOrder));
        expect(
            ran((context) => {
                vend(context, false);
            }).fault,
        ).toContain("Pulumi.prod-vision.yaml has no order in teams/: destroy the stack, then remove the file");
    });
});

test("what is due is told by the calendar, for machines too, and what is past its grace is a failure", () => {
    const orders = [
        { ...goodOrder, expires: "2027-06-30" },
        { ...goodOrder, team: "audio", imagePrefix: "audio", expires: "2027-06-10" },
        { ...goodOrder, team: "text", imagePrefix: "text", expires: "2027-05-01" },
        { ...goodOrder, team: "sound", imagePrefix: "sound", expires: "2027-12-31" },
    ];
    for (const order of orders) writeFileSync(join(root, "teams", `${order.team}.yaml`), stringify(order));
    const today = new Date("2027-06-20T09:00:00Z");
    const { lines, fault } = ran((context) => {
        due(context, true, today);
    });
    expect(JSON.parse(lines.join("\n"))).toMatchObject([
        { stack: "dev-vision", state: "ending", daysLeft: 11 },
        { stack: "dev-audio", state: "frozen", daysLeft: 5 },
        { stack: "dev-text", state: "over" },
    ]);
    expect(fault).toContain("past their grace: dev-text");
    expect(
        ran((context) => {
            due(context, false, today);
        }).lines.join("\n"),
    ).toMatch(/dev-audio .*npx mlplatform up freezes it/);
});

test("nobody lasts longer than the fleet gives", () => {
    writeFileSync(join(root, "teams", "fleet.yaml"), stringify({ budgets: { dev: 1000 }, longestDays: { dev: 90 } }));
    const faultsOn = (day: string): string[] =>
        teamReport(readFleet(root), {}, new Date(day)).faults.filter((fault) => fault.includes("ahead"));
    expect(faultsOn("2027-04-01")).toEqual([]);
    expect(faultsOn("2027-03-31")).toEqual([
        "teams/vision.yaml: expires must be at most 90 days ahead in dev, which is 2027-06-29, got 2027-06-30",
    ]);
});
