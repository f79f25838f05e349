import { isWithin } from "./addresses";
import { listIn, order, textIn, textsIn } from "./graph";
import type { Node } from "./graph";
import type { Drawing } from "./model";
import { columns } from "./picture";
import type { Flow, FlowKind, Shape } from "./picture";

/** The ways traffic may flow, from what the resources themselves say. */
export function drawFlows(drawing: Drawing): void {
    drawOutside(drawing);
    drawSecurityRules(drawing);
    drawWaysOut(drawing);
    drawManagedLinks(drawing);
    drawKeyUse(drawing);
    drawLogs(drawing);
}

function connect(drawing: Drawing, from: Shape, to: Shape, kind: FlowKind, more: Partial<Flow> = {}): Flow {
    const found = drawing.flows.find((flow) => flow.from === from.id && flow.to === to.id && flow.kind === kind);
    if (found) return found;
    const made = { from: from.id, to: to.id, kind, resources: [], ...more };
    drawing.flows.push(made);
    return made;
}

function internet(drawing: Drawing): Shape {
    const at = { purpose: "outside", icon: "globe", column: columns.outside } as const;
    return drawing.add({ id: "outside:internet", title: "Internet", lines: [], ...at });
}

/** Something that the stack reaches and does not hold, by its id. */
function hub(drawing: Drawing, name: string): Shape {
    const at = { purpose: "outside", icon: "hub", column: columns.outside } as const;
    return drawing.add({ id: `outside:hub:${name}`, title: "Corporate hub", lines: name === "" ? [] : [name], ...at });
}

/** What is behind circuits that the stack does not hold. */
const circuitId = "outside:circuit";

/** Peerings, tunnels and circuits. */
function drawOutside(drawing: Drawing): void {
    const { graph } = drawing;
    for (const peering of graph.ofKind("network:VirtualNetworkPeering")) {
        const own = drawing.shapeOf(graph.behindOf(peering, "network:VirtualNetwork", "virtualNetworkName"));
        if (!own) continue;
        const remote = graph.behindOf(peering, "network:VirtualNetwork", "remoteVirtualNetwork");
        const id = textIn(peering.inputs, "remoteVirtualNetwork.id") ?? "";
        const other = drawing.shapeOf(remote) ?? hub(drawing, id.slice(id.lastIndexOf("/") + 1));
        drawing.tell(peering, connect(drawing, other, own, "joined", { label: "peered", both: true }));
    }
    for (const connection of graph.ofKind("network:VirtualNetworkGatewayConnection")) {
        const gateway = drawing.shapeOf(graph.behindOf(connection, "network:VirtualNetworkGateway"));
        if (!gateway) continue;
        const far = graph.behindOf(connection, "network:LocalNetworkGateway");
        const circuit = graph.behindOf(connection, "network:ExpressRouteCircuit");
        const at = { purpose: "outside", icon: "building", column: columns.outside } as const;
        const other =
            drawing.shapeOf(far ?? circuit) ??
            drawing.add({ id: circuitId, title: "On-premises", lines: ["by ExpressRoute"], ...at });
        const label = textIn(connection.inputs, "connectionType") ?? "connected";
        drawing.tell(connection, connect(drawing, other, gateway, "joined", { label, both: true }));
    }
}

/** Who may call whom, from the security groups' allow rules. */
function drawSecurityRules(drawing: Drawing): void {
    const { graph } = drawing;
    const subnets = graph.ofKind("network:Subnet");
    for (const subnet of subnets) {
        const shape = drawing.shapeOf(subnet);
        const group = graph.behindOf(subnet, "network:NetworkSecurityGroup", "networkSecurityGroup");
        if (!shape || !group) continue;
        const rules = listIn(group.inputs, "securityRules").filter((rule) => textIn(rule, "direction") === "Inbound");
        for (const rule of rules.filter((each) => textIn(each, "access") === "Allow")) {
            for (const source of prefixesOf(rule)) {
                const from: Shape | undefined =
                    source === "VirtualNetwork" ? undefined : sourceOf(drawing, subnets, source, shape);
                if (source === "VirtualNetwork") shape.lines.push(`takes ${portsOf(rule)} from all the network`);
                if (from && from !== shape) allow(drawing, from, shape, portsOf(rule));
            }
        }
        const closed = rules.some(
            (rule) => textIn(rule, "access") === "Deny" && prefixesOf(rule).includes("VirtualNetwork"),
        );
        if (closed) tellOnce(drawing, shape);
        else shape.lines.push("open inside the network");
    }
}

