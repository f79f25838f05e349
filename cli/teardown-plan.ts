import { durationOf } from "../facts/durations";
import { softDeletes } from "../facts/soft-delete";
import { valueAt } from "../sandbox/azure/properties";
import type { Settings } from "../stacks/settings";
import { chainOf, dependents, spoken } from "../review/time/chain";
import { prerequisitesIn } from "./azure-time";
import { kindOf, nameOf } from "../review/model/names";
import { cloudResources } from "./deployment";
import type { Deployment, StateResource } from "./deployment";
import { protectedIn } from "./protection";
import { table } from "./table";

/** A heading with lines below it. */
export interface Section {
    title: string;
    lines: string[];
}

interface Torn {
    stack: string;
    settings: Settings;
    state: Deployment;
    today: Date;
}

/** Everything that somebody should know before an environment goes, from its settings and its state. */
export function teardownPlan(torn: Torn): Section[] {
    return [protection(torn), obstacles(torn), order(torn), softDeleted(torn), staying(torn)].filter(
        ({ lines }) => lines.length > 0,
    );
}

/** Is there anything that keeps the environment from being destroyed as its settings are? */
export function isHeld({ tier, teardown }: Settings): boolean {
    return tier.protect && !teardown;
}

function protection({ stack, settings, state }: Torn): Section {
    const { tier, teardown, environment } = settings;
    const kept = protectedIn(state).length;
    const locks = cloudResources(state).filter(({ type }) => type.endsWith(":ManagementLockByScope"));
    const locked = locks.map(({ urn, inputs }) => `${nameOf(urn)} on ${lastPart(inputs?.scope)}`).join(", ");
    if (!tier.protect) return { title: "Protection", lines: [`  none in ${environment}`] };
    const what = `${kept} resources that hold keys, images or data${locked === "" ? "" : `; locked: ${locked}`}`;
    if (teardown)
        return {
            title: "Protection",
            lines: [
                kept > 0
                    ? `  mlplatform:teardown is on: the next up lifts it from ${what}`
                    : "  lifted by mlplatform:teardown",
            ],
        };
    return {
        title: "Protection",
        lines: [
            `  ${what}`,
            `  One line lifts it, in a change of its own that ${tier.signedBy.join(", ")} sign:`,
            `    pulumi config set mlplatform:teardown true --stack ${stack}`,
            `    pulumi up --stack ${stack}`,
        ],
    };
}

/** Accounts with a write-once policy that is locked. */
export function lockedAccounts(state: Deployment): StateResource[] {
    return cloudResources(state).filter(
        ({ type, inputs }) =>
            type === "azure-native:storage:StorageAccount" &&
            valueAt(inputs, "immutableStorageWithVersioning.immutabilityPolicy.state") === "Locked",
    );
}

function obstacles({ stack, settings, state }: Torn): Section {
    const locked = lockedAccounts(state).map(
        ({ urn }) =>
            `  ${nameOf(urn)} is locked for ever: it goes when its newest record is ${settings.tier.records.retentionDays} days old, and until then ` +
            "so do its group, its key and the vault (docs/teardown.md)",
    );
    const inside = settings.runner.kind === "none" && settings.state === undefined;
    const own = inside
        ? []
        : [
              "  The network's CI machines and its way to the state account go too. Run the destroy from elsewhere, with",
              "  your address among mlplatform-bootstrap:operatorAddresses (docs/teardown.md)",
          ];
    const after = existsAutoscaled(state)
        ? [
              `  Pods with persistent volumes: their disks go with the nodes' group. Take what you need out of ${stack} before`,
          ]
        : [];
    return { title: "Before you begin", lines: [...locked, ...own, ...after] };
}

const existsAutoscaled = (state: Deployment): boolean =>
    cloudResources(state).some(({ type }) => type.endsWith(":AgentPool"));

/** Waves: each goes when nothing is left that needs it. */
export function deletionWaves(state: Deployment): StateResource[][] {
    const all = cloudResources(state);
    const waiting = dependentsIn(state);
    const waves = new Map<string, number>();
    const waveOf = (resource: StateResource): number => {
        const known = waves.get(resource.urn);
        if (known !== undefined) return known;
        waves.set(resource.urn, 0); // a cycle cannot be, but must not hang
        const wave = Math.max(-1, ...waiting(resource).map(waveOf)) + 1;
        waves.set(resource.urn, wave);
        return wave;
    };
    const sorted: StateResource[][] = [];
    for (const resource of all) (sorted[waveOf(resource)] ??= []).push(resource);
    return sorted;
}

