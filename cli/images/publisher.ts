import { createHash } from "node:crypto";
import { parse } from "yaml";
import type { ArchivedChart, Digest, OciPart } from "../../facts/third-party";
import { UserError } from "../user-error";

/** Where a registry is asked, by the host that images carry. */
export type AddressOf = (host: string) => string;

/** Docker's registry answers by another name than images carry. */
export const publicAddress: AddressOf = (host) => `https://${host === "docker.io" ? "registry-1.docker.io" : host}`;

const manifests = [
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

const seconds = 30;
const fetchOf = (url: string | URL, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(url, { headers, signal: AbortSignal.timeout(seconds * 1000) });

const sha256 = (bytes: Uint8Array): Digest => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

/**
 * Asks the publisher's registry which digest a tag stands for. The digest is that of what came, not what a header says of it.
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
 * @throws UserError when the registry cannot be reached or does not know the tag
 */
export async function resolveTag({ repository, version }: OciPart, addressOf = publicAddress): Promise<Digest> {
    const slash = repository.indexOf("/");
    const [host, path] = [repository.slice(0, slash), repository.slice(slash + 1)];
    const url = `${addressOf(host)}/v2/${path}/manifests/${version}`;
    const asked = { Accept: manifests };
    let answer = await fetchOf(url, asked);
    const challenge = answer.headers.get("www-authenticate");
    if (answer.status === 401 && challenge !== null) {
        const token = await anonymousToken(challenge);
        answer = await fetchOf(url, { ...asked, Authorization: `Bearer ${token}` });
    }
    if (!answer.ok) throw new UserError(`${host} answered ${answer.status} when asked for ${path}:${version}`);
    const digest = sha256(new Uint8Array(await answer.arrayBuffer()));
    const said = answer.headers.get("docker-content-digest");
    if (said !== null && said !== digest)
        throw new UserError(`${host} says that ${path}:${version} is ${said}, and what it sent is ${digest}`);
    return digest;
}

/**
 * A token for whoever asks, by the registry's own challenge.
 * @see https://distribution.github.io/distribution/spec/auth/token/
 */
async function anonymousToken(challenge: string): Promise<string> {
    const fields = Object.fromEntries(
        [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = "", value = ""]) => [name, value]),
    );
    if (!challenge.toLowerCase().startsWith("bearer ") || fields.realm === undefined)
        throw new UserError(`a registry wants credentials: ${challenge}`);
    const url = new URL(fields.realm);
    for (const name of ["service", "scope"]) if (fields[name] !== undefined) url.searchParams.set(name, fields[name]);
    const answer = await fetchOf(url);
    if (!answer.ok) throw new UserError(`${url.host} gave no token: ${answer.status}`);
    const { token, access_token: other } = (await answer.json()) as { token?: string; access_token?: string };
    const given = token ?? other;
    if (given === undefined) throw new UserError(`${url.host} gave an answer without a token`);
    return given;
}

interface ChartIndex {
    entries?: Record<string, { version?: string; digest?: string }[]>;
}

/**
 * Reads the checksum of a chart's archive from its publisher's index.
 * @see https://helm.sh/docs/topics/chart_repository/#the-index-file
 * @throws UserError when the index cannot be had or does not list the version with a checksum
 */
export async function resolveArchive({ index, chart, version }: ArchivedChart): Promise<Digest> {
    const answer = await fetchOf(`${index}/index.yaml`);
    if (!answer.ok) throw new UserError(`${index}/index.yaml answered ${answer.status}`);
    const { entries } = parse(await answer.text()) as ChartIndex;
    const found = entries?.[chart]?.find((one) => one.version === version || one.version === `v${version}`)?.digest;
    const hex = found?.replace(/^sha256:/, "");
    if (hex === undefined || !/^[0-9a-f]{64}$/.test(hex))
        throw new UserError(`${index}/index.yaml has no checksum of ${chart} ${version}`);
    return `sha256:${hex}`;
}
