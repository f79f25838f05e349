import { drawFlows } from "./flows";
import { Graph, order, textIn } from "./graph";
import type { GraphResource, Node } from "./graph";
import { countedKinds, partKinds, shapeKinds } from "./kinds";
import type { ShapeKind } from "./kinds";
import { spellOut, withoutCommonStart } from "./names";
import { columns } from "./picture";
import type { Also, Flow, Picture, Shape } from "./picture";

/** Alike resources of a kind that the picture does not know are told by name up to this many. */
const namesShown = 3;

/** A picture in the making: which resource is on which shape. */
export class Drawing {
    readonly shapes = new Map<string, Shape>();
    readonly flows: Flow[] = [];
    readonly also: Also[] = [];
    private readonly told = new Map<string, string>();

    constructor(readonly graph: Graph) {}

    /** Adds a shape, or gives the one that is there already. */
    add(shape: Omit<Shape, "resources">, ...nodes: readonly Node[]): Shape {
        const found = this.shapes.get(shape.id);
        const made = found ?? { ...shape, resources: [] };
        this.shapes.set(made.id, made);
        for (const node of nodes) this.tell(node, made);
        return made;
    }

    /** Takes note that a shape, or a flow, stands for a resource. */
    tell({ urn }: Node, on: { id?: string; resources: string[] }): void {
        if (!on.resources.includes(urn)) on.resources.push(urn);
        this.told.set(urn, this.told.get(urn) ?? on.id ?? "");
    }

    isTold({ urn }: Node): boolean {
        return this.told.has(urn);
    }

    /** The shape that stands for a resource, itself or as a part. */
    shapeOf(node: Node | undefined): Shape | undefined {
        return node && this.shapes.get(this.told.get(node.urn) ?? "");
    }

    /** Shapes inside a frame. */
    inside({ id }: Shape): Shape[] {
        return [...this.shapes.values()].filter((shape) => shape.inside === id);
    }
}

/** What a stack's resources look like: nothing of it is lost, each resource is drawn, told on a shape, or counted. */
export function pictureOf(stack: string, resources: readonly GraphResource[]): Picture {
    const graph = new Graph(resources);
    const drawing = new Drawing(graph);
    drawFrames(drawing);
    drawShapes(drawing);
    drawPrivateEndpoints(drawing);
    drawZones(drawing);
    drawParts(drawing);
    drawFlows(drawing);
    drawTheRest(drawing);
    tidy(drawing);
    return {
        title: `What "${stack}" holds, and the ways that traffic may flow`,
        subtitle: [regionOf(graph), numbered(graph.nodes.length, ["resource", "resources"])]
            .filter((part) => part !== undefined)
            .join(" · "),
        shapes: [...drawing.shapes.values()],
        flows: drawing.flows,
        also: drawing.also,
    };
}

/** Networks, subnets and resource groups, which hold the rest. */
function drawFrames(drawing: Drawing): void {
    const { graph } = drawing;
    const groups = graph.ofKind("resources:ResourceGroup");
    const names = withoutCommonStart(groups.map(({ name }) => name));
    for (const [index, group] of groups.entries()) {
        const title = `Resource group ${names[index] ?? group.name}`;
        const at = { purpose: "other", icon: "folder", column: columns.services } as const;
        drawing.add({ id: group.urn, title, lines: [], ...at }, group);
    }
    for (const network of graph.ofKind("network:VirtualNetwork")) {
        const shape = drawKind(drawing, network, "Virtual network");
        shape.lines.unshift(network.name);
    }
    const subnets = graph.ofKind("network:Subnet");
    const short = withoutCommonStart(subnets.map(({ name }) => name));
    for (const [index, subnet] of subnets.entries()) {
        const network = graph.behindOf(subnet, "network:VirtualNetwork", "virtualNetworkName");
        // Azure's own names, such as `GatewaySubnet`, say what they are.
        const title = subnet.name.endsWith("Subnet") ? subnet.name : `Subnet ${short[index] ?? subnet.name}`;
        const shape = drawKind(drawing, subnet, title);
        if (network) shape.inside = network.urn;
    }
}

