/** What a query in Kusto's language names that must be there. */
export interface KqlNames {
    table: string;
    /** Columns that are read before the query itself makes them. */
    columns: string[];
}

interface Token {
    kind: "name" | "text" | "number" | "mark";
    text: string;
}

const pattern =
    /\s+|\/\/[^\n]*|(?<text>@?"(?:[^"\\]|\\.)*"|@?'(?:[^'\\]|\\.)*')|(?<number>\d+(?:\.\d+)?[a-z]*)|(?<name>[A-Za-z_]\w*)|(?<mark>=~|!~|==|!=|<=|>=|\.\.|[-+*/%|()[\],.=<>!~;])/gy;

function tokens(query: string): Token[] {
    const found: Token[] = [];
    pattern.lastIndex = 0;
    while (pattern.lastIndex < query.length) {
        const at = pattern.lastIndex;
        const groups = pattern.exec(query)?.groups;
        if (groups === undefined) throw new SyntaxError(`cannot read the query at ${query.slice(at, at + 20)}`);
        for (const kind of ["text", "number", "name", "mark"] as const)
            if (groups[kind] !== undefined) found.push({ kind, text: groups[kind] });
    }
    return found;
}

/** Words of operators and expressions that are no columns. */
const words = new Set(
    "and or not in has contains startswith endswith between has_any has_all has_cs contains_cs matches regex true false asc desc by nulls first last limit to typeof".split(
        " ",
    ),
);

/** Operators whose names after `=` come into being. */
const makers = new Set(["extend", "project", "summarize", "mv-expand", "distinct"]);

/**
 * Reads as much of a query as alert rules need: a table and operators after pipes.
 * @throws SyntaxError when the query is of another form.
 */
export function kqlNames(query: string): KqlNames {
    const [source = [], ...steps] = segments(tokens(query));
    const [table, ...rest] = source;
    if (table?.kind !== "name" || rest.length > 0) throw new SyntaxError("a query begins with the name of one table");
    const made = new Set<string>();
    const columns = new Set<string>();
    for (const step of steps) {
        const [operator, body] = operatorOf(step);
        const born: string[] = [];
        body.forEach((token, index) => {
            if (token.kind !== "name" || words.has(token.text)) return;
            const [before, after] = [body[index - 1]?.text, body[index + 1]?.text];
            // A function, a member of a value, or a name that comes into being.
            if (after === "(" || before === ".") return;
            if (after === "=" && makers.has(operator)) born.push(token.text);
            else if (!made.has(token.text)) columns.add(token.text);
        });
        for (const name of born) made.add(name);
    }
    return { table: table.text, columns: [...columns] };
}

function segments(all: readonly Token[]): Token[][] {
    const found: Token[][] = [[]];
    let depth = 0;
    for (const token of all) {
        if (token.text === "(" || token.text === "[") depth += 1;
        if (token.text === ")" || token.text === "]") depth -= 1;
        if (depth < 0) throw new SyntaxError("a bracket is closed that was not opened");
        if (token.text === "|" && depth === 0) found.push([]);
        else found.at(-1)?.push(token);
    }
    if (depth !== 0) throw new SyntaxError("a bracket is not closed");
    return found;
}

const operators = new Set(
    "where extend project project-away summarize mv-expand distinct order sort take limit top count".split(" "),
);

function operatorOf(step: readonly Token[]): [string, readonly Token[]] {
    // `mv-expand` and `project-away` are three tokens.
    const joined = step[1]?.text === "-" ? `${step[0]?.text ?? ""}-${step[2]?.text ?? ""}` : "";
    if (operators.has(joined)) return [joined, step.slice(3)];
    const single = step[0]?.text ?? "";
    if (!operators.has(single)) throw new SyntaxError(`'${single}' is no operator`);
    return [single, step.slice(1)];
}
