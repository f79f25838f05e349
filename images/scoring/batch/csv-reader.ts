/** Records of a CSV file as this program writes them. @see RFC 4180 */
export async function* csvRecords(source: AsyncIterable<Buffer | string>): AsyncGenerator<string[]> {
    const decoder = new TextDecoder();
    let record: string[] = [];
    let field = "";
    let quoted = false;
    // A quote within quotes ends them, or is the first of two that stand for one.
    let quoteSeen = false;
    for await (const part of source) {
        const text = typeof part === "string" ? part : decoder.decode(part, { stream: true });
        for (const character of text) {
            if (quoteSeen) {
                quoteSeen = false;
                if (character === '"') {
                    field += '"';
                    continue;
                }
                quoted = false;
            }
            if (quoted) {
                if (character === '"') quoteSeen = true;
                else field += character;
            } else if (character === '"') quoted = true;
            else if (character === ",") {
                record.push(field);
                field = "";
            } else if (character === "\n") {
                yield [...record, field];
                record = [];
                field = "";
            } else if (character !== "\r") field += character;
        }
    }
}
