import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pictureNames } from "../../facts/models";
import { Home } from "./command";

const { ensureController } = jest.requireActual<{ ensureController: (name: string) => Promise<string> }>(
    "../../tools/controllers.cjs",
);
const minutes = 60_000;

/** Processes that have the folder in their command line. */
function processesOf(folder: string): string[] {
    return readdirSync("/proc")
        .filter((pid) => /^\d+$/.test(pid))
        .map((pid) => commandLine(pid))
        .filter((command) => command.includes(folder));
}

function commandLine(pid: string): string {
    try {
        return readFileSync(join("/proc", pid, "cmdline"), "utf8").replaceAll("\0", " ");
    } catch {
        return "";
    }
}

// In order: each goes on from where the one before has left the platform.
describe("all of dev", () => {
    const home = new Home("on");
    afterAll(async () => {
        await home.run(["stop"]);
        home.remove();
    });

    test(
        "comes up with one command, layer by layer",
        async () => {
            const told = await home.succeed("start");
            expect(told).toMatch(
                /"dev" is up\n[^]*third-party images[^]*"dev-images" is up\n[^]*"dev-services" is up\n[^]*"dev-vision" is up\n/,
            );
            expect(told).toMatch(/control plane ready in [\d.]+ s, \d+ MB in \d+ processes/);
            expect(told).toContain("npx mlplatform kubectl dev -- get pods -A");
        },
        15 * minutes,
    );

    test(
        "has the team's batch let in by Kueue, and all of its pictures scored",
        async () => {
            // Built in the background; where it was not there yet, it goes to work when it is.
            await ensureController("kueue");
            const get = ["kubectl", "dev", "--", "get", "-n", "team-vision"];
            let started = "";
            for (const end = Date.now() + 2 * minutes; started === "" && Date.now() < end;)
                started = await home.succeed(...get, "jobs", "-o", "jsonpath={.items[*].status.startTime}");
            expect(started).not.toBe("");
            expect(await home.succeed(...get, "workloads.kueue.x-k8s.io")).toMatch(/job-nightly-.* training +True/);
            let succeeded = "";
            for (const end = Date.now() + 3 * minutes; succeeded !== "4" && Date.now() < end;)
                succeeded = await home.succeed(...get, "jobs", "-o", "jsonpath={.items[*].status.succeeded}");
            expect(succeeded).toBe("4");
            const batch = ["--selector", "app.kubernetes.io/component=batch", "--tail", "1"];
            const told = await home.succeed("kubectl", "dev", "--", "logs", "-n", "team-vision", ...batch);
            const shards = told.split("\n").filter((line) => line.includes("shard is done"));
            const inputs = shards.map((line) => (JSON.parse(line) as { inputs: number; failed: number }).inputs);
            expect(inputs).toHaveLength(4);
            expect(inputs.reduce((sum, one) => sum + one)).toBe(pictureNames.length);
        },
        25 * minutes,
    );

    test(
        "has every pod of the shared services running on the system pool, by the real scheduler",
        async () => {
            const pods = JSON.parse(await home.succeed("kubectl", "dev", "--", "get", "pods", "-A", "-o", "json")) as {
                items: {
                    metadata: { namespace: string; name: string };
                    spec: { nodeName?: string };
                    status: { phase: string };
                }[];
            };
            const namespaces = new Set(pods.items.map(({ metadata }) => metadata.namespace));
            for (const namespace of ["platform-gateway", "platform-queues", "platform-scaling"])
                expect([...namespaces]).toContain(namespace);
            const shared = pods.items.filter(({ metadata }) => metadata.namespace.startsWith("platform-"));
            for (const { metadata, spec, status } of shared) {
                expect([metadata.name, status.phase]).toEqual([
                    metadata.name,
                    expect.stringMatching(/Running|Succeeded/),
                ]);
                expect(spec.nodeName).toMatch(/^aks-/);
            }
        },
        minutes,
    );

    test(
        "needs no changes when it is started again",
        async () => {
            const told = await home.succeed("start");
            expect(told.match(/no changes: the stack is as the program says/g)).toHaveLength(4);
        },
        10 * minutes,
    );

    test(
        "is gone after stop, from the top down, with the processes of its cluster",
        async () => {
            expect(processesOf(home.folder).length).toBeGreaterThan(4);
            const told = await home.succeed("stop");
            expect(told).toMatch(
                /"dev-vision" is gone\n[^]*"dev-services" is gone\n[^]*"dev-images" is gone\n[^]*"dev" is gone/,
            );
            expect(await home.idsInAzure()).toEqual([]);
            expect(processesOf(home.folder)).toEqual([]);
        },
        10 * minutes,
    );
});
