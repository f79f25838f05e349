import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { bootstrapKeys } from "../../bootstrap/settings";
import { commands } from "../../cli/commands";
import { accessRows, principals, type AccessRow } from "../../facts/access-table";
import { resourceProviders } from "../../facts/resource-providers";
import { roleDefinitions, type RoleName } from "../../facts/role-definitions";
import { configKeys as foundationKeys } from "../../stacks/settings";
import { servicesKeys } from "../../stacks/settings/services";
import { teamKeys } from "../../stacks/settings/team";

const configKeys: Readonly<Record<string, unknown>> = { ...foundationKeys, ...servicesKeys, ...teamKeys };
const root = join(__dirname, "..", "..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");

/** What a page may name that only a run of the programs can tell. */
export interface Built {
    /** Azure names of resources, as they are made. */
    names: ReadonlySet<string>;
    /** Outputs of both programs. */
    outputs: ReadonlySet<string>;
}

/** A command of Pulumi's that a page has, with its options: for the engine to say whether it has them. */
export interface PulumiCommand {
    words: string[];
    options: string[];
}

/** What a page names, and what of it is not there. */
export interface Walk {
    faults: string[];
    pulumi: PulumiCommand[];
    /** Things looked at. */
    checked: number;
}

/** Roles whose name in our table is not their name in Azure, in camel case. */
const roleAliases: Readonly<Record<string, RoleName>> = {
    "Azure Kubernetes Service Cluster User Role": "aksClusterUser",
    "Role Based Access Control Administrator": "rbacAdministrator",
};

/** Commands of the Azure CLI with their options: https://learn.microsoft.com/cli/azure/reference-index */
const azCommands: Readonly<Record<string, readonly string[]>> = {
    "account set": ["--subscription"],
    "acr import": [],
    "ad sp show": ["--id", "--query"],
    "aks command invoke": [],
    "aks get-credentials": ["--resource-group", "--name"],
    "keyvault certificate import": ["--vault-name", "--name", "--file"],
    "keyvault secret set": ["--vault-name", "--name", "--file"],
    login: [],
    "feature register": [],
    "provider register": [],
    "quota update": [],
    "role assignment create": ["--role", "--assignee", "--scope"],
    "role assignment delete": ["--role", "--assignee", "--scope"],
};

/** Variables of other people's programs: https://www.pulumi.com/docs/iac/concepts/secrets/, https://azure.github.io/kubelogin */
const foreignVariables = ["AZURE_KEYVAULT_AUTH_VIA_CLI", "AAD_LOGIN_METHOD"];

const layers = ["", "-images", "-services"];
const stacks = ["bootstrap", ...["dev", "staging", "prod"].flatMap((one) => layers.map((layer) => `${one}${layer}`))];

const workflows = [
    ...["preview", "deploy", "up"].map((name) => `.github/workflows/${name}.yml`),
    ...["azure-pipelines.yml", "pipelines/with-identity.yml"],
];
const projectFiles = ["Pulumi.yaml", "bootstrap/Pulumi.yaml"];
const cluster = ["cluster-connection", "gateway"].map((file) => `components/workloads/${file}.ts`);
const vocabulary = [...workflows, ...projectFiles, ...cluster, "tools/federated-token.cjs"].map(read).join("\n");

