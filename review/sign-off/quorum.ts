import type { Bundle } from "../bundle/bundle";
import type { Person } from "./people";
import type { Role } from "./rules";
import { refusal } from "./ssh";

/** A signature as it lies beside the bundle: `sign-offs/ROLE.PERSON.sig`. */
export interface SignatureFile {
    role: string;
    person: string;
    signature: string;
}

/** Who has signed, who has yet to, and what was handed in and does not count. */
export interface SignOff {
    signed: { role: Role; person: string }[];
    missing: Role[];
    refused: { file: string; why: string }[];
}

/** What it is judged by; people and keys come from the protected branch. */
export interface Judges {
    people: readonly Person[];
    allowedSigners: string;
    /** When the signatures must be good: now, or when they were used. */
    at: Date;
}

/**
 * Which of the required roles have signed. A signature counts when its key was the person's at that time, the person
 * has the role, is no author of the change, and has signed as nothing else.
 */
export async function signOffOf(
    { predicate: { stack, source, required } }: Bundle,
    digest: string,
    files: readonly SignatureFile[],
    { people, allowedSigners, at }: Judges,
): Promise<SignOff> {
    const off: SignOff = { signed: [], missing: [], refused: [] };
    const authors = new Set(source.authors.map((email) => email.toLowerCase()));
    const sorted = [...files].sort((left, right) => (nameOf(left) < nameOf(right) ? -1 : 1));
    for (const file of sorted) {
        const refuse = (why: string): void => void off.refused.push({ file: nameOf(file), why });
        const person = people.find(({ id }) => id === file.person);
        const role = required.find((one) => one === file.role);
        if (!person) refuse(`the protected branch knows no ${file.person}`);
        else if (!role) refuse(`this change needs no signature of ${file.role}`);
        else if (!person.roles.includes(role)) refuse(`${person.id} is not of ${role}`);
        else if (person.emails.some((email) => authors.has(email)))
            refuse(`${person.id} is an author of the change, and authors do not sign their own`);
        else {
            const { signature } = file;
            const { principal } = person;
            const why = await refusal({ stack, digest, role }, { signature, principal, allowedSigners, at });
            if (why !== undefined) refuse(why);
            else if (off.signed.some((one) => one.person === person.id))
                refuse(`${person.id} has signed as another role already: one person is one party`);
            else off.signed.push({ role, person: person.id });
        }
    }
    off.missing = required.filter((role) => !off.signed.some((one) => one.role === role));
    return off;
}

const nameOf = ({ role, person }: SignatureFile): string => `${role}.${person}.sig`;
