import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { bundleDigest, bytesOf, parseBundle, type Bundle } from "../../review/bundle/bundle";
import { Ledger, type Entry } from "../../review/ledger/ledger";
import type { SignatureFile } from "../../review/sign-off/quorum";
import { UserError } from "../user-error";
import { changesFolder } from "./repository";

/** A bundle with its signatures, as they lie in the repository. */
export interface StoredBundle {
    bundle: Bundle;
    digest: string;
    /** Folder, from the clone's. */
    folder: string;
    signatures: readonly SignatureFile[];
}

const bundleFile = "bundle.json";
const signOffs = "sign-offs";

/** A stack's bundles, signatures and ledger: `changes/STACK/`. */
export class ChangeFiles {
    private readonly folder: string;

    constructor(
        private readonly root: string,
        stack: string,
    ) {
        this.folder = join(changesFolder, stack);
    }

    /** Writes a bundle, and says where. */
    write(bundle: Bundle): StoredBundle {
        const digest = bundleDigest(bundle);
        const folder = join(this.folder, digest.slice(0, 12));
        mkdirSync(join(this.root, folder, signOffs), { recursive: true });
        writeFileSync(join(this.root, folder, bundleFile), bytesOf(bundle));
        return { bundle, digest, folder, signatures: [] };
    }

    writeSignature({ folder }: StoredBundle, { role, person, signature }: SignatureFile): string {
        const file = join(folder, signOffs, `${role}.${person}.sig`);
        mkdirSync(join(this.root, folder, signOffs), { recursive: true });
        writeFileSync(join(this.root, file), signature);
        return file;
    }

    /**
     * All bundles of the stack.
     * @throws UserError naming the first that is damaged
     */
    all(): StoredBundle[] {
        const folder = join(this.root, this.folder);
        if (!existsSync(folder)) return [];
        const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, bundleFile)));
        return names.sort().map((name) => this.read(name));
    }

    /** @param name Folder, or as much of the digest as the folder is named by. */
    read(name: string): StoredBundle {
        const folder = join(this.folder, name.replace(/\/+$/, "").split("/").at(-1)?.slice(0, 12) ?? "");
        const file = join(this.root, folder, bundleFile);
        if (!existsSync(file)) throw new UserError(`there is no bundle ${join(folder, bundleFile)}`);
        try {
            const bundle = parseBundle(readFileSync(file, "utf8"));
            const digest = bundleDigest(bundle);
            if (!folder.endsWith(digest.slice(0, 12))) throw new Error("its folder is named by another digest");
            return { bundle, digest, folder, signatures: this.signaturesIn(folder) };
        } catch (fault) {
            const reason = fault instanceof Error ? fault.message : String(fault);
            throw new UserError(`${join(folder, bundleFile)} is not what was signed: ${reason}`);
        }
    }

    private signaturesIn(folder: string): SignatureFile[] {
        const at = join(this.root, folder, signOffs);
        if (!existsSync(at)) return [];
        return readdirSync(at)
            .filter((name) => name.endsWith(".sig"))
            .map((name) => {
                const [role = "", person = ""] = name.split(".");
                return { role, person, signature: readFileSync(join(at, name), "utf8") };
            });
    }

    get ledgerFile(): string {
        return join(this.folder, "ledger.jsonl");
    }

    /** @throws UserError when the chain is broken */
    ledger(): Ledger {
        const file = join(this.root, this.ledgerFile);
        try {
            return Ledger.parse(existsSync(file) ? readFileSync(file, "utf8") : "");
        } catch (fault) {
            throw new UserError(`${this.ledgerFile}: ${fault instanceof Error ? fault.message : String(fault)}`);
        }
    }

    append(entry: Omit<Entry, "sequence" | "previous">): void {
        const file = join(this.root, this.ledgerFile);
        mkdirSync(dirname(file), { recursive: true });
        appendFileSync(file, `${this.ledger().next(entry)}\n`);
    }
}