/** Goes through a page, word by word where it is code. */
export function walk(page: string, { names, outputs }: Built): Walk {
    const found: Walk = { faults: [], pulumi: [], checked: 0 };
    const blocks = [...page.matchAll(/^```\w*\n([^]*?)^```$/gm)].flatMap(([, text = ""]) => text.trim().split("\n"));
    const prose = page.replace(/^```[^]*?^```$/gm, "");
    const spans = [...prose.matchAll(/`([^`]+)`/g)].map(([, text = ""]) => text.replace(/\s+/g, " "));
    const fault = (text: string): void => void found.faults.push(text);
    const look = (item: string, faults: readonly string[]): void => {
        found.checked += 1;
        for (const each of faults) fault(`\`${item}\`: ${each}`);
    };

    for (const line of blocks) look(line, commandFaults(line, found) ?? ["is no command that the test knows"]);
    for (const span of spans)
        look(
            span,
            commandFaults(span, found) ?? spanFaults(span, { names, outputs }, [...blocks, ...spans].join("\n")),
        );
    for (const [, output = ""] of prose.matchAll(/\boutputs? `(\w+)`/g))
        look(output, outputs.has(output) ? [] : ["is no output of the programs"]);
    for (const [, target = ""] of prose.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g))
        if (!target.startsWith("https://"))
            look(target, existsSync(join(root, "docs", target)) ? [] : ["is a link to no file"]);
    for (const row of prose.matchAll(/^\|.*?`(\w+)`: ([^|]*)\|$/gm)) look(row[1] ?? "", rightsFaults(row[1], row[2]));
    return found;
}

/** What is wrong with a command; undefined when it is none. */
function commandFaults(line: string, found: Walk): string[] | undefined {
    const words = line.replaceAll("'", "").split(" ");
    const [program = "", first = "", ...rest] = words;
    const options = words.filter((word) => word.startsWith("--"));
    if (program === "cd")
        return existsSync(join(root, "bootstrap", first)) || existsSync(join(root, first)) ? [] : ["no folder"];
    if (program === "npm" && first !== "") return npmFaults(first, rest);
    if (line.startsWith("npx mlplatform ")) return ownCommandFaults(rest, options);
    if (program === "az" && first !== "") return azFaults(line, options);
    if (program !== "pulumi" || first === "") return undefined;
    // The command ends where its options and arguments begin; `pulumi stack init dev` has an argument like a word.
    const end = words.findIndex((word, index) => index > 0 && (!/^[a-z][a-z-]*$/.test(word) || stacks.includes(word)));
    found.pulumi.push({ words: words.slice(1, end < 0 ? undefined : end), options });
    const key = words.find((word) => /^(?:mlplatform|azure-native)/.test(word));
    return key === undefined ? [] : keyFaults(key);
}

function npmFaults(verb: string, rest: readonly string[]): string[] {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const script = verb === "run" ? (rest[0] ?? "") : verb;
    return script === "ci" || script in scripts ? [] : [`package.json has no script "${script}"`];
}

function ownCommandFaults([name = "", ...args]: readonly string[], options: readonly string[]): string[] {
    const command = commands.find((known) => known.name === name);
    if (!command) return [`there is no command "${name}"`];
    const values = args.filter((arg, index) => !arg.startsWith("--") && args[index - 1]?.startsWith("--") !== true);
    const [, most] = command.positionals;
    return [
        ...options
            .filter((option) => !(option.slice(2) in command.options))
            .map((option) => `${name} has no option ${option}`),
        ...(values.length > most ? [`${name} takes at most ${most} arguments`] : []),
    ];
}

function azFaults(line: string, options: readonly string[]): string[] {
    const known = Object.keys(azCommands)
        .filter((command) => `${line} `.startsWith(`az ${command} `))
        .sort((a, b) => b.length - a.length)[0];
    if (known === undefined) return ["is no command of the Azure CLI that the test knows"];
    const allowed = azCommands[known] ?? [];
    return options
        .filter((option) => !allowed.includes(option))
        .map((option) => `az ${known} is not known to have ${option}`);
}

/** A config key, with what follows it: `mlplatform:groups.operations`, `mlplatform:userPools[0].vmSize`. */
function keyFaults(text: string): string[] {
    const [, key = "", path = ""] = /^([\w-]+:\w+)(.*)$/.exec(text) ?? [];
    if (!(key in configKeys) && !(key in bootstrapKeys)) return [`${key} is no config key`];
    const fields = path.split(/[.[\]]/).filter((field) => field !== "" && !/^\d+$/.test(field));
    const file = key.startsWith("mlplatform-bootstrap:") ? "bootstrap/Pulumi.yaml" : "Pulumi.yaml";
    const section = new RegExp(`^  ${key.split(":")[1] ?? ""}:\\n((?: {4}.*\\n)*)`, "m").exec(read(file))?.[1] ?? "";
    return fields
        .filter((field) => !has(section, field))
        .map((field) => `${file} does not describe ${field} of ${key}`);
}

