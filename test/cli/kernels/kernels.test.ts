import { readFileSync } from "node:fs";
import { join } from "node:path";
import { audit } from "../../../cli/kernels/audit";
import { billOf, licencesIn, type Bill } from "../../../cli/kernels/bill";
import { knownLines } from "../../../cli/kernels/kernels";
import { lockChanges, lockedPackages } from "../../../cli/kernels/requirements";
import { conflictLines } from "../../../cli/kernels/resolve";
import { billFile, kernelBuild, kernelsFolder, kernelsIn, readKernel, requirementsFile } from "../../../stacks/kernels";

const clone = join(__dirname, "..", "..", "..");
const [a, b] = ["a".repeat(64), "b".repeat(64)];
const lock = `numpy==2.2.6 \\
    --hash=sha256:${a} \\
    --hash=sha256:${b}
    # via
    #   kernel.yaml
pillow==12.0.0 \\
    --hash=sha256:${b}
    # via kernel.yaml
`;
const packages = lockedPackages(lock);
const kernel = {
    ...{ name: "vision", python: "3.11" as const, debian: "20261120T000000Z", packages: { numpy: "2.2.6" } },
    system: { git: "1:2.39.5-0+deb12u3" },
};

test("a lock is read with every hash, and refused where something is not pinned", () => {
    expect(packages).toEqual([
        { name: "numpy", version: "2.2.6", hashes: [a, b] },
        { name: "pillow", version: "12.0.0", hashes: [b] },
    ]);
    expect(() => lockedPackages("numpy>=2\n")).toThrow('the lock pins no version in "numpy>=2"');
    expect(() => lockedPackages("numpy==2.2.6\n")).toThrow("the lock has no hash of numpy");
});

test("what a new lock changes is told by package", () => {
    const [numpy, pillow] = packages;
    const after = [
        { ...(numpy ?? { name: "", hashes: [] }), version: "2.3.0" },
        { name: "scipy", version: "1.16.0", hashes: [a] },
    ];
    expect(lockChanges(packages, after)).toEqual([
        "numpy 2.2.6 -> 2.3.0",
        "pillow 12.0.0 -> (gone)",
        "scipy (new) -> 1.16.0",
    ]);
    expect(lockChanges(packages, packages)).toEqual([]);
    expect(pillow?.version).toBe("12.0.0");
});

test("a conflict is told as who wants what, then in the resolver's words", () => {
    const message =
        "× No solution found when resolving dependencies: ╰─▶ Because opencv-python-headless==4.12.0.88 depends on numpy>=2,<2.3.0 " +
        "and you require numpy==2.3.5, we can conclude that your requirements are unsatisfiable.";
    const lines = conflictLines(message);
    expect(lines[0]).toMatch(/^ *opencv-python-headless 4\.12\.0\.88 +wants +numpy>=2,<2\.3\.0$/);
    expect(lines[1]).toMatch(/^ *kernel\.yaml +wants +numpy==2\.3\.5$/);
    expect(lines.at(-1)).toMatch(/uv: Because opencv-python-headless==4\.12\.0\.88 depends on/);
});

test("a version that nobody has published is a conflict, too", () => {
    const lines = conflictLines(
        "× No solution found when resolving dependencies: ╰─▶ Because there is no version of numpy==99 and you require numpy==99, we can conclude that your requirements are unsatisfiable.",
    );
    expect(lines[0]).toMatch(/kernel\.yaml +wants +numpy==99$/);
    expect(lines[1]).toMatch(/nobody has published +wants +numpy==99$/);
});

