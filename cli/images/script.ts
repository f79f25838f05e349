import { mirroredRepository, thirdParty, thirdPartyNames, type ThirdPartyName } from "../../facts/third-party";
import type { ImageLock } from "../../stacks/image-lock";

/**
 * The commands that mirror everything of the lock into a registry on Azure. They can be run again: what is there with its digest
 * stays, what is there with another stops them. The registry fetches images itself; archives pass the machine that runs this.
 * @see https://learn.microsoft.com/azure/container-registry/container-registry-import-images
 */
export function importScript(registry: string, { parts }: ImageLock): string[] {
    const digestOf = (name: ThirdPartyName): string => parts[name]?.digest ?? "";
    return [
        "#!/bin/sh",
        "# Mirrors third-party images and charts. Needs az and helm, signed in, on a machine that reaches the registry.",
        "set -eu",
        `registry=${registry}`,
        `digest_of() { az acr repository show --name "$registry" --image "$1" --query digest --output tsv 2>/dev/null || true; }`,
        `lock() { az acr repository update --name "$registry" --image "$1" --write-enabled false --delete-enabled false --output none; }`,
        "# An image or a chart from a registry: source, digest, our name.",
        "mirror() {",
        '  there=$(digest_of "$3")',
        '  if [ "$there" = "$2" ]; then echo "there: $3"; return; fi',
        '  if [ -n "$there" ]; then echo "refused: $3 is $there, and the lock says $2" >&2; exit 1; fi',
        '  az acr import --name "$registry" --source "$1@$2" --image "$3"',
        '  lock "$3"',
        "}",
        "# A chart from an archive: index, chart, version, checksum, our repository.",
        "push() {",
        '  if [ -n "$(digest_of "$5:$3")" ]; then echo "there: $5:$3"; return; fi',
        '  helm pull "$2" --repo "$1" --version "$3"',
        '  echo "${4#sha256:}  $2-$3.tgz" | sha256sum --check --quiet',
        '  helm push "$2-$3.tgz" "oci://$registry.azurecr.io/${5%/*}"',
        '  lock "$5:$3"',
        '  rm "$2-$3.tgz"',
        "}",
        'az acr login --name "$registry"',
        ...thirdPartyNames.map((name) => {
            const part = thirdParty(name);
            const ours = mirroredRepository(name);
            return part.kind === "archive"
                ? `push ${part.index} ${part.chart} ${part.version} ${digestOf(name)} ${ours}`
                : `mirror ${part.repository} ${digestOf(name)} ${ours}:${part.version}`;
        }),
    ];
}
