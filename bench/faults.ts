import { fork, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { converge } from "../cli/converge";
import { cloudResources } from "../cli/deployment";
import { Engine } from "../cli/engine";
import { startLocalAzure } from "../cli/local-azure";
import { places } from "../cli/places";
import { exportState, newSession, operate, type Session } from "../cli/session";
import { prepareWorkspace } from "../cli/workspace";
import type { Sandbox } from "../sandbox/sandbox";
import { Draw } from "./parts/draw";
import { rounded } from "./parts/statistics";

// Does the platform always come up, whatever goes wrong on the way? Each run brings `dev` up from nothing, against a sandbox
// that refuses and loses requests by its seed, while the process that deploys is killed now and then. It is started again
// until it is done. Afterwards, Azure and the state must hold the same, and a preview must find nothing to do.

const runs = Number(process.argv[2] ?? 200);
const firstSeed = Number(process.argv[3] ?? 1);
const parallel = Number(process.argv[4] ?? 2);
/** Share of Azure's requests that fail. A run has well over a hundred. */
const faultRate = 0.02;
/** Starts after which a run counts as one that does not converge. */
const patience = 25;

interface Order {
    home: string;
    debugProviders: string;
    operation: "up" | "destroy" | "preview";
}

interface Outcome {
    seed: number;
    converged: boolean;
    starts: number;
    kills: number;
    /** In Azure, and the state does not know. */
    orphans: string[];
    /** In the state, and Azure does not know. */
    lost: string[];
    failure: string;
}

async function sessionFor({ home, debugProviders }: Order): Promise<Session> {
    const at = places(home);
    const engine = new Engine(at);
    const workspace = await prepareWorkspace(at, engine, "dev");
    return newSession({ at, engine, workspace, debugProviders, say: () => undefined });
}

/** The deploying process: answers with what kept it from converging, or with nothing. */
async function deploy(order: Order): Promise<string> {
    const session = await sessionFor(order);
    const { operation } = order;
    const result = operation === "preview" ? await operate(session, "preview") : await converge(session, operation);
    if (!result.ok) return result.failures.map(({ message }) => message).join("\n") || result.output;
    const changed = Object.entries(result.changes).filter(([kind, count]) => kind !== "same" && (count ?? 0) > 0);
    return operation === "preview" && changed.length > 0 ? `preview is not clean: ${JSON.stringify(changed)}` : "";
}

/** One start of the deploying process; undefined when it was killed. */
function start(order: Order, killAfterMs: number | undefined, how: "all" | "program"): Promise<string | undefined> {
    return new Promise((resolve) => {
        const args = ["child", JSON.stringify(order)];
        const child = fork(__filename, args, { stdio: ["ignore", "ignore", "ignore", "ipc"], detached: true });
        let answer: string | undefined;
        child.on("message", (message) => (answer = message as string));
        const timer =
            killAfterMs === undefined
                ? undefined
                : setTimeout(() => {
                      kill(child, how);
                  }, killAfterMs);
        child.on("exit", () => {
            clearTimeout(timer);
            resolve(answer);
        });
    });
}

/** Kills the program alone, and the engine finds its end, or the engine with it. */
function kill(child: ChildProcess, how: "all" | "program"): void {
    if (child.pid === undefined) return;
    try {
        process.kill(how === "all" ? -child.pid : child.pid, "SIGKILL");
    } catch {
        // It ended by itself in the meantime.
    }
}

async function run(seed: number): Promise<Outcome> {
    const draw = new Draw(seed);
    const home = mkdtempSync(join(tmpdir(), "mlplatform-faults-"));
    const outcome: Outcome = { seed, converged: false, starts: 0, kills: 0, orphans: [], lost: [], failure: "" };
    const sandbox = await startLocalAzure(places(home), { seed, faultRate });
    try {
        // Every third run is brought up and taken down again.
        const operations: Order["operation"][] = seed % 3 === 0 ? ["up", "preview", "destroy"] : ["up", "preview"];
        for (const operation of operations) {
            await untilDone({ home, debugProviders: sandbox.debugProviders, operation }, draw, outcome);
            if (outcome.failure !== "") break;
            await compare({ home, debugProviders: sandbox.debugProviders, operation }, sandbox, outcome);
        }
        outcome.converged = outcome.failure === "";
    } catch (fault) {
        outcome.failure = fault instanceof Error ? (fault.stack ?? fault.message) : String(fault);
    } finally {
        await sandbox.stop();
        // What a run that failed has left is worth a look.
        if (outcome.converged) rmSync(home, { recursive: true, force: true });
        else process.stdout.write(`seed ${seed}: left in ${home}\n`);
    }
    return outcome;
}

async function untilDone(order: Order, draw: Draw, outcome: Outcome): Promise<void> {
    for (let attempt = 1; attempt <= patience; attempt += 1) {
        // The first starts of a run are killed more often than not, somewhere in their first seconds.
        const dies = order.operation !== "preview" && attempt <= 3 && draw.chance(0.5);
        outcome.starts += 1;
        const answer = await start(
            order,
            dies ? draw.between(500, 6000) : undefined,
            draw.chance(0.5) ? "all" : "program",
        );
        if (answer === "") {
            outcome.failure = "";
            return;
        }
        if (answer === undefined) outcome.kills += 1;
        outcome.failure = answer ?? "killed";
    }
}

async function compare(order: Order, sandbox: Sandbox, outcome: Outcome): Promise<void> {
    const state = await exportState(await sessionFor(order));
    const known = new Map(cloudResources(state).map(({ id }) => [(id ?? "").toLowerCase(), id ?? ""]));
    const actual = new Map(sandbox.azure.list().map(({ id }) => [id.toLowerCase(), id]));
    outcome.orphans = [...actual].filter(([id]) => !known.has(id)).map(([, id]) => id);
    outcome.lost = [...known].filter(([id]) => !actual.has(id)).map(([, id]) => id);
}

async function main(): Promise<void> {
    const began = Date.now();
    const outcomes: Outcome[] = [];
    const seeds = Array.from({ length: runs }, (_, index) => firstSeed + index);
    const worker = async (): Promise<void> => {
        for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
            const outcome = await run(seed);
            outcomes.push(outcome);
            const { converged, starts, kills, orphans, lost, failure } = outcome;
            const verdict = converged ? "converged" : `FAILED: ${failure}`;
            const counts = `${starts} starts, ${kills} killed, ${orphans.length} orphans, ${lost.length} lost`;
            process.stdout.write(`seed ${seed}: ${verdict} (${counts})\n`);
            for (const id of [...orphans, ...lost]) process.stdout.write(`  ${id}\n`);
        }
    };
    await Promise.all(Array.from({ length: parallel }, worker));
    const sum = (figure: (outcome: Outcome) => number): number => outcomes.reduce((all, one) => all + figure(one), 0);
    const figures = {
        bench: "faults",
        runs: outcomes.length,
        converged: sum(({ converged }) => Number(converged)),
        orphans: sum(({ orphans }) => orphans.length),
        lost: sum(({ lost }) => lost.length),
        starts: sum(({ starts }) => starts),
        kills: sum(({ kills }) => kills),
        faultRate,
        minutes: rounded((Date.now() - began) / 60_000, 1),
    };
    process.stdout.write(`${JSON.stringify(figures)}\n`);
    if (figures.converged < figures.runs || figures.orphans > 0 || figures.lost > 0) process.exitCode = 1;
}

if (process.argv[2] === "child") {
    const order = JSON.parse(process.argv[3] ?? "{}") as Order;
    const answer = (text: string): void => void process.send?.(text, () => process.exit(0));
    deploy(order).then(answer, (fault: unknown) => {
        answer(fault instanceof Error ? fault.message : String(fault));
    });
} else {
    main().catch((fault: unknown) => {
        process.stderr.write(`${fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)}\n`);
        process.exitCode = 1;
    });
}
