import { createHash, randomBytes } from "node:crypto";
import { isObject } from "../../azure/properties";
import type { Values } from "../../protocol/values";
import { annotation, annotationOf, at, withAt } from "./objects";

/**
 * Inputs with a name: the one given, the one made up before, or a new one of the resource's name and 8 hex digits.
 * @see https://www.pulumi.com/docs/iac/concepts/resources/names/#autonaming
 */
export function named(urn: string, news: Values, olds: Values | undefined, seed: Uint8Array): Values {
    const metadata = isObject(news.metadata) ? news.metadata : {};
    if (metadata.name !== undefined) return news;
    if (typeof metadata.generateName === "string") {
        throw new Error("the `.metadata.generateName` field is not supported in Server-Side Apply mode");
    }
    const before =
        olds && annotationOf(olds, annotation.autonamed) === "true" ? at(olds, "metadata", "name") : undefined;
    if (olds && Object.keys(olds).length > 0 && before === undefined) return news;
    const name = before ?? madeUpName(urn, seed);
    return withAt(withAt(news, ["metadata", "name"], name), ["metadata", "annotations", annotation.autonamed], "true");
}

/** A name of the resource's and 8 hex digits. */
export function madeUpName(urn: string, seed: Uint8Array): string {
    return `${urn.split("::").at(-1) ?? ""}-${hex(seed)}`;
}

/** A manager of fields of its own for each object. */
export function newFieldManager(): string {
    return `pulumi-kubernetes-${hex(new Uint8Array())}`;
}

/** The engine's seed makes the same name in the preview and the update. */
function hex(seed: Uint8Array): string {
    const bytes = seed.length > 0 ? createHash("sha256").update(seed).digest() : randomBytes(4);
    return bytes.subarray(0, 4).toString("hex");
}
