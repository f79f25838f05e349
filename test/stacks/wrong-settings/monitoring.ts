import { hubScopeId, hubZoneIds } from "../good-settings";
import { inProd, wrong, type WrongSettings } from "./row";

/** Who is told what, and the way to Azure Monitor. */
export const wrongMonitoring: readonly WrongSettings[] = [
    inProd(
        "nobody to be told in prod",
        { monitoring: {} },
        "mlplatform:monitoring.alertEmails must name whom alerts go to in prod",
    ),
    wrong(
        "alerts to a name",
        { monitoring: { alertEmails: ["operations"] } },
        'mlplatform:monitoring.alertEmails[0] must be an e-mail address, got "operations"',
    ),
    wrong(
        "critical alerts to one address twice",
        { monitoring: { alertEmails: ["a@b.com"], criticalEmails: ["c@b.com", "c@b.com"] } },
        'mlplatform:monitoring.criticalEmails must name each address once, got "c@b.com" again',
    ),
    wrong(
        "a webhook in the clear",
        { monitoring: { webhookUri: "http://pager.example.com/secret" } },
        "mlplatform:monitoring.webhookUri must begin with https://",
    ),
    wrong(
        "a private link scope of our own with a hub's zones",
        { dns: { mode: "hub", zoneIds: hubZoneIds } },
        "mlplatform:monitoring.privateLinkScopeId must name the hub's private link scope with mlplatform:dns.mode hub: a scope of our own would turn Azure Monitor's names around",
    ),
    wrong(
        "a private link scope of our own with zones kept by policy",
        { dns: { mode: "policy" } },
        "mlplatform:monitoring.privateLinkScopeId must name the hub's private link scope with mlplatform:dns.mode policy",
    ),
    wrong(
        "a hub's private link scope with zones of our own",
        { monitoring: { privateLinkScopeId: hubScopeId } },
        "mlplatform:monitoring.privateLinkScopeId must be left out with mlplatform:dns.mode own",
    ),
    wrong(
        "a hub's private link scope by name",
        { monitoring: { privateLinkScopeId: "ampls-hub" } },
        'mlplatform:monitoring.privateLinkScopeId must be the full id of an Azure Monitor private link scope, got "ampls-hub"',
    ),
];
