import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { places } from "../cli/places";
import { inputOf, probabilitiesIn, requestOf, type Input } from "./scoring/bodies";
import { loadClient, pythonOf } from "./scoring/install";
import { load, type Load } from "./scoring/load";
import { writeModels } from "./scoring/models";
import { ours } from "./scoring/ours";
import { peers, type ModelName, type Peer, type Variant } from "./scoring/peers";
import { start } from "./scoring/server";
import { median, rounded } from "./parts/statistics";

// The scorer against the servers that others would take: the same models and inputs, the same client, connections and machine,
// turn by turn in one run. Each peer is run in every way that its documentation offers for two cores, and its best one counts.

const rounds = Number(process.argv[2] ?? 3);
const seconds = Number(process.argv[3] ?? 4);
/** Names of peers to measure, separated by commas. @default all */
const only = process.argv[4]?.split(",");
const connections = 8;
const warmUpSeconds = 1.5;
const port = 18_080;
/** Difference that rounding in another order of additions may make. */
const tolerance = 1e-4;

/** One server run in one way with one model. */
interface Contender {
    peer: Peer;
    variant: Variant;
    model: ModelName;
    runs: (Load & { coldStartMs: number; megabytes: number })[];
}

interface Bench {
    root: string;
    folder: string;
    client: string;
    bins: ReadonlyMap<string, string>;
    models: Record<ModelName, { file: string; input: Input; expected: readonly number[] }>;
}

async function measure(bench: Bench, { peer, variant, model, runs }: Contender, round: number): Promise<void> {
    const folder = join(bench.folder, [peer.name, variant.name.replaceAll(" ", "-"), model, round].join("-"));
    mkdirSync(folder);
    const { file, input, expected } = bench.models[model];
    const cwd = join(bench.root, "bench", "scoring", "peers");
    const env = { ...variant.env, MODEL: file, PYTHONPATH: cwd, PYTHONDONTWRITEBYTECODE: "1" };
    const bin = bench.bins.get(peer.name) ?? "";
    const url = `http://127.0.0.1:${port}${peer.path(model)}`;
    const ask = requestOf(input, peer.encodings[model], url, folder);
    const command = peer.command({ bin, port, folder, env });
    const server = await start({ command, env, cwd, log: join(folder, "log") }, ask);
    try {
        const answered = probabilitiesIn(server.firstAnswer);
        const isRight =
            answered.length === expected.length &&
            answered.every((value, index) => Math.abs(value - (expected[index] ?? 2)) < tolerance);
        if (!isRight) throw new Error(`${peer.name} answers wrongly: ${server.firstAnswer.toString("utf8", 0, 200)}`);
        await load(bench.client, ask, connections, warmUpSeconds);
        const loaded = await load(bench.client, ask, connections, seconds);
        const run = { ...loaded, coldStartMs: server.coldStartMs, megabytes: server.megabytes() };
        runs.push(run);
        const label = `${peer.name}, ${variant.name}`.padEnd(24);
        const rate = loaded.requestsPerSecond.toFixed(0).padStart(6);
        const cold = (run.coldStartMs / 1000).toFixed(2);
        const failures = loaded.failures > 0 ? `, ${loaded.failures} failures` : "";
        process.stdout.write(
            `round ${round}  ${model}  ${label} ${rate} req/s  p50 ${loaded.p50Ms} ms  p99 ${loaded.p99Ms} ms  ` +
                `first answer ${cold} s  ${run.megabytes.toFixed(0)} MB${failures}\n`,
        );
    } finally {
        await server.stop();
    }
}

/** Inferences a second of the bare loop on all cores, in whichever way is faster, and what it answers. */
async function bareLoop(
    bench: Pick<Bench, "root" | "bins">,
    file: string,
    shape: readonly number[],
): Promise<{ perSecond: number; output: number[] }> {
    const python = join(bench.bins.get("fastapi") ?? "", "python");
    const cwd = join(bench.root, "bench", "scoring", "peers");
    let best = { perSecond: 0, output: [] as number[] };
    for (const ways of [
        { PROCESSES: "2", THREADS: "1" },
        { PROCESSES: "1", THREADS: "2" },
    ]) {
        const env = {
            ...process.env,
            ...ways,
            MODEL: file,
            SHAPE: JSON.stringify(shape),
            PYTHONDONTWRITEBYTECODE: "1",
        };
        const { stdout } = await promisify(execFile)(python, ["bare.py", String(seconds)], { cwd, env });
        const read = JSON.parse(stdout) as typeof best;
        if (read.perSecond > best.perSecond) best = read;
    }
    return best;
}

