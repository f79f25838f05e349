import { fork } from "node:child_process";
import { readFileSync } from "node:fs";
import type { PulumiFn } from "@pulumi/pulumi/automation/workspace";
import { places } from "../../cli/places";
import { runStack, type Operation } from "../../cli/run";
import { plainProgram, type PlainResource } from "./plain-program";

/** What a child process is to run. The same file is both ends: the benchmark forks it, the child answers once. */
export interface Order {
    operation: Operation;
    stack: string;
    workspaceDir: string;
    /** `MLPLATFORM_HOME` of the run. */
    home: string;
    debugProviders: string;
    /** File with plain resources to run in place of the project's program. */
    plainResources?: string;
    /** Registers the plain resources without their API-version aliases, as the project does. */
    withoutAliases?: boolean;
    /** Folder with `teams/`, for a team's stack whose order is not the clone's. */
    teamsRoot?: string;
}

/** One run, from the start of its process to its end. */
export interface Measured {
    ok: boolean;
    resources: number;
    seconds: number;
    /** Seconds of processors, of the process with the program, its engine and the sandbox. On a busy machine they tell more. */
    cpuSeconds: number;
    /** Peak resident memory of the process that runs the program, in megabytes. The engine is a process of its own. */
    peakMegabytes: number;
    failure: string;
}

/** Runs an order in a process of its own, so that loading the program counts and memory starts from nothing. */
export function measure(order: Order): Promise<Measured> {
    const began = process.hrtime.bigint();
    const cpuBefore = cpuSeconds();
    return new Promise((resolve, reject) => {
        const child = fork(__filename, [JSON.stringify(order)], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
        let answer: Answer | undefined;
        child.on("message", (message) => (answer = message as Answer));
        child.on("error", reject);
        child.on("exit", () => {
            const seconds = Number(process.hrtime.bigint() - began) / 1e9;
            if (answer) resolve({ ...answer, seconds, cpuSeconds: cpuSeconds() - cpuBefore });
            else reject(new Error(`${order.operation} of ${order.stack} ended without an answer`));
        });
    });
}

type Answer = Omit<Measured, "seconds" | "cpuSeconds">;

/** What this process has taken of processors, and all that it has started and seen end: proc(5), in hundredths. */
function cpuSeconds(): number {
    const stat = readFileSync("/proc/self/stat", "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / 100;
}

function peakMegabytes(): number {
    // Kilobytes on Linux and macOS alike, as libuv has it.
    return Math.round(process.resourceUsage().maxRSS / 1000);
}

async function run(order: Order): Promise<Answer> {
    const { operation, stack, workspaceDir, home, debugProviders, plainResources, withoutAliases, teamsRoot } = order;
    let program: PulumiFn | undefined;
    if (plainResources !== undefined) {
        const resources = JSON.parse(readFileSync(plainResources, "utf8")) as PlainResource[];
        program = plainProgram(resources, { withoutAliases: withoutAliases === true });
    }
    if (teamsRoot !== undefined) program = await teamProgram(teamsRoot);
    const at = places(home);
    const result = await runStack({ operation, stack, workspaceDir, debugProviders, at, ...(program && { program }) });
    const { changes } = result;
    const resources = Object.values(changes).reduce<number>((sum, count) => sum + (count ?? 0), 0);
    const failure = result.ok ? "" : result.failures.map(({ message }) => message).join("\n") || result.output;
    return { ok: result.ok, resources, peakMegabytes: peakMegabytes(), failure };
}

/** The project's own program, but for where it reads the orders. Waits for roles are Azure's time, not ours. */
async function teamProgram(root: string): Promise<PulumiFn> {
    const { team } = await import("../../stacks/team");
    const { loadTeamSettings } = await import("../../stacks/settings/team");
    const { dropApiVersionAliases } = await import("../../stacks/api-version-aliases");
    return () => {
        const settings = loadTeamSettings();
        dropApiVersionAliases();
        return team({ ...settings, rolePropagationSeconds: 0.5 }, root);
    };
}

if (require.main === module && process.send) {
    const order = JSON.parse(process.argv[2] ?? "{}") as Order;
    void run(order).then((answer) => process.send?.(answer, () => process.exit(0)));
}
