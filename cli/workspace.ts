import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { LocalWorkspace } from "@pulumi/pulumi/automation/localWorkspace";
import type { StackSettings } from "@pulumi/pulumi/automation/stackSettings";
import { parse } from "yaml";
import { groupNames } from "../facts/access-table";
import { sandboxSubscriptionId, sandboxTenantId } from "../sandbox/azure/azure";
import { sandboxCosmosDbObjectId } from "../sandbox/azure/types/machine-learning";
import { stackKinds } from "../stacks/config";
import type { StackKind } from "../stacks/config";
import type { Pace } from "../stacks/program";
import { environments, tiers } from "../stacks/tiers";
import type { Tier } from "../stacks/tiers";
import type { Engine } from "./engine";
import { readOwn, textOf, writeWhole } from "../sandbox/files";
import { agentRelease, builtElsewhere, writeSandboxLock } from "./images/sandbox-import";
import { workspaceOf } from "./places";
import type { Places } from "./places";
import { UserError } from "./user-error";

/** Name of the project, part of every URN. */
const project = "mlplatform";

/** One of the clone's two Pulumi projects. */
export interface Project {
    name: string;
    /** Folder with `Pulumi.yaml` and the files of its stacks. */
    folder: string;
    /** What must be there before the platform: state, CI identities. */
    isBootstrap: boolean;
}

/** The project that a stack belongs to, by where its file is. */
export function projectOf({ root }: Places, stack: string): Project {
    const folder = join(root, "bootstrap");
    const isBootstrap = existsSync(join(folder, `Pulumi.${stack}.yaml`));
    return isBootstrap
        ? { name: `${project}-bootstrap`, folder, isBootstrap }
        : { name: project, folder: root, isBootstrap };
}

const sandboxGroupId = "55555555-5555-4555-8555-555555555555";
/** Who rules the sandbox's platform, answers and pays for it, where the committed file leaves that to its user. */
const standIns: Readonly<
    Record<
        "adminGroupObjectIds" | "groups" | "budget" | "cosmosDbObjectId" | "monitoring" | Tier["needs"][number],
        unknown
    >
> = {
    adminGroupObjectIds: [sandboxGroupId],
    groups: Object.fromEntries(
        groupNames.map((name, index) => [name, `55555555-5555-4555-8555-00000000000${index + 1}`]),
    ),
    budget: { amount: 1000, emails: ["sandbox@example.com"] },
    cosmosDbObjectId: sandboxCosmosDbObjectId,
    monitoring: { alertEmails: ["sandbox@example.com"] },
    owner: "sandbox@example.com",
    costCentre: "SANDBOX",
};
/** What the program takes when a stack's file says nothing (stacks/settings.ts). */
const defaultPropagationSeconds = 120;
/** Least real seconds that the program waits, whatever the clock: a role works after a quarter of one. */
const leastWaitSeconds = 0.5;

/** What the sandbox's workspace knows about a stack beyond the committed file. */
export interface StackNotes {
    /** Counts on by itself after each `stop`, as the names of this generation stay reserved. */
    generation?: number;
    /** A `stop` has begun and has not ended. */
    stopping?: boolean;
}

function notesFile(at: Places, stack: string): string {
    return join(workspaceOf(at, stack), "notes.json");
}

export function notesOf(at: Places, stack: string): StackNotes {
    const read = readOwn(notesFile(at, stack));
    if (typeof read !== "object" || read === null) return {};
    const { generation, stopping } = read as StackNotes;
    return {
        ...(Number.isInteger(generation) && { generation }),
        ...(stopping === true && { stopping }),
    };
}

export function writeNotes(at: Places, stack: string, notes: StackNotes): void {
    writeWhole(notesFile(at, stack), `${JSON.stringify(notes)}\n`);
}

/** A stack by its committed file. */
export interface KnownStack {
    name: string;
    kind: StackKind | "bootstrap" | undefined;
    environment: string | undefined;
}

