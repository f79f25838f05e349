/** Virtual seconds per real one while an instant sandbox lets time pass, as its Azure's clock does. */
const idlePace = 240;

/** How long the sandbox's seconds take, in real milliseconds. */
export interface Pace {
    /** For work of Azure's, such as a machine's start: none at all when instant. */
    work(seconds: number): number;
    /** For time that passes by itself: a minute in a quarter of a second when instant. */
    pass(seconds: number): number;
}

/** The pace of a clock with that many real seconds per virtual one; 0 is instant. */
export const paceOf = (scale: number): Pace => ({
    work: (seconds) => seconds * scale * 1000,
    pass: (seconds) => seconds * (scale === 0 ? 1 / idlePace : scale) * 1000,
});
