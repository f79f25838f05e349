import { costOf } from "./control-planes";
import { carryOut, planLines, previewWithFreeNames } from "./deploy";
import { azureTime, imageLines, kinds, outputLines } from "./report";
import { deployed } from "./export";
import { images } from "./images/images";
import { savePicture } from "./picture";
import { differences, factsOf, tableLines } from "./environments";
import { recover } from "./recover";
import { exportState, outputsOf } from "./session";
import { table } from "./table";
import { withStack } from "./stack-run";
import type { Context, StackRun } from "./stack-run";
import type { AzureBehaviour } from "./local-azure";
import type { Places } from "./places";
import { teamNamespace } from "../components/workloads/team-namespace";
import { committedConfig, knownStacks, notesOf, stackFiles, writeNotes } from "./workspace";

/** The environment that others are told by. */
const base = "dev";

/**
 * Brings a stack up in the sandbox and says what came of it.
 * @param next Commands to go on with, each with what it does. @default those about the stack
 */
export async function start(
    context: Context,
    stack: string,
    behaviour: AzureBehaviour,
    next = nextCommands(context.at, stack),
): Promise<void> {
    const { terminal } = context;
    terminal.line(
        terminal.bold(`Stack "${stack}" in the sandbox: the real Pulumi engine against a local stand-in for Azure`),
    );
    // What is built upon and installed comes from the environment's registry alone, which somebody has to fill.
    for (const { name, kind, environment } of stackFiles(context.at))
        if (name === stack && (kind === "images" || kind === "services"))
            await images(context, ["import", environment ?? ""]);
    await withStack(context, { command: "start", stack, behaviour }, async (first) => {
        await settleInterruption(first);
        const { run, plan } = await previewWithFreeNames(first);
        terminal.step(`preview: ${plan.toString()}`);
        for (const line of planLines(plan)) terminal.line(line);
        if (plan.isEmpty) terminal.step(terminal.good("no changes: the stack is as the program says"));
        else await carryOut(run, "up", plan.size);
        await summarise(run, !plan.isEmpty, next);
    });
}

/** Recovers what an earlier command left unfinished; a `stop` that was interrupted is finished first. */
async function settleInterruption(run: StackRun): Promise<void> {
    const { at, session, terminal } = run;
    const recovery = await recover(session);
    if (recovery.imported.length > 0) terminal.step(`imported from Azure: ${recovery.imported.join(", ")}`);
    if (recovery.dropped.length > 0) terminal.step(`never reached Azure: ${recovery.dropped.join(", ")}`);
    const { stack } = session.workspace;
    const notes = notesOf(at, stack);
    if (notes.stopping !== true) return;
    terminal.step("an earlier `stop` was interrupted: finishing it first");
    await carryOut(run, "destroy", undefined);
    writeNotes(at, stack, { ...notes, stopping: false });
}

async function summarise(run: StackRun, changed: boolean, next: [string, string][]): Promise<void> {
    const { session, terminal } = run;
    const { stack } = session.workspace;
    const state = await exportState(session);
    const section = (title: string, lines: readonly string[]): void => {
        if (lines.length === 0) return;
        terminal.line();
        terminal.line(terminal.bold(title));
        for (const line of lines) terminal.line(line);
    };
    if (changed) {
        section("In the sandbox now", kinds(state));
        section("Outputs", outputLines(await outputsOf(session)));
        const [total = "", ...chain] = azureTime(state, session.workspace.propagationSeconds);
        section(`On Azure this would take ${total}`, chain);
    }
    // What other stacks hold stands on a foundation's network: of themselves there is nothing to draw.
    const above = knownStacks(run.at, "images", "services", "team").includes(stack);
    // Once more where the controllers of charts have come to it.
    if (!above || knownStacks(run.at, "services").includes(stack)) section("Kubernetes", await clusterLines(run));
    if (!above) {
        section("Picture", [`  ${await savePicture(run.at, stack, deployed(state))}`]);
    }
    section("Images", imageLines(state));
    section("Different from dev", await shortDifferences(run));
    section("Next", table(next));
    terminal.line();
    terminal.step(terminal.good(changed ? `"${stack}" is up` : `"${stack}" is up, and nothing had to be done`));
}

/** The cluster's control plane, once it is there, and what it costs. */
async function clusterLines({ sandbox, terminal }: StackRun): Promise<string[]> {
    const { controlPlanes } = sandbox;
    if (!controlPlanes) return [];
    return await Promise.all(
        controlPlanes.names().map(async (name) => {
            terminal.now(`control plane of ${name}`);
            const plane = await controlPlanes.ready(name);
            terminal.now(undefined);
            return `  ${name}: control plane ${costOf(plane)}; it goes on until \`stop\``;
        }),
    );
}

/** What this environment is, beside dev: its tier. Where there is a dev, and this is another. */
async function shortDifferences(run: StackRun): Promise<string[]> {
    const { stack } = run.session.workspace;
    const foundations = knownStacks(run.at, "foundation");
    if (stack === base || ![base, stack].every((one) => foundations.includes(one))) return [];
    const facts = [await factsOf(run, base), await factsOf(run, stack)].filter((one) => one !== undefined);
    const [tier, ...others] = differences(facts);
    if (facts.length < 2 || tier === undefined) return [];
    const more = others.reduce((sum, { rows }) => sum + rows.length, 0);
    return [
        ...tableLines([tier], [base, stack]).map((line) => `  ${line}`),
        `  and ${more} values of its file: npx mlplatform environments`,
    ];
}

function nextCommands(at: Places, stack: string): [string, string][] {
    const team = committedConfig(at, stack)["mlplatform:team"];
    if (typeof team === "string")
        return [
            [
                `npx mlplatform kubectl ${stack} -- get all,quota -n ${teamNamespace(team)}`,
                "what it has in its cluster",
            ],
            ["npx mlplatform identities", "as whom else one can ask: kubectl STACK --as IDENTITY"],
            [`npx mlplatform reachability ${stack} ${teamNamespace(team)}`, "who reaches whom"],
            ["npx mlplatform teams", "every team's environment: quota, budget, expiry"],
            [`npm run stop -- ${stack}`, "destroy it and see what is left"],
            ["docs/teams.md", "the same on your Azure subscription"],
        ];
    const other = stack === "dev" ? "" : ` ${stack}`;
    return [
        [`npx mlplatform export ${stack}`, "every resource as JSON"],
        [`npx mlplatform kubectl ${stack} -- get nodes`, "ask its cluster"],
        ["npx mlplatform sandbox list", "what is in the sandbox's Azure, by id"],
        ["npx mlplatform sandbox set NAME PATH=VALUE", "change something behind the program's back ..."],
        [`npx mlplatform refresh${other}`, "... see the drift ..."],
        [`npx mlplatform up${other}`, "... and put it right"],
        [`npm run stop${other && ` --${other}`}`, "destroy it and see what is left"],
        ["npm test", "run every test"],
        ["README.md", "the same program on your Azure subscription"],
    ];
}
