import { parseArgs } from "node:util";
import { commands } from "./commands";
import type { Command, Values } from "./commands";
import { endOnSignals } from "./interruption";
import { places } from "./places";
import { Terminal } from "./terminal";
import { UserError } from "./user-error";

/** Column in which the help says what a command does; a longer usage has the line to itself. */
const summaryColumn = 48;

function usage(): string {
    const lines = commands.flatMap(({ name, usage: how, summary }) => {
        const typed = `  mlplatform ${name}${how === "" ? "" : ` ${how}`}`;
        const gap = " ".repeat(Math.max(0, summaryColumn - typed.length));
        return typed.length < summaryColumn
            ? [`${typed}${gap}${summary}`]
            : [typed, `${" ".repeat(summaryColumn)}${summary}`];
    });
    return ["Runs the platform's stacks in a local sandbox, on the real Pulumi engine.", "", ...lines].join("\n");
}

/** Arguments by the command's own table; refused with what is allowed. */
function parse(command: Command, args: string[]): { values: Values; rest: string[] } {
    try {
        const { values, positionals } = parseArgs({
            args,
            options: command.options,
            allowPositionals: true,
            strict: true,
        });
        const [least, most] = command.positionals;
        if (positionals.length < least || positionals.length > most) throw new Error("wrong number of arguments");
        const single = Object.entries(values).map(([name, value]) => [
            name,
            Array.isArray(value) ? value.at(-1) : value,
        ]);
        return { values: Object.fromEntries(single) as Values, rest: positionals };
    } catch (fault) {
        const reason = fault instanceof Error ? (fault.message.split(". ")[0] ?? "") : String(fault);
        throw new UserError(`${reason}. Usage: mlplatform ${command.name} ${command.usage}`);
    }
}

/** What libraries print is no part of a command's answer, which may be JSON. */
function keepOutputClean(): void {
    console.log = console.info = console.error;
}

/** Exit code after an interruption, as shells have it. */
const interrupted = 130;

async function main(): Promise<number> {
    const [name = "help", ...args] = process.argv.slice(2);
    const terminal = new Terminal();
    keepOutputClean();
    for (const stream of [process.stdout, process.stderr]) stream.on("error", ignoreClosedPipe);
    if (["help", "--help", "-h"].includes(name)) {
        terminal.line(usage());
        return 0;
    }
    const command = commands.find((known) => known.name === name);
    if (!command) throw new UserError(`there is no command "${name}".\n\n${usage()}`);
    const { values, rest } = parse(command, args);
    const signal = endOnSignals((text) => {
        terminal.step(text);
    });
    try {
        await command.run({ at: places(), terminal, signal }, rest, values);
        return signal.aborted ? interrupted : Number(process.exitCode ?? 0);
    } catch (fault) {
        if (!signal.aborted) throw fault;
        terminal.step(
            `interrupted; \`npx mlplatform ${process.argv.slice(2).join(" ")}\` goes on from where it stopped`,
        );
        return interrupted;
    }
}

/** Pipes are written in the background; ending before that is done would cut the output short. */
async function flushed(): Promise<void> {
    for (const stream of [process.stdout, process.stderr]) {
        await new Promise<void>((done) => {
            stream.write("", () => {
                done();
            });
        });
    }
}

/** `... | head` closes the pipe early. */
function ignoreClosedPipe(fault: NodeJS.ErrnoException): void {
    if (fault.code !== "EPIPE") throw fault;
}

void main().then(
    async (code) => {
        await flushed();
        process.exit(code);
    },
    async (fault: unknown) => {
        const known = fault instanceof UserError;
        const text = fault instanceof Error ? fault.message : String(fault);
        const debugging = (process.env.MLPLATFORM_DEBUG ?? "") !== "";
        process.stderr.write(`\nmlplatform: ${text}\n`);
        if (!known && !debugging) process.stderr.write("MLPLATFORM_DEBUG=1 shows where it comes from\n");
        if (debugging && fault instanceof Error) process.stderr.write(`${fault.stack ?? ""}\n`);
        await flushed();
        process.exit(1);
    },
);
