import { fork } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserAssignedIdentity } from "@pulumi/azure-native/managedidentity/userAssignedIdentity";
import { ResourceGroup } from "@pulumi/azure-native/resources/resourceGroup";
import type { PulumiFn } from "@pulumi/pulumi/automation/workspace";
import { Engine } from "../cli/engine";
import { startLocalAzure } from "../cli/local-azure";
import { places, type Places } from "../cli/places";
import { tellPreview } from "../cli/review/told-preview";
import { newSession, operate, type Session } from "../cli/session";
import type { StackRun } from "../cli/stack-run";
import { Terminal } from "../cli/terminal";
import { prepareWorkspace } from "../cli/workspace";
import { priceSheet } from "../facts/prices";
import { commentsOf } from "../review/comment/comment";
import { reviewOf } from "../review/reviewed";
import { dropApiVersionAliases } from "../stacks/api-version-aliases";
import { median, rounded } from "./parts/statistics";

// What a review costs beyond the preview that it is made of: the same change, of every second resource of a stack that is up,
// previewed alone and previewed with state, plan and JSON for the review, which is then made down to the comment. Turn by turn,
// each in a process of its own.
//
//   npm run bench -- review              100, 1,000 and 5,000 resources, three rounds
//   npm run bench -- review 100,1000 5

const sizes = (process.argv[2] ?? "100,1000,5000").split(",").map(Number);
const rounds = Number(process.argv[3] ?? 3);

const stack = "dev";
const kinds = ["preview", "review"] as const;

interface Order {
    kind: (typeof kinds)[number] | "up";
    size: number;
    home: string;
    debugProviders: string;
}

interface Measured {
    seconds: number;
    /** From the engine's last word to the comment. */
    reviewSeconds: number;
    peakMegabytes: number;
}

/** Groups of ten: a resource group, and identities in it. With the change, every second has another owner. */
const program =
    (count: number, changed: boolean): PulumiFn =>
    () => {
        dropApiVersionAliases();
        const location = "swedencentral";
        const tags = (index: number): Record<string, string> => ({
            ...{ owner: changed && index % 2 === 0 ? "after" : "before", number: String(index) },
        });
        for (let first = 0; first < count; first += 10) {
            const group = new ResourceGroup(`group-${first}`, {
                ...{ resourceGroupName: `rg-bench-${first}`, location, tags: tags(first) },
            });
            for (let index = first + 1; index < Math.min(first + 10, count); index += 1)
                new UserAssignedIdentity(`identity-${index}`, {
                    ...{
                        resourceName: `id-bench-${index}`,
                        resourceGroupName: group.name,
                        location,
                        tags: tags(index),
                    },
                });
        }
        return Promise.resolve();
    };

function placesIn(home: string): Places {
    return { ...places(join(home, "home")), root: join(home, "clone") };
}

async function sessionOf({ home, debugProviders, size, kind }: Order): Promise<Session> {
    const at = placesIn(home);
    const workspace = await prepareWorkspace(at, new Engine(at), stack);
    const given = { at, workspace, debugProviders, say: () => undefined };
    return newSession({ ...given, program: program(size, kind !== "up") });
}

async function run(order: Order): Promise<Measured> {
    const session = await sessionOf(order);
    const began = performance.now();
    let previewed: number;
    if (order.kind === "review") {
        const quiet = new Terminal(process.stderr);
        const preview = await tellPreview({ session, at: session.at, terminal: quiet } as StackRun);
        previewed = performance.now();
        commentsOf(reviewOf(preview, priceSheet(places().root)));
    } else {
        const result = await operate(session, order.kind);
        if (!result.ok) throw new Error(result.failures.map(({ message }) => message).join("\n") || result.output);
        previewed = performance.now();
    }
    const ended = performance.now();
    return {
        ...{ seconds: (ended - began) / 1000, reviewSeconds: (ended - previewed) / 1000 },
        peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1000),
    };
}

/** In a process of its own, so that loading and memory begin from nothing. */
function measured(order: Order): Promise<Measured> {
    return new Promise((resolve, reject) => {
        const env = { ...process.env, PULUMI_SKIP_CHECKPOINTS: "true" };
        const child = fork(__filename, ["order", JSON.stringify(order)], { env });
        child.on("message", (message) => {
            resolve(message as Measured);
        });
        child.on("exit", (code) => {
            reject(new Error(`${order.kind} of ${order.size} ended with ${code ?? "a signal"}`));
        });
    });
}

async function size(count: number): Promise<Record<string, number>> {
    const home = mkdtempSync(join(tmpdir(), "mlplatform-review-"));
    const at = placesIn(home);
    for (const folder of [at.home, at.root]) mkdirSync(folder, { recursive: true });
    symlinkSync(join(places().root, "node_modules"), join(at.root, "node_modules"));
    writeFileSync(join(at.root, "Pulumi.yaml"), "name: mlplatform\nruntime: nodejs\n");
    writeFileSync(join(at.root, `Pulumi.${stack}.yaml`), "config:\n  azure-native:location: swedencentral\n");
    const sandbox = await startLocalAzure(at);
    try {
        const order = { size: count, home, debugProviders: sandbox.debugProviders };
        await measured({ ...order, kind: "up" });
        const runs: Record<(typeof kinds)[number], Measured[]> = { preview: [], review: [] };
        for (let round = 0; round < rounds; round += 1)
            for (const kind of kinds) runs[kind].push(await measured({ ...order, kind }));
        const of = (kind: (typeof kinds)[number], figure: keyof Measured): number =>
            median(runs[kind].map((one) => one[figure]));
        const ratios = runs.review.map(
            ({ seconds }, index) => seconds / (runs.preview[index]?.seconds ?? Number.NaN) - 1,
        );
        return {
            ...{ resources: count, ratio: rounded(median(ratios)) },
            ...{
                previewSeconds: rounded(of("preview", "seconds")),
                reviewSeconds: rounded(of("review", "reviewSeconds")),
            },
            megabytesMore: Math.round(of("review", "peakMegabytes") - of("preview", "peakMegabytes")),
        };
    } finally {
        await sandbox.stop();
        rmSync(home, { recursive: true, force: true });
    }
}

async function main(): Promise<void> {
    const [, , first, order] = process.argv;
    if (first === "order") {
        process.send?.(await run(JSON.parse(order ?? "") as Order));
        process.disconnect();
        return;
    }
    if (sizes.some((count) => !Number.isInteger(count) || count < 10) || !(rounds >= 1))
        throw new Error("usage: npm run bench -- review [SIZES of 10 or more, such as 100,1000] [ROUNDS]");
    const told: Record<string, number>[] = [];
    for (const count of sizes) {
        told.push(await size(count));
        process.stderr.write(`${JSON.stringify(told.at(-1))}\n`);
    }
    const ratio = Math.max(...told.map((one) => one.ratio ?? Number.NaN));
    process.stdout.write(`${JSON.stringify({ bench: "review", rounds, ratio, sizes: told })}\n`);
}

main().catch((fault: unknown) => {
    process.stderr.write(`${fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)}\n`);
    process.exitCode = 1;
});
