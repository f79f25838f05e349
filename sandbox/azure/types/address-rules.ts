import { contains, formatBlock, overlaps, parseAddress, parseBlock } from "../cidr";
import type { Block } from "../cidr";
import { refusal } from "../refusal";
import type { Refusal } from "../resource-type";

export const prefixSource =
    "https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors; codes: https://github.com/Azure/azure-rest-api-specs/issues and NRP answers (InvalidAddressPrefixFormat, InvalidCIDRNotation)";

/** Ranges that no virtual network may use, as the platform itself does. */
const reserved = ["224.0.0.0/4", "255.255.255.255/32", "127.0.0.0/8", "169.254.0.0/16", "168.63.129.16/32"].flatMap(
    (range) => parseBlock(range) ?? [],
);

/** An IPv4 prefix: dotted address, slash, length, and no bit set behind the length. */
export function refusePrefix(prefix: string, id: string): Refusal | undefined {
    if (parseBlock(prefix)) return undefined;
    const [address = "", length = ""] = prefix.split("/");
    const first = parseAddress(address);
    const bits = /^\d{1,2}$/.test(length) ? Number(length) : Number.NaN;
    if (first === undefined || !(bits <= 32)) {
        return refusal(
            400,
            "InvalidAddressPrefixFormat",
            `Address prefix ${prefix} of resource ${id} is not formatted correctly. It should follow CIDR notation, for example 10.0.0.0/24.`,
        );
    }
    const size = 2 ** (32 - bits);
    const aligned = formatBlock({ first: first - (first % size), last: first, length: bits });
    return refusal(
        400,
        "InvalidCIDRNotation",
        `The address prefix ${prefix} in resource ${id} has an invalid CIDR notation. For the given prefix length, the address prefix should be ${aligned}.`,
    );
}

/** The reserved range that a prefix touches. */
export function reservedRange(prefix: string): string | undefined {
    const block = parseBlock(prefix);
    const touched = block && reserved.find((range) => overlaps(range, block));
    return touched && formatBlock(touched);
}

export function blocks(prefixes: readonly string[]): Block[] {
    return prefixes.flatMap((prefix) => parseBlock(prefix) ?? []);
}

export function within(outer: readonly Block[], inner: Block): boolean {
    return outer.some((block) => contains(block, inner));
}

/** An address, a prefix, or one of a service tag's forms (`Internet`, `AzureCloud.SwedenCentral`, `*`). */
export function isAddressOrTag(value: string): boolean {
    if (/^[\d.]+$/.test(value)) return parseAddress(value) !== undefined;
    if (/^[\d./]+$/.test(value)) return parseBlock(value) !== undefined;
    return value === "*" || value.includes(":") || /^[A-Za-z][A-Za-z0-9.]*$/.test(value);
}

/** `443`, `1000-2000`, or `*` when a wildcard is allowed. */
export function isPortRange(value: string, { wildcard }: { wildcard: boolean }): boolean {
    if (value === "*") return wildcard;
    const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(value);
    if (!match) return false;
    const [from, to] = [Number(match[1]), Number(match[2] ?? match[1])];
    return from <= to && to <= 65535;
}
