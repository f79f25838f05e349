import { isTemporary } from "../../cli/converge";
import { existingId } from "../../cli/recover";
import type { RunResult } from "../../cli/run";

const result = (...messages: string[]): RunResult => {
    return { ok: false, changes: {}, failures: messages.map((message) => ({ message })), output: "" };
};

test.each([
    ['Status=429 Code="TooManyRequests" Message="throttled"', true],
    ['Status=503 Code="ServiceUnavailable" Message="later"', true],
    ['Status=500 Code="InternalServerError" Message="oops"', true],
    ['Status=409 Code="Conflict" Message="The resource is being changed"', true],
    ["lost the connection while waiting for '/subscriptions/x'", true],
    ["read tcp 10.0.0.1: ECONNRESET", true],
    ['Status=400 Code="InvalidParameter" Message="no"', false],
    ['Status=409 Code="VaultAlreadyExists" Message="taken"', false],
    ['Status=403 Code="KeyVaultAuthenticationFailure" Message="no role"', false],
])("%s is temporary: %s", (message, temporary) => {
    expect(isTemporary(result(message, "update failed"))).toBe(temporary);
});

test("one failure that needs the user makes trying again useless", () => {
    expect(isTemporary(result('Status=429 Code="TooManyRequests"', 'Status=400 Code="Bad"'))).toBe(false);
});

test("a failure that tells no cause is not temporary", () => {
    expect(isTemporary(result("update failed"))).toBe(false);
    expect(isTemporary(result())).toBe(false);
});

test("the id is read from azure-native's refusal of what exists", () => {
    const id = "/subscriptions/x/resourceGroups/rg";
    expect(existingId(`error: cannot create already existing resource '${id}'`)).toBe(id);
    expect(existingId("something else")).toBeUndefined();
});
