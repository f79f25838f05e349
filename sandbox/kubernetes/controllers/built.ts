import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import type { KubeObject } from "../provider/objects";

/** What `tools/controllers.cjs` makes of a controller's module: its programs, and the manifests that lie in it. */
export class BuiltController {
    constructor(private readonly folder: string) {}

    /** Is the build over? */
    get isWhole(): boolean {
        return existsSync(join(this.folder, "complete"));
    }

    program(name: string): string {
        return join(this.folder, name);
    }

    /** The one document in a file of the module. */
    document(path: string): unknown {
        return parse(readFileSync(join(this.folder, "manifests", path), "utf8")) as unknown;
    }

    /** Objects in a file of the module, or in all files of a folder. */
    objects(path: string): KubeObject[] {
        const place = join(this.folder, "manifests", path);
        const files = statSync(place).isDirectory() ? readdirSync(place).map((name) => join(place, name)) : [place];
        return (
            files
                .filter((file) => file.endsWith(".yaml"))
                .flatMap((file) => parseAllDocuments(readFileSync(file, "utf8")))
                .map((document) => document.toJS() as Partial<KubeObject> | null)
                // A kustomization, which says what to make of the others, may name no kind.
                .filter((object): object is KubeObject => object?.metadata !== undefined)
        );
    }
}
