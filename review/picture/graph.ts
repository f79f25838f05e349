/** A resource of a stack, deployed or planned, with where its inputs come from. */
export interface GraphResource {
    urn: string;
    /** `azure-native:network:Subnet`. */
    type: string;
    /** Name in the program. */
    name: string;
    /** Azure's id; missing while planned. */
    id?: string;
    inputs: unknown;
    /** URNs of the resources behind each input that has any. */
    references: Readonly<Record<string, readonly string[]>>;
}

/** A resource, read once. */
export interface Node {
    urn: string;
    /** `network:Subnet`. */
    kind: string;
    /** Name in Azure, or in the program where that is not known. */
    name: string;
    /** Name in the program. */
    label: string;
    inputs: Readonly<Record<string, unknown>>;
    references: Readonly<Record<string, readonly string[]>>;
}

/** Properties that name a resource, where they are not called after its type. */
const nameProperties: Partial<Record<string, string>> = {
    "containerservice:ManagedCluster": "resourceName",
    "managedidentity:UserAssignedIdentity": "resourceName",
    "network:AzureFirewall": "azureFirewallName",
    "privatedns:PrivateZone": "privateZoneName",
    "storage:BlobContainer": "containerName",
    "storage:StorageAccount": "accountName",
};

/** The resources of a stack and what refers to what, in an order that does not depend on how they were told. */
export class Graph {
    readonly nodes: readonly Node[];
    private readonly byUrn: ReadonlyMap<string, Node>;
    private readonly referrers = new Map<string, Node[]>();

    constructor(resources: readonly GraphResource[]) {
        this.nodes = resources.map(nodeOf).sort((left, right) => order(left.kind + left.urn, right.kind + right.urn));
        this.byUrn = new Map(this.nodes.map((node) => [node.urn, node]));
        for (const node of this.nodes) {
            for (const urn of new Set(Object.values(node.references).flat())) {
                this.referrers.set(urn, [...(this.referrers.get(urn) ?? []), node]);
            }
        }
    }

    ofKind(...kinds: readonly string[]): Node[] {
        return this.nodes.filter(({ kind }) => kinds.includes(kind));
    }

    /** Resources behind one input, or behind any. */
    behind({ references }: Node, property?: string): Node[] {
        const urns = property === undefined ? Object.values(references).flat() : (references[property] ?? []);
        return [...new Set(urns)].flatMap((urn) => this.byUrn.get(urn) ?? []);
    }

    /** The one of such a kind that an input comes from; by name where the program knew it beforehand. */
    behindOf(node: Node, kind: string, property?: string): Node | undefined {
        const found = this.behind(node, property).find((other) => other.kind === kind);
        if (found) return found;
        const names = Object.entries(node.inputs).flatMap(([name, value]) =>
            name.endsWith("Name") && (property === undefined || property === name) ? [value] : [],
        );
        return this.ofKind(kind).find((other) => other !== node && names.includes(other.name));
    }

    /** What refers to a resource. */
    usersOf({ urn }: Node): readonly Node[] {
        return this.referrers.get(urn) ?? [];
    }
}

function nodeOf({ urn, type, name, id, inputs, references }: GraphResource): Node {
    const kind = type.replace(/^azure-native:/, "");
    const known = (typeof inputs === "object" && inputs !== null ? inputs : {}) as Record<string, unknown>;
    const own = kind.slice(kind.indexOf(":") + 1);
    const property = nameProperties[kind] ?? `${own.charAt(0).toLowerCase()}${own.slice(1)}Name`;
    const given = textIn(known, property) ?? id?.slice(id.lastIndexOf("/") + 1);
    return { urn, kind, name: given ?? name, label: name, inputs: known, references };
}

/** By code unit, so that it is the same everywhere. */
export function order(left: string, right: string): number {
    return left < right ? -1 : left > right ? 1 : 0;
}

/** Value at a path of plain objects and lists; undefined when it is not there. */
export function valueIn(inputs: unknown, path: string): unknown {
    let value = inputs;
    for (const step of path.split(".")) {
        if (typeof value !== "object" || value === null) return undefined;
        value = (value as Record<string, unknown>)[step];
    }
    return value;
}

/** Text at a path; undefined when it is missing, not known yet, or a secret. */
export function textIn(inputs: unknown, path: string): string | undefined {
    const value = valueIn(inputs, path);
    if (typeof value === "number") return String(value);
    return typeof value === "string" && value !== "" && !/^\[(unknown|secret)\]$/.test(value) ? value : undefined;
}

/** List at a path; empty when there is none. */
export function listIn(inputs: unknown, path: string): readonly unknown[] {
    const value = valueIn(inputs, path);
    return Array.isArray(value) ? (value as unknown[]) : [];
}

/** Texts in a list at a path. */
export function textsIn(inputs: unknown, path: string): string[] {
    return listIn(inputs, path).filter((value) => typeof value === "string");
}
