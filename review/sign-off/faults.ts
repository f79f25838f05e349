/** Every fault of a file, in one error. */
export class FileError extends Error {
    constructor(
        file: string,
        readonly faults: readonly string[],
    ) {
        super(`${file} has ${faults.length === 1 ? "a fault" : `${faults.length} faults`}:\n  ${faults.join("\n  ")}`);
        this.name = "FileError";
    }
}

/** Reads maps out of a parsed file, and collects what is wrong with them. */
export class Reader {
    readonly faults: string[] = [];
    constructor(private readonly file: string) {}

    /** A map with those fields alone. */
    map(value: unknown, where: string, known: readonly string[]): Readonly<Record<string, unknown>> {
        if (typeof value !== "object" || value === null || Array.isArray(value)) {
            this.faults.push(`${where} must be a map`);
            return {};
        }
        for (const name of Object.keys(value))
            if (!known.includes(name))
                this.faults.push(`${where} knows no ${JSON.stringify(name)}; there is: ${known.join(", ")}`);
        return value as Record<string, unknown>;
    }

    list(value: unknown, where: string, { empty = false } = {}): readonly unknown[] {
        if (Array.isArray(value) && (empty || value.length > 0)) return value;
        this.faults.push(`${where} must be a list with something in it`);
        return [];
    }

    text(value: unknown, where: string): string {
        if (typeof value === "string" && value.trim() !== "") return value;
        this.faults.push(`${where} must be a text`);
        return "";
    }

    texts(value: unknown, where: string, known?: readonly string[]): string[] {
        return this.list(value, where).map((one, index) => {
            const text = this.text(one, `${where}[${index}]`);
            if (known && text !== "" && !known.includes(text))
                this.faults.push(`${where}[${index}] must be one of ${known.join(", ")}, got ${JSON.stringify(text)}`);
            return text;
        });
    }

    /** @throws FileError where there was anything wrong. */
    done(): void {
        if (this.faults.length > 0) throw new FileError(this.file, this.faults);
    }
}
