import type * as pulumi from "@pulumi/pulumi";
import { anyNumber, number, object, record, text } from "./parse";
import { StackContract, type Pending } from "./stack-contract";

/** Counts up when a field changes its meaning or goes away; fields may be added without. */
export const imagesContractVersion = 1;

const image = object({
    /** In the platform's registry. */
    repository: text(/^[a-z0-9]+(?:[._/-][a-z0-9]+)*$/, "the name of a repository, without registry and tag"),
    digest: text(/^sha256:[0-9a-f]{64}$/, "sha256: and 64 of 0-9a-f, no tag: a tag can be moved"),
    /** Unpacked, in GiB. */
    sizeGib: anyNumber,
});

/** What the images stack promises to those above it. */
export const imagesContract = new StackContract(
    {
        imagesContractVersion: number(imagesContractVersion, imagesContractVersion),
        environment: text(),
        /** Images of our own, by name (facts/own-images.ts, and each kernel's environment). */
        images: record(image),
    },
    `no images stack of contract ${imagesContractVersion}`,
);

export type ImagesContract = ReturnType<(typeof imagesContract)["read"]>;

/** The images stack's outputs, in the version that is spoken here. */
export const imagesOutputs = (
    values: Pending<Omit<ImagesContract, "imagesContractVersion">>,
): Record<string, pulumi.Output<unknown>> => imagesContract.outputs({ imagesContractVersion, ...values });
