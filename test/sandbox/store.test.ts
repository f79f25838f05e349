import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InstantClock, ScaledClock } from "../../sandbox/azure/clock";
import { inputs, openWidgets, root, safeId, tokens } from "./widgets";

let folder: string;
beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "mlplatform-store-"));
});
afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
});

test("what was accepted is there when the store is opened again", async () => {
    const store = join(folder, "azure.db");
    const first = openWidgets({ store });
    await first.azure.put(tokens.group, inputs.group);
    await first.azure.put(tokens.safe, inputs.safe);
    await first.azure.put(tokens.net, inputs.net);
    await first.azure.delete(safeId);
    first.azure.close();
    const { azure } = openWidgets({ store });
    expect(azure.list().map(({ token }) => token)).toEqual([tokens.group, tokens.net]);
    expect(azure.softDeleted(tokens.safe).map(({ id }) => id)).toEqual([safeId]);
    expect(azure.now()).toBeGreaterThanOrEqual(first.azure.now());
});

describe("a write that was accepted before the process died", () => {
    /** Leaves a store behind in which a write is under way, as a process that was killed does. */
    function dieDuring(write: "create" | "delete"): Promise<string> {
        const store = join(folder, "azure.db");
        const script = `
            const { openWidgets, tokens, inputs, safeId } = require("./test/sandbox/widgets");
            const { InstantClock } = require("./sandbox/azure/clock");
            const { azure } = openWidgets({ store: ${JSON.stringify(store)}, clock: new InstantClock() });
            azure.put(tokens.group, inputs.group)
                .then(() => "${write}" === "delete" && azure.put(tokens.safe, inputs.safe))
                .then(() => {
                    azure.clock.wait = () => new Promise(() => undefined); // Azure is still at it
                    void ("${write}" === "delete" ? azure.delete(safeId) : azure.put(tokens.safe, inputs.safe));
                    process.kill(process.pid, "SIGKILL");
                });`;
        const main = join(folder, "main.cjs");
        writeFileSync(
            main,
            `${loader}process.chdir(${JSON.stringify(process.cwd())});${script.replaceAll('require("./', `require("${process.cwd()}/`)}`,
        );
        return new Promise((resolve, reject) => {
            spawn(process.execPath, [main], { stdio: "inherit" }).on("exit", (_, signal) => {
                if (signal === "SIGKILL") resolve(store);
                else reject(new Error("the process was to be killed"));
            });
        });
    }

    test("is still running, then done, where operations take time", async () => {
        const store = await dieDuring("create");
        const { azure } = openWidgets({ store, clock: new ScaledClock(0.05) });
        expect(azure.get(safeId)?.outputs.provisioningState).toBe("Creating");
        await expect(azure.put(tokens.safe, inputs.safe)).rejects.toMatchObject({ code: "AnotherOperationInProgress" });
        await new Promise((resolve) => setTimeout(resolve, 500));
        expect(azure.get(safeId)?.outputs.provisioningState).toBe("Succeeded");
    });

    test("is done on the instant clock", async () => {
        const { azure } = openWidgets({ store: await dieDuring("create"), clock: new InstantClock() });
        expect(azure.get(safeId)?.outputs.provisioningState).toBe("Succeeded");
    });

    test("takes the resource away when it was a delete", async () => {
        const { azure } = openWidgets({ store: await dieDuring("delete"), clock: new InstantClock() });
        expect(azure.get(safeId)).toBeUndefined();
        expect(azure.get(root)).toBeDefined();
        expect(azure.softDeleted(tokens.safe)).toHaveLength(1);
    });
});

/** Lets a plain Node process load the sources. */
const loader = `
    const { readFileSync } = require("node:fs");
    const { transformSync } = require(${JSON.stringify(require.resolve("@swc/core"))});
    const options = { jsc: { parser: { syntax: "typescript" }, target: "es2023" }, module: { type: "commonjs" } };
    require.extensions[".ts"] = (module, filename) =>
        module._compile(transformSync(readFileSync(filename, "utf8"), { ...options, filename }).code, filename);
`;
