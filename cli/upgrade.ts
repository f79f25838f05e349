import { kubernetesVersions, kubernetesVersionSource, minorOf, mostMinorsBehind } from "../facts/kubernetes-versions";
import type { KubernetesVersion } from "../facts/kubernetes-versions";
import { valueAt } from "../sandbox/azure/properties";
import { daysUntil } from "../stacks/rules/versions";
import type { Settings } from "../stacks/settings";
import { cloudResources } from "./deployment";
import type { Deployment } from "./deployment";
import { settingsOf } from "./stack-settings";
import { stateOf } from "./stack-state";
import type { Context } from "./stack-run";
import { table } from "./table";
import type { Section } from "./teardown-plan";
import { UserError } from "./user-error";
import { projectOf } from "./workspace";

/** Says which versions a stack runs, how long they are supported, and what the next step is. */
export async function upgrade(context: Context, stack: string, options: { stateFile?: string }): Promise<void> {
    const { terminal, at: places } = context;
    if (projectOf(places, stack).isBootstrap) throw new UserError(`"${stack}" has no cluster`);
    const settings = await settingsOf(context, stack);
    const state = await stateOf(context, stack, options.stateFile);
    terminal.line(terminal.bold(`Versions of "${stack}"`));
    for (const { title, lines } of upgradeReport({ stack, settings, state, today: new Date() })) {
        terminal.line();
        terminal.line(terminal.bold(title));
        for (const line of lines) terminal.line(line);
    }
}

interface Running {
    stack: string;
    settings: Settings;
    state: Deployment;
    today: Date;
}

export function upgradeReport(at: Running): Section[] {
    return [versions(at), support(at), nextStep(at), images(at), keys(at)].filter(({ lines }) => lines.length > 0);
}

interface Pool {
    name: string;
    version: string;
    image: string;
    nodes: number;
}

function deployedPools(state: Deployment): Pool[] {
    const pools = cloudResources(state).filter(({ type }) => type === "azure-native:containerservice:AgentPool");
    return pools.map(({ outputs = {} }) => ({
        name: text(outputs.name),
        version: text(outputs.currentOrchestratorVersion),
        image: text(outputs.nodeImageVersion),
        nodes: typeof outputs.count === "number" ? outputs.count : 0,
    }));
}

function clusterIn(state: Deployment): Record<string, unknown> | undefined {
    return cloudResources(state).find(({ type }) => type === "azure-native:containerservice:ManagedCluster")?.outputs;
}

function versions({ settings, state }: Running): Section {
    const control = text(clusterIn(state)?.currentKubernetesVersion);
    const pools = deployedPools(state);
    const rows = [
        ["", "in the stack's file", "deployed"],
        ["control plane", settings.kubernetesVersion, control || "nothing"],
        ["pools", settings.poolsVersion, [...new Set(pools.map(({ version }) => version))].join(", ") || "nothing"],
        ...pools.map(({ name, version, image, nodes }) => [`  ${name}`, `${nodes} nodes`, `${version}  ${image}`]),
    ];
    return { title: "Kubernetes", lines: table(rows) };
}

function support({ settings, today }: Running): Section {
    const rows = kubernetesVersions.map((version) => {
        const days = daysUntil(version.standardSupportEnds, today);
        const here = [
            ...(version.minor === settings.kubernetesVersion ? ["control plane"] : []),
            ...(version.minor === settings.poolsVersion ? ["pools"] : []),
        ];
        return [
            ...[version.minor, version.generalAvailability, version.standardSupportEnds],
            days < 0 ? "over" : `${days} days`,
            ...[version.longTermSupportEnds, `${version.platformSupportUntil} is out`],
            here.length > 0 ? `<- ${here.join(", ")}` : "",
        ];
    });
    const heads = [
        "version",
        "since",
        "standard support until",
        "left",
        "long-term until",
        "platform support until",
        "",
    ];
    return { title: "Support", lines: [...table([heads, ...rows]), `  ${kubernetesVersionSource}`] };
}

function nextStep({ stack, settings }: Running): Section {
    const { kubernetesVersion, poolsVersion, upgradeChannel } = settings;
    const poolsShow = "each pool, and the cluster for its bootstrap pool";
    if (poolsVersion !== kubernetesVersion)
        return {
            title: `Next: the pools follow the control plane to ${kubernetesVersion}`,
            lines: change(stack, "poolsVersion", kubernetesVersion, poolsShow),
        };
    const next = after(kubernetesVersion);
    if (next === undefined)
        return {
            title: "Next",
            lines: [`  nothing: ${kubernetesVersion} is the newest that facts/kubernetes-versions.ts knows`],
        };
    return {
        title: `Next: ${kubernetesVersion} -> ${next.minor}, in two changes, each with its own preview and signatures`,
        lines: [
            `  1. The control plane; pools run on, up to ${mostMinorsBehind} minor versions behind`,
            ...change(stack, "kubernetesVersion", next.minor, "the cluster alone"),
            "  2. The pools, once the first change is up and what runs on it is well",
            ...change(stack, "poolsVersion", next.minor, poolsShow),
            `  Patches of a minor version come by themselves (mlplatform:upgradeChannel ${upgradeChannel})`,
        ],
    };
}

/** A refresh first: an update of a pool is refused while the state does not know the autoscaler's number of nodes. */
function change(stack: string, key: string, version: string, shows: string): string[] {
    return [
        `     pulumi refresh --stack ${stack}`,
        `     pulumi config set mlplatform:${key} ${version} --stack ${stack}`,
        `     pulumi preview --stack ${stack}   # updates ${shows}`,
        `     pulumi up --stack ${stack}`,
    ];
}

function after(minor: string): KubernetesVersion | undefined {
    return kubernetesVersions.find((version) => minorOf(version.minor) === (minorOf(minor) ?? 0) + 1);
}

function images({ settings: { nodeOsChannel, maintenance } }: Running): Section {
    const { day, startTime, utcOffset, durationHours } = maintenance;
    return {
        title: "Node images",
        lines: [
            `  come by themselves (mlplatform:nodeOsChannel ${nodeOsChannel}) within mlplatform:maintenance:`,
            `  ${day} ${startTime} ${utcOffset}, for ${durationHours} hours`,
        ],
    };
}

/** A key's version is the last part of its URI. */
function keys({ settings, state, stack }: Running): Section {
    const { rotationDays, expiryDays } = settings.tier;
    const newest = cloudResources(state)
        .filter(({ type }) => type === "azure-native:keyvault:Key")
        .map(({ outputs = {} }) => text(outputs.keyUriWithVersion));
    const used = text(valueAt(clusterIn(state), "securityProfile.azureKeyVaultKms.keyId"));
    const lines = [
        `  rotate by themselves every ${rotationDays} days, expire after ${expiryDays}; disks, registry and storage follow`,
    ];
    if (used === "") return { title: "Keys", lines };
    const behind = !newest.includes(used);
    const etcd = `  etcd names a version, ${used.slice(used.lastIndexOf("/") + 1).slice(0, 8)}`;
    return {
        title: "Keys",
        lines: behind
            ? [...lines, `${etcd}, and its key has a newer one: docs/upgrades.md says how it moves on`]
            : [...lines, `${etcd}, the newest that the state knows; pulumi refresh --stack ${stack} looks again`],
    };
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");