/** Stacks that have a committed file, by name. */
export function stackFiles(at: Places): KnownStack[] {
    const files = [at.root, join(at.root, "bootstrap")].flatMap((folder) => readdirSync(folder));
    const names = files.map((name) => /^Pulumi\.([\w-]+)\.yaml$/.exec(name)?.[1]);
    return names
        .filter((name) => name !== undefined)
        .sort()
        .map((name) => {
            const { folder, isBootstrap } = projectOf(at, name);
            const config = configIn(join(folder, `Pulumi.${name}.yaml`));
            const environment = config[`${project}:environment`];
            const kind = isBootstrap ? "bootstrap" : stackKinds.find((one) => one === config[`${project}:kind`]);
            return { name, kind, environment: typeof environment === "string" ? environment : undefined };
        });
}

/** What a stack's file says; nothing when it cannot be read, which is said where the stack is used. */
function configIn(file: string): Record<string, unknown> {
    try {
        const { config } = (parse(readFileSync(file, "utf8")) ?? {}) as { config?: Record<string, unknown> };
        return config ?? {};
    } catch {
        return {};
    }
}

/** What the committed file of a stack says. */
export const committedConfig = (at: Places, stack: string): Record<string, unknown> =>
    configIn(join(projectOf(at, stack).folder, `Pulumi.${stack}.yaml`));

/** Names of the stacks that have a committed file; of certain kinds alone, if that is asked for. */
export function knownStacks(at: Places, ...kinds: readonly KnownStack["kind"][]): string[] {
    const all = stackFiles(at).filter(({ kind }) => kinds.length === 0 || kinds.includes(kind));
    return all.map(({ name }) => name);
}

/** An environment's stacks, each after those that it stands on. */
export function layersOf(at: Places, environment: string): string[] {
    const rank = ({ kind }: KnownStack): number => stackKinds.findIndex((one) => one === kind);
    const layers = stackFiles(at).filter((stack) => stack.environment === environment && rank(stack) >= 0);
    return layers.sort((left, right) => rank(left) - rank(right)).map(({ name }) => name);
}

/** A stack as it is run against the sandbox. */
export interface StackWorkspace {
    stack: string;
    /** Folder with the copies. */
    folder: string;
    generation: number;
    /** Generation in the committed file. */
    committedGeneration: number;
    /** Seconds that the program would give a role on Azure to take effect. */
    propagationSeconds: number;
    /** How long such a wait takes in the sandbox. */
    pace: Pace;
    /** Config keys with a secret that was encrypted for others, left out. */
    leftOut: string[];
}

/**
 * Brings a stack's copies up to date: the committed settings with the sandbox's own values on top. No committed file
 * names the sandbox, so a real `pulumi up` never finds it.
 * @param clock Real seconds per second of Azure's, as the sandbox is given them.
 * @throws UserError when there is no such stack.
 */
export async function prepareWorkspace(at: Places, engine: Engine, stack: string, clock = 0): Promise<StackWorkspace> {
    if (!/^[A-Za-z0-9_.-]{1,100}$/.test(stack)) throw new UserError(`"${stack}" is no name of a stack`);
    const { name, folder: source, isBootstrap } = projectOf(at, stack);
    if (!existsSync(join(source, `Pulumi.${stack}.yaml`))) {
        const known = knownStacks(at);
        throw new UserError(
            `there is no stack "${stack}": Pulumi.${stack}.yaml is missing. There is: ${known.join(", ")}. ` +
                "A new team's is written once there is its order, teams/NAME.yaml (docs/teams.md)",
        );
    }
    const folder = workspaceOf(at, stack);
    for (const made of [folder, at.state, at.pulumiHome]) mkdirSync(made, { recursive: true });
    ensurePassphrase(at);
    writeWhole(join(folder, "Pulumi.yaml"), readFileSync(join(source, "Pulumi.yaml"), "utf8"));

    const [generationKey, propagationKey] = [`${name}:generation`, `${name}:rolePropagationSeconds`];
    const committed = await settingsIn(source, engine, stack);
    const config = Object.entries(committed.config ?? {});
    const leftOut = config.filter(([, value]) => isSecure(value)).map(([key]) => key);
    const committedGeneration = Number(committed.config?.[generationKey] ?? 1);
    const propagationSeconds = Number(committed.config?.[propagationKey] ?? defaultPropagationSeconds);
    const generation = Math.max(committedGeneration, notesOf(at, stack).generation ?? 0);
    const given = Object.fromEntries(config.filter(([key]) => !leftOut.includes(key)));
    const settings = {
        encryptionsalt: await saltOf(at, engine, stack),
        config: {
            ...(isBootstrap ? bootstrapStandIns(name) : standInsOf(at, committed.config ?? {})),
            ...given,
            "azure-native:subscriptionId": sandboxSubscriptionId,
            "azure-native:tenantId": sandboxTenantId,
            ...(generation !== committedGeneration && { [generationKey]: generation }),
        },
    };
    // JSON is YAML.
    writeWhole(join(folder, `Pulumi.${stack}.yaml`), `${JSON.stringify(settings, undefined, 2)}\n`);
    const pace: Pace = (seconds) => Math.max(leastWaitSeconds, seconds * clock);
    return { stack, folder, generation, committedGeneration, propagationSeconds, pace, leftOut };
}

