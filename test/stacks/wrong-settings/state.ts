import { wrong, type WrongSettings } from "./row";

const accountId = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/st";
const vaultId = "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/kv";

export const wrongStates: readonly WrongSettings[] = [
    wrong(
        "a state account by its name",
        { state: { accountId: "stmlpbootstate", vaultId } },
        'mlplatform:state.accountId must be the full id of the bootstrap\'s state account, got "stmlpbootstate"',
    ),
    wrong(
        "a state without its vault",
        { state: { accountId } },
        "mlplatform:state.vaultId must be the full id of the bootstrap's vault, got nothing",
    ),
    wrong(
        "account and vault mixed up",
        { state: { accountId: vaultId, vaultId: accountId } },
        "mlplatform:state.accountId must be the full id of the bootstrap's state account",
    ),
];
