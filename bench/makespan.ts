import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { creationSeconds, longestChain } from "../cli/azure-time";
import { kindOf, nameOf } from "../review/model/names";
import { Engine } from "../cli/engine";
import { schemaOf } from "../cli/local-azure";
import { places } from "../cli/places";
import { failureLines } from "../cli/report";
import { parallelism } from "../cli/run";
import { exportState, newSession, operate } from "../cli/session";
import { table } from "../cli/table";
import { prepareWorkspace } from "../cli/workspace";
import { durationOf } from "../facts/durations";
import { QuietClock } from "../sandbox/azure/clock";
import { spoken } from "../review/time/chain";
import { startSandbox } from "../sandbox/sandbox";
import { rounded } from "./parts/statistics";
import { unavoidable } from "./parts/unavoidable";

// How long the first `up` takes on Azure's clock, by the published durations: the real engine against the sandbox, whose
// time stands still while anybody computes. Against it, the shortest time that Azure's rules leave to any program, and the
// two stages in which the AKS baseline is deployed.

const stack = process.argv[2] ?? "dev";

/**
 * First the network with its firewall, then the cluster's stamp with its two pools: about 15 and 18 minutes, by
 * mspnp/aks-baseline docs/deploy/04-networking.md and 06-aks-cluster.md. Every further pool comes after those.
 */
const baseline = { networkSeconds: 15 * 60, stampSeconds: 18 * 60, pools: 2 };

const poolToken = "azure-native:containerservice:AgentPool";
const roleToken = "azure-native:authorization:RoleAssignment";

async function main(): Promise<void> {
    const home = mkdtempSync(join(tmpdir(), "mlplatform-makespan-"));
    try {
        const at = places(home);
        const engine = new Engine(at);
        // The wait for a role is part of Azure's time here, and the program's own is none.
        const workspace = { ...(await prepareWorkspace(at, engine, stack)), pace: () => 0 };
        const { propagationSeconds } = workspace;
        const creation = (token: string): number =>
            durationOf(token).create + (token === roleToken ? propagationSeconds : 0);

        const clock = new QuietClock();
        const durations = (token: string): ReturnType<typeof durationOf> => ({
            ...durationOf(token),
            create: creation(token),
        });
        const sandbox = await startSandbox({
            ...{ store: ":memory:", schemaPath: await schemaOf(at), clock, durations },
        });
        try {
            const session = newSession({
                at,
                engine,
                workspace,
                debugProviders: sandbox.debugProviders,
                say: () => undefined,
            });
            const began = clock.now();
            const result = await operate(session, "up");
            if (!result.ok) throw new Error(failureLines(result).join("\n"));
            const seconds = (clock.now() - began) / 1000;

            const bound = unavoidable(sandbox.azure, creation);
            const chain = longestChain(await exportState(session), creationSeconds(propagationSeconds));
            show(
                "What the program makes wait for each other",
                chain.seconds,
                chain.links.map(({ urn, type, seconds }) => [seconds, kindOf(type), nameOf(urn)]),
            );
            show(
                "What Azure's rules make wait for each other",
                bound.seconds,
                bound.steps.map(({ id, seconds }) => [seconds, ...lastOf(id)]),
            );
            const furtherPools = sandbox.azure.list(poolToken).length - baseline.pools;
            const stages =
                baseline.networkSeconds + baseline.stampSeconds + Math.max(0, furtherPools) * creation(poolToken);
            const figures = {
                ...{
                    bench: "makespan",
                    stack,
                    parallelism,
                    resources: sandbox.azure.list().length,
                    propagationSeconds,
                },
                ...{
                    seconds: Math.round(seconds),
                    unavoidableSeconds: Math.round(bound.seconds),
                    twoStagesSeconds: stages,
                },
                ratio: rounded(seconds / bound.seconds, 3),
                vsTwoStages: rounded(stages / seconds, 2),
            };
            process.stdout.write(`${JSON.stringify(figures)}\n`);
        } finally {
            await sandbox.stop();
        }
    } finally {
        rmSync(home, { recursive: true, force: true });
    }
}

function show(title: string, seconds: number, rows: readonly (readonly [number, string, string])[]): void {
    process.stdout.write(`${title}: ${spoken(seconds)}\n`);
    for (const line of table(rows.map(([each, kind, name]) => [`${each} s`, kind, name])))
        process.stdout.write(`${line}\n`);
}

/** Kind and name at the end of an id. */
function lastOf(id: string): [string, string] {
    const parts = id.split("/");
    return [parts.at(-2) ?? "", parts.at(-1) ?? ""];
}

main().catch((fault: unknown) => {
    process.stderr.write(`${fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)}\n`);
    process.exitCode = 1;
});
