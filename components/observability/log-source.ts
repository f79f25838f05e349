import type * as pulumi from "@pulumi/pulumi";
import type { LoggedKindName } from "../../facts/diagnostic-categories";

/** A resource, or a part of one, that can log. Components list theirs as `logSources`. */
export interface LogSource {
    kind: LoggedKindName;
    /** Unique in the stack: its diagnostic setting is kept under it. */
    name: string;
    id: pulumi.Input<string>;
}
