import type { GroupName } from "../../facts/access-table";
import { guid, object, optional, type Optional } from "../parse";

/** Object ids of the groups of people that get roles (facts/access-table.ts). */
export const groups = object({
    operations: optional(guid),
    security: optional(guid),
    finance: optional(guid),
    dataOwners: optional(guid),
    dataScience: optional(guid),
} satisfies Record<GroupName, Optional<string>>);
