import { execFile, spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import {
    cpSync,
    existsSync,
    mkdirSync,
    mkdtempSync,
    readFileSync,
    realpathSync,
    renameSync,
    rmSync,
    symlinkSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { programIn } from "../../sandbox/docker/local-registry";

const run = promisify(execFile);
const path = `${process.env.PATH ?? ""}:/usr/sbin:/sbin`;
const programs = ["dockerd", "docker", "docker-registry", "debootstrap"];

/** What this machine lacks to run a Docker engine for tests; empty when it lacks nothing. */
export const lacking: readonly string[] = [
    ...(process.getuid?.() === 0 ? [] : ["root"]),
    ...programs.filter((name) => programIn(path, name) === undefined),
];

const suite = "bookworm";
/** Where this machine has its own packages from. No day of it is kept there: what the tests build is of today. */
const debian = "http://deb.debian.org/debian";

/** A Docker engine of the tests' own: its images, its socket, no network of its own. */
export class DockerMachine {
    private constructor(
        readonly folder: string,
        private readonly daemon: ChildProcess,
    ) {}

    static async start(): Promise<DockerMachine> {
        const folder = mkdtempSync(join(tmpdir(), "mlplatform-dockerd-"));
        const socket = join(folder, "docker.sock");
        const own = ["--data-root", join(folder, "data"), "--exec-root", join(folder, "exec")];
        const at = ["-H", `unix://${socket}`, "--pidfile", join(folder, "pid")];
        const bare = ["--iptables=false", "--ip6tables=false", "--bridge=none"];
        const env = { ...process.env, PATH: path };
        const machine = new DockerMachine(folder, spawn("dockerd", [...own, ...at, ...bare], { stdio: "ignore", env }));
        for (let tries = 0; ; tries++) {
            try {
                await machine.docker("version");
                return machine;
            } catch (fault) {
                if (tries >= 100) throw fault;
                await new Promise((done) => setTimeout(done, 200));
            }
        }
    }

    /** Variables by which the sandbox finds the engine, and Debian's registry. */
    get environment(): NodeJS.ProcessEnv {
        return {
            ...process.env,
            PATH: path,
            DOCKER_HOST: `unix://${join(this.folder, "docker.sock")}`,
            MLPLATFORM_REGISTRY: "",
            MLPLATFORM_DEBIAN_ARCHIVE: debian,
        };
    }

    async docker(...args: readonly string[]): Promise<string> {
        const { stdout } = await run("docker", args, { env: this.environment, maxBuffer: 1 << 26 });
        return stdout.trim();
    }

    /** Gives the engine Debian with Node, npm and Python, by names of publishers: nothing is pulled. */
    async importBase(...names: readonly string[]): Promise<void> {
        const archive = await baseArchive();
        // As this machine trusts whom it fetches packages from.
        const trust =
            "ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt PIP_CERT=/etc/ssl/certs/ca-certificates.crt";
        for (const name of names) await this.docker("import", "--change", trust, archive, name);
    }

    async stop(): Promise<void> {
        const ended = new Promise((done) => this.daemon.on("exit", done));
        this.daemon.kill();
        await ended;
        // The engine leaves the network of its containers mounted.
        await run("umount", [join(this.folder, "exec", "netns", "default")], { env: { PATH: path } }).catch(
            () => undefined,
        );
        rmSync(this.folder, { recursive: true, force: true });
    }
}

/** Debian's packages as an archive, made once for this recipe. */
async function baseArchive(): Promise<string> {
    const node = realpathSync(join(__dirname, "..", "..", "node_modules", "node", "bin", "node"));
    const recipe = createHash("sha256")
        .update(readFileSync(__filename))
        .update(process.version)
        .digest("hex")
        .slice(0, 16);
    const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "mlplatform", "docker-base");
    const archive = join(cache, `${recipe}.tar`);
    if (existsSync(archive)) return archive;
    mkdirSync(cache, { recursive: true });
    const root = mkdtempSync(join(tmpdir(), "mlplatform-debian-"));
    try {
        const env = { ...process.env, PATH: path };
        const more = ["ca-certificates", "python3", "python3-venv"].join(",");
        await run("debootstrap", ["--variant=minbase", `--include=${more}`, suite, root, debian], {
            ...{ env, maxBuffer: 1 << 26 },
        });
        const local = join(root, "usr", "local");
        cpSync(node, join(local, "bin", "node"));
        const npm = realpathSync(programIn(path, "npm") ?? "npm");
        cpSync(dirname(dirname(npm)), join(local, "lib", "node_modules", "npm"), { recursive: true });
        for (const name of ["npm", "npx"])
            symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(local, "bin", name));
        symlinkSync("/usr/bin/python3", join(local, "bin", "python"));
        const trusted = "etc/ssl/certs/ca-certificates.crt";
        if (existsSync(`/${trusted}`)) cpSync(`/${trusted}`, join(root, trusted));
        rmSync(join(root, "var", "cache", "apt", "archives"), { recursive: true, force: true });
        const draft = `${archive}.${process.pid}`;
        await run("tar", ["-C", root, "-cf", draft, "."]);
        renameSync(draft, archive);
        return archive;
    } finally {
        rmSync(root, { recursive: true, force: true });
    }
}
