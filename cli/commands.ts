import type { ParseArgsConfig } from "node:util";
import { registrationCommands } from "../facts/resource-providers";
import { accessLines } from "./access";
import { carryOut, planLines, preview, previewWithFreeNames } from "./deploy";
import { cloudResources } from "./deployment";
import { promotion } from "./promotion/promotion";
import { drift } from "./drift/drift";
import { makeBundle } from "./change-control/bundle";
import { guardedUp } from "./change-control/guarded-up";
import { lawFor } from "./change-control/repository";
import { signBundle } from "./change-control/sign";
import { verify } from "./change-control/verify";
import { cost } from "./cost/cost";
import { prices } from "./prices/prices";
import { firewallRules } from "./firewall-rules";
import type { AzureBehaviour } from "./local-azure";
import { identities, kubeconfig, kubectl } from "./kubectl";
import { images } from "./images/images";
import { kernels } from "./kernels/kernels";
import { writeManifests } from "./manifests/planned";
import { models } from "./models/models";
import { policyPage } from "../policy/page";
import { quota } from "./quota-command";
import { savePicture } from "./picture";
import { dev, startEnvironment, stopEnvironment } from "./platform";
import { reachability } from "./reachability";
import { recover } from "./recover";
import { refresh } from "./refresh";
import { review } from "./review/review";
import { scan } from "./scan/scan";
import { sandboxCommand } from "./sandbox-commands";
import { exportState } from "./session";
import { stackResources } from "./stack-resources";
import { writeArmTemplate } from "./arm/export";
import { withStack } from "./stack-run";
import type { Context } from "./stack-run";
import { score } from "./serving/score";
import { start } from "./start";
import { stop } from "./stop";
import { teams, teamsUsage } from "./teams/teams";
import { teardown } from "./teardown";
import { writeDashboards } from "./dashboards";
import { environments } from "./environments";
import { upgrade } from "./upgrade";
import { UserError } from "./user-error";

/** Options as they were typed. */
export type Values = Record<string, string | boolean | undefined>;

/** One line of the command table. */
export interface Command {
    name: string;
    /** Its arguments, as the help shows them. */
    usage: string;
    summary: string;
    options: NonNullable<ParseArgsConfig["options"]>;
    /** Least and most number of arguments. */
    positionals: readonly [number, number];
    run: (context: Context, args: readonly string[], values: Values) => Promise<void>;
}

const behaviourOptions = {
    clock: { type: "string" },
    seed: { type: "string" },
    "fault-rate": { type: "string" },
} as const;
const behaviourUsage = "[--clock SCALE] [--seed N] [--fault-rate R]";

function behaviourOf(values: Values): AzureBehaviour {
    const clock = numberOf(values, "clock", 0, 100);
    const seed = numberOf(values, "seed", 0, Number.MAX_SAFE_INTEGER);
    const faultRate = numberOf(values, "fault-rate", 0, 0.9);
    return {
        ...(clock !== undefined && { clock }),
        ...(seed !== undefined && { seed }),
        ...(faultRate !== undefined && { faultRate }),
    };
}

function numberOf(values: Values, name: string, least: number, most: number): number | undefined {
    const text = values[name];
    if (typeof text !== "string") return undefined;
    const value = Number(text);
    if (text.trim() !== "" && value >= least && value <= most) return value;
    throw new UserError(`--${name} must be a number from ${least} to ${most}, got "${text}"`);
}

const environmentOption = { environment: { type: "string" } } as const;
const environmentOf = ({ environment }: Values): string => (typeof environment === "string" ? environment : dev);

/** A stack without an environment beside it. */
function alone(stack: string, { environment }: Values): string {
    if (environment === undefined) return stack;
    throw new UserError(`a stack or --environment, got both: ${stack} and ${String(environment)}`);
}

