import type { Finding, Findings } from "../../review/drift/finding";
import type { Drift } from "../../review/drift/open-drift";
import { said } from "../../review/model/said";
import { kindOf } from "../../review/model/names";

/** What drifted, as it is printed, with how to close it. */
export function driftLines(stack: string, drift: Drift, noise: Findings["noise"]): string[] {
    const { open, waived, adopted, unused } = drift;
    return [
        ...open.flatMap(({ finding, because }) => [
            `open     ${line(finding)}`,
            ...(because === undefined ? [] : [`           ${because}`]),
        ]),
        ...waived.map(
            ({ finding, waiver }) =>
                `waived   ${line(finding)}, by ${waiver.owner} until ${waiver.until}: ${waiver.reason}`,
        ),
        ...adopted.map((finding) => `adopted  ${line(finding)}`),
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

function line({ type, name, path, was, is }: Finding): string {
    const label = `${kindOf(type)} ${name}`;
    return path === undefined ? `${label} is gone` : `${label}: ${path} was ${said(was)}, is ${said(is)}`;
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
