import { object, text, type Parsed } from "../parse";

const idOf = (type: string, what: string): ReturnType<typeof text> =>
    text(
        new RegExp(`^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/${type.replace(".", "\\.")}/[^/]+$`, "i"),
        `the full id of ${what}`,
    );

/** What the bootstrap hands out as its output `state`. */
export const state = object({
    accountId: idOf("Microsoft.Storage/storageAccounts", "the bootstrap's state account"),
    vaultId: idOf("Microsoft.KeyVault/vaults", "the bootstrap's vault"),
});

export type StateAccess = Parsed<typeof state>;
