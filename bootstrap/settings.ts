import * as pulumi from "@pulumi/pulumi";
import {
    federationFaults,
    githubEnvironment,
    githubPullRequests,
    serviceConnection,
} from "../components/ci/federation";
import type { Federation } from "../components/ci/federation";
import type { Naming } from "../components/names";
import { overlap, parseCidr } from "../components/network/cidr";
import { platformTags, tagFaults } from "../components/tags";
import { regions } from "../facts/regions";
import { flag, guid, list, number, object, oneOf, record, text, type Parser } from "../stacks/parse";
import { SettingsError } from "../stacks/config";
import { environments, type Environment } from "../stacks/tiers";

/** Name in bootstrap/Pulumi.yaml; its keys are in this namespace. */
export const bootstrapNamespace = "mlplatform-bootstrap";

/** Which identity of CI. */
export const ciUses = ["preview", "deploy"] as const;
export type CiUse = (typeof ciUses)[number];

/** The bootstrap's config, read and checked. */
export interface BootstrapSettings {
    naming: Naming;
    location: string;
    tenantId: string;
    environments: readonly Environment[];
    operationsGroupId: string;
    operatorAddresses: readonly string[];
    federations: Readonly<Record<CiUse, readonly Federation[]>>;
    generation: number;
    rolePropagationSeconds: number;
    tags: Readonly<Record<string, string>>;
    teardown: boolean;
}

const repository = object({
    organisation: text(/^[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}$/, "the name of a GitHub organisation"),
    repository: text(/^[A-Za-z0-9._-]{1,100}$/, "the name of a repository"),
});
const word = text(/^[^\s/][^/]{0,255}$/, "a name without slashes");
const devOps = object({
    ...{ organisation: word, organisationId: guid, project: word, previewConnection: word, deployConnection: word },
});
const federation = object({ identity: oneOf(ciUses), name: text(), issuer: text(), subject: text() });

/** Every key, with how it is read. `bootstrap/Pulumi.yaml` describes the same keys; a test holds the two together. */
export const bootstrapKeys = {
    "mlplatform-bootstrap:workload": text(/^[a-z][a-z0-9]{1,7}$/, "2 to 8 characters of a-z and 0-9 from a letter on"),
    "mlplatform-bootstrap:location": oneOf(Object.keys(regions)),
    "mlplatform-bootstrap:environments": list(oneOf(environments), 1),
    "mlplatform-bootstrap:operationsGroupId": guid,
    "mlplatform-bootstrap:operatorAddresses": list(text()),
    "mlplatform-bootstrap:github": repository,
    "mlplatform-bootstrap:azureDevOps": devOps,
    "mlplatform-bootstrap:federations": list(federation),
    "mlplatform-bootstrap:generation": number(1, 99),
    "mlplatform-bootstrap:rolePropagationSeconds": number(0, 1800, false),
    "mlplatform-bootstrap:tags": record(text(/^[^]*$/)),
    "mlplatform-bootstrap:teardown": flag,
    "azure-native:subscriptionId": guid,
    "azure-native:tenantId": guid,
} as const satisfies Record<string, Parser<unknown>>;

type BootstrapKey = keyof typeof bootstrapKeys;
type Read = { [K in BootstrapKey]?: (typeof bootstrapKeys)[K] extends Parser<infer T> ? T : never };

const required: readonly BootstrapKey[] = [
    ...(["mlplatform-bootstrap:workload", "mlplatform-bootstrap:location"] as const),
    ...(["mlplatform-bootstrap:environments", "mlplatform-bootstrap:operationsGroupId"] as const),
    ...(["azure-native:subscriptionId", "azure-native:tenantId"] as const),
];

/**
 * Reads the config of the stack that is running.
 * @throws pulumi.RunError, which is printed without a stack trace: the fault is in the config, not in the program.
 */
export function loadBootstrapSettings(): BootstrapSettings {
    try {
        return readBootstrapSettings(pulumi.runtime.allConfig());
    } catch (fault) {
        if (fault instanceof SettingsError) throw new pulumi.RunError(fault.message);
        throw fault;
    }
}

/**
 * Reads a bootstrap's config, given as Pulumi holds it.
 * @throws SettingsError naming, for every fault at once, the config key, the rule and the value.
 */