function drawShapes(drawing: Drawing): void {
    for (const node of drawing.graph.nodes) {
        if (drawing.isTold(node) || !shapeKinds[node.kind]) continue;
        drawKind(drawing, node, titleOf(drawing, node));
    }
    drawBootstrapPools(drawing);
}

function titleOf({ graph }: Drawing, node: Node): string {
    const what = shapeKinds[node.kind]?.what ?? spellOut(node.kind);
    if (node.kind === "containerservice:AgentPool") {
        const taints = JSON.stringify(node.inputs.nodeTaints ?? []);
        return `${taints.includes("nvidia.com/gpu") ? "GPU pool" : what} ${node.name}`;
    }
    if (node.kind === "keyvault:Key") {
        const keys = graph.ofKind("keyvault:Key");
        const names = withoutCommonStart(keys.map(({ name }) => name));
        return `Key ${names[keys.indexOf(node)] ?? node.name}`;
    }
    // Several of them are told apart by what the program calls them.
    if (graph.ofKind(node.kind).length === 1) return what;
    const said = what.toLowerCase().split(" ");
    return [what, ...node.label.split("-").filter((word) => !said.includes(word))].join(" ");
}

function drawKind(drawing: Drawing, node: Node, title: string): Shape {
    const kind = shapeKinds[node.kind];
    if (!kind) throw new Error(`no such kind of shape: ${node.kind}`);
    const { purpose, icon, column } = kind;
    const inside = insideOf(drawing, node, kind);
    const lines = (kind.lines?.(node, drawing.graph) ?? []).filter((line) => typeof line === "string" && line !== "");
    const shape = { id: node.urn, title, lines: lines as string[], purpose, icon, column };
    return drawing.add({ ...shape, ...(inside !== undefined && { inside }) }, node);
}

/** A subnet that it lies in, the vault that holds it, or its resource group. */
function insideOf({ graph }: Drawing, node: Node, kind: Partial<ShapeKind>): string | undefined {
    if (node.kind === "network:Subnet") return undefined;
    if (node.kind === "keyvault:Key") return graph.behindOf(node, "keyvault:Vault", "vaultName")?.urn;
    const subnet = graph.behind(node, kind.subnetFrom).find((other) => other.kind === "network:Subnet");
    if (subnet) return subnet.urn;
    if (kind.free === true) return undefined;
    return graph.behindOf(node, "resources:ResourceGroup", "resourceGroupName")?.urn;
}

/** The pool that a cluster is born with is part of the cluster's own resource. */
function drawBootstrapPools(drawing: Drawing): void {
    const { graph } = drawing;
    for (const cluster of graph.ofKind("containerservice:ManagedCluster")) {
        const subnet = graph.behindOf(cluster, "network:Subnet", "agentPoolProfiles");
        const profile = (cluster.inputs.agentPoolProfiles as unknown[] | undefined)?.[0];
        if (!subnet || profile === undefined) continue;
        const kind = shapeKinds["containerservice:AgentPool"];
        if (!kind) continue;
        const lines = kind.lines?.({ ...cluster, inputs: profile as Record<string, unknown> }, graph) ?? [];
        drawing.add({
            ...{ id: `${cluster.urn}#bootstrap`, title: `Pool ${textIn(profile, "name") ?? ""}`, inside: subnet.urn },
            lines: lines.filter((line) => typeof line === "string"),
            ...{ purpose: kind.purpose, icon: kind.icon, column: kind.column },
        });
    }
}

