import { nameOf, pathParameters } from "./ids";
import { AzureError, refusal } from "./refusal";
import type { Properties, ResourceType } from "./resource-type";

interface Entry {
    type: ResourceType;
    pattern: RegExp;
    parameters: readonly string[];
}

/** The resource types that this Azure knows, found by token or by id. */
export class TypeTable {
    private readonly byToken = new Map<string, Entry>();

    constructor(types: readonly ResourceType[]) {
        for (const type of types) this.byToken.set(type.token, { type, ...compilePath(type.path) });
    }

    tokens(): string[] {
        return [...this.byToken.keys()];
    }

    find(token: string): ResourceType | undefined {
        return this.byToken.get(token)?.type;
    }

    /** @throws AzureError naming the type when it is not known. */
    get(token: string): ResourceType {
        const type = this.find(token);
        if (type) return type;
        const message = `the sandbox does not know the resource type "${token}"; add its table to sandbox/azure/types`;
        throw new AzureError(refusal(400, "SandboxUnknownResourceType", message));
    }

    /** Type of the resource with that id. */
    ofId(id: string): ResourceType | undefined {
        let found: Entry | undefined;
        for (const entry of this.byToken.values()) {
            if (!entry.pattern.test(id)) continue;
            // A path that names its parents beats `{scope}/...`, which matches below anything.
            if (!found || entry.parameters.length > found.parameters.length) found = entry;
        }
        return found?.type;
    }

    /** Names of the inputs in a type's path, `subscriptionId` left out as it comes from the provider. */
    parameters(token: string): string[] {
        return (this.byToken.get(token)?.parameters ?? []).filter((name) => name !== "subscriptionId");
    }

    /**
     * Id of the resource that the inputs describe.
     * @throws AzureError naming every path parameter that is missing.
     */
    idOf(token: string, inputs: Properties, subscriptionId: string): string {
        const { path } = this.get(token);
        const values: Properties = { subscriptionId, ...inputs };
        const missing = this.parameters(token).filter(
            (name) => typeof values[name] !== "string" || values[name] === "",
        );
        if (missing.length > 0) {
            const list = missing.map((name) => `"${name}"`).join(", ");
            throw new AzureError(refusal(400, "InvalidRequestUri", `${token} needs ${list}: it is part of the id`));
        }
        const id = path.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name]).replace(/^\/+|\/+$/g, ""));
        return id.startsWith("/") ? id : `/${id}`;
    }

    /** The path parameters of an id as inputs: what an import starts from. */
    inputsOf(id: string): Properties {
        const token = this.ofId(id)?.token;
        const entry = token === undefined ? undefined : this.byToken.get(token);
        const values = entry?.pattern.exec(id)?.slice(1) ?? [];
        const pairs = (entry?.parameters ?? []).map((name, index): [string, unknown] => [name, values[index]]);
        return Object.fromEntries(pairs.filter(([name]) => name !== "subscriptionId"));
    }

    /** ARM's name of the type, such as `Microsoft.Network/virtualNetworks`. */
    armType(token: string): string {
        const { path } = this.get(token);
        if (path.endsWith("/resourceGroups/{resourceGroupName}")) return "Microsoft.Resources/resourceGroups";
        const [provider = "", ...rest] = path.slice(path.lastIndexOf("/providers/") + "/providers/".length).split("/");
        return [provider, ...rest.filter((_, index) => index % 2 === 0)].join("/");
    }
}

function compilePath(path: string): Pick<Entry, "pattern" | "parameters"> {
    const parameters = pathParameters(path);
    const source = path.split(/\{\w+\}/).map((part) => part.replace(/[.\\/]/g, "\\$&"));
    const groups = parameters.map((name) => (name === "scope" || name === "resourceUri" ? "(.*?)" : "([^/]+)"));
    const body = source.map((part, index) => part + (groups[index] ?? "")).join("");
    return { pattern: new RegExp(`^${body}$`, "i"), parameters };
}

/** `type 'name'` as Azure's messages name a resource. */
export function described(types: TypeTable, token: string, id: string): string {
    return `${types.armType(token)} '${nameOf(id)}'`;
}
