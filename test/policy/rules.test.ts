import { existsSync } from "node:fs";
import { join } from "node:path";
import { covers, exceptions } from "../../policy/exceptions";
import { environmentOf, findings, judge, type Judged } from "../../policy/judge";
import { rules } from "../../policy/rules";
import { lacking, stackRules, type StackResource } from "../../policy/stack-rules";
import type { Seen } from "../mocks";
import { builtStacks, type Stack } from "./built-stacks";
import { hardened } from "./hardened";
import { weakened } from "./weaken";

jest.setTimeout(20_000);

let stacks: Stack[] = [];
beforeAll(async () => {
    stacks = await builtStacks();
});

/** What rules find violated, as lines that a mutation can add to. */
function violations(resource: Judged): Map<string, string> {
    const found = rules.flatMap((rule) =>
        findings(rule, resource).map(({ kind, path }) => [`${rule.name} ${kind} ${path}`, rule.name] as const),
    );
    return new Map(found);
}

const judged = ({ type, name, inputs }: Seen): Judged => ({ type, name, inputs });
const standing = ({ urn, type, name, inputs, comesFrom, options: { protect } }: Seen): StackResource => {
    const metadata = type.startsWith("kubernetes:") ? (inputs.metadata as Record<string, string> | undefined) : {};
    return {
        ...{ urn, type, name, comesFrom, protect },
        ...environmentOf(inputs),
        ...(metadata?.namespace !== undefined && { namespace: metadata.namespace }),
        ...(metadata?.name !== undefined && { objectName: metadata.name }),
    };
};
/** The same pods made in ways that the stacks make few or none, with a container that comes first. */
const madeOtherwise = (resources: readonly Seen[]): Seen[] =>
    resources.flatMap((one) => {
        const { template } = (one.inputs.spec ?? {}) as { template?: { spec: { containers: unknown[] } } };
        if (!one.type.endsWith("Deployment") || template === undefined) return [];
        const whole = { spec: { ...template.spec, initContainers: template.spec.containers } };
        const made = {
            "core/v1:Pod": whole.spec,
            "apps/v1:Deployment": { template: whole },
            "batch/v1:CronJob": { jobTemplate: { spec: { template: whole } } },
            "keda.sh/v1alpha1:ScaledJob": { jobTargetRef: { template: whole } },
        };
        return Object.entries(made).map(([type, spec]) => ({ ...one, type: `kubernetes:${type}`, inputs: { spec } }));
    });

test("nothing is reported of the stacks as they are", () => {
    const reported = stacks.flatMap(({ name, resources }) => [
        ...resources.flatMap((one) =>
            [...violations(judged(one)).keys()].map((line) => `${name} ${one.name} ${one.type} ${line}`),
        ),
        ...stackRules.flatMap((rule) =>
            lacking(rule, resources.map(standing)).map((one) => `${name} ${one.name} ${rule.name}`),
        ),
    ]);
    expect(reported).toEqual([]);
});

test("each hardened property of each resource is caught when it is weakened, and no rule catches nothing", () => {
    const missed: string[] = [];
    const dead = new Set(rules.map(({ name }) => name));
    const unused = new Set(hardened);
    let caught = 0;
    for (const { name: stack, resources } of stacks)
        for (const one of [...resources, ...madeOtherwise(resources)]) {
            const before = violations(judged(one));
            for (const property of hardened.filter(({ types }) => types.includes(one.type)))
                for (const { inputs, path, weak } of weakened(property, one.inputs)) {
                    unused.delete(property);
                    const after = violations({ ...judged(one), inputs });
                    const found = [...after].filter(([line]) => !before.has(line) && !line.includes(" undetermined "));
                    for (const [, rule] of found) dead.delete(rule);
                    if (found.length > 0) caught++;
                    else missed.push(`${stack} ${one.type} ${one.name}: ${path} = ${JSON.stringify(weak)}`);
                }
        }
    process.stdout.write(`policy: ${caught} of ${caught + missed.length} weakenings caught, ${rules.length} rules\n`);
    expect(missed).toEqual([]);
    expect([...dead]).toEqual([]);
    expect([...unused].map(({ types, path }) => `${types.join()} ${path}`)).toEqual([]);
});

test("what must be beside a resource is missed when it goes", () => {
    const dead = new Set(stackRules.map(({ name }) => name));
    for (const { resources } of stacks) {
        const all = resources.map(standing);
        for (const rule of stackRules)
            for (const one of all.filter(({ type }) => rule.types.includes(type))) {
                const alone = [{ ...one, protect: false }];
                if (lacking(rule, [one, ...all]).includes(one)) continue;
                if (lacking(rule, alone).length > 0) dead.delete(rule.name);
            }
    }
    expect([...dead]).toEqual([]);
});

test("every exception is for a resource that is there, and needs it", () => {
    const needless = exceptions.filter((exception) => {
        const rule = rules.find(({ name }) => name === exception.rule);
        const stackRule = stackRules.find(({ name }) => name === exception.rule);
        return !stacks.some(({ resources }) =>
            resources.some((one) => {
                const found = { rule: exception.rule, type: one.type, name: one.name, ...environmentOf(one.inputs) };
                const all = resources.map(standing);
                if (stackRule) return covers(exception, found) && !stackRule.holds(standing(one), all);
                if (!rule?.types.includes(one.type)) return false;
                return judge(rule, one.inputs).some((verdict) => covers(exception, { ...found, ...verdict }));
            }),
        );
    });
    expect(needless).toEqual([]);
});

test("names of rules are one each, and a version in a type's name is no way past one", () => {
    const names = [...rules, ...stackRules].map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    const versions = [
        "azure-native:storage/v20240101:StorageAccount",
        "azure-native_storage_v20240101:storage:StorageAccount",
    ];
    for (const type of versions)
        expect([...violations({ type, name: "a", inputs: {} }).values()]).toContain("storage-closed");
});

test("what is known only after the update is neither a pass nor a violation", () => {
    // As `@pulumi/policy` gives it: whoever reads the value gets an error.
    const unknown = (): never => {
        throw Object.assign(new Error("unknown"), { unknownTypeSentinel: "string" });
    };
    const inputs = Object.defineProperty({ adminUserEnabled: true }, "publicNetworkAccess", { get: unknown });
    const found = violations({ type: "azure-native:containerregistry:Registry", name: "a", inputs });
    expect([...found.keys()]).toContain("registry-closed undetermined publicNetworkAccess");
    expect([...found.keys()]).toContain("registry-by-identity violated adminUserEnabled");
});

test("what a remedy names is there", () => {
    const named = [...rules, ...stackRules].flatMap(({ remedy }) => remedy.match(/[a-z]+\/[a-z./-]+/g) ?? []);
    expect(named.length).toBeGreaterThan(10);
    const root = join(__dirname, "..", "..");
    expect(named.filter((path) => !existsSync(join(root, path.replace(/\.$/, ""))))).toEqual([]);
});