/** What a stack of that kind must be told and no committed file can know. */
function standInsOf(at: Places, config: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const kind = config[`${project}:kind`];
    // The sandbox reaches no publisher, and has nothing of what is built elsewhere: it makes digests up.
    if (kind === "services") return { [`${project}:imageLock`]: writeSandboxLock(at) };
    if (kind === "images")
        return {
            [`${project}:imageLock`]: writeSandboxLock(at),
            [`${project}:builtElsewhere`]: builtElsewhere(),
            [`${project}:agentRelease`]: agentRelease,
        };
    return kind === "team" ? {} : foundationStandIns(config[`${project}:environment`]);
}

function foundationStandIns(environment: unknown): Record<string, unknown> {
    const known = environments.find((one) => one === environment);
    const always = ["adminGroupObjectIds", "groups", "budget", "cosmosDbObjectId", "monitoring"] as const;
    const keys = [...always, ...(known ? tiers[known].needs : [])] as const;
    return Object.fromEntries(keys.map((key) => [`${project}:${key}`, standIns[key]]));
}

/** The same for the bootstrap: who works there, and from which repository. */
const bootstrapStandIns = (name: string): Record<string, unknown> => ({
    [`${name}:operationsGroupId`]: sandboxGroupId,
    [`${name}:github`]: { organisation: "example", repository: "mlplatform" },
});

function ensurePassphrase(at: Places): void {
    if ((textOf(at.passphraseFile) ?? "").length >= 32) return;
    if (existsSync(join(at.state, ".pulumi", "stacks"))) {
        throw new UserError(
            `${at.passphraseFile} is missing or damaged, and without it the state cannot be read. ` +
                `Put it back, or begin anew by removing ${at.home}`,
        );
    }
    writeWhole(at.passphraseFile, randomBytes(32).toString("base64url"), 0o600);
}

/** The settings in a folder's file of that stack. */
export async function settingsIn(folder: string, engine: Engine, stack: string): Promise<StackSettings> {
    try {
        const workspace = await LocalWorkspace.create({ workDir: folder, pulumiCommand: engine.asPulumiCommand() });
        return await workspace.stackSettings(stack);
    } catch (fault) {
        const reason = fault instanceof Error ? fault.message : String(fault);
        throw new UserError(`Pulumi.${stack}.yaml cannot be read: ${reason}`);
    }
}

/** Is it a secret, or does it hold one at any depth? */
function isSecure(value: unknown): boolean {
    if (typeof value !== "object" || value === null) return false;
    return "secure" in value || Object.values(value).some(isSecure);
}

/** The salt belongs to the secrets in the state, so the state knows it best; a new stack gets one from the engine. */
async function saltOf(at: Places, engine: Engine, stack: string): Promise<string | undefined> {
    const state = readOwn(stateFile(at, stack)) as
        { checkpoint?: { latest?: { secrets_providers?: { state?: { salt?: string } } } } } | undefined;
    const known = state?.checkpoint?.latest?.secrets_providers?.state?.salt;
    if (known !== undefined) return known;
    const folder = workspaceOf(at, stack);
    if (!existsSync(join(folder, `Pulumi.${stack}.yaml`))) return undefined;
    // A damaged copy is made again; nothing is encrypted with its salt yet.
    const copy = await settingsIn(folder, engine, stack).catch((): StackSettings => ({}));
    return copy.encryptionSalt;
}

/** File in the backend that holds a stack's state. */
export function stateFile(at: Places, stack: string): string {
    return join(at.state, ".pulumi", "stacks", projectOf(at, stack).name, `${stack}.json`);
}
