"use strict";
// `node download.cjs FOLDER`: the published programs of the sandbox's control plane, each held against the digest that its
// publisher states. Ends with 1 and one line of reason where that does not work out. Node 18, no dependencies.
const { execFileSync } = require("node:child_process");
const crypto = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");

const ANSWER_MS = 8_000;
const DOWNLOAD_MS = 15 * 60_000;
const ARCHITECTURES = { x64: "amd64", arm64: "arm64" };

async function get(url, timeoutMs) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    if (!answer.ok) throw new Error(`${url} answers ${answer.status}`);
    return answer;
}

async function download(url, sha256) {
    const content = Buffer.from(await (await get(url, DOWNLOAD_MS)).arrayBuffer());
    const have = crypto.createHash("sha256").update(content).digest("hex");
    if (have !== sha256) throw new Error(`${url} has the digest ${have}, its publisher states ${sha256}`);
    return content;
}

/** Each program of Kubernetes has its digest beside it: https://kubernetes.io/releases/download/ */
async function kubernetes(version, platform, name, folder) {
    const url = `https://dl.k8s.io/v${version}/bin/${platform}/${name}`;
    const stated = await (await get(`${url}.sha256`, ANSWER_MS)).text();
    fs.writeFileSync(path.join(folder, name), await download(url, stated.trim().split(/\s/)[0]), { mode: 0o755 });
}

/** A file of a release on GitHub, whose API states a digest for each: https://docs.github.com/rest/releases/assets */
async function released(repository, version, name) {
    const release = await get(`https://api.github.com/repos/${repository}/releases/tags/v${version}`, ANSWER_MS);
    const asset = (await release.json()).assets.find((one) => one.name === name);
    if (!asset || !/^sha256:/.test(asset.digest))
        throw new Error(`${repository} ${version} states no digest for ${name}`);
    return await download(asset.browser_download_url, asset.digest.slice("sha256:".length));
}

async function main([folder, versions]) {
    const arch = ARCHITECTURES[process.arch];
    // Kubernetes publishes its servers for Linux alone.
    if (process.platform !== "linux" || !arch)
        throw new Error(`nothing is published for ${process.platform}-${process.arch}`);
    const { kubernetes: version, etcd, kwok } = JSON.parse(versions);
    for (const name of ["kubectl", "kube-apiserver", "kube-controller-manager", "kube-scheduler"]) {
        await kubernetes(version, `linux/${arch}`, name, folder);
    }
    const program = await released("kubernetes-sigs/kwok", kwok, `kwok-linux-${arch}`);
    fs.writeFileSync(path.join(folder, "kwok"), program, { mode: 0o755 });
    const root = `etcd-v${etcd}-linux-${arch}`;
    const archive = path.join(folder, "etcd.tar.gz");
    fs.writeFileSync(archive, await released("etcd-io/etcd", etcd, `${root}.tar.gz`));
    execFileSync("tar", ["-xzf", archive, "-C", folder, "--strip-components=1", `${root}/etcd`]);
    fs.rmSync(archive);
}

main(process.argv.slice(2)).catch((error) => {
    console.error(String((error.cause || error).message));
    process.exit(1);
});
