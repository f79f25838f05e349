import { fork } from "node:child_process";
import { cloudResources } from "../cli/deployment";
import { candidates } from "../cli/change-control/bundle";
import { ChangeFiles } from "../cli/change-control/change-files";
import { startLocalAzure } from "../cli/local-azure";
import type { Places } from "../cli/places";
import { exportState, newSession } from "../cli/session";
import { Engine } from "../cli/engine";
import { prepareWorkspace } from "../cli/workspace";
import { Draw } from "./parts/draw";
import { SignedClone, runCommand } from "./parts/signed-clone";
import { rounded } from "./parts/statistics";

// Is what was signed done, once, whenever `up` is killed? Each run kills the `up` of a signed bundle at moments by its seed, and
// starts it again under the same signatures, until it is done. Then the ledger must verify, the state hold what Azure has,
// a preview find nothing to do, and nothing have been done twice.

const runs = Number(process.argv[2] ?? 50);
const firstSeed = Number(process.argv[3] ?? 1);
/** Starts after which a run counts as one that does not end. */
const patience = 10;
const stack = "bootstrap";
const federations = "[{ identity: preview, name: other, issuer: https://issuer.example.com, subject: it }]";

interface Outcome {
    starts: number;
    kills: number;
    faults: string[];
}

/** One `up`; undefined when it was killed, otherwise what it was refused with, or nothing. */
function start(at: Places, killAfterMs: number | undefined, how: "all" | "program"): Promise<string | undefined> {
    return new Promise((resolve) => {
        const args = ["child", JSON.stringify(at)];
        const child = fork(__filename, args, { stdio: ["ignore", "ignore", "ignore", "ipc"], detached: true });
        let answer: string | undefined;
        child.on("message", (message) => (answer = message as string));
        const kill = (): void => {
            if (child.pid === undefined || answer !== undefined) return;
            try {
                process.kill(how === "all" ? -child.pid : child.pid, "SIGKILL");
            } catch {
                // It ended by itself in the meantime.
            }
        };
        const timer = killAfterMs === undefined ? undefined : setTimeout(kill, killAfterMs);
        child.on("exit", () => {
            clearTimeout(timer);
            resolve(answer);
        });
    });
}

async function run(seed: number): Promise<Outcome> {
    const draw = new Draw(seed);
    const clone = new SignedClone();
    clone.edit("[dev, staging, prod]", "[dev, prod]");
    const outcome: Outcome = { starts: 0, kills: 0, faults: [] };
    try {
        clone.change("alan", "mlplatform-bootstrap:operatorAddresses: [203.0.113.7]");
        clone.change("alan", `mlplatform-bootstrap:federations: ${federations}`);
        await signed(clone);
        // Every other run is cut off while it changes what is there: creates and updates.
        if (seed % 2 === 0) {
            await expectDone(clone, ["up", stack]);
            clone.commit("ada", "what ran");
            clone.edit("203.0.113.7", "203.0.113.8");
            clone.edit("subject: it", "subject: another");
            clone.edit("environments: [dev, prod]", "environments: [dev, staging, prod]");
            clone.commit("alan", "another address and subject, one environment more");
            await signed(clone);
        }
        await untilDone(clone.at, draw, outcome);
        if (outcome.faults.length === 0) outcome.faults.push(...(await wrong(clone)));
    } catch (fault) {
        outcome.faults.push(fault instanceof Error ? (fault.stack ?? fault.message) : String(fault));
    } finally {
        // What a run that failed has left is worth a look.
        if (outcome.faults.length === 0) clone.remove();
        else process.stdout.write(`seed ${seed}: left in ${clone.folder}\n`);
    }
    return outcome;
}

async function expectDone(clone: SignedClone, [name = "", ...args]: string[]): Promise<string> {
    const { told, refused, code } = await clone.run(name, args);
    if (refused !== undefined || code !== 0) throw new Error(`${name}: ${refused ?? told}`);
    return told;
}

/** Makes the bundle of what is committed, and signs it. */
async function signed(clone: SignedClone): Promise<void> {
    await expectDone(clone, ["bundle", stack]);
    clone.commit("alan", "the bundle");
    for (const [id, role] of Object.entries({ ada: "operations", grace: "security" })) {
        const { refused } = await clone.sign(id, role);
        if (refused !== undefined && !refused.includes("needs no signature")) throw new Error(refused);
    }
    clone.commit("ada", "signed");
}

