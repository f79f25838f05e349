import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { azureTypes } from "../sandbox/azure/types";
import type { ControlPlanesOptions } from "../sandbox/kubernetes/control-planes";
import { DockerBuilder } from "../sandbox/docker/builder";
import { startSandbox } from "../sandbox/sandbox";
import type { Sandbox } from "../sandbox/sandbox";
import { readOwn, textOf, writeWhole } from "../sandbox/files";
import type { Places } from "./places";
import { UserError } from "./user-error";

/** How the sandbox's Azure behaves in this run. */
export interface AzureBehaviour {
    /** Real seconds per second of Azure's published durations. @default 0, instant */
    clock?: number;
    /** Same seed, same faults. @default 1 */
    seed?: number;
    /** Share of requests that fail, 0 to 1. @default 0 */
    faultRate?: number;
    /** Previews are told what Azure would answer, on a copy of the subscription that goes away. @default false */
    foresees?: boolean;
}

/**
 * Starts the sandbox on the subscription that this home keeps, by default without control planes for its clusters.
 * @param say Tells of images that are built. @default nobody is told
 */
export async function startLocalAzure(
    at: Places,
    behaviour: AzureBehaviour = {},
    controlPlanes?: ControlPlanesOptions,
    say?: (text: string) => void,
): Promise<Sandbox> {
    const { clock = 0, seed = 1, faultRate = 0, foresees = false } = behaviour;
    const schemaPath = await schemaOf(at);
    const copy = foresees ? copyOf(at.sandboxStore) : undefined;
    try {
        const sandbox = await startSandbox({
            ...{ store: copy?.store ?? at.sandboxStore, schemaPath, clock, foresees },
            ...(faultRate > 0 && { faults: { seed, rate: faultRate } }),
            ...(controlPlanes && !foresees && { controlPlanes }),
            docker: {
                ...{ project: at.root, builder: new DockerBuilder(join(at.home, "registry")) },
                ...(say && { say }),
            },
        });
        return copy ? { ...sandbox, stop: () => sandbox.stop().finally(copy.remove) } : sandbox;
    } catch (fault) {
        copy?.remove();
        // What SQLite says of a file that is none, or of one that was cut short.
        const damaged = fault instanceof Error && /not a database|malformed|disk image/i.test(fault.message);
        if (!damaged) throw fault;
        throw new UserError(
            `${at.sandboxStore} is damaged, and it was all that the sandbox's Azure had. ` +
                `Begin anew: rm -rf ${dirname(at.sandboxStore)} ${at.state}`,
        );
    }
}

/** A copy of a closed store, with what SQLite has not yet folded into it. */
function copyOf(store: string): { store: string; remove: () => void } {
    const folder = mkdtempSync(join(tmpdir(), "mlplatform-foreseen-"));
    const copied = join(folder, "azure.db");
    for (const suffix of ["", "-wal"]) {
        if (existsSync(store + suffix)) copyFileSync(store + suffix, copied + suffix);
    }
    const remove = (): void => {
        rmSync(folder, { recursive: true, force: true });
    };
    return { store: copied, remove };
}

/** The schema file, made again when the provider, our list of types or the extractor has changed, or it is damaged. */
export async function schemaOf(at: Places): Promise<string> {
    const path = join(at.root, ".mlplatform", "schema.json");
    const stamp = `${path}.stamp`;
    const tokens = azureTypes.map(({ token }) => token);
    const provider = join(at.root, "node_modules", "@pulumi", "azure-native", "package.json");
    const wanted = digest([readFileSync(provider, "utf8"), tokens.join(), extractorText()]);
    if (textOf(stamp) === wanted && readOwn(path) !== undefined) return path;
    if (readOwn(path) === undefined) rmSync(path, { force: true });
    // Loaded only here: it brings the TypeScript compiler along.
    const { ensureSchema } = await import("../tools/extract-schema");
    ensureSchema(path, tokens);
    writeWhole(stamp, wanted);
    return path;
}

function extractorText(): string {
    return readFileSync(require.resolve("../tools/extract-schema"), "utf8");
}

function digest(parts: readonly string[]): string {
    return createHash("sha256").update(parts.join("\0")).digest("hex");
}
