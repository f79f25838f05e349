import { execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { ownRepository } from "../facts/own-images";
import type { ControlPlanesOptions } from "../sandbox/kubernetes/control-planes";
import { processesOf } from "../sandbox/kubernetes/control-plane/control-plane";
import type { ControlPlane } from "../sandbox/kubernetes/control-plane/control-plane";
import type { ClusterSettings } from "../sandbox/kubernetes/control-plane/settings";
import type { Places } from "./places";

type Say = (text: string) => void;

/** Does the user keep clusters without a control plane? */
export const isKubernetesOff = (): boolean => process.env.MLPLATFORM_KUBERNETES === "off";

/** How this home's clusters get their control planes; undefined when the user keeps them off. */
export function controlPlanesOf(at: Places, say: Say): ControlPlanesOptions | undefined {
    if (isKubernetesOff()) return undefined;
    const build = join(at.root, ".mlplatform", "build");
    return {
        folder: dirname(at.sandboxStore),
        compiled: join(build, "sandbox", "kubernetes"),
        binaries: () => controlPlanePrograms(at, say),
        definitions: () => installed(at, "definitions.cjs", "MLPLATFORM_DEFINITIONS", say),
        programs: { [ownRepository("scoring")]: join(build, "images", "scoring", "main.js") },
        controllers: () => controllersOf(at, say),
        say,
    };
}

/** Folder of the control plane's programs, made beside whatever else goes on; says how that goes. */
export function controlPlanePrograms(at: Places, say: Say = () => undefined): Promise<string> {
    return installed(at, "kubernetes.cjs", "MLPLATFORM_KUBERNETES_BIN", say);
}

/** Folder that a tool tells once it has made it; a variable of the environment knows it already. */
function installed(at: Places, tool: string, variable: string, say: Say): Promise<string> {
    const known = process.env[variable] ?? "";
    if (known !== "" && existsSync(known)) return Promise.resolve(known);
    return new Promise((resolve, reject) => {
        const stdio = ["ignore", "pipe", "pipe"] as const;
        const child = spawn(process.execPath, [join(at.root, "tools", tool)], { stdio: [...stdio] });
        let [folder, last] = ["", ""];
        child.stdout.on("data", (data: Buffer) => (folder += data.toString()));
        child.stderr.on("data", (data: Buffer) => {
            for (const line of data.toString().split("\n")) {
                // Without the time that it has taken itself: what is said here has its own.
                const text = line.replace(/^\[ *\d+ s\] /, "").trim();
                if (text !== "") say((last = text));
            }
        });
        child.once("error", reject);
        child.once("close", (code) => {
            if (code === 0) resolve(folder.trim());
            else reject(new Error(last));
        });
    });
}

/** Folders of the controllers of charts. Those that are missing are being made from now on; says so. */
function controllersOf(at: Places, say: Say): NonNullable<ClusterSettings["controllers"]> {
    const script = join(at.root, "tools", "controllers.cjs");
    const answer = execFileSync(process.execPath, [script, "begin"], { encoding: "utf8" });
    const { note, folders } = JSON.parse(answer) as {
        note?: string;
        folders: NonNullable<ClusterSettings["controllers"]>;
    };
    if (note !== undefined) say(note);
    return folders;
}

/** What a control plane costs, in a line. */
export function costOf(plane: ControlPlane): string {
    const pids = processesOf(plane.folder);
    const kilobytes = execFileSync("ps", ["-o", "rss=", "-p", pids.join()], { encoding: "utf8" })
        .split("\n")
        .reduce((sum, line) => sum + Number(line), 0);
    const seconds = (plane.readyAfterMs / 1000).toFixed(1);
    return `ready in ${seconds} s, ${(kilobytes / 1024).toFixed(0)} MB in ${pids.length} processes`;
}
