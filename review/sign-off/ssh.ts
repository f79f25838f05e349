import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What a signature is for: one made for anything else is worth nothing here. */
export const namespace = "mlplatform-change@v1";

/** What one person signs, in words that can be read before signing. */
export interface Statement {
    stack: string;
    /** Digest of the bundle's bytes, as 64 hexadecimal digits. */
    digest: string;
    role: string;
}

export const messageOf = ({ stack, digest, role }: Statement): string =>
    `${namespace}\nstack ${stack}\nbundle sha256:${digest}\nas ${role}\n`;

/**
 * Signs with a key as ssh has it: a file, a hardware key's handle, or a public key whose other half ssh-agent holds.
 * @returns the signature as text
 * @throws Error with what ssh-keygen said
 */
export async function sign(statement: Statement, keyFile: string): Promise<string> {
    const { code, stdout, stderr } = await keygen(["-Y", "sign", "-f", keyFile, "-n", namespace], messageOf(statement));
    if (code !== 0) throw new Error(`ssh-keygen could not sign with ${keyFile}: ${stderr.trim()}`);
    return stdout;
}

/**
 * Is it that person's signature, by a key that was theirs at that time?
 * @param allowedSigners As ssh-keygen reads it: principals, options such as `valid-before`, and public keys.
 * @returns undefined, or why not
 */
export async function refusal(
    statement: Statement,
    {
        signature,
        principal,
        allowedSigners,
        at,
    }: { signature: string; principal: string; allowedSigners: string; at: Date },
): Promise<string | undefined> {
    const folder = await mkdtemp(join(tmpdir(), "mlplatform-signature-"));
    try {
        const [signers, file] = [join(folder, "allowed_signers"), join(folder, "signature")];
        await Promise.all([writeFile(signers, allowedSigners), writeFile(file, signature)]);
        const time = at.toISOString().replace(/[-:T]/g, "").slice(0, 14);
        const args = ["-Y", "verify", "-f", signers, "-I", principal, "-n", namespace, "-s", file];
        const { code, stderr } = await keygen([...args, `-Overify-time=${time}Z`], messageOf(statement));
        if (code === 0) return undefined;
        // Of a key that is another's, it says nothing that tells so.
        const said = stderr.trim().split("\n").at(-1) ?? "";
        return said === "" ? `it is by no key that was ${principal}'s at that time, or for something else` : said;
    } finally {
        await rm(folder, { recursive: true, force: true });
    }
}

function keygen(args: string[], input: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
    return new Promise((resolve, reject) => {
        const child = spawn("ssh-keygen", args, { stdio: ["pipe", "pipe", "pipe"] });
        const output = { stdout: "", stderr: "" };
        child.stdout.on("data", (data: Buffer) => (output.stdout += data.toString()));
        child.stderr.on("data", (data: Buffer) => (output.stderr += data.toString()));
        child.on("error", (fault) => {
            reject(new Error(`ssh-keygen, of OpenSSH 8.9 or later, is needed for signatures: ${fault.message}`));
        });
        child.on("close", (code) => {
            resolve({ code, ...output });
        });
        child.stdin.on("error", () => undefined); // It may end before it has read all.
        child.stdin.end(input);
    });
}
