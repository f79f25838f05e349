/** A field, with what ends it: quoted, its quotes twice; or plain. */
const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;

/** Records of a CSV file as this program writes them. @see RFC 4180 */
export async function* csvRecords(source: AsyncIterable<Buffer | string>): AsyncGenerator<string[]> {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const part of source) {
        rest += typeof part === "string" ? part : decoder.decode(part, { stream: true });
        let at = 0;
        let record: string[] = [];
        field.lastIndex = 0;
        for (let found = field.exec(rest); found; found = field.exec(rest)) {
            const [, quoted, plain = "", end] = found;
            record.push(quoted?.replaceAll('""', '"') ?? plain);
            if (end === ",") continue;
            const { lastIndex } = field;
            yield record;
            record = [];
            // Whoever was given it may have read another file in the meantime.
            field.lastIndex = at = lastIndex;
        }
        // A record that is not whole yet is read again with what follows.
        rest = rest.slice(at);
    }
}
