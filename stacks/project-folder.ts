import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";

/**
 * The nearest folder upwards that is the project and holds that one: the program may run compiled, from a folder of its own.
 * @throws pulumi.RunError when there is none
 */
export function projectFolder(from: string, held: string): string {
    if (existsSync(join(from, held)) && existsSync(join(from, "Pulumi.yaml"))) return from;
    const parent = dirname(from);
    if (parent === from) throw new pulumi.RunError(`there is no ${held}/ beside Pulumi.yaml`);
    return projectFolder(parent, held);
}
