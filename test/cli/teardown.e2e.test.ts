import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ToldTerminal } from "../../bench/parts/told-terminal";
import { commands } from "../../cli/commands";
import { cloudResources } from "../../cli/deployment";
import type { Deployment } from "../../cli/deployment";
import { startLocalAzure } from "../../cli/local-azure";
import { places } from "../../cli/places";
import type { Places } from "../../cli/places";
import { deletionWaves } from "../../cli/teardown-plan";
import { stateFile } from "../../cli/workspace";

const minutes = 60_000;
const repository = resolve(__dirname, "..", "..");

/** A clone with stack files that a test may change, and a home of its own. */
class Clone {
    readonly folder = mkdtempSync(join(tmpdir(), "mlplatform-clone-"));
    readonly at: Places = { ...places(join(this.folder, "home")), root: this.folder };

    constructor() {
        for (const file of ["Pulumi.yaml", "Pulumi.prod.yaml", "package.json"])
            copyFileSync(join(repository, file), join(this.folder, file));
        for (const folder of ["node_modules", "tools", "bootstrap"])
            symlinkSync(join(repository, folder), join(this.folder, folder));
        mkdirSync(this.at.home, { recursive: true });
    }

    /** Runs a command as it is typed, and hands back what it printed; what it refuses is thrown. */
    async run(name: string, args: string[], values: Record<string, boolean | string> = {}): Promise<string> {
        const out = new ToldTerminal();
        const command = commands.find((one) => one.name === name);
        if (command === undefined) throw new Error(`no command ${name}`);
        await command.run({ at: this.at, terminal: out.terminal, signal: new AbortController().signal }, args, values);
        return out.told;
    }

    setConfig(stack: string, line: string): void {
        const file = join(this.folder, `Pulumi.${stack}.yaml`);
        writeFileSync(file, `${readFileSync(file, "utf8")}  ${line}\n`);
    }

    state(stack: string): Deployment {
        const { checkpoint } = JSON.parse(readFileSync(stateFile(this.at, stack), "utf8")) as {
            checkpoint: { latest: Deployment["deployment"] };
        };
        return { version: 3, deployment: checkpoint.latest };
    }

    async idsInAzure(): Promise<string[]> {
        const sandbox = await startLocalAzure(this.at);
        try {
            return sandbox.azure.list().map(({ id }) => id);
        } finally {
            await sandbox.stop();
        }
    }

    remove(): void {
        rmSync(this.folder, { recursive: true, force: true });
    }
}

const clone = new Clone();
beforeAll(() => {
    // Of the cluster, nothing is asked here.
    process.env.MLPLATFORM_KUBERNETES = "off";
});
afterAll(() => {
    clone.remove();
});

test(
    "prod goes only after a change of its own, its lock first",
    async () => {
        expect(await clone.run("teardown", ["prod"])).toContain("nothing of it is there");
        await clone.run("up", ["prod"]);
        const plan = await clone.run("teardown", ["prod"]);
        expect(plan).toMatch(/\d+ resources that hold keys.*; locked: data-lock on rg-mlp-prod-sdc-data/);
        expect(plan).toMatch(/operations, security, finance sign:\n +pulumi config set mlplatform:teardown true/);
        const there = await clone.idsInAzure();
        await expect(clone.run("teardown", ["prod"], { yes: true })).rejects.toThrow(/"prod" is protected/);
        await expect(clone.run("stop", ["prod"])).rejects.toThrow(/mlplatform:teardown true --stack prod/);
        expect(await clone.idsInAzure()).toEqual(there);

        const waves = deletionWaves(clone.state("prod"));
        const lock = waves.findIndex((wave) => wave.some(({ type }) => type.endsWith(":ManagementLockByScope")));
        const beside = waves.slice(0, lock + 1).flat();
        const locked = beside.filter(({ id, type }) => (id ?? "").includes("-data/") && !type.endsWith("LockByScope"));
        expect(locked.map(({ urn }) => urn)).toEqual([]); // Azure deletes nothing under the lock

        clone.setConfig("prod", "mlplatform:teardown: true");
        const told = await clone.run("teardown", ["prod"], { yes: true });
        expect(told).toMatch(/mlplatform:teardown is on: the next up lifts it from \d+ resources/);
        expect(told).toMatch(/protection lifted from \d+ resources/);
        expect(told).toMatch(/looked for all \d+ resources: none is left/);
        expect(await clone.idsInAzure()).toEqual([]);
        expect(cloudResources(clone.state("prod"))).toEqual([]);
    },
    4 * minutes,
);
