import { fitting, weightOfLines } from "./budget";

/** A part of a comment that can be cut between its rows. */
export interface Section {
    /** Always there when anything of the section is. */
    head: readonly string[];
    rows: readonly string[];
    /** After the rows. */
    foot?: readonly string[];
    /** Most that it takes, as a part of a comment. */
    most: number;
    /** What the rows are, for `N more ...`. */
    of: string;
}

/** The section as far as it fits, with how many rows are left out; nothing of it where not even its head fits. */
export function linesOf({ head, rows, foot = [], most, of }: Section, left: number): string[] {
    const cutNote = (count: number): string[] => ["", `${count} more ${of}: see the page`];
    const frame = weightOfLines([...head, ...foot, ...cutNote(rows.length)]);
    const room = Math.min(most, left) - frame;
    if (room < 0) return [];
    const shown = fitting(rows, room);
    return [...head, ...shown, ...foot, ...(shown.length < rows.length ? cutNote(rows.length - shown.length) : [])];
}