/** When all who may call use the same ports, they are told on the called one instead of on each line. */
function tellOnce({ flows }: Drawing, shape: Shape): void {
    const callers = flows.filter(({ kind, to, both }) => kind === "allowed" && to === shape.id && both !== true);
    const ports = new Set(callers.map(({ label }) => label));
    const [only] = ports;
    if (callers.length < 2 || ports.size > 1 || only === undefined) return;
    if (!shape.lines.some((line) => line.startsWith(`takes ${only} `))) shape.lines.push(`takes ${only}`);
    for (const caller of callers) delete caller.label;
}

/** A subnet of ours, or somebody outside. Pods share the node subnet's rules, and probes of load balancers are no traffic. */
function sourceOf(drawing: Drawing, subnets: readonly Node[], source: string, own: Shape): Shape | undefined {
    if (source === "AzureLoadBalancer") return undefined;
    if (source === "Internet" || source === "*") return internet(drawing);
    const subnet = subnets.find(({ inputs }) => textIn(inputs, "addressPrefix") === source);
    if (subnet) return drawing.shapeOf(subnet);
    const pods = drawing.graph
        .ofKind("containerservice:ManagedCluster")
        .some(({ inputs }) => textIn(inputs, "networkProfile.podCidr") === source);
    if (pods) return own;
    const known = drawing.graph
        .ofKind("network:LocalNetworkGateway")
        .find(({ inputs }) =>
            textsIn(inputs, "localNetworkAddressSpace.addressPrefixes").some((block) => isWithin(source, block)),
        );
    if (known) return drawing.shapeOf(known);
    const at = { purpose: "outside", icon: "building", column: columns.outside } as const;
    const clients =
        drawing.shapes.get(circuitId) ??
        drawing.add({ id: "outside:clients", title: "Other networks", lines: [], ...at });
    if (!clients.lines.includes(source)) clients.lines.push(source);
    return clients;
}

/** Rules in both directions are one line with two heads. */
function allow(drawing: Drawing, from: Shape, to: Shape, ports: string): void {
    const back = drawing.flows.find(
        ({ kind, ...flow }) => kind === "allowed" && flow.from === to.id && flow.to === from.id,
    );
    const flow = back ?? connect(drawing, from, to, "allowed");
    if (back) back.both = true;
    const all = new Set([...(flow.label?.split(", ") ?? []), ...ports.split(", ")]);
    flow.label = all.has("any port") ? "any port" : [...all].join(", ");
}

function prefixesOf(rule: unknown): string[] {
    const one = textIn(rule, "sourceAddressPrefix");
    return one === undefined ? textsIn(rule, "sourceAddressPrefixes") : [one];
}

function portsOf(rule: unknown): string {
    const one = textIn(rule, "destinationPortRange");
    const ports = one === undefined ? textsIn(rule, "destinationPortRanges") : [one];
    return ports.includes("*") ? "any port" : ports.join(", ");
}

/** Where packets to the outside go: a NAT gateway, or what the default route says. */
function drawWaysOut(drawing: Drawing): void {
    const { graph } = drawing;
    for (const subnet of graph.ofKind("network:Subnet")) {
        const shape = drawing.shapeOf(subnet);
        if (!shape) continue;
        const gateway = drawing.shapeOf(graph.behindOf(subnet, "network:NatGateway", "natGateway"));
        const routed = gateway ? undefined : defaultRouteOf(drawing, subnet);
        const out = gateway ?? routed;
        if (out) connect(drawing, shape, out, "egress");
        if (out?.column === columns.egress) connect(drawing, out, internet(drawing), "egress");
    }
}

