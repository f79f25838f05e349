import { generateKeyPair, X509Certificate } from "node:crypto";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { md, pki, random } from "node-forge";
import { writeWhole } from "../../files";

/** What a certificate says. */
interface Subject {
    commonName: string;
    /** For Kubernetes, a group of the user that the common name names. */
    organization?: string;
    /** Names and addresses of a server. @default a client's certificate alone */
    names?: readonly string[];
}

/** A certificate with its key, as files. */
export interface KeyPair {
    certificate: string;
    key: string;
}

/** Certificates that last as long as any sandbox does. */
const validityYears = 10;

/** Everything that the control plane proves itself with, below one folder that only its owner can read. */
export class Pki {
    constructor(private readonly folder: string) {}

    file(name: string): string {
        return join(this.folder, name);
    }

    pair(name: string): KeyPair {
        return { certificate: this.file(`${name}.crt`), key: this.file(`${name}.key`) };
    }

    text(name: string): string {
        return readFileSync(this.file(name), "utf8");
    }

    /** Makes an authority and the certificates it signs, those that are missing or say something else. */
    async ensureAuthority(authority: string, signed: Readonly<Record<string, Subject>>): Promise<void> {
        const authorityPair = this.pair(authority);
        if (!isWhole(authorityPair)) {
            await this.make(authority, { commonName: `mlplatform sandbox ${authority}` });
            for (const name of Object.keys(signed)) rmSync(this.pair(name).certificate, { force: true });
        }
        const issuer = {
            certificate: pki.certificateFromPem(readFileSync(authorityPair.certificate, "utf8")),
            key: pki.privateKeyFromPem(readFileSync(authorityPair.key, "utf8")),
        };
        await Promise.all(
            Object.entries(signed)
                .filter(([name, subject]) => !isWhole(this.pair(name)) || !says(this.pair(name), subject))
                .map(([name, subject]) => this.make(name, subject, issuer)),
        );
    }

    /** Makes a pair of keys that signs tokens: `name.key` and `name.pub`. */
    async ensureSigningKey(name: string): Promise<void> {
        if (existsSync(this.file(`${name}.key`)) && existsSync(this.file(`${name}.pub`))) return;
        const { privateKey, publicKey } = await rsaKeys();
        writeWhole(this.file(`${name}.key`), privateKey, 0o600);
        writeWhole(this.file(`${name}.pub`), publicKey);
    }

    private async make(
        name: string,
        subject: Subject,
        issuer?: { certificate: pki.Certificate; key: pki.rsa.PrivateKey },
    ): Promise<void> {
        const { privateKey, publicKey } = await rsaKeys();
        const key = pki.privateKeyFromPem(privateKey);
        const certificate = pki.createCertificate();
        certificate.publicKey = pki.publicKeyFromPem(publicKey);
        certificate.serialNumber = `01${Buffer.from(random.getBytesSync(16), "binary").toString("hex")}`;
        // A minute back, for clocks that are set while this runs.
        certificate.validity.notBefore = new Date(Date.now() - 60_000);
        certificate.validity.notAfter = new Date();
        certificate.validity.notAfter.setFullYear(new Date().getFullYear() + validityYears);
        const { commonName, organization } = subject;
        certificate.setSubject([
            ...(organization === undefined ? [] : [{ name: "organizationName", value: organization }]),
            { name: "commonName", value: commonName },
        ]);
        certificate.setIssuer((issuer?.certificate ?? certificate).subject.attributes);
        certificate.setExtensions(issuer ? leafExtensions(subject) : authorityExtensions);
        certificate.sign(issuer?.key ?? key, md.sha256.create());
        writeWhole(this.pair(name).key, privateKey, 0o600);
        writeWhole(this.pair(name).certificate, pki.certificateToPem(certificate));
    }
}

const authorityExtensions = [
    { name: "basicConstraints", critical: true, cA: true },
    { name: "keyUsage", critical: true, keyCertSign: true, cRLSign: true, digitalSignature: true },
    { name: "subjectKeyIdentifier" },
];

/** Every server here is also a client: etcd of itself, the API server of what it proxies to. */
function leafExtensions({ names = [] }: Subject): unknown[] {
    const altNames = names.map((name) => (isAddress(name) ? { type: 7, ip: name } : { type: 2, value: name }));
    return [
        { name: "basicConstraints", critical: true, cA: false },
        { name: "keyUsage", critical: true, digitalSignature: true, keyEncipherment: true },
        { name: "extKeyUsage", clientAuth: true, serverAuth: names.length > 0 },
        ...(names.length > 0 ? [{ name: "subjectAltName", altNames }] : []),
    ];
}

const isAddress = (name: string): boolean => /^[\d.]+$/.test(name);

function isWhole({ certificate, key }: KeyPair): boolean {
    return existsSync(certificate) && existsSync(key);
}

function says({ certificate }: KeyPair, { names = [] }: Subject): boolean {
    const found = new X509Certificate(readFileSync(certificate));
    return names.every((name) => (isAddress(name) ? found.checkIP(name) : found.checkHost(name)) !== undefined);
}

async function rsaKeys(): Promise<{ privateKey: string; publicKey: string }> {
    // Node's own, as node-forge takes seconds for one.
    const { privateKey, publicKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
    return {
        privateKey: privateKey.export({ type: "pkcs1", format: "pem" }).toString(),
        publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
    };
}