async function main(): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), "mlplatform-scoring-"));
    try {
        const { root } = places();
        const measured = [ours(root), ...peers.filter(({ name }) => only?.includes(name) ?? true)];
        const bins = new Map<string, string>();
        for (const { name, requirements } of peers) {
            if (name !== "fastapi" && !measured.some((each) => each.name === name)) continue;
            bins.set(name, await pythonOf(name, join(root, "bench", "scoring", "requirements", `${requirements}.txt`)));
        }
        const client = await loadClient();
        const files = writeModels(folder);
        const bare: Record<ModelName, number[]> = { small: [], large: [] };
        const models = {} as Bench["models"];
        for (const model of ["small", "large"] as const) {
            const { file, shape } = files[model];
            const { output } = await bareLoop({ root, bins }, file, shape);
            models[model] = { file, input: inputOf(shape), expected: output };
        }
        const bench: Bench = { root, folder, client, bins, models };
        const contenders = measured.flatMap((peer) =>
            peer.variants.flatMap((variant) =>
                (variant.models ?? (["small", "large"] as const)).map((model): Contender => ({
                    peer,
                    variant,
                    model,
                    runs: [],
                })),
            ),
        );
        for (let round = 1; round <= rounds; round += 1) {
            for (const model of ["small", "large"] as const) {
                const { perSecond } = await bareLoop(bench, files[model].file, files[model].shape);
                bare[model].push(perSecond);
                process.stdout.write(
                    `round ${round}  ${model}  ${"the bare loop".padEnd(24)} ${perSecond.toFixed(0).padStart(6)} a second\n`,
                );
                for (const each of contenders.filter((one) => one.model === model)) await measure(bench, each, round);
            }
        }
        report(contenders, bare);
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

interface Figures {
    name: string;
    isFramework: boolean;
    variant: string;
    requestsPerSecond: number;
    p50Ms: number;
    p99Ms: number;
    coldStartMs: number;
    megabytes: number;
    failures: number;
}

/** Each peer's best way with a model, by its median rate. */
function bestOf(contenders: readonly Contender[], model: ModelName): Figures[] {
    const best = new Map<string, Figures>();
    for (const { peer, variant, runs } of contenders.filter((one) => one.model === model)) {
        const middle = (figure: (run: (typeof runs)[number]) => number): number => rounded(median(runs.map(figure)));
        const figures: Figures = {
            ...{ name: peer.name, isFramework: peer.isFramework, variant: variant.name },
            requestsPerSecond: middle((run) => run.requestsPerSecond),
            p50Ms: middle((run) => run.p50Ms),
            p99Ms: middle((run) => run.p99Ms),
            coldStartMs: middle((run) => run.coldStartMs),
            megabytes: middle((run) => run.megabytes),
            failures: runs.reduce((sum, run) => sum + run.failures, 0),
        };
        const before = best.get(peer.name);
        if (!before || before.requestsPerSecond < figures.requestsPerSecond) best.set(peer.name, figures);
    }
    return [...best.values()];
}

function report(contenders: readonly Contender[], bare: Record<ModelName, readonly number[]>): void {
    const small = bestOf(contenders, "small");
    const large = bestOf(contenders, "large");
    const own = (of: readonly Figures[]): Figures => {
        const found = of.find(({ name }) => name === "mlplatform");
        if (!found) throw new Error("the scorer was not measured");
        return found;
    };
    const others = (of: readonly Figures[]): Figures[] => of.filter(({ name }) => name !== "mlplatform");
    const most = (of: readonly Figures[]): number => Math.max(...of.map((each) => each.requestsPerSecond));
    const frameworks = others(small).filter(({ isFramework }) => isFramework);
    const fastapi = small.find(({ name }) => name === "fastapi");
    // Cold start and memory of a framework are those of its leanest way, not of the fastest.
    const least = (figure: "coldStartMs" | "megabytes"): number =>
        Math.min(
            ...contenders
                .filter(({ peer, model }) => peer.isFramework && peer.name !== "mlplatform" && model === "small")
                .map(({ runs }) => median(runs.map((run) => run[figure]))),
        );
    const ratio = (ours: number, theirs: number | undefined): number | null =>
        theirs === undefined || !Number.isFinite(theirs) ? null : rounded(ours / theirs);
    process.stdout.write(
        `${JSON.stringify({
            ...{ bench: "scoring", rounds, seconds, connections },
            smallVsBestFramework: ratio(own(small).requestsPerSecond, most(frameworks)),
            smallVsFastApi: ratio(own(small).requestsPerSecond, fastapi?.requestsPerSecond),
            largeVsBare: ratio(own(large).requestsPerSecond, median(bare.large)),
            largeVsBestPeer: ratio(own(large).requestsPerSecond, most(others(large))),
            coldStartVsBestFramework: ratio(own(small).coldStartMs, least("coldStartMs")),
            memoryVsBestFramework: ratio(own(small).megabytes, least("megabytes")),
            barePerSecond: { small: rounded(median(bare.small)), large: rounded(median(bare.large)) },
            small,
            large,
        })}\n`,
    );
}

main().catch((fault: unknown) => {
    process.stderr.write(`${fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)}\n`);
    process.exitCode = 1;
});
