import { execFile, spawn } from "node:child_process";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { writeWhole } from "../sandbox/files";
import { readFacts } from "../sandbox/kubernetes/azure-facts";
import type { AzureFacts } from "../sandbox/kubernetes/azure-facts";
import { runningControlPlane } from "../sandbox/kubernetes/control-plane/control-plane";
import type { ControlPlane } from "../sandbox/kubernetes/control-plane/control-plane";
import { userKubeconfig } from "../sandbox/kubernetes/control-plane/kubeconfig";
import { clusterFiles } from "../sandbox/kubernetes/control-plane/settings";
import { Directory } from "../sandbox/kubernetes/identity/directory";
import { sandboxFiles } from "../sandbox/kubernetes/identity/places";
import { controlPlanePrograms } from "./control-planes";
import type { Places } from "./places";
import type { Context } from "./stack-run";
import { table } from "./table";
import { UserError } from "./user-error";
import { stackFiles } from "./workspace";

interface RunningCluster {
    facts: AzureFacts;
    plane: ControlPlane;
}

/** Runs kubectl against the cluster of a stack's environment, as whom one likes. Resolves with its exit code. */
export async function kubectl(context: Context, stack: string, args: readonly string[], as?: string): Promise<void> {
    const { at, terminal } = context;
    const config = writeKubeconfig(at, stack);
    if (as !== undefined) known(at, as);
    const binaries = await controlPlanePrograms(at, (text) => {
        terminal.step(text);
    });
    const env = { ...process.env, KUBECONFIG: config, ...(as !== undefined && { MLPLATFORM_IDENTITY: as }) };
    const child = spawn(join(binaries, "kubectl"), [...args], { env, stdio: "inherit" });
    process.exitCode = await new Promise<number>((resolve, reject) => {
        child.once("error", reject);
        child.once("exit", (code, signal) => {
            resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
        });
    });
}

/** Objects of the cluster of a stack's environment, everywhere, as `kubectl get` has them, whatever the caller's rights. */
export async function objectsOf({ at, terminal }: Context, stack: string, kinds: string): Promise<unknown[]> {
    const { plane } = clusterOf(at, stack);
    const binaries = await controlPlanePrograms(at, (text) => {
        terminal.step(text);
    });
    const { stdout } = await promisify(execFile)(
        join(binaries, "kubectl"),
        ["--kubeconfig", plane.adminKubeconfig, "get", kinds, "--all-namespaces", "--output", "json"],
        { maxBuffer: 256 * 1024 * 1024 },
    );
    return (JSON.parse(stdout) as { items: unknown[] }).items;
}

/** Writes a kubeconfig that any kubectl takes, and tells where it is. */
export function kubeconfig({ at, terminal }: Context, stack: string): void {
    terminal.line(writeKubeconfig(at, stack));
}

/** Lists whom the sandbox's directory has. */
export function identities({ at, terminal }: Context): void {
    const rows = directoryOf(at)
        .principals()
        .map(({ name, objectId, groups }) => [name, objectId, groups.length > 0 ? `in ${groups.join(", ")}` : ""]);
    for (const line of table([...rows, ["group:OBJECT-ID", "a member of that group", ""]], "")) terminal.line(line);
}

/** @throws UserError naming those that there are. */
function known(at: Places, name: string): void {
    try {
        directoryOf(at).find(name);
    } catch (fault) {
        throw new UserError(fault instanceof Error ? fault.message : String(fault));
    }
}

const directoryOf = (at: Places): Directory => new Directory(dirname(at.sandboxStore));

/** The server is reached on the loopback and shows the certificate of its real name; tokens come from the sandbox. */
function writeKubeconfig(at: Places, stack: string): string {
    const { facts, plane } = clusterOf(at, stack);
    const { name, hostNames } = facts.cluster;
    const [serverName] = hostNames;
    const file = join(plane.folder, "kubeconfig");
    const text = userKubeconfig({
        ...{ name, server: plane.server, authority: plane.authority, tenantId: facts.tenantId },
        ...(serverName !== undefined && { serverName }),
        command: join(sandboxFiles(dirname(at.sandboxStore)).bin, "kubelogin"),
    });
    writeWhole(file, text);
    return file;
}

/** The cluster of the stack's environment. */
function clusterOf(at: Places, stack: string): RunningCluster {
    const environment = stackFiles(at).find(({ name }) => name === stack)?.environment;
    if (environment === undefined) throw new UserError(`there is no stack "${stack}" with an environment`);
    const folders = sandboxFiles(dirname(at.sandboxStore)).allClusters();
    for (const folder of folders) {
        const facts = readFacts(clusterFiles(folder).azure);
        if (facts?.cluster.tags.environment !== environment) continue;
        const plane = runningControlPlane(folder);
        if (plane) return { facts, plane };
        throw new UserError(
            `the control plane of cluster ${facts.cluster.name} does not run: \`npm start\`, or any command that opens the sandbox, starts it again`,
        );
    }
    throw new UserError(`${environment} has no cluster in the sandbox: \`npm start\` brings one up`);
}
