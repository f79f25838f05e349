import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../../review/bundle/canonical";
import type { Source, Toolchain } from "../../review/bundle/bundle";
import { parsePeople, peopleFile, type Person } from "../../review/sign-off/people";
import { isProtected, parseRules, rulesFile, type Rules } from "../../review/sign-off/rules";
import { UserError } from "../user-error";

/** Where the people are named whose signatures count; their keys. */
export const signersFile = "sign-off/allowed_signers";
/** Folder of bundles, signatures and ledgers: they come with a change, and are no part of what it is made from. */
export const changesFolder = "changes";

/** Variable with the protected branch's name as git knows it. */
export const protectedRefVariable = "MLPLATFORM_PROTECTED_REF";

/** What the protected branch says of who must sign. */
export interface Law {
    rules: Rules;
    people: readonly Person[];
    allowedSigners: string;
}

/** The clone as git knows it. */
export class Repository {
    constructor(
        private readonly root: string,
        /** Branch that nobody can write to alone. */
        private readonly ref = protectedRef(root),
    ) {}

    /**
     * Who must sign, as the protected branch has it: what a change says of it itself counts for nothing.
     * @param at As it was then. @default as it is
     * @throws UserError with every fault of the three files
     */
    law(at?: Date): Law {
        const commit = at && this.git("rev-list", "-1", `--before=${at.toISOString()}`, this.ref);
        const ref = commit === undefined || commit === "" ? this.ref : commit;
        try {
            const [rules, people] = [this.fileAt(ref, rulesFile), this.fileAt(ref, peopleFile)];
            return {
                ...{ rules: parseRules(rules), people: parsePeople(people) },
                allowedSigners: this.fileAt(ref, signersFile),
            };
        } catch (fault) {
            throw new UserError(fault instanceof Error ? fault.message : String(fault));
        }
    }

    /** What the clone's files were made of, and by whom. */
    source(): Source {
        const dirty = this.git("status", "--porcelain", "--untracked-files=all", "--", ".", `:!${changesFolder}`);
        if (dirty !== "")
            throw new UserError(`commit first, as what is signed must be in git; these files are not:\n${dirty}`);
        const [commit, from] = [this.git("rev-parse", "HEAD"), this.git("merge-base", "HEAD", this.ref)];
        return { commit, from, files: this.filesDigest(), authors: this.authors(from, commit) };
    }

    /** Of those who wrote and committed what is in one commit and not in the other; undefined where git lacks one. */
    authorsIfKnown(from: string, commit: string): readonly string[] | undefined {
        try {
            return this.authors(from, commit);
        } catch {
            return undefined;
        }
    }

    private authors(from: string, commit: string): string[] {
        // Whoever commits a bundle or a signature is no author of the change.
        const others = ["--", ".", `:!${changesFolder}`];
        const lines = this.git("log", "--format=%ae%n%ce", `${from}..${commit}`, ...others).split("\n");
        return [...new Set(lines.filter((line) => line !== "").map((email) => email.toLowerCase()))].sort();
    }

    private filesDigest(): string {
        const lines = this.git("ls-tree", "-r", "HEAD").split("\n");
        return sha256(lines.filter((line) => !line.includes(`\t${changesFolder}/`)).join("\n"));
    }

    private fileAt(ref: string, file: string): string {
        try {
            return this.git("show", `${ref}:${file}`);
        } catch (fault) {
            const reason = fault instanceof Error ? fault.message : String(fault);
            throw new UserError(
                `${file} must be on the protected branch, ${this.ref} (${protectedRefVariable} names another): ${reason}`,
            );
        }
    }

    private git(...args: string[]): string {
        return git(this.root, ...args);
    }
}

/** Who must sign changes of a stack; undefined where it needs no signatures, as none does in a clone without rules of its own. */
export function lawFor(root: string, stack: string): Law | undefined {
    if (!existsSync(join(root, rulesFile)) && !isInGit(root)) return undefined;
    try {
        const law = new Repository(root).law();
        return isProtected(law.rules, stack) ? law : undefined;
    } catch (fault) {
        if (!existsSync(join(root, rulesFile))) return undefined;
        throw fault;
    }
}

function isInGit(root: string): boolean {
    try {
        return git(root, "rev-parse", "--show-prefix") === "";
    } catch {
        return false;
    }
}

/** `origin/main` where there is an origin, as what is only here is nobody's but the user's. */
function protectedRef(root: string): string {
    const named = process.env[protectedRefVariable] ?? "";
    if (named !== "") return named;
    try {
        git(root, "rev-parse", "--verify", "--quiet", "origin/main");
        return "origin/main";
    } catch {
        return "main";
    }
}

function git(root: string, ...args: string[]): string {
    try {
        const text = execFileSync("git", ["-C", root, ...args], {
            encoding: "utf8",
            stdio: ["ignore", "pipe", "pipe"],
        });
        return args[0] === "show" ? text : text.trimEnd();
    } catch (fault) {
        const { stderr } = fault as { stderr?: string };
        throw new UserError(`git ${args[0] ?? ""}: ${stderr?.trim() ?? String(fault)}`);
    }
}

/** With what this clone previews and applies. */
export function toolchainOf(root: string, engine: string): Toolchain {
    const lock = sha256(readFileSync(join(root, "package-lock.json")));
    return { engine, node: process.versions.node, lock, policies: filesIn(join(root, "policy")) };
}

/** Digest of all files in a folder; empty where there is none. */
function filesIn(folder: string): string {
    if (!existsSync(folder)) return "";
    const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
        (name) => !name.includes("node_modules"),
    );
    const files = names.sort().filter((name) => statSync(join(folder, name)).isFile());
    return sha256(files.map((name) => `${name} ${sha256(readFileSync(join(folder, name)))}`).join("\n"));
}
