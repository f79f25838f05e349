export const logLevels = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof logLevels)[number];

/** What is said of an event. Never what a request holds: pictures and tensors may be of people. */
type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Writes a line of JSON for each event, to stdout. */
export class Log {
    private readonly least: number;

    constructor(
        level: LogLevel,
        private readonly write: (line: string) => void = (line) => void process.stdout.write(line),
    ) {
        this.least = logLevels.indexOf(level);
    }

    /** Is an event of this level written? */
    takes(level: LogLevel): boolean {
        return logLevels.indexOf(level) >= this.least;
    }

    event(level: LogLevel, message: string, fields: Fields = {}): void {
        if (!this.takes(level)) return;
        this.write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...fields })}\n`);
    }
}
