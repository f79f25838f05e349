/** Where nothing can change in place, a line that says what goes on comes after this silence. */
const silenceMs = 20_000;

/** How the output looks: plain lines; on a terminal also a line that changes in place, and a few colours. */
export class Terminal {
    private status: string | undefined;
    private shown = "";
    private lastLine = Date.now();
    private timer: NodeJS.Timeout | undefined;

    constructor(
        private readonly out: NodeJS.WriteStream = process.stdout,
        private readonly began = Number(process.env.MLPLATFORM_BEGAN) || Date.now(),
    ) {
        delete process.env.MLPLATFORM_BEGAN; // not for child processes
    }

    private get live(): boolean {
        return this.out.isTTY;
    }

    /** Seconds since the command was typed. */
    elapsed(): number {
        return (Date.now() - this.began) / 1000;
    }

    line(text = ""): void {
        this.clear();
        this.out.write(`${text}\n`);
        this.lastLine = Date.now();
        this.redraw();
    }

    /** A line with the time that has passed. */
    step(text: string): void {
        this.line(`${this.dim(this.stamp())} ${text}`);
    }

    /** What goes on right now, with the time running; nothing to end it. */
    now(text: string | undefined): void {
        this.status = text;
        clearInterval(this.timer);
        this.timer = undefined;
        this.redraw();
        if (text === undefined) return;
        this.timer = setInterval(() => {
            if (this.live) this.redraw();
            else if (Date.now() - this.lastLine > silenceMs) this.step(text);
        }, 1000);
        this.timer.unref();
    }

    bold(text: string): string {
        return this.paint(text, "1");
    }

    good(text: string): string {
        return this.paint(text, "32");
    }

    bad(text: string): string {
        return this.paint(text, "31");
    }

    dim(text: string): string {
        return this.paint(text, "2");
    }

    private stamp(): string {
        return `[${String(Math.round(this.elapsed())).padStart(3)} s]`;
    }

    private paint(text: string, code: string): string {
        const coloured = this.live && text !== "" && (process.env.NO_COLOR ?? "") === "";
        return coloured ? `\u001b[${code}m${text}\u001b[0m` : text;
    }

    private clear(): void {
        if (this.shown !== "") this.out.write("\r\u001b[K");
        this.shown = "";
    }

    private redraw(): void {
        if (!this.live) return;
        const width = (this.out.columns || 120) - 1;
        const wanted = this.status === undefined ? "" : `${this.stamp()} ${this.status}`.slice(0, width);
        if (wanted === this.shown) return;
        this.clear();
        this.out.write(wanted);
        this.shown = wanted;
    }
}
