import { execFileSync } from "node:child_process";
import {
    copyFileSync,
    cpSync,
    mkdirSync,
    mkdtempSync,
    readFileSync,
    rmSync,
    symlinkSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commands } from "../../cli/commands";
import { places, type Places } from "../../cli/places";
import { ToldTerminal } from "./told-terminal";

const repository = places().root;

/** What a finished command left. */
export interface Ended {
    told: string;
    /** What it was refused with. */
    refused?: string;
    code: number;
}

const people = [
    { id: "alan", roles: ["operations"] },
    { id: "ada", roles: ["operations", "dataOwners"] },
    { id: "grace", roles: ["security", "operations"] },
    { id: "mary", roles: ["finance"] },
];

/** A clone in git, with people who have keys, whose stack `bootstrap` is protected; and a sandbox of its own. */
export class SignedClone {
    readonly folder = mkdtempSync(join(tmpdir(), "mlplatform-signed-"));
    private readonly outside = mkdtempSync(join(tmpdir(), "mlplatform-signed-home-"));
    readonly at: Places = { ...places(join(this.outside, "home")), root: this.folder };

    constructor() {
        for (const file of ["Pulumi.yaml", "package.json", "package-lock.json", ".gitignore"])
            copyFileSync(join(repository, file), join(this.folder, file));
        cpSync(join(repository, "bootstrap"), join(this.folder, "bootstrap"), { recursive: true });
        cpSync(join(repository, "facts", "prices.csv"), join(this.folder, "facts", "prices.csv"), { recursive: true });
        mkdirSync(this.at.home, { recursive: true });
        mkdirSync(join(this.folder, "sign-off"));
        const rules = readFileSync(join(repository, "sign-off", "rules.yaml"), "utf8");
        this.write("sign-off/rules.yaml", rules.replace(/^protected: .*$/m, "protected: [bootstrap]"));
        this.write("sign-off/roles.yaml", JSON.stringify({ people: people.map(personOf) }));
        const keys = people.map(({ id }) => {
            const file = this.keyOf(id);
            execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", id, "-f", file]);
            return `${id}@example.com namespaces="mlplatform-change@v1" ${readFileSync(`${file}.pub`, "utf8")}`;
        });
        this.write("sign-off/allowed_signers", keys.join(""));
        this.git("init", "-q", "-b", "main");
        this.write(".git/info/exclude", "node_modules\n");
        symlinkSync(join(repository, "node_modules"), join(this.folder, "node_modules"));
        this.commit("alan", "the platform");
        this.git("checkout", "-q", "-b", "change");
    }

    keyOf = (id: string): string => join(this.outside, id);

    write(file: string, text: string): void {
        writeFileSync(join(this.folder, file), text);
    }

    read = (file: string): string => readFileSync(join(this.folder, file), "utf8");

    commit(author: string, message: string): void {
        const email = `${author}@example.com`;
        this.git("add", "-A");
        this.git("-c", `user.name=${author}`, "-c", `user.email=${email}`, "commit", "-q", "-m", message);
    }

    /** What is on the branch comes onto the protected one. */
    merge(): void {
        this.git("branch", "-f", "main", "change");
    }

    git(...args: string[]): string {
        return execFileSync("git", ["-C", this.folder, ...args], { encoding: "utf8" });
    }

    /** Changes a setting of the stack, and commits it as somebody. */
    change(author: string, line: string): void {
        const file = "bootstrap/Pulumi.bootstrap.yaml";
        this.write(file, `${this.read(file)}  ${line}\n`);
        this.commit(author, line);
    }

    /** Changes a text in the stack's settings. */
    edit(was: string, is: string): void {
        const file = "bootstrap/Pulumi.bootstrap.yaml";
        const text = this.read(file);
        if (!text.includes(was)) throw new Error(`${file} has no ${was}`);
        this.write(file, text.replace(was, is));
    }

    /** Runs a command as it is typed. */
    run(name: string, args: string[], values: Record<string, boolean | string> = {}): Promise<Ended> {
        return runCommand(this.at, name, args, values);
    }

    sign(id: string, role: string, more: Record<string, string> = {}): Promise<Ended> {
        return this.run("sign", ["bootstrap"], { role, as: id, key: this.keyOf(id), ...more });
    }

    remove(): void {
        for (const folder of [this.folder, this.outside]) rmSync(folder, { recursive: true, force: true });
    }
}

/** Runs a command as it is typed in a clone. */
export async function runCommand(
    at: Places,
    name: string,
    args: string[],
    values: Record<string, boolean | string> = {},
): Promise<Ended> {
    const out = new ToldTerminal();
    const command = commands.find((one) => one.name === name);
    if (command === undefined) throw new Error(`no command ${name}`);
    process.exitCode = 0;
    const context = { at, terminal: out.terminal, signal: new AbortController().signal };
    const refused = await command.run(context, args, values).then(
        () => undefined,
        (fault: unknown) => (fault instanceof Error ? fault.message : String(fault)),
    );
    const code = refused === undefined ? exitCode() : 1;
    process.exitCode = 0;
    return { told: out.told, code, ...(refused !== undefined && { refused }) };
}

const exitCode = (): number => Number(process.exitCode ?? 0);

const personOf = ({ id, roles }: (typeof people)[number]): object => ({
    ...{ id, roles, principal: `${id}@example.com`, emails: [`${id}@example.com`] },
});
