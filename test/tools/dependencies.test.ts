import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface Where {
    root: string;
    home: string;
}
// Plain JavaScript, as it runs before anything is compiled.
const { installsOf, whyInstall, markInstalling, markInstalled, nodeOf } = jest.requireActual<{
    installsOf: (root: string, home: string) => { what: string; where: Where; flags: string[] }[];
    whyInstall: (where: Where) => string | undefined;
    markInstalling: (home: string) => void;
    markInstalled: (where: Where) => void;
    nodeOf: (root: string) => string;
}>("../../tools/dependencies.cjs");

const lock = (version: string): string =>
    JSON.stringify({
        packages: {
            "": {},
            "node_modules/a": { version },
            "node_modules/b": { version: "1.0.0", optional: true },
            "node_modules/node": { version: "22.0.0" },
        },
    });

let where: Where;
beforeEach(() => {
    const root = mkdtempSync(join(tmpdir(), "clone-"));
    where = { root, home: join(root, ".mlplatform") };
    writeFileSync(join(root, "package-lock.json"), lock("1.0.0"));
});
afterEach(() => {
    rmSync(where.root, { recursive: true });
});

/** What `npm ci` leaves behind; the hidden lock file is the last thing that it writes. */
function install(version = "1.0.0"): void {
    const node = nodeOf(where.root);
    mkdirSync(join(node, ".."), { recursive: true });
    writeFileSync(node, "");
    const packages = { "node_modules/a": { version }, "node_modules/node": { version: "22.0.0" } };
    writeFileSync(join(where.root, "node_modules", ".package-lock.json"), JSON.stringify({ packages }));
}

describe("dependencies are installed", () => {
    test("on a fresh clone", () => {
        expect(whyInstall(where)).toBe("nothing is installed yet");
    });

    test("again when the install was cut short before npm had finished", () => {
        mkdirSync(join(where.root, "node_modules", "a"), { recursive: true });
        expect(whyInstall(where)).toBe("the last install was interrupted");
    });

    test("again when an install over an older one was cut short", () => {
        install();
        markInstalled(where);
        markInstalling(where.home);
        expect(whyInstall(where)).toBe("the last install was interrupted");
    });

    test("again when package-lock.json names another version", () => {
        install();
        markInstalled(where);
        writeFileSync(join(where.root, "package-lock.json"), lock("2.0.0"));
        expect(whyInstall(where)).toBe("package-lock.json has changed");
    });

    test("again when the Node binary is gone", () => {
        install();
        markInstalled(where);
        rmSync(nodeOf(where.root));
        expect(whyInstall(where)).toBe("the Node binary is missing");
    });

    test("again when the folder came from another platform", () => {
        install();
        markInstalled(where);
        writeFileSync(join(where.home, "installed"), "0123 plan9-mips\n");
        expect(whyInstall(where)).toBe("it was installed for another platform");
    });
});

describe("dependencies are left alone", () => {
    test("when the last install ended well", () => {
        install();
        markInstalled(where);
        expect(whyInstall(where)).toBeUndefined();
    });

    test("when someone ran `npm ci` by hand", () => {
        install();
        expect(whyInstall(where)).toBeUndefined();
    });

    test("when package-lock.json changed in form only", () => {
        install();
        markInstalled(where);
        writeFileSync(join(where.root, "package-lock.json"), `${lock("1.0.0")}\n`);
        expect(whyInstall(where)).toBeUndefined();
    });
});

describe("what the scorer's image needs", () => {
    /** A clone whose own packages are there, and whose scorer's are not. */
    function clone(): { own: Where; scorer: Where } {
        const [own, scorer] = installsOf(where.root, where.home).map((install) => install.where);
        if (!own || !scorer) throw new Error("there should be two installs");
        mkdirSync(scorer.root, { recursive: true });
        const packages = { "": {}, "node_modules/a": { version: "1.0.0" } };
        writeFileSync(join(scorer.root, "package-lock.json"), JSON.stringify({ packages }));
        install();
        markInstalled(own);
        return { own, scorer };
    }

    test("is installed beside the project's own, each with marks of its own", () => {
        const { own, scorer } = clone();
        expect(whyInstall(own)).toBeUndefined();
        expect(whyInstall(scorer)).toBe("nothing is installed yet");
        mkdirSync(join(scorer.root, "node_modules"));
        const packages = { "node_modules/a": { version: "1.0.0" } };
        writeFileSync(join(scorer.root, "node_modules", ".package-lock.json"), JSON.stringify({ packages }));
        markInstalled(scorer);
        expect(whyInstall(scorer)).toBeUndefined();
        markInstalling(scorer.home);
        expect(whyInstall(scorer)).toBe("the last install was interrupted");
        expect(whyInstall(own)).toBeUndefined();
    });

    test("runs no script of a package", () => {
        const flags = installsOf(where.root, where.home).map((install) => install.flags.includes("--ignore-scripts"));
        expect(flags).toEqual([false, true]);
    });
});
