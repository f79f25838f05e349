import { readFileSync } from "node:fs";
import { parsePeople } from "../../../review/sign-off/people";
import { isProtected, parseRules, requiredBy, risksOf } from "../../../review/sign-off/rules";
import type { Effect } from "../../../review/bundle/effects";

const committed = readFileSync("sign-off/rules.yaml", "utf8");
const effect = (type: string, operation: Effect["operation"]): Effect =>
    ({ urn: `urn::${type}`, type, operation }) as unknown as Effect;

test("the project's rules guard staging and prod with all their layers, and not dev", () => {
    const rules = parseRules(committed);
    const stacks = ["prod", "prod-services", "staging", "staging-vision", "dev", "dev-services", "bootstrap"];
    expect(stacks.filter((stack) => isProtected(rules, stack))).toEqual(stacks.slice(0, 4));
});

test.each<[string, Effect, number, string[]]>([
    ["a tag", effect("azure-native:resources:ResourceGroup", "update"), 0, ["operations"]],
    ["a role", effect("azure-native:authorization:RoleAssignment", "create"), 0, ["operations", "security"]],
    ["a vault that goes", effect("azure-native:keyvault:Vault", "delete"), 0, ["operations", "security", "dataOwners"]],
    [
        "an account that is replaced",
        effect("azure-native:storage:StorageAccount", "replace"),
        0,
        ["operations", "security", "dataOwners"],
    ],
    ["an account that is updated", effect("azure-native:storage:StorageAccount", "update"), 0, ["operations"]],
    ["what costs more", effect("azure-native:containerservice:AgentPool", "create"), 501, ["operations", "finance"]],
    ["what costs less", effect("azure-native:containerservice:AgentPool", "create"), 500, ["operations"]],
])("%s is signed by whom it concerns", (_, change, usdMore, required) => {
    expect(requiredBy(risksOf(parseRules(committed), "prod", [change], usdMore))).toEqual(required);
});

test("all faults of the rules are told at once", () => {
    const text =
        "version: 2\nvalidDays: 400\nprotected: []\nrules: [{ name: a, reason: '', require: [boss], colour: red, costOver: -1 }]";
    expect(() => parseRules(text)).toThrow(
        expect.objectContaining({
            faults: expect.arrayContaining([
                "version must be 1, got 2",
                "validDays must be a whole number of 1 to 90, got 400",
                "protected must be a list with something in it",
                expect.stringContaining('rules[0] knows no "colour"'),
                "rules[0].reason must be a text",
                "rules[0].costOver must be US dollars a month, 0 or more, got -1",
                'rules[0].require[0] must be one of operations, security, finance, dataOwners, got "boss"',
                "one rule must hold for every change: without stacks, types, operations and costOver",
            ]) as unknown,
        }) as Error,
    );
});

test("all faults of people are told at once; nobody at all is none", () => {
    expect(parsePeople(readFileSync("sign-off/roles.yaml", "utf8"))).toEqual([]);
    const text = "people:\n  - &ada { id: Ada, principal: a, roles: [boss], emails: [a@b.c] }\n  - *ada";
    expect(() => parsePeople(text)).toThrow(
        expect.objectContaining({
            faults: expect.arrayContaining([
                expect.stringContaining("people[0].id is part of a file's name"),
                expect.stringContaining("people[0].roles[0] must be one of"),
                'two people have the id "Ada"',
                'two people have the principal "a"',
            ]) as unknown,
        }) as Error,
    );
});
