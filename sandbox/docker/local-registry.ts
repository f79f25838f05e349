import { spawn } from "node:child_process";
import { accessSync, constants, mkdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { writeWhole } from "../files";
import { freePorts } from "../kubernetes/control-plane/ports";
import { LocalRegistry } from "./registry";

/** A registry to push to, for as long as it is needed. */
export interface GivenRegistry {
    registry: LocalRegistry;
    /** Ends it, if it was started for this. */
    stop(): Promise<void>;
}

/** Variable that names a registry of this machine. */
const variable = "MLPLATFORM_REGISTRY";

/**
 * The registry that `MLPLATFORM_REGISTRY` names, such as `127.0.0.1:5000`; without, Debian's `docker-registry`, started for
 * this process with what it held before.
 * @param folder Where it keeps what it holds.
 * @throws Error when the one that is named does not answer, or is of another machine: it asks for no sign-in
 */
export async function giveRegistry(
    folder: string,
    environment: NodeJS.ProcessEnv = process.env,
): Promise<GivenRegistry | { cannot: string }> {
    const named = environment[variable] ?? "";
    if (named !== "") {
        if (!/^(?:127(?:\.\d+){3}|localhost):\d+$/.test(named))
            throw new Error(`${variable} must be 127.0.0.1:PORT, a registry of this machine, got "${named}"`);
        const registry = new LocalRegistry(named);
        await registry.check();
        return { registry, stop: () => Promise.resolve() };
    }
    const program = programIn(environment.PATH ?? "", "docker-registry");
    if (program === undefined)
        return { cannot: `no registry of this machine: ${variable} names none, and docker-registry is not installed` };
    return await started(program, folder);
}

async function started(program: string, folder: string): Promise<GivenRegistry> {
    mkdirSync(folder, { recursive: true });
    const { registry: port } = await freePorts(["registry"]);
    const host = `127.0.0.1:${port}`;
    const config = join(folder, "config.yml");
    const settings = {
        ...{ version: "0.1", log: { level: "error", accesslog: { disabled: true } }, http: { addr: host } },
        storage: { filesystem: { rootdirectory: join(folder, "data") }, delete: { enabled: true } },
    };
    // JSON is YAML.
    writeWhole(config, JSON.stringify(settings));
    const child = spawn(program, ["serve", config], { stdio: "ignore" });
    const ended = new Promise<void>((resolve) => {
        child.on("exit", () => {
            resolve();
        });
        child.on("error", () => {
            resolve();
        });
    });
    const registry = new LocalRegistry(host);
    const stop = async (): Promise<void> => {
        // It would wait for connections that engines keep; what was pushed is on disk.
        child.kill("SIGKILL");
        await ended;
    };
    for (let tries = 0; ; tries++) {
        try {
            await registry.check();
            return { registry, stop };
        } catch (fault) {
            if (tries >= 100 || child.exitCode !== null) {
                await stop();
                throw new Error(`${program} does not answer at ${host}`, { cause: fault });
            }
            await new Promise((done) => setTimeout(done, 100));
        }
    }
}

/** A program of the path. */
export function programIn(path: string, name: string): string | undefined {
    return path
        .split(delimiter)
        .map((folder) => join(folder, name))
        .find((file) => {
            try {
                accessSync(file, constants.X_OK);
                return true;
            } catch {
                return false;
            }
        });
}
