import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exceptionFaults, judge, unusedIn } from "../scan/exceptions";
import type { Exception, Found, Judged } from "../scan/exceptions";
import type { ScanResult } from "../scan/finding";
import { table } from "../table";
import { UserError } from "../user-error";
import { asDocuments, type KubernetesObject, type Manifest } from "./manifest";
import { readCheckovManifests, readControllers, readKubeScore, readSchemas } from "./readers";

/** Makes each scanner read the manifests of one stack. */
export type ManifestScanners = (manifests: readonly Manifest[], minors: readonly string[]) => Promise<ScanResult[]>;

/** The objects of one stack, and the minor versions of Kubernetes that take them. */
export interface StackManifests {
    manifests: readonly Manifest[];
    minors: readonly string[];
}

/** What the scanners say, as lines, and everything that makes the check fail. */
export async function manifestVerdict(
    stacks: ReadonlyMap<string, StackManifests>,
    exceptions: readonly Exception[],
    read: ManifestScanners,
): Promise<{ lines: string[]; faults: string[] }> {
    const judged: Judged[] = [];
    const rows: (string | number)[][] = [["stack", "scanner", "checks", "listed", "failed"]];
    for (const [stack, { manifests, minors }] of stacks) {
        const ownNames = new Map(manifests.map(({ ownName, object }) => [key(object), ownName]));
        for (const result of await read(manifests, minors)) {
            const found = result.failed.map((finding): Found => {
                return { ...finding, stack, ownName: ownNames.get(`${finding.type} ${finding.name}`) ?? finding.name };
            });
            const ours = judge(found, exceptions);
            judged.push(...ours);
            const listed = ours.filter(({ exception }) => exception).length;
            rows.push([stack, `${result.scanner} ${result.version}`, result.checks, listed, ours.length - listed]);
        }
    }
    const open = judged.filter(({ exception }) => !exception).map(({ found }) => found);
    return {
        lines: table(rows),
        faults: [
            ...exceptionFaults(exceptions),
            ...open.map(({ stack, scanner, rule, title, type, ownName }) => {
                return `${stack}: ${scanner} ${rule} on ${type} "${ownName}": ${title}`;
            }),
            ...unusedIn(judged, exceptions, [...stacks.keys()]),
            ...(await overlooked(stacks, read)),
        ],
    };
}

const key = ({ kind, metadata }: KubernetesObject): string =>
    `${kind} ${[metadata.namespace ?? "default", metadata.name].join("/")}`;

/** What each scanner must see in an object that is wrong on purpose: one that does not reads something else. */
const seenBy: Readonly<Record<string, string>> = {
    ...{ schema: "schema", "kube-score": "container-security-context-readonlyrootfilesystem" },
    ...{ checkov: "CKV_K8S_16", controllers: "one-controller" },
};

async function overlooked(stacks: ReadonlyMap<string, StackManifests>, read: ManifestScanners): Promise<string[]> {
    const minors = [...new Set([...stacks.values()].flatMap((stack) => stack.minors))];
    if (stacks.size === 0) return [];
    return (await read(weakened, minors)).flatMap(({ scanner, version, failed }) => {
        const rule = seenBy[scanner];
        const seen = failed.some((finding) => finding.rule === rule);
        return seen ? [] : [`${scanner} ${version} does not see what is wrong on purpose (${rule ?? "no rule"})`];
    });
}

const metadata = { name: "open", namespace: "team-open" };
const scaler = (name: string): Manifest => ({
    ownName: name,
    object: {
        ...{ apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler", metadata: { ...metadata, name } },
        spec: { maxReplicas: 2, scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "open" } },
    },
});

/** Root, privileged, writable, misspelt, and scaled by two. */
const weakened: readonly Manifest[] = [
    {
        ownName: "open",
        object: {
            ...{ apiVersion: "apps/v1", kind: "Deployment", metadata },
            spec: {
                replica: 1,
                selector: { matchLabels: { app: "open" } },
                template: {
                    metadata: { labels: { app: "open" } },
                    spec: { containers: [{ name: "open", image: "open", securityContext: { privileged: true } }] },
                },
            },
        },
    },
    ...["one", "other"].map(scaler),
];

/** Where the bootstrap has put what reads manifests. */
function tools(): { kubeScore: string; checkov: string; definitions: string; readers: Record<string, string> } {
    const from = (name: string): string => {
        const value = process.env[name];
        if (value === undefined || value === "") throw new UserError("the scanners are not there: run `npm run scan`");
        return value;
    };
    return {
        ...{ kubeScore: from("MLPLATFORM_KUBE_SCORE"), checkov: from("MLPLATFORM_CHECKOV") },
        definitions: from("MLPLATFORM_DEFINITIONS"),
        readers: JSON.parse(from("MLPLATFORM_MANIFEST_READERS")) as Record<string, string>,
    };
}

/** Checkov, kube-score and the strict readers. */
export const manifestScanners: ManifestScanners = async (manifests, minors) => {
    const { kubeScore, checkov, definitions, readers } = tools();
    const folder = mkdtempSync(join(tmpdir(), "mlplatform-manifests-"));
    try {
        const file = join(folder, "manifests.yaml");
        writeFileSync(file, asDocuments(manifests));
        const schemas = await Promise.all(
            minors.map(async (minor) => {
                const reader = readers[minor];
                if (reader === undefined)
                    throw new UserError(
                        `there are no types of Kubernetes ${minor}, only of ${Object.keys(readers).join(", ")}: add tools/scanners/manifests/v${minor}.mod`,
                    );
                const objects = JSON.stringify(manifests.map(({ object }) => object));
                return readSchemas(await output(reader, [definitions], objects), manifests, minor);
            }),
        );
        const version = (await output(kubeScore, ["version"])).trim().replace(/^kube-score version: /, "");
        const what = ["--framework", "kubernetes", "-o", "json", "--compact", "--soft-fail"];
        return [
            ...schemas,
            readControllers(manifests),
            readKubeScore(await output(kubeScore, ["score", "-o", "json", file]), version.split(",", 1)[0] ?? version),
            readCheckovManifests(await output(checkov, ["-f", file, ...what])),
        ];
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
};

/** Nothing of a plan leaves the machine: Checkov would ask its makers for severities. */
const offline = { BC_SKIP_MAPPING: "TRUE", CKV_SKIP_PACKAGE_UPDATE_CHECK: "TRUE" };

function output(command: string, args: readonly string[], input = ""): Promise<string> {
    const options = { maxBuffer: 64 * 1024 * 1024, env: { ...process.env, ...offline } };
    return new Promise((done, fail) => {
        const child = execFile(command, args, options, (fault, stdout, stderr) => {
            // kube-score ends with 1 when it found something; what it found is judged here.
            if (fault && stdout === "")
                fail(new Error(`${command} failed: ${stderr.trim().split("\n").slice(-5).join("\n")}`));
            else done(stdout);
        });
        child.stdin?.end(input);
    });
}
