import type { network } from "@pulumi/azure-native/types/input";
import { parseCidr } from "./cidr";

/** Zone-redundant sizes, with the tunnels that each takes. @see https://learn.microsoft.com/azure/vpn-gateway/about-gateway-skus */
export const vpnTunnels = { VpnGw1AZ: 30, VpnGw2AZ: 30, VpnGw3AZ: 30, VpnGw4AZ: 100, VpnGw5AZ: 100 } as const;
export type VpnSku = keyof typeof vpnTunnels;

/** A network on premises, with the device that the tunnel ends at. */
export interface VpnSite {
    /** Part of Azure names. */
    name: string;
    /** Public address of the device. Either this or `fqdn`. */
    gatewayIpAddress?: string;
    /** Host name of the device, for one whose address changes. */
    fqdn?: string;
    /** Blocks behind the device. May be empty with BGP, which tells them. */
    addressSpaces: readonly string[];
    /** Routes are exchanged instead of listed. @default - they are listed */
    bgp?: { asn: number; peeringAddress: string };
    /** What both ends encrypt with. @default "gcm256Ecp384" */
    proposal?: IpsecProposal;
}

/** Site-to-site VPN. */
export interface VpnChoice {
    sku: VpnSku;
    /** Both instances carry traffic, each with a public address; the device needs two tunnels. @default false */
    activeActive?: boolean;
    sites: readonly VpnSite[];
}

// Azure's default for the life of a key, and the most data it takes.
const life = { saLifeTimeSeconds: 27_000, saDataSizeKilobytes: 102_400_000 };

/**
 * What both ends of a tunnel agree on, stated in full: Azure's default would also take weak algorithms.
 * @see https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-compliance-crypto
 */
export const ipsecProposals = {
    gcm256Ecp384: {
        ...{ ikeEncryption: "AES256", ikeIntegrity: "SHA384", dhGroup: "ECP384" },
        ...{ ipsecEncryption: "GCMAES256", ipsecIntegrity: "GCMAES256", pfsGroup: "ECP384", ...life },
    },
    /** For devices without elliptic curves. */
    aes256Modp2048: {
        ...{ ikeEncryption: "AES256", ikeIntegrity: "SHA256", dhGroup: "DHGroup14" },
        ...{ ipsecEncryption: "AES256", ipsecIntegrity: "SHA256", pfsGroup: "PFS2048", ...life },
    },
} as const satisfies Record<string, network.IpsecPolicyArgs>;
export type IpsecProposal = keyof typeof ipsecProposals;

/** Number of every Azure gateway. */
export const azureAsn = 65515;

/** Numbers that Azure or IANA keep. @see https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-vpn-faq#bgp */
const keptAsns: readonly (readonly [number, number])[] = [
    ...([
        [8074, 8075],
        [12076, 12076],
        [23456, 23456],
        [64496, 64511],
        [65515, 65515],
    ] as const),
    ...([
        [65517, 65520],
        [65535, 65551],
    ] as const),
];

const notPublic = ["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"]
    .concat("192.168.0.0/16", "224.0.0.0/3")
    .flatMap((range) => parseCidr(range) ?? []);

const hostName = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/i;

/** Name of a site or circuit; the longest still makes a name that Azure takes. */
export const connectionName = /^[a-z](?:[a-z0-9-]{0,18}[a-z0-9])?$/;

/** What is wrong with a VPN; empty when nothing is. Blocks are checked with all others on premises. */
export function vpnFaults(field: string, { sku, sites }: VpnChoice): string[] {
    const most = vpnTunnels[sku];
    const faults = [
        sites.length === 0 && `${field}.sites must name at least one site, got none`,
        sites.length > most && `${field}.sites must be at most ${most} for ${sku}, got ${sites.length}`,
        ...sites.flatMap((site, index) => siteFaults(`${field}.sites[${index}]`, site)),
    ];
    return faults.filter((fault) => typeof fault === "string");
}

function siteFaults(field: string, { name, gatewayIpAddress, fqdn, addressSpaces, bgp }: VpnSite): (string | false)[] {
    return [
        !connectionName.test(name) &&
            `${field}.name must be 1 to 20 of a-z, 0-9 and hyphens, from a letter on, got "${name}"`,
        (gatewayIpAddress === undefined) === (fqdn === undefined) &&
            `${field} must have one of gatewayIpAddress and fqdn, got ${fqdn === undefined ? "neither" : "both"}`,
        gatewayIpAddress !== undefined &&
            !isPublic(gatewayIpAddress) &&
            `${field}.gatewayIpAddress must be a public IPv4 address, got "${gatewayIpAddress}"`,
        fqdn !== undefined && !hostName.test(fqdn) && `${field}.fqdn must be a host name, got "${fqdn}"`,
        addressSpaces.length === 0 &&
            bgp === undefined &&
            `${field}.addressSpaces must name at least one block without bgp, got none`,
        bgp !== undefined &&
            (!Number.isInteger(bgp.asn) || bgp.asn < 1 || bgp.asn > 4_294_967_295 || isKept(bgp.asn)) &&
            `${field}.bgp.asn must be a number that neither Azure nor IANA keeps, got ${bgp.asn}`,
        bgp !== undefined &&
            parseCidr(`${bgp.peeringAddress}/32`) === undefined &&
            `${field}.bgp.peeringAddress must be an IPv4 address, got "${bgp.peeringAddress}"`,
    ];
}

const isKept = (asn: number): boolean => keptAsns.some(([first, last]) => asn >= first && asn <= last);

function isPublic(address: string): boolean {
    const one = parseCidr(`${address}/32`);
    return (
        one !== undefined &&
        !notPublic.some(({ first, prefix }) => one.first >= first && one.first < first + 2 ** (32 - prefix))
    );
}
