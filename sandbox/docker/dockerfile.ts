/** Images that a Dockerfile begins with or copies from, with its arguments put in; stages of its own are none. */
export function sourcesOf(dockerfile: string, args: Readonly<Record<string, string>>): string[] {
    const known = new Map<string, string>();
    const stages = new Set<string>();
    const found = new Set<string>();
    for (const line of logicalLines(dockerfile)) {
        const [word = "", ...rest] = line.split(/\s+/);
        const instruction = word.toUpperCase();
        // Those before the first FROM count in FROM, and what is given counts more than their defaults.
        if (instruction === "ARG" && stages.size === 0 && found.size === 0) {
            const [name = "", value = ""] = rest.join(" ").split("=");
            known.set(name, args[name] ?? value);
        }
        const flags = rest.filter((one) => one.startsWith("--"));
        const [image = "", as, stage = ""] = rest.filter((one) => !one.startsWith("--"));
        const add = (written: string): void => {
            const name = filledIn(written, known);
            if (!stages.has(name) && !/^\d+$/.test(name) && name !== "scratch") found.add(name);
        };
        if (instruction === "FROM") {
            add(image);
            if (as?.toUpperCase() === "AS") stages.add(stage);
        }
        if (instruction === "COPY")
            for (const flag of flags) if (flag.startsWith("--from=")) add(flag.slice("--from=".length));
    }
    return [...found];
}

/** Lines that end in a backslash go on in the next one; comments are none. */
function logicalLines(dockerfile: string): string[] {
    const lines = dockerfile.split(/\r?\n/).filter((line) => !/^\s*#/.test(line));
    return lines
        .join("\n")
        .replace(/\\\n/g, " ")
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => line !== "");
}

const filledIn = (text: string, values: ReadonlyMap<string, string>): string =>
    text.replace(
        /\$\{(\w+)\}|\$(\w+)/g,
        (_, braced?: string, plain?: string) => values.get(braced ?? plain ?? "") ?? "",
    );
