import { exceptions } from "./exceptions";
import type { Requirement, Rule } from "./rule";
import { areas } from "./rules";
import { stackRules } from "./stack-rules";
import { wanted } from "./judge";

const head = [
    "# Policies",
    "",
    "Made from the rules in `policy/` by `npx mlplatform policy`; a test holds this page and the rules together.",
    "",
    "`policy/` is a pack for Pulumi's own policies. It looks at what the program asks for before anything is made, whoever wrote it:",
    "",
    "```bash",
    "pulumi preview -s prod --policy-pack policy",
    "```",
    "",
    "A rule is data ([policy/rules](../policy/rules)): kinds of resources, what must hold at which path, why, what to do, and the page or the check of",
    "another scanner that asks for it. `mandatory` ones stop a preview and an update, `advisory` ones are only told. What is refused reads like this:",
    "",
    "```",
    "[mandatory]  registry-by-identity  (azure-native:containerregistry:Registry: registry)",
    "adminUserEnabled must be false, got true, as the admin's password is shared by all, and tokens for Azure itself are good",
    "for more than images. Remedy: make it with components/registry/registry.ts, which sets it. Source: ...",
    "```",
    "",
    "Rules on a whole stack are in [policy/stack-rules.ts](../policy/stack-rules.ts): what is closed has a private endpoint, what matters is on record, a",
    "namespace has network policies, what holds data is protected.",
    "",
    "Values that are known only after the update are told by the advisory policy `undetermined`, and refuse nothing; the next preview knows them.",
    "",
    "**An exception** is a row in [policy/exceptions.ts](../policy/exceptions.ts): a rule, a resource, and the reason. It is as narrow as can be, and a test",
    "refuses one that nothing needs.",
    "",
    "**How it is known to see everything:** `npx jest test/policy` takes all resources of the stacks as the program makes them, weakens each hardened property",
    "of each in turn, by a table of its own ([test/policy/hardened.ts](../test/policy/hardened.ts)), and wants every one reported, each rule to report",
    "something, and nothing to be reported of the stacks as they are.",
    "",
].join("\n");

/** The page of all rules, `docs/policy.md`. */
export function policyPage(): string {
    const ofAreas = Object.entries(areas).map(([area, rules]) => section(area, rules, rules.map(asked)));
    const stack = section(
        "What must be beside a resource",
        stackRules,
        stackRules.map(({ asks }) => asks),
    );
    const listed = table(
        ["rule", "type", "name", "property", "why"],
        exceptions.map(({ rule, type, name, path, value, environment, reason }) => [
            ...[`\`${rule}\``, type, environment === undefined ? name : `${name} (${environment})`],
            ...[path === undefined ? "" : `\`${path}\`${value ? ` like \`${value.source}\`` : ""}`, reason],
        ]),
    );
    return [head, ...ofAreas, stack, `## Exceptions\n\n${listed}`].join("\n");
}

const section = (title: string, rules: readonly Omit<Rule, "requires">[], asks: readonly string[]): string => {
    const rows = rules.map(({ name, severity, types, reason, remedy, source }, index) => [
        ...[`\`${name}\``, severity, types.join(", "), asks[index] ?? "", reason, remedy, source],
    ]);
    return `## ${title}\n\n${table(["rule", "severity", "types", "asks", "why", "remedy", "source"], rows)}\n`;
};

/** What a rule asks for, in words. */
function asked({ requires, when, each }: Rule): string {
    const said = (one: Requirement): string => `\`${one.path}\` must ${wanted(one)}`;
    const all = requires.map(said).join("; ");
    const where = when?.map((one) => `\`${one.path}\` is to ${wanted(one)}`).join(" and ");
    const of = each === undefined ? "" : `each of \`${each}\`: `;
    return `${of}${where === undefined ? "" : `where ${where}: `}${all}`;
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
    const line = (cells: readonly string[]): string =>
        `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
    return [line(titles), line(titles.map(() => "---")), ...rows.map(line)].join("\n");
}
