import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Sandbox } from "../../sandbox/sandbox";
import { PlainProject, repository } from "./plain-project";

/** An edit of one property of one resource: its type and name (`keyvault:Key registry-key`), the path, the new value. */
export type Edit = readonly [resource: string, path: string, value: unknown];

/** A file of the program as the clone has it compiled, for `require`. */
export const compiled = (file: string): string => JSON.stringify(join(repository, ".mlplatform", "build", file));

/** The program as the clone has it compiled, with edits as somebody would make them in its components. */
const index = `
const pulumi = require("@pulumi/pulumi");
const { withValueAt } = require(${compiled("sandbox/azure/properties.js")});
const { program } = require(${compiled("stacks/program.js")});
module.exports = () => {
    for (const [resource, path, value] of require("./edits.json")) {
        const [token, wanted] = resource.split(" ");
        const [first, ...rest] = path.split(".");
        const placed = (old) => (rest.length > 0 ? withValueAt(old, rest.join("."), value) : value);
        pulumi.runtime.registerStackTransformation(({ type, name, props, opts }) =>
            type === "azure-native:" + token && (wanted === undefined || name === wanted)
                ? { props: { ...props, [first]: pulumi.output(props[first]).apply(placed) }, opts }
                : undefined,
        );
    }
    return program();
};
`;

/** Of what a run of the program takes, half would be to load it and to take a stack of calls for each of Pulumi's promises. */
const swift = {
    NODE_COMPILE_CACHE: join(repository, ".mlplatform", "compile-cache"),
    NODE_OPTIONS: "--stack-trace-limit=1 --max-semi-space-size=32",
};

/** The stack `dev` under the plain `pulumi` command, with any config and edited as wanted. */
export class CompiledProject {
    private constructor(private readonly project: PlainProject) {}

    /** @param main The program, where it is not the whole one. */
    static async open(config: object, main = index): Promise<CompiledProject> {
        const opened = new CompiledProject(await PlainProject.open([], swift));
        const settings = readFileSync(join(repository, "Pulumi.yaml"), "utf8");
        opened.project.write("Pulumi.yaml", settings.replace(/tsconfig: \S+/, "typescript: false"));
        opened.project.write("package.json", '{ "name": "compiled", "main": "index.js" }');
        opened.project.write("index.js", main);
        opened.edit();
        opened.configure(config);
        await opened.pulumi("stack", "init", "dev");
        return opened;
    }

    get sandbox(): Sandbox {
        return this.project.sandbox;
    }

    /** Where the stack's file and its state are. */
    get folder(): string {
        return this.project.folder;
    }

    get variables(): NodeJS.ProcessEnv {
        return this.project.variables;
    }

    pulumi(...args: string[]): Promise<{ code: number; output: string }> {
        return this.project.pulumi(...args);
    }

    /** These edits and no others from now on. */
    edit(...edits: readonly Edit[]): void {
        this.project.write("edits.json", JSON.stringify(edits));
    }

    /** Writes the stack's file. JSON is YAML, too. */
    configure(config: object): void {
        this.project.write("Pulumi.dev.yaml", JSON.stringify({ config }));
    }

    close(): Promise<void> {
        return this.project.close();
    }
}
