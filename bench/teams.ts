import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parse, stringify } from "yaml";
import { controlPlanesOf } from "../cli/control-planes";
import { Engine } from "../cli/engine";
import { startLocalAzure } from "../cli/local-azure";
import { places, type Places } from "../cli/places";
import { newSession, operate } from "../cli/session";
import { writeTeamStack } from "../cli/teams/team-stack";
import { prepareWorkspace } from "../cli/workspace";
import { processesOf, removeControlPlane } from "../sandbox/kubernetes/control-plane/control-plane";
import { sandboxFiles } from "../sandbox/kubernetes/identity/places";
import { measure, type Measured } from "./parts/measured-run";
import { median, rounded } from "./parts/statistics";

// What a team's environment costs to preview and to bring up when there are 1, 10, 50 and 200 of them: the real engine, a stack
// for each, one foundation and one cluster under all of them. Every team counts from the start of a fresh process, and reads the
// orders of all teams. The fleet grows from size to size; what is measured at a size are the teams that it grew by.
//
//   npm run bench -- teams            all of it
//   npm run bench -- teams 1,10,50    these sizes
//   npm run bench -- teams 1,10,200 5 at each size, only 5 of the new teams are brought up; the orders of all are there

const sizes = (process.argv[2] ?? "1,10,50,200").split(",").map(Number);
const most = Number(process.argv[3] ?? Number.MAX_SAFE_INTEGER);

const nameOf = (index: number): string => `t${String(index).padStart(3, "0")}`;
const stackOf = (index: number): string => `dev-${nameOf(index)}`;
const say = (text: string): void => {
    process.stderr.write(`${text}\n`);
};

/** One size's figures. */
interface Size {
    teams: number;
    measured: number;
    previewSeconds: number;
    upSeconds: number;
    /** Preview and bringing up, the middle of all teams; and what of processors that took. */
    secondsPerTeam: number;
    cpuSecondsPerTeam: number;
    resourcesPerTeam: number;
    /** Of the process with the program; the engine is one of its own. */
    peakMegabytes: number;
    /** API server, etcd and the others, with all teams so far. */
    controlPlaneMegabytes: number;
}

async function main(): Promise<void> {
    if (sizes.some((size) => !Number.isInteger(size) || size < 1 || size > 999) || !(most >= 1))
        throw new Error("usage: npm run bench -- teams [SIZES, such as 1,10,50] [MOST TEAMS A SIZE]");
    const home = mkdtempSync(join(tmpdir(), "mlplatform-teams-"));
    const at: Places = { ...places(home), root: join(home, "clone") };
    const clone = places(home).root;
    makeClone(clone, at.root);
    const sandbox = await startLocalAzure(places(home), {}, controlPlanesOf(places(home), say));
    try {
        await foundation(at, sandbox.debugProviders);
        const figures: Size[] = [];
        let there = 0;
        for (const size of [...sizes].sort((a, b) => a - b)) {
            for (let index = 0; index < size; index += 1) writeOrder(at.root, index);
            const until = Math.min(size, there + most);
            figures.push(await grow(at, sandbox.debugProviders, size, there, until));
            process.stdout.write(`${JSON.stringify({ bench: "teams", ...figures.at(-1) })}\n`);
            there = Math.max(there, until);
        }
        report(figures);
    } finally {
        await sandbox.stop();
        for (const folder of clustersOf(home)) await removeControlPlane(folder);
        rmSync(home, { recursive: true, force: true });
    }
}

const clustersOf = (home: string): string[] => sandboxFiles(dirname(places(home).sandboxStore)).allClusters();

/** The project's files of Pulumi, with pools that have room for all teams. */
function makeClone(from: string, to: string): void {
    mkdirSync(join(to, "teams"), { recursive: true });
    mkdirSync(join(to, "bootstrap"));
    copyFileSync(join(from, "Pulumi.yaml"), join(to, "Pulumi.yaml"));
    const dev = parse(readFileSync(join(from, "Pulumi.dev.yaml"), "utf8")) as { config: Record<string, unknown> };
    dev.config["mlplatform:userPools"] = [{ prefix: "work", vmSize: "Standard_D16ds_v5", minCount: 0, maxCount: 100 }];
    writeFileSync(join(to, "Pulumi.dev.yaml"), stringify(dev));
    writeFileSync(join(to, "teams", "fleet.yaml"), stringify({ budgets: { dev: 1_000_000 } }));
}

