/** One Azure region, as far as the platform's choices depend on it. */
export interface Region {
    /** Short code for names, as Azure Backup's private zones use it. */
    code: string;
    /** Has three availability zones. */
    zones: boolean;
    /** API-server VNet integration is to be had there. */
    apiServerVnetIntegration: boolean;
}

export const regionSources = {
    zones: "https://learn.microsoft.com/azure/reliability/regions-list",
    codes: "https://learn.microsoft.com/azure/backup/scripts/geo-code-list; codes of regions it does not list are made alike",
    apiServerVnetIntegration: "https://learn.microsoft.com/azure/aks/api-server-vnet-integration",
} as const;

const zonal = (code: string): Region => ({ code, zones: true, apiServerVnetIntegration: true });
const single = (code: string): Region => ({ code, zones: false, apiServerVnetIntegration: true });

/** Regions that the platform knows, by their short name. */
export const regions: Readonly<Record<string, Region>> = {
    australiaeast: zonal("ae"),
    australiasoutheast: single("ase"),
    brazilsouth: zonal("brs"),
    canadacentral: zonal("cnc"),
    canadaeast: single("cne"),
    centralindia: zonal("inc"),
    centralus: zonal("cus"),
    eastasia: zonal("ea"),
    eastus: zonal("eus"),
    eastus2: zonal("eus2"),
    francecentral: zonal("frc"),
    germanywestcentral: zonal("gwc"),
    israelcentral: zonal("ilc"),
    italynorth: zonal("itn"),
    japaneast: zonal("jpe"),
    japanwest: zonal("jpw"),
    koreacentral: zonal("krc"),
    mexicocentral: zonal("mxc"),
    newzealandnorth: zonal("nzn"),
    northcentralus: single("ncus"),
    northeurope: zonal("ne"),
    norwayeast: zonal("nwe"),
    polandcentral: zonal("plc"),
    qatarcentral: { code: "qac", zones: true, apiServerVnetIntegration: false },
    southafricanorth: zonal("san"),
    southcentralus: zonal("scus"),
    southeastasia: zonal("sea"),
    southindia: single("ins"),
    spaincentral: zonal("spc"),
    swedencentral: zonal("sdc"),
    switzerlandnorth: zonal("szn"),
    uaenorth: zonal("uan"),
    uksouth: zonal("uks"),
    ukwest: single("ukw"),
    westcentralus: single("wcus"),
    westeurope: zonal("we"),
    westus: single("wus"),
    westus2: zonal("wus2"),
    westus3: zonal("wus3"),
};

/** Short code of a region. @throws Error naming the region when it is not in the table. */
export function regionCode(location: string): string {
    const region = regions[location];
    if (region === undefined)
        throw new Error(`location must be one of ${Object.keys(regions).join(", ")}, got "${location}"`);
    return region.code;
}
