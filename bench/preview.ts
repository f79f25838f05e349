import { nameOf } from "../review/model/names";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cloudResources } from "../cli/deployment";
import { Engine } from "../cli/engine";
import { startLocalAzure } from "../cli/local-azure";
import { places } from "../cli/places";
import { exportState, newSession, operate } from "../cli/session";
import { prepareWorkspace } from "../cli/workspace";
import { measure, type Measured, type Order } from "./parts/measured-run";
import type { PlainResource } from "./parts/plain-program";
import { median, rounded } from "./parts/statistics";

// How long and how much memory the preview of the whole stack takes, against a floor: as many plain resources of the same
// types with the same inputs, on the same engine, turn by turn in the same run. Every run is a fresh process, so loading
// the program counts. Both preview from an empty state.

const rounds = Number(process.argv[2] ?? 5);

async function main(): Promise<void> {
    const home = mkdtempSync(join(tmpdir(), "mlplatform-preview-"));
    try {
        const at = places(home);
        const engine = new Engine(at);
        const sandbox = await startLocalAzure(at);
        try {
            const resources = join(home, "resources.json");
            const workspace = await prepareWorkspace(at, engine, "dev");
            const session = newSession({
                at,
                engine,
                workspace,
                debugProviders: sandbox.debugProviders,
                say: () => undefined,
            });
            const plain = await deployed(session);
            writeFileSync(resources, JSON.stringify(plain));

            const order = async (name: string, more: Partial<Order>): Promise<Order> => {
                const own = join(home, name);
                const prepared = await prepareWorkspace(places(own), new Engine(places(own)), "dev");
                return {
                    ...{ operation: "preview", stack: "dev", workspaceDir: prepared.folder, home: own },
                    ...{ debugProviders: sandbox.debugProviders, ...more },
                };
            };
            const orders = {
                stack: await order("stack", {}),
                floor: await order("floor", { plainResources: resources }),
                leanFloor: await order("lean-floor", { plainResources: resources, withoutAliases: true }),
            };
            const runs: Record<keyof typeof orders, Measured[]> = { stack: [], floor: [], leanFloor: [] };
            for (const each of Object.values(orders)) await measured(each); // warm-up, also makes the stacks
            for (let round = 1; round <= rounds; round += 1) {
                for (const name of ["stack", "floor", "leanFloor"] as const) {
                    const run = await measured(orders[name]);
                    runs[name].push(run);
                    const megabytes = String(run.peakMegabytes).padStart(5);
                    process.stdout.write(
                        `round ${round}  ${name.padEnd(10)} ${run.seconds.toFixed(2)} s (${run.cpuSeconds.toFixed(2)} s of CPU) ${megabytes} MB\n`,
                    );
                }
            }
            report(plain.length, runs);
        } finally {
            await sandbox.stop();
        }
    } finally {
        rmSync(home, { recursive: true, force: true });
    }
}

/** Brings the stack up once, for the inputs that its resources really have. */
async function deployed(session: ReturnType<typeof newSession>): Promise<PlainResource[]> {
    const up = await operate(session, "up");
    if (!up.ok) throw new Error(up.failures.map(({ message }) => message).join("\n") || up.output);
    const state = await exportState(session);
    return cloudResources(state).map(({ type, urn, inputs }) => ({ type, name: nameOf(urn), inputs: inputs ?? {} }));
}

async function measured(order: Order): Promise<Measured> {
    const run = await measure(order);
    if (!run.ok) throw new Error(run.failure);
    return run;
}

function report(resources: number, runs: Record<"stack" | "floor" | "leanFloor", Measured[]>): void {
    const seconds = (of: Measured[]): number => median(of.map((run) => run.seconds));
    const megabytes = (of: Measured[]): number => median(of.map((run) => run.peakMegabytes));
    const paired = (floor: Measured[], figure: (run: Measured) => number): number =>
        median(
            runs.stack.map((run, index) => {
                const against = floor[index];
                return against ? figure(run) / figure(against) : Number.NaN;
            }),
        );
    const figures = {
        bench: "preview",
        resources,
        rounds,
        ratio: rounded(paired(runs.floor, (run) => run.seconds)),
        cpuRatio: rounded(paired(runs.floor, (run) => run.cpuSeconds)),
        memoryRatio: rounded(paired(runs.floor, (run) => run.peakMegabytes)),
        leanFloorRatio: rounded(paired(runs.leanFloor, (run) => run.seconds)),
        leanFloorCpuRatio: rounded(paired(runs.leanFloor, (run) => run.cpuSeconds)),
        leanFloorMemoryRatio: rounded(paired(runs.leanFloor, (run) => run.peakMegabytes)),
        seconds: rounded(seconds(runs.stack)),
        floorSeconds: rounded(seconds(runs.floor)),
        leanFloorSeconds: rounded(seconds(runs.leanFloor)),
        peakMegabytes: megabytes(runs.stack),
        floorPeakMegabytes: megabytes(runs.floor),
        leanFloorPeakMegabytes: megabytes(runs.leanFloor),
    };
    process.stdout.write(`${JSON.stringify(figures)}\n`);
}

main().catch((fault: unknown) => {
    process.stderr.write(`${fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)}\n`);
    process.exitCode = 1;
});
