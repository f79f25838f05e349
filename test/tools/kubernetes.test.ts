import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { useOwnCache } from "./own-cache";

type Way = (folder: string) => Promise<string | undefined>;
const { ensureKubernetes, kubernetesFolder, versionsOf } = jest.requireActual<{
    ensureKubernetes: (ways?: { download: Way; build: Way }) => Promise<string>;
    kubernetesFolder: () => string;
    versionsOf: () => Record<string, string>;
}>("../../tools/kubernetes.cjs");

const tools = resolve(__dirname, "..", "..", "tools");
const programs = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl", "kwok"];
const cache = useOwnCache("kubernetes");
let tried: string[];

beforeEach(() => {
    tried = [];
});

/** Ways that put programs there: a way without an answer of its own puts all of them. */
function ensure(downloads: boolean, built: readonly string[] = programs): Promise<string> {
    const way = (name: string, puts: readonly string[], answer?: string): Way => {
        return async (folder) => {
            tried.push(name);
            for (const program of puts) writeFileSync(join(folder, program), "");
            await new Promise((done) => setTimeout(done, 50));
            return answer;
        };
    };
    const download = downloads ? way("download", programs) : way("download", ["half"], "not reachable");
    return ensureKubernetes({ download, build: way("build", built) });
}

test("the control plane is downloaded once, outside the clone, even by two at a time", async () => {
    const [one, other] = await Promise.all([ensure(true), ensure(true)]);
    expect(tried).toEqual(["download"]);
    expect(other).toBe(one);
    expect(one.startsWith(cache())).toBe(true);
    await ensure(true);
    expect(tried).toHaveLength(1);
});

test("it is built where the download does not come through, with nothing left of that", async () => {
    const folder = await ensure(false);
    expect(tried).toEqual(["download", "build"]);
    expect(readdirSync(folder).sort()).toEqual(["complete", ...programs]);
});

test("one that came without a program, or was cut short, is made anew", async () => {
    await expect(ensure(false, ["etcd", "kwok"])).rejects.toThrow(
        "came without kube-apiserver, kube-controller-manager, kube-scheduler, kubectl",
    );
    expect(existsSync(join(kubernetesFolder(), "complete"))).toBe(false);
    await ensure(true);
    expect(tried).toEqual(["download", "build", "download"]);
});

test("a download is of the versions that a build is pinned to", () => {
    expect(versionsOf()).toEqual({ kubernetes: "1.34.1", etcd: "3.6.5", kwok: "0.8.0" });
});

test("without a network and without Go, the error says what to do", () => {
    const bin = join(cache(), "bin");
    mkdirSync(bin);
    const { status, stderr } = spawnSync(process.execPath, [join(tools, "kubernetes.cjs")], {
        env: { PATH: bin, HOME: cache(), XDG_CACHE_HOME: cache(), HTTPS_PROXY: "http://127.0.0.1:9" },
        encoding: "utf8",
    });
    expect(stderr).toContain("kubernetes: no download");
    expect(stderr).toContain("Install Go 1.21 or later");
    expect(stderr).toContain("MLPLATFORM_KUBERNETES=off");
    expect(status).toBe(1);
});
