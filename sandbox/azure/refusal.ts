import type { Refusal } from "./resource-type";

/** A refusal as a value, for rules. */
export function refusal(status: Refusal["status"], code: string, message: string): Refusal {
    return { status, code, message };
}

/** A refusal as it is thrown to whoever sent the request; worded as azure-native prints Azure's answer. */
export class AzureError extends Error implements Refusal {
    readonly status: Refusal["status"];
    readonly code: string;
    /** The message without status and code. */
    readonly reason: string;

    constructor(refused: Refusal) {
        super(`Status=${refused.status} Code="${refused.code}" Message="${refused.message}"`);
        this.name = "AzureError";
        this.status = refused.status;
        this.code = refused.code;
        this.reason = refused.message;
    }
}

/** The connection broke, so the client does not know what became of its request. */
export class LostConnection extends Error {
    /** Azure had taken the request and carries on with it. */
    readonly accepted: boolean;
    /** The resource can be read right after. */
    readonly readable: boolean;

    constructor(id: string, { accepted, readable }: { accepted: boolean; readable: boolean }) {
        super(`lost the connection ${accepted ? "while waiting for" : "before Azure answered about"} '${id}'`);
        this.name = "LostConnection";
        this.accepted = accepted;
        this.readable = readable;
    }
}
