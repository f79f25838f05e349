import { Writable } from "node:stream";
import { Terminal } from "../../cli/terminal";

/** A terminal that keeps what it is told. */
export class ToldTerminal {
    told = "";
    readonly terminal: Terminal;

    constructor() {
        const out = new Writable({
            write: (chunk: Buffer, _, done) => {
                this.told += chunk.toString();
                done();
            },
        });
        this.terminal = new Terminal(out as unknown as NodeJS.WriteStream);
    }
}
