import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dockerfileVerdict, readDockerfiles } from "../../../cli/scan/dockerfiles";
import type { Exception } from "../../../cli/scan/exceptions";

const root = mkdtempSync(join(tmpdir(), "mlplatform-scan-"));
beforeAll(() => {
    for (const name of ["app", "data"]) mkdirSync(join(root, "images", name), { recursive: true });
    writeFileSync(join(root, "images", "app", "Dockerfile"), "FROM base\nUSER 1000\n");
});
afterAll(() => {
    rmSync(root, { recursive: true });
});

const report = (failed: readonly [rule: string, name: string][], files = 2): string =>
    JSON.stringify({
        summary: {
            passed: 10,
            failed: failed.length,
            parsing_errors: 0,
            resource_count: files,
            checkov_version: "3.3.30",
        },
        results: {
            failed_checks: failed.map(([check_id, name]) => ({
                ...{ check_id, check_name: "a title", file_path: `/${name}/Dockerfile` },
            })),
        },
    });
const root3: [string, string] = ["CKV_DOCKER_3", "weakened"];
const exception: Exception = {
    ...{ scanner: "checkov", rule: "CKV_DOCKER_2", type: "Dockerfile", names: ["app"], stacks: ["images"] },
    ...{
        reason: "Kubernetes asks by the probes of its pods, and not by an image's own way.",
        source: "https://kubernetes.io/",
    },
};

test("every image's Dockerfile is read, and one that is wrong on purpose beside them", async () => {
    let seen: string[] = [];
    const { lines, faults } = await dockerfileVerdict(root, [exception], (folder) => {
        seen = readdirSync(folder).sort();
        return Promise.resolve(report([["CKV_DOCKER_2", "app"], root3]));
    });
    expect(seen).toEqual(["app", "weakened"]);
    expect(faults).toEqual([]);
    expect(lines.join("\n")).toMatch(/app +checkov 3\.3\.30 +12 +1 +0/);
});

test.each<[string, readonly [string, string][], readonly Exception[], string]>([
    ["nobody excuses", [["CKV_DOCKER_9", "app"], root3], [], "checkov CKV_DOCKER_9 on images/app/Dockerfile: a title"],
    ["nothing needs any more", [root3], [exception], "the exception of checkov CKV_DOCKER_2 is not used in images"],
    ["a blind scanner says", [], [], "checkov 3.3.30 does not see that a Dockerfile runs as root"],
])("fails for what %s", async (_, failed, exceptions, message) => {
    const { faults } = await dockerfileVerdict(root, exceptions, () => Promise.resolve(report(failed)));
    expect(faults.join("\n")).toContain(message);
});

test("a scanner that read fewer than there are is not believed", () => {
    expect(() => readDockerfiles(report([], 1), 2)).toThrow("Checkov read 1 of 2 Dockerfiles");
    expect(() => readDockerfiles("{}", 2)).toThrow("found no Dockerfile");
});
