import type { Finding, Findings } from "../../review/drift/finding";
import type { Drift } from "../../review/drift/open-drift";
import { isMap } from "../../review/model/inputs";
import { Secret, Unknown, type Value } from "../../review/model/value";
import { kindOf } from "../deployment";

/** Longest value that is printed whole; a whole list of rules would fill the screen. */
const longest = 100;

/** What drifted, as it is printed, with how to close it. */
export function driftLines(stack: string, drift: Drift, noise: Findings["noise"]): string[] {
    const { open, waived, adopted, unused } = drift;
    return [
        ...open.flatMap(({ finding, because }) => [
            `open     ${said(finding)}`,
            ...(because === undefined ? [] : [`           ${because}`]),
        ]),
        ...waived.map(
            ({ finding, waiver }) =>
                `waived   ${said(finding)}, by ${waiver.owner} until ${waiver.until}: ${waiver.reason}`,
        ),
        ...adopted.map((finding) => `adopted  ${said(finding)}`),
        ...unused.map(({ urn, path }) => `unused   a waiver of ${path ?? "a resource that is gone"}: ${urn}`),
        ...(open.length > 0
            ? [
                  "",
                  ...howToClose(
                      stack,
                      open.map(({ finding }) => finding),
                  ),
              ]
            : []),
        ...(adopted.length > 0
            ? [
                  "",
                  `The program says what Azure has: \`npx mlplatform refresh ${stack}\` takes note of it, and changes nothing`,
              ]
            : []),
        ...(unused.length > 0
            ? ["", "Unused waivers are about nothing that drifted: take them out of drift/waivers.yaml"]
            : []),
        "",
        `${open.length} open, ${waived.length} waived, ${adopted.length} adopted; ${noise.length} that Azure moves by itself left out`,
    ];
}

function said({ type, name, path, was, is }: Finding): string {
    const label = `${kindOf(type)} ${name}`;
    return path === undefined ? `${label} is gone` : `${label}: ${path} was ${text(was)}, is ${text(is)}`;
}

function text(value: Value | undefined): string {
    if (value === undefined) return "not set";
    const whole = JSON.stringify(plainly(value));
    return whole.length > longest ? `${whole.slice(0, longest)}... (${whole.length} characters)` : whole;
}

function plainly(value: Value): unknown {
    if (value instanceof Secret) return "[secret]";
    if (value instanceof Unknown) return "[unknown]";
    if (Array.isArray(value)) return (value as readonly Value[]).map(plainly);
    if (!isMap(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plainly(inner)]));
}

/** Each finding is closed in one of three ways. */
function howToClose(stack: string, findings: readonly Finding[]): string[] {
    const rows = findings.filter(({ path, hash }) => path === undefined || hash !== undefined);
    return [
        "Each is closed in one of three ways:",
        `  revert  \`npx mlplatform up ${stack}\` puts it back to what the program says`,
        `  adopt   say in the program what Azure has; \`npx mlplatform drift ${stack}\` then proves that nothing is left to change`,
        "  waive   a row in drift/waivers.yaml, which its reviewers sign; it counts for this value alone:",
        ...rows.flatMap(({ urn, path, hash }) => [
            `    - urn: ${urn}`,
            ...(path === undefined
                ? ["      gone: true"]
                : [`      path: ${JSON.stringify(path)}`, `      value: ${hash ?? ""}`]),
            "      owner: WHO ANSWERS FOR IT",
            "      reason: WHY IT STAYS",
            "      until: THE LAST DAY, E.G. 2026-12-31",
        ]),
    ];
}
