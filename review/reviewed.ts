import type { PriceSheet } from "../facts/prices";
import { blastOf, type Blast } from "./blast/blast";
import { costOf, type Cost } from "./cost/cost";
import type { Diagnostic, Operation, PolicyFinding, Preview } from "./model/preview";
import { changing } from "./model/shapes";

/** A preview with what it means to those who answer for it. */
export interface Reviewed {
    preview: Preview;
    blast: Blast;
    cost: Cost;
}

export const reviewOf = (preview: Preview, sheet: PriceSheet): Reviewed => ({
    ...{ preview, blast: blastOf(preview), cost: costOf(preview, sheet) },
});

/** Why the preview failed; nothing where it did not. */
export const errorsIn = ({ diagnostics }: Preview): Diagnostic[] =>
    diagnostics.filter(({ severity }) => severity === "error");

/** How often there is what a reviewer must not overlook. */
export interface Alarms {
    errors: number;
    /** Refused by policy. */
    refused: number;
    /** Replaced or deleted though it holds data. */
    stateful: number;
}

export const alarmsOf = ({ preview, blast }: Pick<Reviewed, "preview" | "blast">): Alarms => ({
    errors: errorsIn(preview).length,
    refused: preview.findings.filter(({ level }) => level === "mandatory").length,
    stateful: blast.dangers.filter(({ holds }) => holds !== undefined).length,
});

const severities: readonly PolicyFinding["level"][] = ["mandatory", "remediate", "advisory"];

/** What policies say, refusals first. */
export const worstFirst = (findings: readonly PolicyFinding[]): PolicyFinding[] =>
    [...findings].sort((left, right) => severities.indexOf(left.level) - severities.indexOf(right.level));

const words: Partial<Record<Operation, string>> = {
    delete: "to delete",
    replace: "to replace",
    forget: "to forget",
    update: "to update",
    import: "to import",
    create: "to create",
};

/** `1 to delete, 2 to update`. */
export function counted({ counts }: Blast): string {
    const told = changing.flatMap((operation) => {
        const count = counts[operation] ?? 0;
        return count > 0 ? [`${count} ${words[operation] ?? ""}`] : [];
    });
    return told.join(", ") || "nothing changes";
}
