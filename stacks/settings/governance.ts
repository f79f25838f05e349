import type { GroupName } from "../../facts/access-table";
import { anyNumber, guid, list, object, optional, text, type Optional } from "../parse";

/** What may be spent a month, and who hears of it. */
export const budget = object({ amount: anyNumber, emails: list(text()) });

/** Object ids of the groups of people that get roles (facts/access-table.ts). */
export const groups = object({
    operations: optional(guid),
    security: optional(guid),
    finance: optional(guid),
    dataOwners: optional(guid),
    dataScience: optional(guid),
} satisfies Record<GroupName, Optional<string>>);
