/** A whole number of days in the form that Azure's policies take, e.g. `P90D`. @see https://www.iso.org/iso-8601-date-and-time-format.html */
export function isoDays(days: number): string {
    return `P${days}D`;
}

/** What is wrong with `value` as a whole number from `min` to `max`; undefined when nothing is. */
export function wholeNumberFault(field: string, value: number, min: number, max: number): string | undefined {
    if (Number.isInteger(value) && value >= min && value <= max) return undefined;
    return `${field} must be a whole number from ${min} to ${max}, got ${value}`;
}

/** What is wrong with `value` as a number from `min` to `max`; undefined when nothing is. */
export function rangeFault(field: string, value: number, min: number, max: number): string | undefined {
    if (value >= min && value <= max) return undefined;
    return `${field} must be from ${min} to ${max}, got ${value}`;
}
