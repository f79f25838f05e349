import { gaps } from "./gaps";
import type { ResourceType } from "./resource-type";
import type { Schema } from "./schema";

/** The page that says what the sandbox judges and what it does not, made from its tables. Markdown. */
export function coveragePage(types: readonly ResourceType[], schema: Schema): string {
    const sorted = [...types].sort((a, b) => (a.token < b.token ? -1 : 1));
    const all = sorted.map((type) => ({ type, sources: sourcesOf(type) }));
    const total = all.reduce((sum, { sources }) => sum + sources.length, 0);
    const unverified = all.reduce((sum, { sources }) => sum + sources.filter(isUnverified).length, 0);
    return [
        "# What the sandbox covers",
        "",
        "Made from the sandbox's tables by `npx mlplatform sandbox coverage`; a test holds this page and the tables together.",
        "",
        `${types.length} resource types of \`@pulumi/azure-native\` ${schema.packageVersion}, ${total} checks besides the shape`,
        `of every request. For ${unverified} of them Azure documents the rule, but its error code or its exact wording could not be`,
        "verified. A type that is not in the table fails by its name.",
        "",
        "Every request is checked for: properties that the API does not have, required ones that are missing, types, values",
        "outside an enumeration; a parent or resource group that is missing; locks; a write while another runs.",
        "",
        "| Type | API version | Rules | Cannot change | Global name | After a delete | Unverified |",
        "| --- | --- | --: | --: | --- | --- | --: |",
        ...all.map(({ type, sources }) => row(type, sources, schema)),
        "",
        "## What it does not cover",
        "",
        ...gaps.map((gap) => `- ${gap}`),
        "",
        "## Pages that the rules follow",
        "",
        ...all.flatMap(({ type, sources }) => [
            `**${short(type.token)}**`,
            "",
            ...[...new Set(sources.map(withoutRemark))].sort().map((source) => `- ${source}`),
            "",
        ]),
    ].join("\n");
}

const afterDelete = { forget: "stays", reset: "is reset" };

function row(type: ResourceType, sources: readonly string[], schema: Schema): string {
    const { deletion } = type;
    const cells = [
        short(type.token),
        schema.resources[type.token]?.apiVersion ?? "",
        String(type.rules.length),
        String(type.immutable.length),
        type.name?.global === true ? "yes" : "",
        deletion === undefined ? "" : typeof deletion === "object" ? "name is held" : afterDelete[deletion],
        String(sources.filter(isUnverified).length || ""),
    ];
    return `| ${cells.join(" | ")} |`;
}

/** One entry a check: a rule, a property that cannot change, the rule of the name. */
function sourcesOf(type: ResourceType): string[] {
    return [...type.rules, ...type.immutable, ...(type.name ? [type.name] : [])].map(({ source }) => source);
}

const isUnverified = (source: string): boolean => /unverified/i.test(source);
const withoutRemark = (source: string): string => source.replace(/\s*[[(].*$/, "").trim() || source;
const short = (token: string): string => token.replace("azure-native:", "");