function defaultRouteOf(drawing: Drawing, subnet: Node): Shape | undefined {
    const { graph } = drawing;
    const table = graph.behindOf(subnet, "network:RouteTable", "routeTable");
    const route = graph
        .ofKind("network:Route")
        .find((each) => graph.behindOf(each, "network:RouteTable", "routeTableName") === table && isDefault(each));
    if (!table || !route) return undefined;
    const firewall = graph.behindOf(route, "network:AzureFirewall");
    if (firewall) return drawing.shapeOf(firewall);
    const hubShape = nextHub(drawing, route);
    if (!hubShape) return undefined;
    const line = "way out through its firewall";
    if (!hubShape.lines.includes(line)) hubShape.lines.push(line);
    return hubShape;
}

/** The hub whose firewall a route leads to: the one that is peered with, or one that the stack does not name. */
function nextHub(drawing: Drawing, route: Node): Shape | undefined {
    const peering = drawing.graph.behindOf(route, "network:VirtualNetworkPeering", "nextHopIpAddress");
    const peered = drawing.flows.find(({ resources }) => peering && resources.includes(peering.urn));
    if (peered) return drawing.shapes.get(peered.from);
    if (textIn(route.inputs, "nextHopIpAddress") === undefined) return undefined;
    return [...drawing.shapes.values()].find(({ id }) => id.startsWith("outside:hub:")) ?? hub(drawing, "");
}

const isDefault = ({ inputs }: Node): boolean => textIn(inputs, "addressPrefix") === "0.0.0.0/0";

/** What is reached through a scope's private endpoint, and what a managed service reaches through one of its own. */
function drawManagedLinks(drawing: Drawing): void {
    const { graph } = drawing;
    for (const scoped of graph.ofKind("monitor:PrivateLinkScopedResource")) {
        const scope = drawing.shapeOf(graph.behindOf(scoped, "monitor:PrivateLinkScope", "scopeName"));
        if (!scope) continue;
        drawing.tell(scoped, scope);
        // Not a line: it would push what is behind the scope out of its column.
        for (const { name } of graph.behind(scoped, "linkedResourceId")) scope.lines.push(`leads to ${name}`);
    }
    for (const endpoint of graph.ofKind("dashboard:ManagedPrivateEndpoint")) {
        const from = drawing.shapeOf(graph.behindOf(endpoint, "dashboard:Grafana", "workspaceName"));
        const [to] = graph.behind(endpoint, "privateLinkResourceId").map((node) => drawing.shapeOf(node));
        if (from && to) drawing.tell(endpoint, connect(drawing, from, to, "privateLink"));
    }
}

/** Which key protects what; a disk encryption set passes its key on to the pools' disks. */
function drawKeyUse(drawing: Drawing): void {
    const { graph } = drawing;
    for (const key of graph.ofKind("keyvault:Key")) {
        const shape = drawing.shapeOf(key);
        if (!shape) continue;
        for (const user of graph.usersOf(key)) {
            const used = drawing.shapeOf(user);
            if (used && used !== shape && used.id === user.urn) connect(drawing, shape, used, "encrypts");
        }
        const sets = graph.usersOf(key).filter(({ kind }) => kind === "compute:DiskEncryptionSet");
        for (const user of sets.flatMap((set) => graph.usersOf(set))) {
            const pools = drawing.shapes.get(`${user.urn}#bootstrap`)?.inside;
            const used = pools === undefined ? drawing.shapeOf(user) : drawing.shapes.get(pools);
            if (used && used !== shape) connect(drawing, shape, used, "encrypts");
        }
    }
}

/** Who keeps logs of how many. */
function drawLogs(drawing: Drawing): void {
    const { graph } = drawing;
    const kinds = ["monitor:DiagnosticSetting"];
    for (const workspace of graph.ofKind("operationalinsights:Workspace")) {
        const settings = graph.usersOf(workspace).filter(({ kind }) => kinds.includes(kind));
        const shape = drawing.shapeOf(workspace);
        if (shape && settings.length > 0) shape.lines.push(`gets logs of ${settings.length} resources`);
    }
    drawing.flows.sort((left, right) => order(left.kind + left.from + left.to, right.kind + right.from + right.to));
}
