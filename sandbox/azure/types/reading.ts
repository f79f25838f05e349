import { isObject, valueAt, valuesAt } from "../properties";
import type { Properties, Refusal, Request, Rule, Stored, Subscription } from "../resource-type";

/** Text at a path; undefined when nothing, empty or something else is there. */
export function text(value: unknown, path: string): string | undefined {
    const found = valueAt(value, path);
    return typeof found === "string" && found !== "" ? found : undefined;
}

/** Number at a path. */
export function amount(value: unknown, path: string): number | undefined {
    const found = valueAt(value, path);
    return typeof found === "number" ? found : undefined;
}

/** Is the value at a path `true`? Missing is not. */
export function flag(value: unknown, path: string): boolean {
    return valueAt(value, path) === true;
}

/** Objects of the list at a path. */
export function records(value: unknown, path: string): Properties[] {
    return valuesAt(value, `${path}.[]`).filter(isObject);
}

/** Texts of the list at a path, or the keys of the map that is there. */
export function texts(value: unknown, path: string): string[] {
    const found = valueAt(value, path);
    if (isObject(found)) return Object.keys(found);
    return Array.isArray(found) ? found.filter((item): item is string => typeof item === "string") : [];
}

/** `Sweden Central` as `swedencentral`: Azure compares regions without case and spaces. */
export function regionOf(value: unknown): string {
    return (text(value, "location") ?? "").toLowerCase().replaceAll(" ", "");
}

/** What a rule's body answers; `false` and undefined let the request pass. */
type Verdict = Refusal | undefined | false;
const settled = (verdict: Verdict): Refusal | undefined => (verdict === false ? undefined : verdict);

/** A rule of creating and updating. */
export function onWrite(source: string, refuse: (request: Request) => Verdict): Rule {
    return { on: ["create", "update"], source, refuse: (request) => settled(refuse(request)) };
}

export function onCreate(source: string, refuse: (request: Request) => Verdict): Rule {
    return { on: ["create"], source, refuse: (request) => settled(refuse(request)) };
}

export function onUpdate(source: string, refuse: (request: Request, previous: Stored) => Verdict): Rule {
    const judge = (request: Request) => request.previous && settled(refuse(request, request.previous));
    return { on: ["update"], source, refuse: judge };
}

export function onDelete(source: string, refuse: (request: Request) => Verdict): Rule {
    return { on: ["delete"], source, refuse: (request) => settled(refuse(request)) };
}

/** Client and principal id of a user-assigned identity of this subscription. */
export interface Principal {
    id: string;
    clientId: string | undefined;
    principalId: string | undefined;
}

export function userIdentity(azure: Subscription, id: string): Principal | undefined {
    const found = azure.find(id);
    return found && { id, clientId: text(found.outputs, "clientId"), principalId: text(found.outputs, "principalId") };
}

/** What Azure answers for the identities of a resource: the map from id to client and principal. */
export function identityMap(azure: Subscription, ids: readonly string[]): Properties {
    const entry = (id: string): [string, Properties] => {
        const { clientId, principalId } = userIdentity(azure, id) ?? {};
        return [id, { clientId, principalId }];
    };
    return Object.fromEntries(ids.map(entry));
}

/** The private endpoint connections of a resource, as its GET lists them. */
export function endpointConnections(azure: Subscription, id: string): Properties[] {
    const endpoints = azure.list("azure-native:network:PrivateEndpoint");
    const reaches = (endpoint: Stored) =>
        valuesAt(endpoint.inputs, "privateLinkServiceConnections.[].privateLinkServiceId").some(
            (target) => typeof target === "string" && target.toLowerCase() === id.toLowerCase(),
        );
    return endpoints.filter(reaches).map((endpoint) => ({
        privateEndpoint: { id: endpoint.id },
        privateLinkServiceConnectionState: { status: "Approved", actionsRequired: "None" },
        provisioningState: "Succeeded",
    }));
}
