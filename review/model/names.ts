/** `network:Subnet` of `azure-native:network:Subnet`, `apps:Deployment` of `kubernetes:apps/v1:Deployment`. */
export function kindOf(type: string): string {
    return type.replace(/^azure-native:/, "").replace(/^kubernetes:([^/]*)\/[^:]*:/, "$1:");
}

/** Own name of a resource: the last part of its URN. */
export const nameOf = (urn: string): string => urn.slice(urn.lastIndexOf("::") + 2);
