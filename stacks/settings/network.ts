import { flag, list, object, optional, text } from "../parse";

/** A corporate hub. */
export const hub = object({
    virtualNetworkId: optional(text()),
    addressSpaces: list(text(), 1),
    onPremises: optional(list(text())),
    useGateways: optional(flag),
    peerBack: optional(flag),
});