/** One box for all endpoints in a subnet that lead to the same service. */
function drawPrivateEndpoints(drawing: Drawing): void {
    const { graph } = drawing;
    for (const endpoint of graph.ofKind("network:PrivateEndpoint")) {
        const connections = ["privateLinkServiceConnections", "manualPrivateLinkServiceConnections"];
        const target = connections.flatMap((property) => graph.behind(endpoint, property))[0];
        const subnet = graph.behindOf(endpoint, "network:Subnet");
        const groups = connections.flatMap((property) => groupIdsIn(endpoint.inputs[property]));
        const shape = drawing.add(
            {
                ...{ id: `endpoints:${subnet?.urn ?? ""}:${target?.urn ?? endpoint.urn}`, title: "", lines: [] },
                ...{ purpose: "network", icon: "plug", column: columns.privateEndpoints },
                ...(subnet && { inside: subnet.urn }),
            },
            endpoint,
        );
        shape.lines.push(...groups);
        const to = drawing.shapeOf(target);
        if (!to || drawing.flows.some(({ from, to: other }) => from === shape.id && other === to.id)) continue;
        drawing.flows.push({ from: shape.id, to: to.id, kind: "privateLink", resources: [] });
    }
    for (const shape of drawing.shapes.values()) {
        if (!shape.id.startsWith("endpoints:")) continue;
        shape.title = [...new Set(shape.lines)].sort(order).join(", ") || "private endpoint";
        shape.lines =
            shape.resources.length > 1 ? [`${shape.resources.length} private endpoints`] : ["private endpoint"];
    }
}

function groupIdsIn(connections: unknown): string[] {
    if (!Array.isArray(connections)) return [];
    return connections.flatMap((connection) => {
        const ids = (connection as { groupIds?: unknown }).groupIds;
        return Array.isArray(ids) ? ids.filter((id) => typeof id === "string") : [];
    });
}

/** One box for the private zones that answer in a network. */
function drawZones(drawing: Drawing): void {
    const { graph } = drawing;
    for (const zone of graph.ofKind("privatedns:PrivateZone")) {
        const links = graph.usersOf(zone).filter(({ kind }) => kind === "privatedns:VirtualNetworkLink");
        const network = links.flatMap((link) => graph.behindOf(link, "network:VirtualNetwork") ?? [])[0];
        const inside = network ?? graph.behindOf(zone, "resources:ResourceGroup");
        const shape = drawing.add(
            {
                ...{ id: `zones:${inside?.urn ?? ""}`, title: "Private DNS zones", lines: [] },
                ...{ purpose: "network", icon: "names", column: columns.privateEndpoints },
                ...(inside && { inside: inside.urn }),
            },
            zone,
        );
        shape.lines.push(zone.name);
        shape.lines.sort(order);
    }
}

/** What belongs to a shape is told there: by number, by a line, or silently. */
function drawParts(drawing: Drawing): void {
    const { graph } = drawing;
    const counts = new Map<Shape, Map<readonly [string, string], number>>();
    for (const { node, owners } of partsOf(graph)) {
        const { counted, line } = partKinds[node.kind] ?? {};
        for (const owner of owners) {
            const shape = drawing.shapeOf(owner);
            if (!shape) continue;
            drawing.tell(node, shape);
            const said = line?.(node);
            if (said !== undefined && !shape.lines.includes(said)) shape.lines.push(said);
            if (!counted) continue;
            const here = counts.get(shape) ?? new Map<readonly [string, string], number>();
            counts.set(shape, here.set(counted, (here.get(counted) ?? 0) + 1));
        }
    }
    for (const [shape, here] of counts) {
        for (const [nouns, count] of here) shape.lines.push(numbered(count, nouns));
    }
}

/** Parts with what they belong to, owners first, as a part can belong to a part. */
function partsOf(graph: Graph): { node: Node; owners: Node[] }[] {
    const parts = graph.nodes
        .filter(({ kind }) => partKinds[kind])
        .map((node) => ({ node, owners: ownersOf(graph, node) }));
    return parts.sort((left, right) => depthOf(left.node.kind) - depthOf(right.node.kind));
}

function depthOf(kind: string): number {
    const owners = partKinds[kind]?.of ?? [];
    return owners.length === 0 ? 0 : 1 + Math.max(...owners.map(depthOf));
}

