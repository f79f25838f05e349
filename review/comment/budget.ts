/** What a comment may hold: GitHub takes 65,536 characters, and by one report 262,144 bytes; with room for what others add. */
export const commentLimit = { characters: 60_000, bytes: 240_000 };

/** How long a text is, as a part of what a comment may hold: the greater of its characters' and its bytes' part. */
export function weightOf(text: string): number {
    const bytes = Buffer.byteLength(text) / commentLimit.bytes;
    return Math.max(text.length / commentLimit.characters, bytes);
}

/** Lines as one text weigh a little less than each with its end. */
export const weightOfLines = (lines: readonly string[]): number =>
    lines.reduce((sum, line) => sum + weightOf(`${line}\n`), 0);

/** As many of the lines from the first on as weigh no more. */
export function fitting(lines: readonly string[], weight: number): string[] {
    let sum = 0;
    const end = lines.findIndex((line) => {
        sum += weightOf(`${line}\n`);
        return sum > weight;
    });
    return end === -1 ? [...lines] : lines.slice(0, end);
}
