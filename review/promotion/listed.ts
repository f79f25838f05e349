import { parseDocument } from "yaml";

/** A difference between two environments that is meant to be. */
export interface Listed {
    /** A resource's type, or `*` for all. */
    type: string;
    /** Property by its path, `[*]` for any place in a list; left out for a resource that only one of them has. */
    path?: string;
    /** Name of a resource that only one of them has. */
    name?: string;
    /** What makes it so, and what the values are held to. */
    by:
        | { tier: string }
        /** Both lie in their own environment's addresses. */
        | "own addresses"
        /** Whatever they are. */
        | "choice";
    reason: string;
}

const fields = ["type", "path", "name", "tier", "addresses", "reason"];

/**
 * Reads `promotion/differences.yaml`.
 * @returns what is listed for that promotion; undefined when the file knows none such
 * @throws Error naming every fault
 */
export function readListed(text: string, from: string, to: string): Listed[] | undefined {
    const document = parseDocument(text, { merge: true });
    if (document.errors.length > 0) throw wrong(document.errors.map(({ message }) => message.split("\n")[0] ?? ""));
    const read = document.toJS() as unknown;
    if (!isRecord(read) || !Array.isArray(read.promotions)) throw wrong(["must be a list under promotions"]);
    const faults: string[] = [];
    const promotions = (read.promotions as unknown[]).map((entry, index) => {
        const at = `promotions[${index}]`;
        const row = isRecord(entry) ? entry : {};
        const named = typeof row.from === "string" && typeof row.to === "string";
        if (!named || !Array.isArray(row.differences)) faults.push(`${at} must have from, to and differences`);
        const rows = Array.isArray(row.differences) ? (row.differences as unknown[]) : [];
        return {
            ...{ from: row.from, to: row.to },
            listed: rows.map((each, place) => listedOf(each, `${at}.differences[${place}]`, faults)),
        };
    });
    if (faults.length > 0) throw wrong(faults);
    return promotions.find((each) => each.from === from && each.to === to)?.listed;
}

const wrong = (faults: readonly string[]): Error =>
    new Error(`promotion/differences.yaml is wrong:\n${faults.map((fault) => `  ${fault}`).join("\n")}`);

const isRecord = (value: unknown): value is Record<string, unknown> =>
    typeof value === "object" && value !== null && !Array.isArray(value);

function listedOf(entry: unknown, at: string, faults: string[]): Listed {
    const row = isRecord(entry) ? entry : {};
    const text = (name: string): string => (typeof row[name] === "string" ? row[name].trim() : "");
    const [type, path, name, tier, reason] = ["type", "path", "name", "tier", "reason"].map(text);
    const found: (string | false)[] = [
        ...Object.keys(row)
            .filter((field) => !fields.includes(field))
            .map((field) => `has no field ${field}; there is: ${fields.join(", ")}`),
        type !== "*" && !/^[\w-]+:[\w./-]+:\w+$/.test(type ?? "") && "type must be a resource's type, or *",
        (path === "") === (name === "") && "must have a path or a name, and not both",
        name !== "" && type === "*" && "a resource that only one has must have its type",
        row.addresses !== undefined && row.addresses !== "own" && "addresses must be own, or left out",
        tier !== "" && row.addresses !== undefined && "tier and addresses do not go together",
        name !== "" && (tier !== "" || row.addresses !== undefined) && "what only one has is held to no value",
        (reason ?? "").length < 10 && "reason must say why in a sentence",
    ];
    faults.push(...found.filter((fault) => fault !== false).map((fault) => `${at} ${fault}`));
    return {
        ...{ type: type ?? "", reason: reason ?? "" },
        ...(path !== "" && { path: path ?? "" }),
        ...(name !== "" && { name: name ?? "" }),
        by: tier !== "" ? { tier: tier ?? "" } : row.addresses === "own" ? "own addresses" : "choice",
    };
}
