import { parentId, parseId } from "../../sandbox/azure/ids";
import { isObject } from "../../sandbox/azure/properties";

/** Ids that a template must not hold in clear: it is read, and deployed, in any subscription. */
export interface Place {
    subscriptionId: string;
    tenantId: string;
}

/** A value that only Azure knows once the resource is there, and the expression that asks for it. */
export interface RuntimeValue {
    ownerId: string;
    expression: string;
}

const groupType = "Microsoft.Resources/resourceGroups";

/** The id as an expression, without brackets. One of another subscription, or of the tenant, is text. */
export function idExpression(id: string, { subscriptionId }: Place): string {
    const root = `/subscriptions/${subscriptionId}`;
    if (id.toLowerCase() === root.toLowerCase()) return "subscription().id";
    const parsed = parseId(id);
    if (parsed?.subscriptionId.toLowerCase() !== subscriptionId.toLowerCase()) return quoted(id);
    if (parsed.provider === "") return `concat(subscription().id, ${quoted(id.slice(root.length))})`;
    const scope = id.slice(0, id.toLowerCase().lastIndexOf("/providers/"));
    const names = [parsed.type, ...parsed.parts.map(([, name]) => name)].map(quoted).join(", ");
    if (scope.toLowerCase() === root.toLowerCase()) return `subscriptionResourceId(${names})`;
    if (isGroup(scope)) return `resourceId(${quoted(parsed.resourceGroupName)}, ${names})`;
    return `extensionResourceId(${idExpression(scope, { subscriptionId, tenantId: "" })}, ${names})`;
}

/** As `dependsOn` names a resource; a group is a resource of the subscription there. */
export function dependency(id: string, place: Place): string {
    const name = isGroup(id) ? parseId(id)?.resourceGroupName : undefined;
    if (name !== undefined) return `[subscriptionResourceId(${quoted(groupType)}, ${quoted(name)})]`;
    return `[${idExpression(id, place)}]`;
}

export function isGroup(id: string): boolean {
    const parsed = parseId(id);
    return parsed?.provider === "" && parsed.parts.length === 0 && parsed.resourceGroupName !== "";
}

/** Text in an expression. */
export function quoted(text: string): string {
    return `'${text.replaceAll("'", "''")}'`;
}

/** What a template asks of whoever deploys it. */
export type Parameters = Record<string, { type: "securestring" | "string"; metadata: { description: string } }>;

/** What an export shows in place of a value, and what becomes of it. */
const withheld: Readonly<Record<string, { type: "securestring" | "string"; description: string }>> = {
    "[secret]": { type: "securestring", description: "a secret" },
    "[unknown]": { type: "string", description: "known after the update only" },
};

/** Writes values for a template: ids and what only Azure knows as expressions, what is withheld as parameters. */
export class Writer {
    readonly parameters: Parameters = {};
    private readonly pattern: RegExp;

    /**
     * @param ids Ids of the template's resources, in lower case, with the id as it is.
     * @param runtime What only Azure knows, by the text that stands for it.
     */
    constructor(
        private readonly place: Place,
        private readonly ids: ReadonlyMap<string, string>,
        private readonly runtime: ReadonlyMap<string, RuntimeValue>,
    ) {
        const { subscriptionId, tenantId } = place;
        const values = [...runtime.keys(), subscriptionId, tenantId].sort((left, right) => right.length - left.length);
        const id = `/subscriptions/${escaped(subscriptionId)}(?:/[\\w.-]+)*`;
        this.pattern = new RegExp([id, ...values.map(escaped)].join("|"), "gi");
    }

    /**
     * @param path Names the value, for a parameter's sake.
     * @param uses Takes the ids of the template's resources that the value needs.
     */
    write(value: unknown, path: string, uses: Set<string>): unknown {
        if (typeof value === "string") return this.parameter(value, path) ?? this.text(value, uses);
        if (Array.isArray(value)) {
            return value.map((item: unknown, index) => this.write(item, `${path}_${index}`, uses));
        }
        if (!isObject(value)) return value;
        return Object.fromEntries(
            Object.entries(value).map(([key, inner]) => [
                this.text(key, uses),
                this.write(inner, `${path}_${key}`, uses),
            ]),
        );
    }

    private parameter(text: string, path: string): string | undefined {
        const asked = withheld[text];
        if (!asked) return undefined;
        const name = path.replace(/\W+/g, "_");
        this.parameters[name] = { type: asked.type, metadata: { description: `${path}: ${asked.description}` } };
        return `[parameters(${quoted(name)})]`;
    }

    private text(text: string, uses: Set<string>): string {
        const parts: string[] = [];
        let end = 0;
        for (const found of text.matchAll(this.pattern)) {
            const [known] = found;
            if (found.index > end) parts.push(quoted(text.slice(end, found.index)));
            parts.push(this.expression(known, uses));
            end = found.index + known.length;
        }
        // Brackets at both ends would make an expression of it.
        if (parts.length === 0) return text.startsWith("[") && text.endsWith("]") ? `[${text}` : text;
        if (end < text.length) parts.push(quoted(text.slice(end)));
        return parts.length === 1 ? `[${parts.join("")}]` : `[concat(${parts.join(", ")})]`;
    }

    private expression(known: string, uses: Set<string>): string {
        const runtime = this.runtime.get(known);
        if (runtime) {
            uses.add(runtime.ownerId);
            return runtime.expression;
        }
        if (known === this.place.subscriptionId) return "subscription().subscriptionId";
        if (known === this.place.tenantId) return "subscription().tenantId";
        const holder = this.holder(known);
        if (holder !== undefined) uses.add(holder);
        return idExpression(known, this.place);
    }

    /** The template's resource with that id, or the nearest above it. */
    holder(id: string): string | undefined {
        for (let above: string | undefined = id; above !== undefined; above = parentId(above)) {
            const own = this.ids.get(above.toLowerCase());
            if (own !== undefined) return own;
        }
        return undefined;
    }
}

function escaped(text: string): string {
    return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
