const pattern =
    /\s+|#[^\n]*|(?<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?<number>\d+(?:\.\d+)?[a-z]*)|(?<name>[A-Za-z_:][\w:]*)|(?<mark>=~|!~|==|!=|<=|>=|[-+*/%^(){}[\],=<>@])/gy;

/** Followed by a list of labels. */
const labelled = new Set(["by", "without", "on", "ignoring", "group_left", "group_right"]);
const words = new Set(["and", "or", "unless", "bool", "offset"]);
const closing: Readonly<Record<string, string>> = { "(": ")", "{": "}", "[": "]" };

/**
 * Names of the metrics that a query of Prometheus reads.
 * @throws SyntaxError when its brackets do not match or it holds what is not of the language.
 */
export function promqlMetrics(query: string): string[] {
    const all: string[] = [];
    pattern.lastIndex = 0;
    while (pattern.lastIndex < query.length) {
        const at = pattern.lastIndex;
        const groups = pattern.exec(query)?.groups;
        if (groups === undefined) throw new SyntaxError(`cannot read the query at ${query.slice(at, at + 20)}`);
        const token = groups.text ?? groups.number ?? groups.name ?? groups.mark;
        if (token !== undefined) all.push(token);
    }
    const open: string[] = [];
    const found = new Set<string>();
    // Depth at which a list of labels began.
    let list: number | undefined;
    all.forEach((token, index) => {
        const close = closing[token];
        if (close !== undefined) {
            if (token === "(" && labelled.has(all[index - 1] ?? "")) list ??= open.length;
            open.push(close);
        } else if (Object.values(closing).includes(token)) {
            if (open.pop() !== token) throw new SyntaxError(`'${token}' closes nothing`);
            if (list === open.length) list = undefined;
        } else if (/^[A-Za-z_:]/.test(token) && list === undefined && !open.some((one) => one !== ")")) {
            const called = all[index + 1] === "(" || labelled.has(all[index + 1] ?? "");
            if (!called && !labelled.has(token) && !words.has(token)) found.add(token);
        }
    });
    if (open.length > 0) throw new SyntaxError(`'${open.at(-1) ?? ""}' is missing`);
    return [...found];
}
