"use strict";
// Lines that say what is being done and how long it has taken. They go to stderr, so that a command's own output can be
// piped. Plain Node 18 without dependencies: this runs before anything is installed.

const EVERY_MS = 20_000;

/** When the command began, also for the process that continues on another Node. */
const began = Number(process.env.MLPLATFORM_BEGAN) || Date.now();
delete process.env.MLPLATFORM_BEGAN; // not for grandchildren

function seconds(since = began) {
    return Math.round((Date.now() - since) / 1000);
}

function stamp(since = began) {
    return `[${String(seconds(since)).padStart(3)} s]`;
}

function say(text) {
    process.stderr.write(`${stamp()} ${text}\n`);
}

/** Shows `text` until `work` has ended: a counter that runs on a terminal, a line now and then elsewhere. */
async function during(text, work) {
    const started = Date.now();
    const live = process.stderr.isTTY;
    say(text);
    let note = "";
    const show = () => {
        const line = `${stamp()} ${text.split(":")[0]}: ${note || "still at it"}, ${seconds(started)} s`;
        process.stderr.write(live ? `\r\x1b[K${line.slice(0, (process.stderr.columns || 120) - 1)}` : `${line}\n`);
    };
    const timer = setInterval(show, live ? 1000 : EVERY_MS);
    try {
        return await work((progress) => {
            note = progress;
        });
    } finally {
        clearInterval(timer);
        if (live) process.stderr.write("\r\x1b[K");
    }
}

module.exports = { began, during, say, seconds };