async function foundation(at: Places, debugProviders: string): Promise<void> {
    say("the foundation and its cluster come up ...");
    const engine = new Engine(places(at.home));
    const workspace = await prepareWorkspace(at, engine, "dev");
    const up = await operate(newSession({ at: places(at.home), engine, workspace, debugProviders, say }), "up");
    if (!up.ok) throw new Error(up.failures.map(({ message }) => message).join("\n") || up.output);
}

function writeOrder(root: string, index: number): void {
    const group = (kind: number): string => `66666666-6666-4666-8666-${String(kind)}${String(index).padStart(11, "0")}`;
    const order = {
        ...{ team: nameOf(index), lead: "lead@example.com", costCentre: "BENCH", environments: ["dev"] },
        groups: { members: group(1), viewers: group(2) },
        quota: { cpu: 4, memoryGib: 8, storageGib: 50, pods: 20 },
        ...{ budget: { amount: 100 }, expires: "2099-12-31", containers: ["data", "results"] },
    };
    writeFileSync(join(root, "teams", `${nameOf(index)}.yaml`), stringify(order));
    writeTeamStack({ root }, stackOf(index), () => undefined);
}

async function grow(at: Places, debugProviders: string, teams: number, from: number, to: number): Promise<Size> {
    const runs: { preview: Measured; up: Measured }[] = [];
    for (let index = from; index < to; index += 1) {
        const stack = stackOf(index);
        const { folder } = await prepareWorkspace(at, new Engine(places(at.home)), stack);
        const order = { stack, workspaceDir: folder, home: at.home, debugProviders, teamsRoot: at.root };
        const run = {
            preview: await measured({ ...order, operation: "preview" }),
            up: await measured({ ...order, operation: "up" }),
        };
        runs.push(run);
        const told = [run.preview, run.up].map(
            ({ seconds, cpuSeconds }) => `${seconds.toFixed(1)} s (${cpuSeconds.toFixed(1)} s of CPU)`,
        );
        say(`${teams} teams, ${stack}: preview ${told.join(", up ")}`);
    }
    const all = runs.flatMap(({ preview, up }) => [preview, up]);
    const perTeam = (of: (run: Measured) => number): number =>
        rounded(median(runs.map(({ preview, up }) => of(preview) + of(up))));
    return {
        ...{ teams, measured: runs.length },
        previewSeconds: rounded(median(runs.map(({ preview }) => preview.seconds))),
        upSeconds: rounded(median(runs.map(({ up }) => up.seconds))),
        secondsPerTeam: perTeam(({ seconds }) => seconds),
        cpuSecondsPerTeam: perTeam(({ cpuSeconds }) => cpuSeconds),
        resourcesPerTeam: Math.max(...all.map(({ resources }) => resources)),
        peakMegabytes: Math.max(...all.map(({ peakMegabytes }) => peakMegabytes)),
        controlPlaneMegabytes: Math.round(controlPlaneMegabytes(at.home)),
    };
}

async function measured(order: Parameters<typeof measure>[0]): Promise<Measured> {
    const run = await measure(order);
    if (!run.ok) throw new Error(run.failure);
    return run;
}

function controlPlaneMegabytes(home: string): number {
    const pids = clustersOf(home).flatMap((folder) => processesOf(folder));
    const text = execFileSync("ps", ["-o", "rss=", "-p", pids.join()], { encoding: "utf8" });
    return text.split("\n").reduce((sum, line) => sum + Number(line), 0) / 1024;
}

/** What a team more costs in the largest fleet, against one of ten. */
function report(figures: readonly Size[]): void {
    const small = figures.find(({ teams }) => teams >= 10) ?? figures[0];
    const large = figures.at(-1);
    if (small === undefined || large === undefined) return;
    const summary = {
        ...{ bench: "teams", small: small.teams, large: large.teams },
        costPerTeamRatio: rounded(large.secondsPerTeam / small.secondsPerTeam),
        cpuPerTeamRatio: rounded(large.cpuSecondsPerTeam / small.cpuSecondsPerTeam),
        memoryRatio: rounded(large.peakMegabytes / small.peakMegabytes),
    };
    process.stdout.write(`${JSON.stringify(summary)}\n`);
}

main().catch((fault: unknown) => {
    process.stderr.write(`${fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)}\n`);
    process.exitCode = 1;
});