async function untilDone(at: Places, draw: Draw, outcome: Outcome): Promise<void> {
    for (let attempt = 1; attempt <= patience; attempt += 1) {
        // Most of the first starts are killed; the engine begins to change something after a second or two.
        const dies = attempt === 1 || (attempt <= 3 && draw.chance(0.5));
        outcome.starts += 1;
        const answer = await start(
            at,
            dies ? draw.between(500, 6000) : undefined,
            draw.chance(0.5) ? "all" : "program",
        );
        // One that was killed after its last word was done, and there is nothing to start again.
        if (answer === "" || candidates(new ChangeFiles(at.root, stack)).length === 0) {
            outcome.faults = [];
            return;
        }
        if (answer === undefined) outcome.kills += 1;
        outcome.faults = [answer ?? "killed"];
        if (answer !== undefined) return;
    }
}

/** What is not as it was signed. */
async function wrong(clone: SignedClone): Promise<string[]> {
    const faults: string[] = [];
    const { entries } = new ChangeFiles(clone.folder, stack).ledger();
    if (entries.at(-1)?.outcome !== "applied")
        faults.push(`the ledger ends with ${entries.at(-1)?.outcome ?? "nothing"}`);
    const last = entries.at(-1)?.bundle;
    const done = entries
        .filter(({ bundle }) => bundle === last)
        .flatMap(({ executed }) => executed)
        .filter(({ failed }) => !failed)
        .map(({ operation, urn }) => `${operation} ${urn}`);
    faults.push(...done.filter((step, index) => done.indexOf(step) < index).map((step) => `twice: ${step}`));
    clone.commit("ada", "what ran");
    const verified = await clone.run("verify", [stack]);
    if (verified.code !== 0) faults.push(verified.told);
    const again = await clone.run("bundle", [stack]);
    if (!again.told.includes("There is nothing to sign"))
        faults.push(`something is left to do: ${again.refused ?? again.told}`);
    return [...faults, ...(await differences(clone.at))];
}

/** Between Azure and the state. */
async function differences(at: Places): Promise<string[]> {
    const engine = new Engine(at);
    const workspace = await prepareWorkspace(at, engine, stack);
    const sandbox = await startLocalAzure(at);
    try {
        const { debugProviders } = sandbox;
        const state = await exportState(newSession({ at, engine, workspace, debugProviders, say: () => undefined }));
        const known = new Set(cloudResources(state).map(({ id }) => (id ?? "").toLowerCase()));
        const actual = new Set(sandbox.azure.list().map(({ id }) => id.toLowerCase()));
        return [
            ...[...actual].filter((id) => !known.has(id)).map((id) => `in Azure alone: ${id}`),
            ...[...known].filter((id) => !actual.has(id)).map((id) => `in the state alone: ${id}`),
        ];
    } finally {
        await sandbox.stop();
    }
}

async function main(): Promise<void> {
    const began = Date.now();
    process.env.MLPLATFORM_KUBERNETES = "off";
    const outcomes: Outcome[] = [];
    const seeds = Array.from({ length: runs }, (_, index) => firstSeed + index);
    for (const seed of seeds) {
        const outcome = await run(seed);
        outcomes.push(outcome);
        const { starts, kills, faults } = outcome;
        const verdict = faults.length === 0 ? "as signed" : `WRONG: ${faults.join("\n  ")}`;
        process.stdout.write(`seed ${seed}: ${verdict} (${starts} starts, ${kills} killed)\n`);
    }
    const sum = (figure: (outcome: Outcome) => number): number => outcomes.reduce((all, one) => all + figure(one), 0);
    const figures = {
        bench: "resume",
        runs: outcomes.length,
        wrong: sum(({ faults }) => Number(faults.length > 0)),
        starts: sum(({ starts }) => starts),
        kills: sum(({ kills }) => kills),
        minutes: rounded((Date.now() - began) / 60_000, 1),
    };
    process.stdout.write(`${JSON.stringify(figures)}\n`);
    if (figures.wrong > 0) process.exitCode = 1;
}

if (process.argv[2] === "child") {
    const at = JSON.parse(process.argv[3] ?? "{}") as Places;
    void runCommand(at, "up", [stack]).then(({ refused = "" }) => process.send?.(refused, () => process.exit(0)));
} else {
    main().catch((fault: unknown) => {
        process.stderr.write(`${fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)}\n`);
        process.exitCode = 1;
    });
}
