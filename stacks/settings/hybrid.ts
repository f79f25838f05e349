import * as pulumi from "@pulumi/pulumi";
import { expressRouteCircuits, type ExpressRouteSku } from "../../components/network/express-route";
import { ipsecProposals, vpnTunnels, type IpsecProposal, type VpnSku } from "../../components/network/vpn-settings";
import type { HybridChoice } from "../../components/network/hybrid";
import { anyNumber, flag, list, object, oneOf, optional, text, type Parser } from "../parse";

const site = object({
    name: text(),
    gatewayIpAddress: optional(text()),
    fqdn: optional(text()),
    addressSpaces: optional(list(text())),
    bgp: optional(object({ asn: anyNumber, peeringAddress: text() })),
    proposal: optional(oneOf(Object.keys(ipsecProposals) as IpsecProposal[])),
});

const shape = object({
    addressSpaces: optional(list(text())),
    vpn: optional(
        object({
            sku: optional(oneOf(Object.keys(vpnTunnels) as VpnSku[])),
            activeActive: optional(flag),
            sites: list(site),
        }),
    ),
    expressRoute: optional(
        object({
            sku: optional(oneOf(Object.keys(expressRouteCircuits) as ExpressRouteSku[])),
            circuits: list(object({ name: text(), circuitId: text(), fastPath: optional(flag) })),
        }),
    ),
    resolver: optional(
        object({
            inbound: optional(object({ ipAddress: optional(text()) })),
            forward: optional(list(object({ domain: text(), servers: list(text()) }))),
        }),
    ),
    services: optional(list(object({ name: text(), to: list(text()), ports: list(text()) }))),
});

/** Reads `mlplatform:hybrid`. */
export const hybrid: Parser<HybridChoice> = (field, value, faults) => {
    const read = shape(field, value, faults);
    if (read === undefined) return undefined;
    const { addressSpaces = [], vpn, expressRoute, ...rest } = read;
    return {
        ...{ ...rest, addressSpaces },
        ...(vpn && {
            vpn: {
                ...{ ...vpn, sku: vpn.sku ?? "VpnGw1AZ" },
                sites: vpn.sites.map((one) => ({ ...one, addressSpaces: one.addressSpaces ?? [] })),
            },
        }),
        ...(expressRoute && { expressRoute: { ...expressRoute, sku: expressRoute.sku ?? "ErGw1AZ" } }),
    };
};

/** Secrets by the site or circuit that they are for. */
export type HybridSecrets = Readonly<Record<string, pulumi.Output<string>>>;

/** What a fault says of a secret instead of the value. */
const hidden = "its value is not shown";

const sharedKey = /^[!-~]{32,128}$/;
const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Reads `mlplatform:hybridSecrets`: what it hands on is a secret to the engine, and no fault shows a value. */
export const hybridSecrets: Parser<HybridSecrets> = (field, value, faults) => {
    const entries = entriesOf(value);
    if (entries === undefined) {
        faults.push(`${field} must be a map of sites and circuits to their keys; ${hidden}`);
        return undefined;
    }
    return Object.fromEntries(
        entries.map(([name, secret]) => {
            const fits = typeof secret === "string" && (sharedKey.test(secret) || guid.test(secret));
            if (!fits)
                faults.push(
                    `${field}["${name}"] must be a shared key of 32 to 128 printable ASCII characters, or the GUID that authorizes a circuit; ${hidden}`,
                );
            return [name, pulumi.secret(fits ? secret : "")];
        }),
    );
};

function entriesOf(value: unknown): [string, unknown][] | undefined {
    try {
        const read: unknown = typeof value === "string" ? JSON.parse(value) : value;
        const isMap = typeof read === "object" && read !== null && !Array.isArray(read);
        return isMap ? Object.entries(read) : undefined;
    } catch {
        // What the parser says of text that is no JSON quotes it.
        return undefined;
    }
}
