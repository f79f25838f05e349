import type { Preview } from "../model/preview";
import type { Finding } from "./finding";
import type { Waiver } from "./waivers";

/** Findings by what is to be done about them. */
export interface Drift {
    /** Nobody answers for these; each with what is wrong with the waiver that there is, if there is one. */
    open: readonly { finding: Finding; because?: string }[];
    waived: readonly { finding: Finding; waiver: Waiver }[];
    /** The program says by now what Azure has: they are over once the state has been refreshed. */
    adopted: readonly Finding[];
    /** Waivers that are about nothing which drifted: to be taken out. */
    unused: readonly Waiver[];
}

/**
 * Which findings are still open.
 * @param isAdopted Has a preview against what Azure has shown that the program changes nothing there?
 * @param today `2026-11-25`
 */
export function openDrift(
    findings: readonly Finding[],
    waivers: readonly Waiver[],
    isAdopted: (finding: Finding) => boolean,
    today: string,
): Drift {
    const drift = {
        open: [] as Drift["open"][number][],
        waived: [] as Drift["waived"][number][],
        adopted: [] as Finding[],
    };
    const used = new Set<Waiver>();
    for (const finding of findings) {
        const waiver = waivers.find(({ urn, path }) => urn === finding.urn && path === finding.path);
        if (waiver) used.add(waiver);
        if (isAdopted(finding)) {
            drift.adopted.push(finding);
            continue;
        }
        const because = waiver && faultOf(waiver, finding, today);
        if (waiver && because === undefined) drift.waived.push({ finding, waiver });
        else drift.open.push({ finding, ...(because !== undefined && { because }) });
    }
    return { ...drift, unused: waivers.filter((waiver) => !used.has(waiver)) };
}

/** Why a waiver for that property does not count; undefined when it does. */
function faultOf({ value, until }: Waiver, { hash, path }: Finding, today: string): string | undefined {
    if (until < today) return `its waiver ended on ${until}`;
    if (path !== undefined && hash === undefined) return "it is a secret, which nobody can waive unseen";
    return value === hash ? undefined : "its waiver is for another value";
}

/** Open drift on resources that a change touches: until it is closed, nobody knows what the change would do. */
export function driftInTheWay(drift: Pick<Drift, "open">, preview: Preview): Finding[] {
    const untouched = ["same", "read"];
    const touched = new Set(
        preview.resources.filter(({ operation }) => !untouched.includes(operation)).map(({ urn }) => urn),
    );
    return drift.open.map(({ finding }) => finding).filter(({ urn }) => touched.has(urn));
}
