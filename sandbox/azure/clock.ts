/** Time as the sandbox's Azure lives it. Operations take their published durations on it. */
export interface Clock {
    /** Virtual milliseconds since 1970. Never runs backwards. */
    now(): number;
    /** Resolves when that many virtual milliseconds are over. */
    wait(milliseconds: number): Promise<void>;
    /** Real milliseconds: some effects take real time even when virtual time does not (see `roles.ts`). */
    realNow(): number;
    /** Gets to that moment even when nobody waits for it. Missing where time passes by itself. */
    headFor?(moment: number): void;
    /** Never lets `now()` be before this moment: a store that was opened again goes on where it stopped. */
    startFrom(moment: number): void;
}

interface Sleeper {
    due: number;
    wake: () => void;
}

/** The given number of real seconds pass for each virtual second; 1 plays Azure in real time. */
export class ScaledClock implements Clock {
    private offset = 0;
    private readonly started = Date.now();

    constructor(private readonly scale: number) {
        if (!(scale > 0)) throw new RangeError(`scale must be above 0 (real seconds per virtual second), got ${scale}`);
    }

    now(): number {
        return this.started + this.offset + (Date.now() - this.started) / this.scale;
    }

    wait(milliseconds: number): Promise<void> {
        return new Promise((resolve) => setTimeout(resolve, milliseconds * this.scale));
    }

    realNow(): number {
        return Date.now();
    }

    startFrom(moment: number): void {
        this.offset += Math.max(0, moment - this.now());
    }
}

/** Virtual time per real time while nothing waits on the instant clock: a minute in a quarter of a second. */
const idlePace = 240;

/**
 * Operations take no real time: whoever waits is woken in the order of the virtual moments, so that what overlaps on
 * Azure overlaps here. Between operations, a virtual minute takes a quarter of a second.
 */
export class InstantClock implements Clock {
    private ahead = 0;
    private readonly started = Date.now();
    private sleepers: Sleeper[] = [];
    private ticking = false;

    now(): number {
        return this.started + (Date.now() - this.started) * idlePace + this.ahead;
    }

    wait(milliseconds: number): Promise<void> {
        return new Promise((resolve) => {
            this.sleepers.push({ due: this.now() + milliseconds, wake: resolve });
            this.tick();
        });
    }

    realNow(): number {
        return Date.now();
    }

    headFor(moment: number): void {
        this.sleepers.push({ due: moment, wake: () => undefined });
        this.tick();
    }

    startFrom(moment: number): void {
        this.ahead += Math.max(0, moment - this.now());
    }

    private tick(): void {
        if (this.ticking) return;
        this.ticking = true;
        // A millisecond lets requests that are already on the wire arrive before time moves on.
        setTimeout(() => {
            this.ticking = false;
            this.sleepers.sort((left, right) => left.due - right.due);
            const first = this.sleepers.shift();
            if (first) {
                this.startFrom(first.due);
                first.wake();
            }
            if (this.sleepers.length > 0) this.tick();
        }, 1);
    }
}

/** Turns of the event loop, and real milliseconds each, that nothing may be asked in before time moves on. */
const quietTurns = 15;
const turnMilliseconds = 20;
/** A turn that comes later than that tells of a busy machine, on which others may not have got to asking yet. */
const latestMilliseconds = 26;

/**
 * Time moves only when nobody has anything left to ask: whatever the machine takes to compute counts for nothing, so
 * what runs on it takes exactly as long as Azure's operations do. For measurements.
 */
export class QuietClock implements Clock {
    private moment: number;
    private sleepers: Sleeper[] = [];
    private quiet = 0;
    private turning = false;

    constructor(start = Date.UTC(2026, 0, 1)) {
        this.moment = start;
    }

    /** Whoever asks for the time is about to ask for something else: it stands still until that is settled. */
    now(): number {
        this.quiet = 0;
        return this.moment;
    }

    wait(milliseconds: number): Promise<void> {
        return new Promise((resolve) => {
            this.quiet = 0;
            this.sleepers.push({ due: this.moment + milliseconds, wake: resolve });
            if (!this.turning) this.turn();
        });
    }

    realNow(): number {
        return this.moment;
    }

    startFrom(moment: number): void {
        this.moment = Math.max(this.moment, moment);
    }

    private turn(): void {
        this.turning = true;
        const began = performance.now();
        setTimeout(() => {
            this.turning = false;
            if (performance.now() - began <= latestMilliseconds) this.quiet += 1;
            if (this.quiet >= quietTurns) this.wakeNext();
            if (this.sleepers.length > 0) this.turn();
        }, turnMilliseconds);
    }

    /** All that are due at the same moment wake together. */
    private wakeNext(): void {
        this.quiet = 0;
        const next = Math.min(...this.sleepers.map(({ due }) => due));
        this.startFrom(next);
        const due = this.sleepers.filter((sleeper) => sleeper.due <= next);
        this.sleepers = this.sleepers.filter((sleeper) => sleeper.due > next);
        for (const { wake } of due) wake();
    }
}

/** Moves only when told to, real time included; a wait is over at once. For tests. */
export class ManualClock implements Clock {
    private moment: number;

    constructor(start = Date.UTC(2026, 0, 1)) {
        this.moment = start;
    }

    advance(seconds: number): void {
        this.moment += seconds * 1000;
    }

    now(): number {
        return this.moment;
    }

    wait(milliseconds: number): Promise<void> {
        this.moment += milliseconds;
        return Promise.resolve();
    }

    realNow(): number {
        return this.moment;
    }

    startFrom(moment: number): void {
        this.moment = Math.max(this.moment, moment);
    }
}

/** Clock with that many real seconds per virtual second; 0 is instant. */
export function clockOf(scale: number): Clock {
    return scale === 0 ? new InstantClock() : new ScaledClock(scale);
}
