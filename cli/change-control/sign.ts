import { execFileSync } from "node:child_process";
import type { Person } from "../../review/sign-off/people";
import { signOffOf } from "../../review/sign-off/quorum";
import { roles } from "../../review/sign-off/rules";
import { sign } from "../../review/sign-off/ssh";
import type { Context } from "../stack-run";
import { UserError } from "../user-error";
import { candidates } from "./bundle";
import { ChangeFiles, type StoredBundle } from "./change-files";
import { Repository } from "./repository";

export interface SignOptions {
    /** As what. */
    role?: string;
    /** File with a private key, or with a public one whose other half ssh-agent or a hardware key holds. */
    key?: string;
    /** Folder or digest. @default the one that may be applied yet */
    bundle?: string;
    /** Who signs, by id. @default whose address git has */
    as?: string;
}

/** Signs a bundle with an SSH key, and says who has yet to. */
export async function signBundle({ at, terminal }: Context, stack: string, options: SignOptions): Promise<void> {
    const role = roles.find((one) => one === options.role);
    const faults = [
        ...(role ? [] : [`--role must be one of ${roles.join(", ")}, got ${JSON.stringify(options.role ?? "")}`]),
        ...((options.key ?? "") === "" ? ["--key must be a file that ssh-keygen can sign with"] : []),
    ];
    if (role === undefined || options.key === undefined || faults.length > 0) throw new UserError(faults.join("\n"));
    const files = new ChangeFiles(at.root, stack);
    const stored = chosen(files, stack, options.bundle);
    const law = new Repository(at.root).law();
    const person = signer(law.people, options.as, at.root);
    const { bundle, digest } = stored;
    const statement = { stack: bundle.predicate.stack, digest, role };
    const signature = await sign(statement, options.key).catch((fault: unknown): never => {
        throw new UserError(fault instanceof Error ? fault.message : String(fault));
    });
    const own = { role, person: person.id, signature };
    const others = stored.signatures.filter((one) => !(one.role === role && one.person === person.id));
    const judges = { people: law.people, allowedSigners: law.allowedSigners, at: new Date() };
    const { refused, missing } = await signOffOf(bundle, digest, [...others, own], judges);
    const refusal = refused.find(({ file }) => file === `${role}.${person.id}.sig`);
    if (refusal) throw new UserError(`the signature would not count: ${refusal.why}`);
    terminal.line(`${files.writeSignature(stored, own)}: ${person.id} signs as ${role} for sha256 ${digest}`);
    terminal.line(
        missing.length > 0
            ? `Yet to sign: ${missing.join(", ")}`
            : `All have signed. Commit it; \`npx mlplatform up ${stack}\` applies it`,
    );
}

/** @throws UserError where it is not clear which */
export function chosen(files: ChangeFiles, stack: string, name: string | undefined): StoredBundle {
    if (name !== undefined) return files.read(name);
    const [first, ...others] = candidates(files);
    if (first === undefined)
        throw new UserError(`there is no bundle to apply to "${stack}": \`npx mlplatform bundle ${stack}\` makes one`);
    if (others.length > 0)
        throw new UserError(`say which with --bundle: ${[first, ...others].map(({ folder }) => folder).join(", ")}`);
    return first;
}

function signer(people: readonly Person[], id: string | undefined, root: string): Person {
    const email = id === undefined ? emailOf(root) : undefined;
    const person = people.find((one) => (id === undefined ? one.emails.includes(email ?? "") : one.id === id));
    if (person) return person;
    const known = people.map((one) => one.id).join(", ") || "nobody";
    const who = id ?? `somebody with the address ${email ?? ""}`;
    throw new UserError(`the protected branch's sign-off/roles.yaml knows no ${who}; it knows ${known} (--as ID)`);
}

function emailOf(root: string): string {
    try {
        return execFileSync("git", ["-C", root, "config", "user.email"], { encoding: "utf8" }).trim().toLowerCase();
    } catch {
        return "";
    }
}
