import type { Blast } from "../blast/blast";
import { staying, type Danger } from "../blast/dangers";
import { signedDollars } from "../cost/dollars";
import { kindOf, nameOf } from "../model/names";
import type { Preview } from "../model/preview";
import { changing } from "../model/shapes";
import { alarmsOf, worstFirst, type Reviewed } from "../reviewed";
import type { Asked } from "../sign-off/asked";
import { spoken } from "../time/chain";
import { code, escaped, folded, list, section, table, type Cell } from "./html";

/** The whole in a line. */
export function verdict({ preview, blast, cost }: Reviewed): string {
    const { counts, duration } = blast;
    const { errors, refused, stateful } = alarmsOf({ preview, blast });
    const told = changing.flatMap((operation) => {
        const count = counts[operation] ?? 0;
        return count > 0 ? [`<span class="operation ${operation}">${count} ${operation}</span>`] : [];
    });
    const bad = (text: string): string => `<span class="bad">${escaped(text)}</span>`;
    return `<p class="verdict">${[
        ...(errors > 0 ? [bad("the preview failed")] : []),
        ...(refused > 0 ? [bad(`${refused} refused by policy`)] : []),
        told.join(" ") || "nothing changes",
        ...(stateful > 0 ? [bad(`${stateful} of what holds data is replaced or deleted`)] : []),
        `${signedDollars(cost.change.expected)} US dollars a month expected`,
        ...(duration.seconds > 0 ? [`about ${escaped(spoken(duration.seconds))} on Azure`] : []),
    ].join(" · ")}</p>`;
}

export function diagnosticSection({ diagnostics }: Preview): string {
    const told = diagnostics.filter(({ severity }) => severity !== "info");
    if (told.length === 0) return "";
    return section(
        "errors",
        "Errors and warnings",
        table(
            ["", "Resource", "Message"],
            told.map(({ severity, urn, message }) => [
                severity === "error" ? `<span class="bad">error</span>` : severity,
                urn === undefined ? "" : code(nameOf(urn)),
                `<pre>${escaped(message)}</pre>`,
            ]),
        ),
    );
}

/** Who must sign, why, and who has. */
export function signSection(asked: Asked | undefined): string {
    if (asked === undefined) return "";
    const { required, risks, bundle } = asked;
    const who = (role: string): string =>
        bundle?.signOff.signed.flatMap((each) => (each.role === role ? [each.person] : [])).join(", ") ?? "";
    return section(
        "signatures",
        "Signatures",
        table(
            ["Who must sign", "Has signed"],
            required.map((role) => [
                escaped(role),
                who(role) === "" ? `<span class="bad">not yet</span>` : escaped(who(role)),
            ]),
        ),
        `<h3>Why</h3>${list(risks.map(({ rule, reason, require, urns }) => `<strong>${escaped(rule)}</strong> (${urns.length}): ${escaped(require.join(", "))}, as ${escaped(reason)}`))}`,
        bundle === undefined
            ? `<p class="small">There is no bundle of this change to sign yet.</p>`
            : `<p class="small">Bundle ${code(bundle.folder)}, sha256 ${code(bundle.digest)}, good until ${escaped(bundle.notAfter)}</p>`,
        ...(bundle?.signOff.refused ?? []).map(
            ({ file, why }) => `<p><span class="bad">does not count</span> ${code(file)}: ${escaped(why)}</p>`,
        ),
    );
}

/** Replaced or deleted, though it holds something or others hang on it. */
export function dangerSection({ dangers }: Blast): string {
    if (dangers.length === 0)
        return section(
            "dangers",
            "What can break",
            "<p>Nothing that holds data, or that others hang on, is replaced or deleted.</p>",
        );
    const columns = ["", "What", "By", "Holds", "Can be had back", "Hang on it"];
    return section("dangers", "What can break", table(columns, dangers.map(dangerRow)));
}

function dangerRow(danger: Danger): Cell[] {
    const { operation, type, name, because, deletesFirst, holds, recovery } = danger;
    const days = recovery?.days === undefined ? "" : `, for ${recovery.days} days`;
    const names = staying(danger).map((each) => `${escaped(kindOf(each.type))} ${code(each.name)}`);
    return [
        `<span class="operation ${operation}">${operation}</span>${deletesFirst ? "<br>the old one first" : ""}${danger.protected ? "<br>protected: the engine refuses" : ""}`,
        `${escaped(kindOf(type))} ${code(name)}`,
        because.map(code).join(" "),
        holds ? `<strong>${escaped(holds.dataClass)}</strong>: ${escaped(holds.what)}` : "",
        recovery ? `<strong>${recovery.possible}</strong>${days}: ${escaped(recovery.how)}` : "",
        names.length === 0 ? "" : folded(`${names.length}`, list(names)),
    ];
}

export function policySection({ findings }: Preview): string {
    if (findings.length === 0) return "";
    const called = { mandatory: `<span class="bad">refused</span>`, remediate: "put right", advisory: "advice" };
    return section(
        "policies",
        "Policies",
        table(
            ["", "Policy", "Resource", "Message"],
            worstFirst(findings).map(({ level, pack, packVersion, policy, urn, message }) => [
                called[level],
                `${code(policy)}<br><span class="small">${escaped(`${pack} ${packVersion}`)}</span>`,
                urn === undefined ? "the stack" : code(nameOf(urn)),
                `<pre>${escaped(message)}</pre>`,
            ]),
        ),
    );
}

export function timeSection({ duration: { seconds, links } }: Blast): string {
    if (seconds === 0) return "";
    return section(
        "time",
        "How long it takes",
        `<p>About ${escaped(spoken(seconds))} on Azure, by the published durations; all else runs beside these:</p>`,
        table(
            ["", "What", "Takes"],
            links.map(({ does, type, name, seconds: each }) => [
                does,
                `${escaped(kindOf(type))} ${code(name)}`,
                { figure: spoken(each) },
            ]),
        ),
    );
}

export function quotaSection({ quota }: Blast): string {
    if (quota.length === 0) return "";
    return section(
        "quota",
        "Quota",
        table(
            ["", "Before", "After"],
            quota.map(({ quota: name, before, after }) => [
                escaped(name),
                { figure: `${before.least} to ${before.most}` },
                { figure: `${after.least} to ${after.most}` },
            ]),
        ),
    );
}
