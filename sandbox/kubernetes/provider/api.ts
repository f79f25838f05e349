import type { HttpMethod, KubeConfig } from "@kubernetes/client-node";
import type { Values } from "../../protocol/values";
import { isNotFound, NoMatch } from "../api-faults";
import { ApiServer } from "../api-server";
import type { Sent } from "../api-server";
import { configOf } from "./kubeconfig";

import { apiVersionOf, listAt, textAt } from "./objects";
import type { GroupVersionKind, KubeObject } from "./objects";
import type { Surroundings } from "./surroundings";

/** How objects of a type are addressed. */
interface Mapping {
    plural: string;
    isNamespaced: boolean;
}

export interface WriteOptions {
    manager: string;
    force: boolean;
    dryRun: boolean;
}

/** Objects of any type on an API server, as they are written in its reference. */
export class KubeApi {
    private readonly server: ApiServer;
    private readonly mappings = new Map<string, Promise<Map<string, Mapping>>>();
    /** Namespace of the kubeconfig's context. */
    readonly namespace: string;

    /**
     * @param config Settings of the provider that name the cluster.
     * @throws Error when its kubeconfig names none.
     */
    constructor(config: Values, surroundings: Surroundings) {
        const load = (): KubeConfig => configOf(config, surroundings);
        const loaded = load();
        this.namespace = loaded.getContextObject(loaded.getCurrentContext())?.namespace ?? "default";
        this.server = new ApiServer(load);
    }

    close(): void {
        this.server.close();
    }

    /** Version of the API server, such as `v1.34.1`. */
    async version(): Promise<string> {
        return textAt(await this.server.send("GET", "/version"), "gitVersion");
    }

    /** @throws NoMatch */
    async isNamespaced(type: GroupVersionKind): Promise<boolean> {
        return (await this.mapping(type)).isNamespaced;
    }

    get(type: GroupVersionKind, namespace: string | undefined, name: string): Promise<KubeObject> {
        return this.onObject("GET", type, namespace, name);
    }

    /** @param query Selectors, such as `{ labelSelector: "app=web" }`. */
    async list(
        type: GroupVersionKind,
        namespace: string | undefined,
        query: Record<string, string> = {},
    ): Promise<KubeObject[]> {
        const path = await this.path(type, namespace);
        const items = listAt(await this.server.send("GET", path, { query }), "items");
        const { kind } = type;
        return items.map((item) => ({ apiVersion: apiVersionOf(type), kind, metadata: {}, ...item }));
    }

    /** Server-side apply. */
    apply(
        type: GroupVersionKind,
        namespace: string | undefined,
        name: string,
        object: Values,
        { manager, force, dryRun }: WriteOptions,
    ): Promise<KubeObject> {
        const query = { fieldManager: manager, force: String(force), ...(dryRun && { dryRun: "All" }) };
        const contentType = "application/apply-patch+yaml";
        return this.onObject("PATCH", type, namespace, name, { query, body: object, contentType });
    }

    replace(
        type: GroupVersionKind,
        namespace: string | undefined,
        name: string,
        object: Values,
        { manager, dryRun }: Omit<WriteOptions, "force">,
    ): Promise<KubeObject> {
        const query = { fieldManager: manager, ...(dryRun && { dryRun: "All" }) };
        return this.onObject("PUT", type, namespace, name, { query, body: object });
    }

    async delete(
        type: GroupVersionKind,
        namespace: string | undefined,
        name: string,
        propagationPolicy: string,
    ): Promise<void> {
        await this.onObject("DELETE", type, namespace, name, { body: { propagationPolicy } });
    }

    private async onObject(
        method: HttpMethod,
        type: GroupVersionKind,
        namespace: string | undefined,
        name: string,
        sent: Sent = {},
    ): Promise<KubeObject> {
        const path = `${await this.path(type, namespace)}/${encodeURIComponent(name)}`;
        return (await this.server.send(method, path, sent)) as KubeObject;
    }

    private async path(type: GroupVersionKind, namespace: string | undefined): Promise<string> {
        const { plural, isNamespaced } = await this.mapping(type);
        const place = isNamespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : "";
        return `${rootOf(type)}${place}/${plural}`;
    }

    private async mapping(type: GroupVersionKind): Promise<Mapping> {
        const root = rootOf(type);
        const known = (await this.mappings.get(root))?.get(type.kind);
        if (known) return known;
        // A definition may have come since.
        const asked = this.discover(root);
        this.mappings.set(root, asked);
        asked.catch(() => this.mappings.delete(root));
        const found = (await asked).get(type.kind);
        if (!found) throw new NoMatch(apiVersionOf(type), type.kind);
        return found;
    }

    private async discover(root: string): Promise<Map<string, Mapping>> {
        const answer = await this.server.send("GET", root).catch((fault: unknown): Values => {
            if (isNotFound(fault)) return {};
            throw fault;
        });
        const resources = listAt(answer, "resources").filter(({ name }) => !String(name).includes("/"));
        return new Map(
            resources.map(({ name, kind, namespaced }) => {
                return [String(kind), { plural: String(name), isNamespaced: namespaced === true }];
            }),
        );
    }
}

function rootOf(type: GroupVersionKind): string {
    return type.group === "" ? `/api/${type.version}` : `/apis/${apiVersionOf(type)}`;
}
