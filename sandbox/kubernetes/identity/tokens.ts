import { createHash, createPublicKey, sign, verify } from "node:crypto";

/** Application that every AKS cluster with Entra ID takes tokens for. @see https://azure.github.io/kubelogin/concepts/aks.html */
export const aksServerApplicationId = "6dae42f8-4368-4678-94ff-3960e28e3630";

/** What a token says. */
export interface Claims {
    iss: string;
    aud: string | readonly string[];
    sub: string;
    /** Seconds since 1970. */
    exp: number;
    iat: number;
    nbf: number;
    [more: string]: unknown;
}

/** Entra ID's issuer of tokens of version 1, which AKS takes. */
export const entraIssuer = (tenantId: string): string => `https://sts.windows.net/${tenantId}/`;

/** Signs a JWT (RS256) with a private key (PEM). `publicKey` names the key in its header. */
export function signedToken(claims: Claims, privateKey: string, publicKey: string): string {
    const body = [{ typ: "JWT", alg: "RS256", kid: keyId(publicKey) }, claims].map(encoded).join(".");
    return `${body}.${sign("RSA-SHA256", Buffer.from(body), privateKey).toString("base64url")}`;
}

/**
 * The claims of a JWT (RS256) that this key has signed and that is valid now.
 * @throws Error that says what is wrong with it.
 */
export function verifiedClaims(token: string, publicKey: string, now = Date.now()): Claims {
    const [header = "", payload = "", signature = ""] = token.trim().split(".");
    const claims = claimsOf(token);
    const signed = Buffer.from(`${header}.${payload}`);
    if (!verify("RSA-SHA256", signed, publicKey, Buffer.from(signature, "base64url"))) {
        throw new Error("the token's signature is not its issuer's");
    }
    if (claims.exp * 1000 <= now) throw new Error(`the token ended at ${new Date(claims.exp * 1000).toISOString()}`);
    if (claims.nbf * 1000 > now + clockSkewMs) throw new Error("the token is not valid yet");
    return claims;
}

const clockSkewMs = 10_000;

/** What a token says, whoever has signed it. */
export function claimsOf(token: string): Claims {
    try {
        return JSON.parse(Buffer.from(token.trim().split(".")[1] ?? "", "base64url").toString("utf8")) as Claims;
    } catch {
        throw new Error("this is no token (JWT)");
    }
}

/** The key as a set (RFC 7517), which whoever checks tokens reads. */
export function keySet(publicKey: string): object {
    const key = createPublicKey(publicKey).export({ format: "jwk" });
    return { keys: [{ ...key, use: "sig", alg: "RS256", kid: keyId(publicKey) }] };
}

function keyId(publicKey: string): string {
    const bytes = createPublicKey(publicKey).export({ type: "spki", format: "der" });
    return createHash("sha256").update(bytes).digest("base64url");
}

function encoded(part: object): string {
    return Buffer.from(JSON.stringify(part)).toString("base64url");
}
