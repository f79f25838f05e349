import { dev } from "./good-settings";

export const circuitId =
    "/subscriptions/33333333-3333-4333-8333-333333333333/resourceGroups/wan/providers/Microsoft.Network/expressRouteCircuits/corp";
export const site = { name: "office", gatewayIpAddress: "203.0.113.10", addressSpaces: ["10.128.0.0/16"] };

/** Every way to on-premises at once. */
export const hybridChoice = {
    addressSpaces: ["10.129.0.0/16"],
    vpn: { sku: "VpnGw1AZ", sites: [site] },
    expressRoute: { sku: "ErGw1AZ", circuits: [{ name: "corp", circuitId }] },
    resolver: { inbound: {}, forward: [{ domain: "corp.example.com.", servers: ["10.128.0.53"] }] },
} as const;

export const hybridSecrets = {
    office: "0123456789-0123456789-0123456789",
    corp: "7d7f5a2e-9f4b-4b0a-8a3b-0f3c1d2e4f5a",
};

/** A dev environment that is part of the company's network. */
export const hybridDev: Readonly<Record<string, string>> = {
    ...dev,
    "mlplatform:hybrid": JSON.stringify(hybridChoice),
    "mlplatform:hybridSecrets": JSON.stringify(hybridSecrets),
};
