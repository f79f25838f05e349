import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { bootstrap } from "../../bootstrap/bootstrap";
import { readBootstrapSettings } from "../../bootstrap/settings";
import { Engine } from "../../cli/engine";
import { places } from "../../cli/places";
import { foundation } from "../../stacks/foundation";
import { readSettings } from "../../stacks/settings";
import { good } from "../bootstrap/good";
import { seen, value } from "../mocks";
import { dev } from "../stacks/good-settings";
import { walk, type Built } from "./page";

jest.setTimeout(120_000);

const page = readFileSync(join(__dirname, "..", "..", "docs", "azure.md"), "utf8");

/** Texts anywhere in what was asked of Azure. */
function texts(part: unknown): string[] {
    if (typeof part === "string") return [part];
    return typeof part === "object" && part !== null ? Object.values(part).flatMap(texts) : [];
}

let built: Built;
beforeAll(async () => {
    const runner = { "mlplatform:runner": '{"kind":"azureDevOps"}' };
    const outputs = new Set<string>();
    const programs = [
        () => foundation(readSettings({ ...dev, ...runner })),
        () => bootstrap(readBootstrapSettings(good)),
    ];
    const names = new Set<string>();
    for (const program of programs) {
        for (const name of Object.keys(await value(pulumi.output(program())))) outputs.add(name);
        for (let before = -1; before !== seen.length;) {
            before = seen.length;
            await new Promise((done) => setTimeout(done, 50));
        }
        for (const { inputs } of seen) for (const text of texts(inputs)) names.add(text);
    }
    built = { names, outputs };
});

test("everything that docs/azure.md names is there", () => {
    const { faults, checked } = walk(page, built);
    expect(faults).toEqual([]);
    expect(checked).toBeGreaterThan(150);
});

test("Pulumi has every command and option of the page", async () => {
    const { command } = new Engine(places());
    const run = promisify(execFile);
    const wanted = new Map<string, Set<string>>();
    for (const { words, options } of walk(page, built).pulumi)
        wanted.set(words.join(" "), new Set([...(wanted.get(words.join(" ")) ?? []), ...options]));
    expect(wanted.size).toBeGreaterThan(8);
    for (const [words, options] of wanted) {
        const { stdout } = await run(command, [...words.split(" "), "--help"]);
        // Of a word that it does not know, Pulumi shows the help of the words before.
        const usage = /Usage:\n {2}(.*)\n(?:\nAliases:\n {2}(.*)\n)?/.exec(stdout)?.slice(1).join(" ") ?? "";
        expect(usage.split(/[ ,]+/)).toContain(words.split(" ").at(-1));
        for (const option of options) expect(`${words}: ${stdout}`).toContain(option);
    }
});

test.each<[string, string, string]>([
    ["a config key", "`mlplatform:runners`", "mlplatform:runners is no config key"],
    ["a field of one", "`mlplatform:runner.size`", "Pulumi.yaml does not describe size of mlplatform:runner"],
    ["a key in a command", "`pulumi config set mlplatform:colour blue`", "mlplatform:colour is no config key"],
    ["a command", "`npx mlplatform deploy dev`", 'there is no command "deploy"'],
    ["an option", "`npx mlplatform quota dev --region x`", "quota has no option --region"],
    ["a script", "`npm run lift-off`", 'package.json has no script "lift-off"'],
    ["an az command", "`az group create`", "is no command of the Azure CLI that the test knows"],
    ["a file", "`facts/quota.ts`", "is no file"],
    ["a link", "[there](nowhere.md)", "is a link to no file"],
    ["a role", "`Network Admin`", "is no role of facts/role-definitions.ts"],
    ["a resource", "`vmss-mlp-dev-sdc-runners`", "is the name of nothing that the programs make"],
    ["a global name", "`kv-mlp-boot-XXXX-2`", "is the name of nothing that the programs make"],
    ["a provider", "`Microsoft.Sky`", "is no provider of facts/resource-providers.ts"],
    ["a feature", "`Microsoft.Compute/EncryptionAtHosts`", "Microsoft.Compute has no feature EncryptionAtHosts"],
    ["an output", "the output `kubeconfig`", "is no output of the programs"],
    ["a variable", "`AZURE_REGION_NAME`", "is no variable of the pipelines"],
    ["a word", "`flyingMachine`", "is named nowhere in the programs"],
    ["a line of a block", "```\nterraform apply\n```", "is no command that the test knows"],
    ["a right too many", "| CI | `ciPreview`: `Contributor` |", "is given no role contributor"],
    ["a right left out", "| CI | `ciPreview`: `Reader` |", "is given storageBlobDataReader too"],
])("%s that is not there is caught", (_, text, fault) => {
    expect(walk(`${text}\n`, built).faults.join("\n")).toContain(fault);
});
