import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** A file that a build sees. */
export interface ContextFile {
    /** From the context on, with `/`. */
    path: string;
    content: Buffer;
    /** May it be run, by what the file system says? */
    executable: boolean;
    /** Is it a symbolic link, with where it leads as its content? */
    link: boolean;
}

/**
 * Reads what an engine is sent of a folder: everything that its `.dockerignore` leaves in, by path. The Dockerfile is the
 * engine's, whether it is left in or not, and is not among the files if it lies elsewhere.
 * @see https://docs.docker.com/build/concepts/context/#dockerignore-files
 */
export function contextFiles(folder: string): ContextFile[] {
    const ignored = ignoring(ignoreFileOf(folder));
    const found: ContextFile[] = [];
    const walk = (below: string): void => {
        for (const name of readdirSync(join(folder, below)).sort()) {
            const path = below === "" ? name : `${below}/${name}`;
            const full = join(folder, path);
            const about = lstatSync(full);
            if (about.isDirectory()) {
                // A later exception may let something of an ignored folder in again.
                if (!ignored.wholly(path)) walk(path);
            } else if ((about.isFile() || about.isSymbolicLink()) && (!ignored.is(path) || path === "Dockerfile")) {
                const link = about.isSymbolicLink();
                const content = link ? Buffer.from(readlinkSync(full)) : readFileSync(full);
                found.push({ path, content, executable: !link && (about.mode & 0o100) !== 0, link });
            }
        }
    };
    walk("");
    return found.sort((one, other) => (one.path < other.path ? -1 : 1));
}

/** The same paths and contents have the same hash, whatever their modes, times and order are. */
export function contextHash(files: readonly ContextFile[], more: Readonly<Record<string, string>> = {}): string {
    const hash = createHash("sha256");
    const add = (text: string | Buffer): void => {
        hash.update(`${Buffer.byteLength(text)}\0`).update(text);
    };
    for (const { path, content, link } of files) for (const part of [link ? "link" : "file", path, content]) add(part);
    for (const [name, value] of Object.entries(more).sort(([one], [other]) => (one < other ? -1 : 1)))
        for (const part of ["more", name, value]) add(part);
    return hash.digest("hex");
}

function ignoreFileOf(folder: string): string {
    try {
        return readFileSync(join(folder, ".dockerignore"), "utf8");
    } catch (fault) {
        if ((fault as NodeJS.ErrnoException).code === "ENOENT") return "";
        throw fault;
    }
}

interface Ignoring {
    /** Is that file left out? */
    is: (path: string) => boolean;
    /** Is that folder left out, and nothing in it can be let in again? */
    wholly: (path: string) => boolean;
}

/** What a `.dockerignore` leaves out: of its lines, the last that fits a path or a folder above it counts. */
export function ignoring(content: string): Ignoring {
    const rules = content
        .split(/\r?\n/)
        .filter((line) => !line.startsWith("#"))
        .map((line) => line.trim())
        .filter((line) => line !== "" && line !== "!")
        .map((line) => {
            const lets = line.startsWith("!");
            const pattern = (lets ? line.slice(1).trim() : line).replace(/^(?:\.?\/)+/, "").replace(/\/+$/, "");
            return { lets, matches: matcher(pattern) };
        });
    const is = (path: string): boolean => {
        const parts = path.split("/");
        const above = parts.map((_, index) => parts.slice(0, index + 1).join("/"));
        const last = rules.findLast(({ matches }) => above.some((one) => matches.test(one)));
        return last !== undefined && !last.lets;
    };
    const letsAnything = rules.some(({ lets }) => lets);
    return { is, wholly: (path) => !letsAnything && is(path) };
}

/** A pattern as Go's filepath.Match has it, with `**` for any number of folders. */
function matcher(pattern: string): RegExp {
    const parts = /\*\*\/|\*\*|\*|\?|\[\^?[^\]]+\]|\\.|[^]/g;
    const source = pattern.replace(parts, (part) => {
        if (part === "**/") return "(?:.*/)?";
        if (part === "**") return ".*";
        if (part === "*") return "[^/]*";
        if (part === "?") return "[^/]";
        if (part.startsWith("[") && part.length > 2) return part;
        const literal = part.length === 2 ? part.slice(1) : part;
        return literal.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
    });
    return new RegExp(`^${source}$`);
}