test("the bill names every package with hashes, licence and system packages, the same for the same lock", () => {
    const licences = { "numpy==2.2.6": { expression: "BSD-3-Clause" }, "pillow==12.0.0": { name: "MIT-CMU" } };
    const bill = billOf(kernel, packages, licences);
    expect(bill).toMatchObject({ bomFormat: "CycloneDX", specVersion: "1.6" });
    expect(bill.serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(bill.components).toEqual([
        {
            ...{ type: "library", "bom-ref": "pkg:pypi/numpy@2.2.6", name: "numpy", version: "2.2.6" },
            purl: "pkg:pypi/numpy@2.2.6",
            hashes: [a, b].map((content) => ({ alg: "SHA-256", content })),
            licenses: [{ expression: "BSD-3-Clause" }],
        },
        expect.objectContaining({ name: "pillow", licenses: [{ license: { name: "MIT-CMU" } }] }),
        expect.objectContaining({ name: "git", purl: "pkg:deb/debian/git@1%3A2.39.5-0%2Bdeb12u3?distro=bookworm" }),
    ]);
    expect(billOf(kernel, packages, licences)).toEqual(bill);
    expect(licencesIn(bill)).toEqual(licences);
    expect(billOf(kernel, packages.slice(1), {}).serialNumber).not.toBe(bill.serialNumber);
});

test("known vulnerabilities are told with what fixes them, and what nobody answered for is unknown, not clean", async () => {
    const asked: string[] = [];
    const { audit: told, licences } = await audit(
        [...packages, { name: "old", version: "1.0", hashes: [a] }],
        (url) => {
            asked.push(url);
            const info = { version: "12.0.0", license_expression: "MIT-CMU" };
            const gone = { id: "GHSA-gone", withdrawn: "2026-01-01" };
            const known = { id: "GHSA-x", aliases: ["CVE-1"], fixed_in: ["12.0.1"], summary: "bad" };
            if (url.endsWith("/pillow/json")) return Promise.resolve({ info, vulnerabilities: [known, gone] });
            if (url.endsWith("/old/json")) return Promise.resolve({ info: { version: "2.0" }, vulnerabilities: [] });
            return Promise.resolve(
                url.includes("numpy/2.2.6") ? { info: { version: "2.2.6" }, vulnerabilities: [] } : undefined,
            );
        },
        new Date("2026-11-25T10:00:00Z"),
    );
    expect(told).toMatchObject({ asOf: "2026-11-25", unknown: ["old==1.0"], clean: ["numpy==2.2.6"] });
    expect(told.known).toEqual([
        { package: "pillow", version: "12.0.0", id: "GHSA-x", aliases: ["CVE-1"], fixedIn: ["12.0.1"], summary: "bad" },
    ]);
    expect(licences).toEqual({ "pillow==12.0.0": { expression: "MIT-CMU" } });
    expect(asked).toContain("https://pypi.org/pypi/old/1.0/json");
    const lines = knownLines(kernel, `${lock}new==1 \\\n    --hash=sha256:${a}\n`, told);
    expect(lines[0]).toContain(
        "1 known vulnerabilities on 2026-11-25; nothing is known here of 0 of 3 packages, and 1 were locked since",
    );
    expect(lines[1]).toMatch(/pillow 12\.0\.0 +GHSA-x +fixed in 12\.0\.1 +bad/);
    expect(knownLines(kernel, lock, undefined)[0]).toContain("were not asked for: npx mlplatform kernels audit vision");
});

test.each<[string, string, string]>([
    ["a Python without a base", "python: '3.9'", 'python must be one of 3.11, got "3.9"'],
    ["a range of versions", "packages: { numpy: '>=2' }", 'packages["numpy"] must be a version such as 2.3.5'],
    ["a version that reads like a number", "packages: { numpy: 2.0 }", "quoted if it reads like a number, got 2"],
    ["a day without its time", "debian: '20261120'", "debian must be a moment of snapshot.debian.org"],
    ["a package with a shell in it", "packages: { 'numpy; rm': '1' }", '"numpy; rm" must be a name'],
    ["a key that there is not", "conda: yes", "conda is not a field"],
    ["no YAML", "{", "must be YAML"],
])("refuses a kernel with %s", (_, change, message) => {
    const faults: string[] = [];
    const good = { python: "'3.11'", debian: "20261120T000000Z", packages: "{ numpy: 2.2.6 }" };
    const key = change.split(":", 1)[0] ?? "";
    const rest = Object.entries(good).filter(([name]) => name !== key);
    readKernel("vision", [...rest.map(([name, value]) => `${name}: ${value}`), change].join("\n"), faults);
    expect(faults.join("\n")).toContain(message);
    expect(faults[0]).toContain("images/environment/kernels/vision/kernel.yaml: ");
});

describe.each(kernelsIn(clone).map((one) => [one.name, one] as const))("kernel %s", (name, its) => {
    const file = (one: string): string => readFileSync(join(clone, kernelsFolder, name, one), "utf8");
    const locked = lockedPackages(file(requirementsFile));

    test("has locked every version that it wants", () => {
        for (const [one, version] of Object.entries(its.packages))
            expect([one, locked.find((each) => each.name === one)?.version]).toEqual([one, version]);
    });

    test("has a bill of just what is locked", () => {
        const bill = JSON.parse(file(billFile)) as Bill;
        expect(bill).toEqual(billOf(its, locked, licencesIn(bill)));
    });

    test("takes system packages by version from a day of Debian's archive", () => {
        const { args } = kernelBuild(its);
        expect(args?.DEBIAN_ARCHIVE).toMatch(/\/archive\/debian\/\d{8}T\d{6}Z$/);
        for (const one of (args?.SYSTEM_PACKAGES ?? "").split(" ")) expect(one).toMatch(/^[a-z0-9+.-]+=\S+$/);
    });
});
