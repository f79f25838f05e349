import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { DigestOf } from "../components/workloads/mirrored-image";
import { digestsOf, readImageLock } from "./image-lock";

/**
 * Digests of third-party images and charts, from a file of the project.
 * @throws pulumi.RunError naming everything that is not locked
 */
export function lockedDigests(file: string): DigestOf {
    try {
        const path = resolve(file);
        const content = existsSync(path) ? readFileSync(path, "utf8") : undefined;
        return digestsOf(file, readImageLock(file, content));
    } catch (fault) {
        throw new pulumi.RunError(fault instanceof Error ? fault.message : String(fault));
    }
}
