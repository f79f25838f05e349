import type { ResourceType } from "../resource-type";
import { zoneGroup } from "./private-dns-zone-group";
import { privateEndpoint } from "./private-endpoint";

/** Private endpoints, and what makes their names resolve. */
export const privateLinkTypes: readonly ResourceType[] = [privateEndpoint, zoneGroup];