export function readBootstrapSettings(source: Readonly<Record<string, string>>): BootstrapSettings {
    const faults: string[] = [];
    const read: Record<string, unknown> = {};
    for (const key of Object.keys(source))
        if (key.startsWith(`${bootstrapNamespace}:`) && !(key in bootstrapKeys))
            faults.push(`${key} is not a setting; bootstrap/Pulumi.yaml lists them`);
    for (const [key, parser] of Object.entries<Parser<unknown>>(bootstrapKeys)) {
        const value = source[key];
        if (value !== undefined && value !== "" && value !== "{}") read[key] = parser(key, value, faults);
        else if (required.some((one) => one === key)) faults.push(`${key} must be set: pulumi config set ${key} VALUE`);
    }
    const settings = drafted(read);
    faults.push(...bootstrapFaults(settings));
    if (faults.length > 0) throw new SettingsError([...new Set(faults)]);
    return settings;
}

function drafted(read: Read): BootstrapSettings {
    const own = read["mlplatform-bootstrap:tags"] ?? {};
    return {
        naming: {
            workload: read["mlplatform-bootstrap:workload"] ?? "mlp",
            environment: "boot",
            subscriptionId: read["azure-native:subscriptionId"] ?? "",
        },
        location: read["mlplatform-bootstrap:location"] ?? "swedencentral",
        tenantId: read["azure-native:tenantId"] ?? "",
        environments: read["mlplatform-bootstrap:environments"] ?? ["dev"],
        operationsGroupId: read["mlplatform-bootstrap:operationsGroupId"] ?? "",
        operatorAddresses: read["mlplatform-bootstrap:operatorAddresses"] ?? [],
        federations: { preview: federationsOf(read, "preview"), deploy: federationsOf(read, "deploy") },
        generation: read["mlplatform-bootstrap:generation"] ?? 1,
        rolePropagationSeconds: read["mlplatform-bootstrap:rolePropagationSeconds"] ?? 120,
        tags: own,
        teardown: read["mlplatform-bootstrap:teardown"] ?? false,
    };
}

/** Who may act as which identity: previews for whoever opens a pull request, deployments past an environment's approval. */
function federationsOf(read: Read, use: CiUse): Federation[] {
    const { "mlplatform-bootstrap:github": github, "mlplatform-bootstrap:azureDevOps": project } = read;
    const { "mlplatform-bootstrap:environments": all = [], "mlplatform-bootstrap:federations": further = [] } = read;
    const { previewConnection: preview = "", deployConnection: deploy = "" } = project ?? {};
    return [
        ...(github && use === "preview" ? [githubPullRequests(github)] : []),
        ...(github && use === "deploy" ? all.map((environment) => githubEnvironment(github, environment)) : []),
        ...(project ? [serviceConnection({ ...project, connections: { preview, deploy } }, use)] : []),
        ...further
            .filter(({ identity }) => identity === use)
            .map(({ name, issuer, subject }) => ({ name, issuer, subject })),
    ];
}

const notPublic = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8"].map(parseCidr);

function bootstrapFaults(settings: BootstrapSettings): string[] {
    const { environments: all, operatorAddresses, federations, naming, tags } = settings;
    const field = `${bootstrapNamespace}:operatorAddresses`;
    const both = federations.preview.filter((one) =>
        federations.deploy.some(({ issuer, subject }) => issuer === one.issuer && subject === one.subject),
    );
    return [
        ...(new Set(all).size < all.length
            ? [`${bootstrapNamespace}:environments must name each environment once, got ${all.join(", ")}`]
            : []),
        ...operatorAddresses.flatMap((address) => {
            const [bare = "", prefix] = address.split("/");
            const block = parseCidr(`${bare}/${prefix ?? "32"}`);
            // Storage takes single addresses without a prefix, and no /31: storage/common/storage-network-security
            const fits = block !== undefined && (prefix === undefined || block.prefix <= 30);
            if (!fits || block.prefix < 16)
                return [`${field} must be public IPv4 addresses, or blocks from /16 to /30, got "${address}"`];
            const inside = notPublic.some((range) => range && overlap(range, block));
            return inside ? [`${field} must be as the internet sees you, got "${address}"`] : [];
        }),
        ...ciUses.flatMap((use) => federationFaults(`${bootstrapNamespace}:federations`, federations[use])),
        ...both.map(
            ({ subject }) =>
                `${bootstrapNamespace}:federations must not let "${subject}" both preview and deploy: a pull request could deploy itself`,
        ),
        ...tagFaults(`${bootstrapNamespace}:tags`, platformTags(naming.workload, naming.environment, tags)),
    ];
}