const dependentsIn = (state: Deployment): ((resource: StateResource) => StateResource[]) =>
    dependents(cloudResources(state), prerequisitesIn(state));

function order({ state }: Torn): Section {
    const waves = deletionWaves(state);
    const { seconds } = chainOf(cloudResources(state), dependentsIn(state), ({ type }) => durationOf(type).delete);
    const rows = waves.map((wave, index) => {
        const kinds = new Map<string, string[]>();
        for (const { type, urn } of wave) kinds.set(kindOf(type), [...(kinds.get(kindOf(type)) ?? []), nameOf(urn)]);
        const parts = [...kinds].map(([kind, names]) =>
            names.length === 1 ? `${shortKind(kind)} ${names[0] ?? ""}` : `${names.length} ${shortKind(kind)}`,
        );
        return [index + 1, parts] as const;
    });
    const lines = rows.flatMap(([number, parts]) => wrapped(`  ${String(number).padStart(2)}  `, parts));
    return {
        title: `What goes, in this order, each when nothing needs it any more; about ${spoken(seconds)} on Azure`,
        lines,
    };
}

/** `AgentPool` of `containerservice:AgentPool`. */
const shortKind = (kind: string): string => kind.slice(kind.lastIndexOf(":") + 1);

const widest = 100;

function wrapped(head: string, parts: readonly string[]): string[] {
    const lines: string[] = [];
    let line = head;
    parts.forEach((part, index) => {
        const text = index < parts.length - 1 ? `${part}, ` : part;
        if (line.length + text.trimEnd().length > widest && line.trim() !== "" && line !== head) {
            lines.push(line.trimEnd());
            line = " ".repeat(head.length);
        }
        line += text;
    });
    return [...lines, line];
}

/** Which of the generations moves the name of that resource on. */
function generationOf({ type, urn }: StateResource): keyof Settings["generations"] {
    return type === "azure-native:keyvault:Vault" && nameOf(urn) === "vault" ? "vault" : "workspace";
}

function softDeleted({ stack, settings, state, today }: Torn): Section {
    const rows = cloudResources(state).flatMap((resource) => {
        const rule = softDeletes[resource.type];
        if (rule === undefined) return [];
        const days = typeof rule.days === "number" ? rule.days : Number(valueAt(resource.inputs, rule.days.path));
        const until = new Date(today.getTime() + days * 86_400_000).toISOString().slice(0, 10);
        const name = lastPart(resource.id ?? resource.urn);
        const held = rule.holdsName ? `name held until ${until}` : `can be had back until ${until}`;
        return [
            ...table([[shortKind(kindOf(resource.type)), name, held]]),
            `    ${rule.note}`,
            ...(rule.holdsName ? comeBack(stack, settings, generationOf(resource), name) : []),
        ];
    });
    return { title: "What Azure keeps of it for a while", lines: rows };
}

function comeBack(stack: string, settings: Settings, key: keyof Settings["generations"], name: string): string[] {
    const next = settings.generations[key] + 1;
    return [
        `    to come back before, as ${name.replace(/\d+$/, String(next))}:`,
        `      pulumi config set --path mlplatform:generations.${key} ${next} --stack ${stack}`,
    ];
}

function staying({ settings, state }: Torn): Section {
    const { hub, zoneChoice, existingKeys, logAnalyticsWorkspaceId, teardown, tier } = settings;
    const lines: (string | false)[] = [
        "  the state account and its key, the CI identities and their roles, registered features: stack bootstrap",
        hub !== undefined && "  the hub's side of the peering, its firewall's rules and routes for this network",
        zoneChoice.kind === "hub" && "  the hub's DNS zones; the records of our endpoints go with them",
        zoneChoice.kind === "policy" && "  DNS records that a policy has written, in zones that are not ours",
        Object.keys(existingKeys).length > 0 &&
            `  existing keys and the roles on them: ${Object.keys(existingKeys).join(", ")}`,
        logAnalyticsWorkspaceId !== undefined && `  logs in ${lastPart(logAnalyticsWorkspaceId)}`,
        "  the subscription's activity log, its quota, and the stack's own history among the state",
        tier.protect && teardown && "  mlplatform:teardown: take it out of the stack's file before it comes up again",
    ];
    return cloudResources(state).length === 0
        ? { title: "", lines: [] }
        : { title: "What stays", lines: lines.filter((line) => line !== false) };
}

function lastPart(id: unknown): string {
    return typeof id === "string" ? id.slice(id.lastIndexOf("/") + 1) : "";
}
