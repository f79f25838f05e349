import { parseDocument } from "yaml";

/** A finding that somebody answers for until a day, and only as it is. */
export interface Waiver {
    urn: string;
    /** The property; left out for a resource that is gone. */
    path?: string;
    /** Hash of what is there, as `drift` prints it; left out for a resource that is gone. */
    value?: string;
    owner: string;
    reason: string;
    /** The last day on which it counts, `2026-12-31`. */
    until: string;
}

const fields = ["urn", "path", "value", "gone", "owner", "reason", "until"] as const;
const hash = /^sha256:[0-9a-f]{64}$/;
/** Longer is no waiver, but a decision that belongs into the program. */
const mostDays = 180;

/**
 * Reads `drift/waivers.yaml`.
 * @param today Day by which a waiver may not end too late, `2026-11-25`
 * @throws Error naming every fault.
 */
export function readWaivers(text: string, today: string): Waiver[] {
    const document = parseDocument(text);
    if (document.errors.length > 0) throw wrong(document.errors.map(({ message }) => message.split("\n")[0] ?? ""));
    const read = document.toJS() as unknown;
    const list = isRecord(read) && Object.keys(read).length === 1 ? read.waivers : undefined;
    if (!Array.isArray(list)) throw wrong(["must be a list under waivers, and nothing else"]);
    const faults: string[] = [];
    const waivers = (list as unknown[]).map((entry, index) => waiverOf(entry, `waivers[${index}]`, today, faults));
    const keys = waivers.map(({ urn, path = "" }) => `${urn} ${path}`);
    keys.forEach((key, index) => {
        if (keys.indexOf(key) !== index)
            faults.push(`waivers[${index}] is about the same as waivers[${keys.indexOf(key)}]`);
    });
    if (faults.length > 0) throw wrong(faults);
    return waivers;
}

const wrong = (faults: readonly string[]): Error =>
    new Error(`drift/waivers.yaml is wrong:\n${faults.map((fault) => `  ${fault}`).join("\n")}`);

const isRecord = (value: unknown): value is Record<string, unknown> =>
    typeof value === "object" && value !== null && !Array.isArray(value);

function waiverOf(entry: unknown, at: string, today: string, faults: string[]): Waiver {
    const row = isRecord(entry) ? entry : {};
    const text = (name: string): string => (typeof row[name] === "string" ? row[name].trim() : "");
    const [urn, path, value, until] = [text("urn"), text("path"), text("value"), text("until")];
    const gone = row.gone === true;
    const said = (name: string): string => JSON.stringify(row[name] ?? null);
    const found: (string | false)[] = [
        !isRecord(entry) && "must have fields",
        ...Object.keys(row)
            .filter((name) => !fields.some((field) => field === name))
            .map((name) => `has no field ${name}; there is: ${fields.join(", ")}`),
        !/^urn:pulumi:[^:]+::[^:]+::.+::.+$/.test(urn) && `urn must be a resource's URN, got ${said("urn")}`,
        row.gone !== undefined && row.gone !== true && `gone must be true or left out, got ${said("gone")}`,
        gone && (path !== "" || value !== "") && "a resource that is gone has no path and no value",
        !gone && path === "" && `path must be a property, or gone true, got ${said("path")}`,
        !gone && !hash.test(value) && `value must be the hash that drift prints, got ${said("value")}`,
        text("owner") === "" && `owner must say who answers for it, got ${said("owner")}`,
        text("reason").length < 10 && `reason must say why in a sentence, got ${said("reason")}`,
        untilFault(until, said("until"), today),
    ];
    faults.push(...found.filter((fault) => fault !== false).map((fault) => `${at}: ${fault}`));
    return {
        ...{ urn, owner: text("owner"), reason: text("reason"), until },
        ...(!gone && { path, value }),
    };
}

function untilFault(until: string, said: string, today: string): string | false {
    const day = /^\d{4}-\d\d-\d\d$/.test(until) ? Date.parse(until) : Number.NaN;
    if (Number.isNaN(day)) return `until must be a day such as 2026-12-31, got ${said}`;
    const days = (day - Date.parse(today)) / 86_400_000;
    return days > mostDays && `until must be within ${mostDays} days, got ${until}`;
}
