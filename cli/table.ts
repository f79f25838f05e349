/** Rows as aligned text; numbers to the right. */
export function table(rows: readonly (readonly (string | number)[])[], indent = "  "): string[] {
    const width = (column: number): number => Math.max(0, ...rows.map((row) => String(row[column] ?? "").length));
    const widths = (rows[0] ?? []).map((_, column) => width(column));
    return rows.map((row) => {
        const cells = row.map((cell, column) => {
            const wide = widths[column] ?? 0;
            return typeof cell === "number" ? String(cell).padStart(wide) : cell.padEnd(wide);
        });
        return `${indent}${cells.join("  ")}`.trimEnd();
    });
}