function ownersOf(graph: Graph, node: Node): Node[] {
    const kinds = partKinds[node.kind]?.of ?? [];
    const named = kinds.flatMap((kind) => graph.behindOf(node, kind) ?? []);
    return named.length > 0 ? named : graph.usersOf(node).filter(({ kind }) => kinds.includes(kind));
}

function numbered(count: number, [one, many]: readonly [string, string]): string {
    return `${count} ${count === 1 ? one : many}`;
}

/** Counts what only fills a picture, and draws what the picture does not know as plain boxes where it lies. */
function drawTheRest(drawing: Drawing): void {
    const { graph } = drawing;
    const rest = graph.nodes.filter((node) => !drawing.isTold(node));
    for (const [kind, nodes] of grouped(rest, ({ kind }) => kind)) {
        const nouns = countedKinds[kind];
        if (nouns) count(drawing, nodes, nouns);
        else {
            for (const [inside, alike] of grouped(nodes, (node) => insideOf(drawing, node, {}) ?? "")) {
                const what = spellOut(kind);
                if (inside !== "") drawPlainBox(drawing, what, kind, inside, alike);
                else count(drawing, alike, [`× ${what}`, `× ${what}`]);
            }
        }
    }
}

function count({ also }: Drawing, nodes: readonly Node[], nouns: readonly [string, string]): void {
    also.push({ text: numbered(nodes.length, nouns), resources: nodes.map(({ urn }) => urn) });
}

function drawPlainBox(drawing: Drawing, what: string, kind: string, inside: string, alike: readonly Node[]): void {
    const shown = alike.slice(0, namesShown).map(({ name }) => name);
    const more = alike.length - shown.length;
    drawing.add(
        {
            ...{ id: `${kind}:${inside}`, title: alike.length > 1 ? `${alike.length} × ${what}` : what, inside },
            lines: more > 0 ? [...shown, `and ${more} more`] : shown,
            ...{ purpose: "other", icon: "box", column: columns.services },
        },
        ...alike,
    );
}

function grouped<T>(items: readonly T[], key: (item: T) => string): [string, T[]][] {
    const groups = new Map<string, T[]>();
    for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
    return [...groups].sort(([left], [right]) => order(left, right));
}

/** Frames take the place of what is in them; a resource group that frames nothing is told on its network. */
function tidy(drawing: Drawing): void {
    const { graph, shapes } = drawing;
    for (const subnet of graph.ofKind("network:Subnet")) {
        const shape = shapes.get(subnet.urn);
        if (!shape) continue;
        const inner = drawing.inside(shape).map(({ column }) => column);
        if (inner.length > 0) shape.column = Math.max(...inner);
        else if (/^(AzureFirewall|Gateway)/.test(subnet.name)) shape.column = columns.egress;
    }
    const empty = graph.ofKind("resources:ResourceGroup").filter(({ urn }) => {
        const shape = shapes.get(urn);
        return shape && drawing.inside(shape).length === 0;
    });
    for (const group of empty) shapes.delete(group.urn);
    for (const network of graph.ofKind("network:VirtualNetwork")) {
        const group = empty.find((candidate) => graph.behind(network).includes(candidate));
        const shape = shapes.get(network.urn);
        if (!group || !shape) continue;
        shape.resources.push(group.urn);
        shape.lines.push(`group ${group.name}`);
    }
    const left = empty.filter(({ urn }) => ![...shapes.values()].some(({ resources }) => resources.includes(urn)));
    if (left.length > 0) count(drawing, left, ["resource group", "resource groups"]);
}

/** Where most of it lies. */
function regionOf({ nodes }: Graph): string | undefined {
    const located = nodes.filter(({ inputs }) => (textIn(inputs, "location") ?? "global") !== "global");
    const byRegion = grouped(located, ({ inputs }) => textIn(inputs, "location") ?? "");
    return byRegion.sort((left, right) => right[1].length - left[1].length)[0]?.[0];
}
