import type { Value, ValueMap } from "./value";

/**
 * What the engine will do with a resource as a whole; a replacement is one change, though the engine takes it in
 * two or three steps.
 */
export type Operation = "create" | "update" | "replace" | "delete" | "same" | "read" | "import" | "forget";

/** How one property changes. `old` is left out where there was none, `new` where there is none any more. */
export interface PropertyChange {
    /** As the engine writes it: `tags.owner`, `agentPoolProfiles[0].count`. */
    path: string;
    kind: "add" | "delete" | "update";
    /** Is it this change that replaces the resource? */
    replaces: boolean;
    old?: Value;
    new?: Value;
}

/** A resource's side of a preview: what the state holds, or what the program asks for after the policies' remediations. */
export interface ResourceState {
    id?: string;
    inputs: ValueMap;
    /** Of what is there already; empty for what is planned. */
    outputs: ValueMap;
    parent?: string;
    /** URN and id of its provider. */
    provider?: string;
    /** URNs that it hangs on, by properties or by `dependsOn`, sorted. */
    dependencies: readonly string[];
    /** Of those, the ones behind each input; left out where the engine does not say. */
    references?: Readonly<Record<string, readonly string[]>>;
    /** URN of what it disappears with. */
    deletedWith?: string;
    protect: boolean;
    retainOnDelete: boolean;
}

/** What a preview says of one resource. */
export interface ResourceChange {
    urn: string;
    /** Pulumi's token, such as `azure-native:storage:StorageAccount`. */
    type: string;
    /** Its name in the program. */
    name: string;
    operation: Operation;
    /** Of a replacement: is the old one deleted first? */
    deletesFirst: boolean;
    /** Made by a provider, and not a component. */
    custom: boolean;
    old?: ResourceState;
    new?: ResourceState;
    /** Sorted by path; empty for what is created, deleted or stays the same. */
    changes: readonly PropertyChange[];
}

/** What a policy says of a resource, or of the stack where `urn` is left out. */
export interface PolicyFinding {
    pack: string;
    packVersion: string;
    policy: string;
    level: "advisory" | "mandatory" | "remediate";
    urn?: string;
    message: string;
}

export interface Diagnostic {
    severity: "info" | "warning" | "error";
    urn?: string;
    message: string;
}

/** A preview, as everything in `review/` reads it. No secret is in it in clear. */
export interface Preview {
    project: string;
    stack: string;
    /** In the engine's order: what others hang on comes first. Components and what stays the same are among them. */
    resources: readonly ResourceChange[];
    findings: readonly PolicyFinding[];
    diagnostics: readonly Diagnostic[];
}
