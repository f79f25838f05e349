import * as pulumi from "@pulumi/pulumi";
import { nextGeneration, resourceName, type NameKind, type NameParts } from "./names";

/**
 * Codes with which Azure refuses a global name: held by a deleted vault, or taken by anyone.
 * @see https://learn.microsoft.com/azure/key-vault/general/key-vault-recovery
 * @see https://learn.microsoft.com/rest/api/storagerp/srp_error_codes_common
 */
const heldCodes = [
    "ConflictError",
    "VaultAlreadyExists",
    "AlreadyInUse",
    "RegistryNameNotAvailable",
    "StorageAccountAlreadyTaken",
    "StorageAccountAlreadyExists",
    // Azure ML says it with the code of every bad request: https://github.com/Azure/ResourceModules/issues/3596
    "Soft-deleted workspace exists",
];

/**
 * Resource option for things with a global name: when Azure refuses the name, the error says which one to take
 * instead. The create is not tried again.
 */
export function heldName(name: string, kind: NameKind, parts: NameParts): Pick<pulumi.CustomResourceOptions, "hooks"> {
    const explain: pulumi.ErrorHookFunction = ({ failedOperation, errors }) => {
        const advice = failedOperation === "create" ? heldNameAdvice(kind, parts, errors[0] ?? "") : undefined;
        // What is thrown stands for the operation's own error, so it carries that too.
        if (advice !== undefined) throw new Error(`${name}: ${advice}\n${errors[0] ?? ""}`);
        return false;
    };
    return { hooks: { onError: [new pulumi.ErrorHook(`${name}-held-name`, explain)] } };
}

/** What to do about that error, if it says that the name is held; else undefined. */
export function heldNameAdvice(kind: NameKind, parts: NameParts, error: string): string | undefined {
    if (!heldCodes.some((code) => error.includes(code))) return undefined;
    const next = nextGeneration(kind, parts);
    return (
        `the name ${resourceName(kind, parts)} is held by a deleted resource or taken; ` +
        `set generation to ${next.generation}, then it is ${next.name}`
    );
}