const has = (text: string, word: string): boolean =>
    new RegExp(`(?<![\\w-])${word.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")}(?![\\w-])`).test(text);

/** What is wrong with something in code that is no command. */
function spanFaults(span: string, { names, outputs }: Built, page: string): string[] {
    if (/^(?:mlplatform|mlplatform-bootstrap|azure-native):/.test(span)) return keyFaults(span);
    if (span.startsWith("Microsoft.")) return providerFaults(span);
    // Said on the page to stand for something.
    if (span === "XXXX" || outputs.has(span)) return [];
    if (/^[A-Z]\w+(?: [A-Z]\w+)*$/.test(span) && !span.includes("_")) {
        return roleOf(span) ? [] : ["is no role of facts/role-definitions.ts"];
    }
    if (/^(?:rg|kv|st|cr|id|vnet|snet|aks|vmss|log)-?mlp/.test(span)) {
        const pattern = new RegExp(`^${span.replaceAll("XXXX", "[a-z0-9]{4}")}$`);
        return [...names].some((name) => pattern.test(name)) ? [] : ["is the name of nothing that the programs make"];
    }
    if (span.startsWith("azblob://")) return has(vocabulary, "azblob://") ? [] : ["is no backend"];
    // A file that the page itself has made, or one of the repository.
    if (/^[\w-]+\.json$/.test(span))
        return new RegExp(`--(?:file|usage) ${span}`).test(page) ? [] : ["is made by nothing"];
    if (/[\w/]\.(?:ts|cjs|md|ya?ml)$/.test(span)) return existsSync(join(root, span)) ? [] : ["is no file"];
    if (/^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/.test(span))
        return foreignVariables.includes(span) || has(vocabulary, span) ? [] : ["is no variable of the pipelines"];
    const words = ["up", "az", "~/.pulumi", ...Object.keys(principals), ...commands.map(({ name }) => name)];
    if (words.includes(span) || has(vocabulary, span)) return [];
    // A name that the page itself gives to something, in a command.
    const given = span.replace(/^\/secrets\//, "");
    return has(page, `--name ${given}`) ? [] : ["is named nowhere in the programs"];
}

function providerFaults(span: string): string[] {
    const [namespace = "", feature] = span.split("/");
    const provider = resourceProviders.find((known) => known.namespace === namespace);
    if (!provider) return ["is no provider of facts/resource-providers.ts"];
    return feature === undefined || provider.features?.includes(feature) === true
        ? []
        : [`${namespace} has no feature ${feature}`];
}

function roleOf(name: string): RoleName | undefined {
    const [first = "", ...others] = name.split(" ");
    const camel = roleAliases[name] ?? first.toLowerCase() + others.join("");
    return Object.keys(roleDefinitions).find((role): role is RoleName => role === camel);
}

/** A row that says what a principal may must say it all, unless it says that there is more. */
function rightsFaults(principal = "", text = ""): string[] {
    if (!(principal in principals)) return ["is no principal of facts/access-table.ts"];
    const own = Object.values<AccessRow>(accessRows).filter((row) => row.principal === principal);
    const stated = [...text.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => roleOf(name));
    const roles = new Set(own.map(({ role }) => role));
    const wrong = stated.filter((role) => role === undefined || !roles.has(role));
    const unsaid = [...roles].filter((role) => !stated.includes(role));
    return [
        ...wrong.map((role) => `is given no role ${role ?? "that there is"}`),
        ...(text.includes("and a few more") ? [] : unsaid.map((role) => `is given ${role} too`)),
    ];
}
