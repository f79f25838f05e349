import type { AddressPlan } from "./address-plan";
import { formatCidr, inside, overlap, parseCidr, size } from "./cidr";

/** A domain on premises with the servers that know it. */
export interface Forward {
    /** With its closing dot, such as `corp.example.com.`; what lies below it is meant too. */
    domain: string;
    /** One to six addresses, each with a port where it is not 53: `10.100.0.53` or `10.100.0.53:5353`. */
    servers: readonly string[];
}

/** How names are exchanged with on-premises. */
export interface ResolverChoice {
    /** Answers servers on premises. `ipAddress` is in the plan's subnet for it. @default - nobody is answered */
    inbound?: { /** @default - the first that Azure leaves free */ ipAddress?: string };
    /** Names to ask for on premises. @default - none */
    forward?: readonly Forward[];
}

/** @see https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits#dns-private-resolver1 */
const limits = { rules: 1000, servers: 6 } as const;

/** Addresses that the resolver keeps for itself. @see https://learn.microsoft.com/azure/dns/dns-private-resolver-overview#subnet-restrictions */
const keptByResolver = Array.from({ length: 16 }, (_, index) => parseCidr(`10.0.${index + 1}.0/24`)).filter(
    (block) => block !== undefined,
);

/** Address at which Azure's own resolver answers in every network. */
const azureResolver = "168.63.129.16";

/** Azure keeps the first four addresses of a subnet. */
const keptFirst = 4;

/** Address of the inbound endpoint: the same, always, as it is written into servers that are not ours. */
export function inboundAddress(inbound: NonNullable<ResolverChoice["inbound"]>, plan: AddressPlan): string {
    const subnet = parseCidr(plan.resolverInbound);
    if (inbound.ipAddress !== undefined || subnet === undefined) return inbound.ipAddress ?? "";
    return formatCidr({ first: subnet.first + keptFirst, prefix: 32 }).replace("/32", "");
}

/** A server as Azure takes it. */
export function serverOf(server: string): { ipAddress: string; port: number } {
    const [ipAddress = "", port = "53"] = server.split(":");
    return { ipAddress, port: Number(port) };
}

/** What is wrong with an exchange of names; empty when nothing is. */
export function resolverFaults(field: string, choice: ResolverChoice, plan: AddressPlan): string[] {
    const { inbound, forward } = choice;
    const kept = ([role, block]: readonly [string, string]): string | false => {
        const cidr = parseCidr(block);
        const clash = cidr !== undefined && keptByResolver.some((one) => overlap(one, cidr));
        return (
            clash &&
            `${field} needs a network outside 10.0.1.0 to 10.0.16.255, which the resolver keeps, got ${role} ${block}`
        );
    };
    const faults = [
        !inbound && !forward && `${field} must have inbound or forward, got neither`,
        ...(inbound ? [kept(["inbound", plan.resolverInbound]), addressFault(field, inbound.ipAddress, plan)] : []),
        ...(forward
            ? [kept(["outbound", plan.resolverOutbound]), ...forwardFaults(`${field}.forward`, forward, plan)]
            : []),
    ];
    return faults.filter((fault) => typeof fault === "string");
}

function addressFault(field: string, address: string | undefined, plan: AddressPlan): string | false {
    if (address === undefined) return false;
    const [one, subnet] = [parseCidr(`${address}/32`), parseCidr(plan.resolverInbound)];
    if (one === undefined || subnet === undefined)
        return `${field}.inbound.ipAddress must be an IPv4 address, got "${address}"`;
    const [first, last] = [subnet.first + keptFirst, subnet.first + size(subnet) - 2];
    const text = (number: number): string => formatCidr({ first: number, prefix: 32 }).replace("/32", "");
    return (
        (one.first < first || one.first > last) &&
        `${field}.inbound.ipAddress must be from ${text(first)} to ${text(last)}, got "${address}"`
    );
}

const domainShape = /^(?=.{2,81}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+$/;

function forwardFaults(field: string, forward: readonly Forward[], plan: AddressPlan): (string | false)[] {
    const domains = forward.map(({ domain }) => domain);
    const ours = [plan.resolverInbound, plan.resolverOutbound].flatMap((block) => parseCidr(block) ?? []);
    return [
        forward.length === 0 && `${field} must name at least one domain, got none`,
        forward.length > limits.rules && `${field} must be at most ${limits.rules} domains, got ${forward.length}`,
        new Set(domains).size < domains.length && `${field} must name each domain once, got ${domains.join(", ")}`,
        ...forward.flatMap(({ domain, servers }, index) => [
            !domainShape.test(domain) &&
                `${field}[${index}].domain must be a domain in lower case with its closing dot, such as corp.example.com., got "${domain}"`,
            (servers.length < 1 || servers.length > limits.servers) &&
                `${field}[${index}].servers must be 1 to ${limits.servers} addresses, got ${servers.length}`,
            ...servers.map((server) => serverFault(`${field}[${index}].servers`, server, ours)),
        ]),
    ];
}

function serverFault(
    field: string,
    server: string,
    ours: readonly NonNullable<ReturnType<typeof parseCidr>>[],
): string | false {
    const { ipAddress, port } = serverOf(server);
    const address = parseCidr(`${ipAddress}/32`);
    if (address === undefined || !/^[\d.]+(?::\d{1,5})?$/.test(server) || port < 1 || port > 65535)
        return `${field} must be IPv4 addresses, each with a port where it is not 53, got "${server}"`;
    if (ipAddress === azureResolver)
        return `${field} must not name Azure's own resolver, which asks these servers itself, got "${server}"`;
    return (
        ours.some((block) => inside(address, block)) &&
        `${field} must not name the platform's own resolver: it would ask itself for ever, got "${server}"`
    );
}