/** Everything that can be typed. */
export const commands: readonly Command[] = [
    {
        name: "start",
        usage: `[stack | --environment NAME] ${behaviourUsage}`,
        summary:
            "preview a stack and bring it up; again: no changes. Without a stack: all of an environment, by default dev, layer by layer",
        options: { ...behaviourOptions, ...environmentOption },
        positionals: [0, 1],
        run: (context, [stack], values) =>
            stack === undefined
                ? startEnvironment(context, environmentOf(values), behaviourOf(values))
                : start(context, alone(stack, values), behaviourOf(values)),
    },
    {
        name: "stop",
        usage: "[stack | --environment NAME]",
        summary: "destroy a stack and say what is left. Without a stack: all of an environment, from the top",
        options: environmentOption,
        positionals: [0, 1],
        run: (context, [stack], values) =>
            stack === undefined ? stopEnvironment(context, environmentOf(values)) : stop(context, alone(stack, values)),
    },
    {
        name: "preview",
        usage: "[stack]",
        summary: "say what `up` would change",
        options: {},
        positionals: [0, 1],
        run: (context, [stack = dev]) =>
            withStack(context, { command: "preview", stack }, async (run) => {
                const plan = await preview(run);
                for (const line of planLines(plan)) context.terminal.line(line);
                context.terminal.step(`preview: ${plan.toString()}`);
            }),
    },
    {
        name: "up",
        usage: `[stack] [--bundle FOLDER] ${behaviourUsage}`,
        summary: "bring a stack up to what the program says; a protected one by its signed bundle alone",
        options: { ...behaviourOptions, bundle: { type: "string" } },
        positionals: [0, 1],
        run: (context, [stack = dev], values) =>
            withStack(context, { command: "up", stack, behaviour: behaviourOf(values) }, async (first) => {
                await recover(first.session);
                const law = lawFor(context.at.root, stack);
                if (law) {
                    await guardedUp(first, law, typeof values.bundle === "string" ? values.bundle : undefined);
                    return;
                }
                const { run, plan } = await previewWithFreeNames(first);
                context.terminal.step(`preview: ${plan.toString()}`);
                for (const line of planLines(plan)) context.terminal.line(line);
                if (!plan.isEmpty) await carryOut(run, "up", plan.size);
                context.terminal.step(plan.isEmpty ? "no changes" : `"${stack}" is up`);
            }),
    },
    {
        name: "refresh",
        usage: "[stack] [--preview-only]",
        summary: "show what was changed behind the program's back, and take note of it",
        options: { "preview-only": { type: "boolean" } },
        positionals: [0, 1],
        run: (context, [stack = dev], values) => refresh(context, stack, values["preview-only"] === true),
    },
    {
        name: "drift",
        usage: "STACK [--observed FILE [--planned FILE]] [--json]",
        summary:
            "say what differs from the state in Azure, and what of it nobody answers for: waived (drift/waivers.yaml), adopted by the program, or open, then it ends with 7",
        options: { observed: { type: "string" }, planned: { type: "string" }, json: { type: "boolean" } },
        positionals: [1, 1],
        run: (context, [stack = dev], { observed, planned, json }) =>
            drift(context, stack, {
                json: json === true,
                ...(typeof observed === "string" && { observed }),
                ...(typeof planned === "string" && { planned }),
            }),
    },
    {
        name: "destroy",
        usage: "[stack]",
        summary: "as stop, without the summary",
        options: {},
        positionals: [0, 1],
        run: (context, [stack = dev]) =>
            withStack(context, { command: "destroy", stack }, async (run) => {
                await carryOut(run, "destroy", cloudResources(await exportState(run.session)).length);
                context.terminal.step(`"${stack}" is gone`);
            }),
    },
    {
        name: "recover",
        usage: "[stack]",
        summary: "put a stack's state in order after an interruption (start does so by itself)",
        options: {},
        positionals: [0, 1],
        run: (context, [stack = dev]) =>
            withStack(context, { command: "recover", stack }, async ({ session }) => {
                const { locks, imported, dropped } = await recover(session);
                context.terminal.line(
                    [
                        `locks of dead owners removed: ${locks}`,
                        `imported from Azure: ${imported.join(", ") || "none"}`,
                        `never reached Azure: ${dropped.join(", ") || "none"}`,
                    ].join("\n"),
                );
            }),
    },
    {
        name: "export",
        usage: "STACK [--planned] [--arm FILE]",
        summary:
            "print a stack's resources as JSON, deployed (or planned, when there are none), secrets masked; or write them as one ARM template",
        options: { planned: { type: "boolean" }, arm: { type: "string" } },
        positionals: [1, 1],
        run: async (context, [stack = dev], values) => {
            if (typeof values.arm === "string") {
                await writeArmTemplate(context, stack, { planned: values.planned === true, file: values.arm });
                return;
            }
            const found = await stackResources(context, stack, { planned: values.planned === true });
            context.terminal.line(JSON.stringify({ stack, ...found }, undefined, 2));
        },
    },
    {
        name: "access",
        usage: "STACK",
        summary: "print who gets which role on what, and why, as deployed (or planned, when nothing is)",
        options: {},
        positionals: [1, 1],
        run: async (context, [stack = dev]) => {
            const { resourcesAre, resources } = await stackResources(context, stack, { planned: false });
            for (const line of accessLines(stack, resourcesAre, resources)) context.terminal.line(line);
        },
    },
    {
        name: "providers",
        usage: "",
        summary: "print the az commands that register what the platform uses, once per subscription",
        options: {},
        positionals: [0, 0],
        run: ({ terminal }) => {
            for (const line of registrationCommands()) terminal.line(line);
            return Promise.resolve();
        },
    },
    {
        name: "quota",
        usage: "STACK [--usage FILE --skus FILE --network FILE]",
        summary: "say which quota, sizes and zones a stack needs and the subscription lacks, from az's answers",
        options: { usage: { type: "string" }, skus: { type: "string" }, network: { type: "string" } },
        positionals: [1, 1],
        run: (context, [stack = dev], values) => quota(context, stack, values),
    },
    {
        name: "cost",
        usage: "STACK [--planned] [--state FILE] [--json]",
        summary:
            "say what a stack costs a month, at least, expected and at most: deployed (or planned, when nothing is); --planned with the difference",
        options: { planned: { type: "boolean" }, state: { type: "string" }, json: { type: "boolean" } },
        positionals: [1, 1],
        run: (context, [stack = dev], { planned, state, json }) =>
            cost(context, stack, {
                ...{ planned: planned === true, json: json === true },
                ...(typeof state === "string" && { stateFile: state }),
            }),
    },
    {
        name: "policy",
        usage: "",
        summary: "print every rule of the policy pack, with its reason, remedy and source",
        options: {},
        positionals: [0, 0],
        run: ({ terminal }) => {
            terminal.line(policyPage());
            return Promise.resolve();
        },
    },
    {
        name: "review",
        usage: "STACK [--azure | --preview FILE] [--comment FILE] [--page FILE] [--post github|azure-devops] [--json]",
        summary:
            "say what a change does, can break, costs and how long it takes: in the sandbox, with your own pulumi (--azure), or by what its preview --json printed",
        options: {
            ...{ azure: { type: "boolean" }, preview: { type: "string" }, json: { type: "boolean" } },
            ...{ comment: { type: "string" }, page: { type: "string" }, post: { type: "string" } },
        },
        positionals: [1, 1],
        run: (context, [stack = dev], { azure, preview, comment, page, post, json }) =>
            review(context, stack, {
                ...{ azure: azure === true, json: json === true },
                ...(typeof preview === "string" && { file: preview }),
                ...(typeof comment === "string" && { comment }),
                ...(typeof page === "string" && { page }),
                ...(typeof post === "string" && { post }),
            }),
    },
    {
        name: "bundle",
        usage: "STACK",
        summary: "preview a change, and write what those who answer for it sign (docs/change-control.md)",
        options: {},
        positionals: [1, 1],
        run: (context, [stack = dev]) => makeBundle(context, stack),
    },
    {
        name: "sign",
        usage: "STACK --role ROLE --key FILE [--bundle FOLDER] [--as ID]",
        summary: "sign a stack's bundle with an SSH key, and say who has yet to",
        options: {
            ...{ role: { type: "string" }, key: { type: "string" } },
            ...{ bundle: { type: "string" }, as: { type: "string" } },
        },
        positionals: [1, 1],
        run: (context, [stack = dev], { role, key, bundle, as }) =>
            signBundle(context, stack, {
                ...(typeof role === "string" && { role }),
                ...(typeof key === "string" && { key }),
                ...(typeof bundle === "string" && { bundle }),
                ...(typeof as === "string" && { as }),
            }),
    },
    {
        name: "verify",
        usage: "STACK",
        summary: "tell from git and the files of changes alone whether what ran is what was signed",
        options: {},
        positionals: [1, 1],
        run: (context, [stack = dev]) => verify(context, stack),
    },
    {
        name: "prices",
        usage: "list | refresh [--region REGION] [--from ADDRESS]",
        summary: "list what costs are made of, or ask Azure's price list anew and say what has moved",
        options: { region: { type: "string" }, from: { type: "string" } },
        positionals: [1, 1],
        run: (context, args, { region, from }) =>
            prices(context, args, {
                ...(typeof region === "string" && { region }),
                ...(typeof from === "string" && { from }),
            }),
    },
    {
        name: "picture",
        usage: "[stack] [--planned] [--out FILE]",
        summary: "draw what a stack holds and the ways that traffic may flow, deployed (or planned, when nothing is)",
        options: { planned: { type: "boolean" }, out: { type: "string" } },
        positionals: [0, 1],
        run: async (context, [stack = dev], values) => {
            const out = typeof values.out === "string" ? values.out : undefined;
            const { resources } = await stackResources(context, stack, { planned: values.planned === true });
            context.terminal.line(await savePicture(context.at, stack, resources, out));
        },
    },
    {
        name: "firewall-rules",
        usage: "STACK [--json]",
        summary:
            "print what a firewall must let through for what a stack installs, as a table or a body for Azure Firewall",
        options: { json: { type: "boolean" } },
        positionals: [1, 1],
        run: (context, [stack = dev], values) => firewallRules(context, stack, values.json === true),
    },
    {
        name: "dashboards",
        usage: "FOLDER",
        summary: "write Grafana's dashboards of GPUs, queues and the gateway as JSON, and say how to import them",
        options: {},
        positionals: [1, 1],
        run: (context, [folder = ""]) => {
            writeDashboards(context, folder);
            return Promise.resolve();
        },
    },
    {
        name: "restore",
        usage: "NAMESPACE CLAIM [SNAPSHOT]",
        summary: "fill a disk of the cluster again from a snapshot, by default the newest (docs/backup.md)",
        options: {},
        positionals: [2, 3],
        run: async (context, args) => {
            // Its client of Kubernetes takes half a second to load, which no other command needs.
            const { restoreDisk } = await import("./restore");
            await restoreDisk(context, args);
        },
    },
    {
        name: "images",
        usage: "list | lock | import STACK | script REGISTRY",
        summary:
            "third-party images and charts: list them, ask publishers for digests, mirror them into the sandbox's registry, or print how to on Azure",
        options: {},
        positionals: [1, 2],
        run: (context, args) => images(context, args),
    },
    {
        name: "models",
        usage: "list | fetch",
        summary: "models and pictures to score with: list them, or make sure that they are there, made from packages",
        options: {},
        positionals: [1, 1],
        run: (context, args) => models(context, args),
    },
    {
        name: "score",
        usage: "[PICTURE] [--environment ENV] [--endpoint NAME] [--out FILE]",
        summary: "ask an endpoint of the sandbox what is in a picture, and draw it into a PNG",
        options: { environment: { type: "string" }, endpoint: { type: "string" }, out: { type: "string" } },
        positionals: [0, 1],
        run: (context, [picture], { environment, endpoint, out }) =>
            score(context, typeof environment === "string" ? environment : dev, {
                ...(picture !== undefined && { picture }),
                ...(typeof endpoint === "string" && { endpoint }),
                ...(typeof out === "string" && { out }),
            }),
    },
    {
        name: "teardown",
        usage: "STACK [--state FILE] [--yes]",
        summary: "say what a teardown takes, in which order, and what stays; --yes carries it out in the sandbox",
        options: { state: { type: "string" }, yes: { type: "boolean" } },
        positionals: [1, 1],
        run: (context, [stack = dev], { state, yes }) =>
            teardown(context, stack, { yes: yes === true, ...(typeof state === "string" && { stateFile: state }) }),
    },
    {
        name: "upgrade",
        usage: "STACK [--state FILE]",
        summary: "say which versions a stack runs, how long they are supported, and the next step with its commands",
        options: { state: { type: "string" } },
        positionals: [1, 1],
        run: (context, [stack = dev], { state }) =>
            upgrade(context, stack, typeof state === "string" ? { stateFile: state } : {}),
    },
    {
        name: "environments",
        usage: "[--against STACK] [--planned] [--markdown]",
        summary: "how environments differ, from the tier table, the stacks' files and, with --planned, their previews",
        options: { against: { type: "string" }, planned: { type: "boolean" }, markdown: { type: "boolean" } },
        positionals: [0, 0],
        run: (context, _, { against = dev, planned, markdown }) =>
            environments(context, {
                ...{ against: String(against), planned: planned === true, markdown: markdown === true },
            }),
    },
    {
        name: "promotion",
        usage: "FROM TO [--json]",
        summary: "prove that one environment gets what another has, but for what promotion/differences.yaml lists",
        options: { json: { type: "boolean" } },
        positionals: [2, 2],
        run: (context, args, { json }) => promotion(context, args, json === true),
    },
    {
        name: "reachability",
        usage: "STACK [NAMESPACE]",
        summary: "who reaches whom, by the network policies in the cluster of the stack's environment",
        options: {},
        positionals: [1, 2],
        run: (context, [stack = dev, namespace]) => reachability(context, stack, namespace),
    },
    {
        name: "teams",
        usage: teamsUsage,
        summary:
            "orders in teams/: list them, held against each other, the pools and the fleet; write the stacks' files they lack; say whose end is due",
        options: { check: { type: "boolean" }, json: { type: "boolean" } },
        positionals: [0, 1],
        run: (context, args, { check, json }) => teams(context, args, { check: check === true, json: json === true }),
    },
    {
        name: "kernels",
        usage: "list | set NAME PACKAGE VERSION | lock NAME | check [NAME] | audit NAME | build NAME",
        summary:
            "data scientists' environments: change a version or see what it conflicts with, build, tell what is known",
        options: {},
        positionals: [1, 4],
        run: (context, args) => kernels(context, args),
    },
    {
        name: "manifests",
        usage: "STACK [--planned] [--out FILE]",
        summary: "write every Kubernetes object that a stack has, or plans, as documents that kubectl reads",
        options: { planned: { type: "boolean" }, out: { type: "string" } },
        positionals: [1, 1],
        run: (context, [stack = dev], { planned, out }) =>
            writeManifests(context, stack, {
                planned: planned === true,
                ...(typeof out === "string" && { file: out }),
            }),
    },
    {
        name: "scan",
        usage: "[stack...]",
        summary: "let scanners read what the stacks plan, and hold what they find against scan-exceptions.json",
        options: {},
        positionals: [0, 20],
        run: (context, stacks) => scan(context, stacks),
    },
    {
        name: "kubectl",
        usage: "STACK [--as IDENTITY] -- ARGUMENTS",
        summary: "run kubectl against the cluster of the stack's environment, as an admin or as another identity",
        options: { as: { type: "string" } },
        positionals: [1, 100],
        run: (context, [stack = dev, ...args], { as }) =>
            kubectl(context, stack, args, typeof as === "string" ? as : undefined),
    },
    {
        name: "kubeconfig",
        usage: "STACK",
        summary: "write a kubeconfig for any kubectl, without a secret, and tell where it is",
        options: {},
        positionals: [1, 1],
        run: (context, [stack = dev]) => {
            kubeconfig(context, stack);
            return Promise.resolve();
        },
    },
    {
        name: "identities",
        usage: "",
        summary: "list who can be signed in to the sandbox's clusters",
        options: {},
        positionals: [0, 0],
        run: (context) => {
            identities(context);
            return Promise.resolve();
        },
    },
    {
        name: "sandbox",
        usage: "list [TEXT] | show NAME | set NAME PATH=VALUE | delete NAME | deleted | purge NAME | evict NODE | coverage",
        summary: "look at the sandbox's Azure, or change it behind the program's back",
        options: {},
        positionals: [0, 3],
        run: (context, args) => sandboxCommand(context, args),
    },
];
