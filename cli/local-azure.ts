import { createHash } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { azureTypes } from "../sandbox/azure/types";
import { startSandbox } from "../sandbox/sandbox";
import type { Sandbox } from "../sandbox/sandbox";
import { readOwn, textOf, writeWhole } from "./files";
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
}

/** Starts the sandbox on the subscription that this home keeps. */
export async function startLocalAzure(at: Places, behaviour: AzureBehaviour = {}): Promise<Sandbox> {
    const { clock = 0, seed = 1, faultRate = 0 } = behaviour;
    const schemaPath = await schemaOf(at);
    try {
        return await startSandbox({
            ...{ store: at.sandboxStore, schemaPath, clock },
            ...(faultRate > 0 && { faults: { seed, rate: faultRate } }),
        });
    } catch (fault) {
        // What SQLite says of a file that is none, or of one that was cut short.
        const damaged = fault instanceof Error && /not a database|malformed|disk image/i.test(fault.message);
        if (!damaged) throw fault;
        throw new UserError(
            `${at.sandboxStore} is damaged, and it was all that the sandbox's Azure had. ` +
                `Begin anew: rm -rf ${dirname(at.sandboxStore)} ${at.state}`,
        );
    }
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
