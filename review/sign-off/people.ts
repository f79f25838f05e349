import { parse } from "yaml";
import { Reader } from "./faults";
import { roles, type Role } from "./rules";

/** Where it is said who may sign as what. */
export const peopleFile = "sign-off/roles.yaml";

export interface Person {
    id: string;
    /** As `sign-off/allowed_signers` names them. */
    principal: string;
    roles: readonly Role[];
    /** Addresses under which they commit. */
    emails: readonly string[];
}

/**
 * Reads who may sign as what.
 * @throws FileError with every fault
 */
export function parsePeople(text: string): Person[] {
    const reader = new Reader(peopleFile);
    const file = reader.map(parse(text), "the file", ["people"]);
    const people = reader.list(file.people, "people", { empty: true }).map((one, index): Person => {
        const where = `people[${index}]`;
        const person = reader.map(one, where, ["id", "principal", "roles", "emails"]);
        const id = reader.text(person.id, `${where}.id`);
        if (id !== "" && !/^[a-z0-9][a-z0-9-]*$/.test(id))
            reader.faults.push(
                `${where}.id is part of a file's name: small letters, digits and dashes, got ${JSON.stringify(id)}`,
            );
        return {
            id,
            principal: reader.text(person.principal, `${where}.principal`),
            roles: reader.texts(person.roles, `${where}.roles`, roles) as Role[],
            emails: reader.texts(person.emails, `${where}.emails`).map((email) => email.toLowerCase()),
        };
    });
    for (const field of ["id", "principal"] as const)
        for (const [index, person] of people.entries())
            if (people.findIndex((one) => one[field] === person[field]) < index)
                reader.faults.push(`two people have the ${field} ${JSON.stringify(person[field])}`);
    reader.done();
    return people;
}
