import * as pulumi from "@pulumi/pulumi";

/** `azure-native:network/v20230401:Subnet`: the type under one fixed API version. */
const apiVersionType = /^azure-native:[^:/]+\/v\d{8}(preview)?:/;

function isApiVersionAlias(alias: pulumi.Input<pulumi.URN | pulumi.Alias>): boolean {
    if (typeof alias !== "object" || !("type" in alias)) return false;
    return typeof alias.type === "string" && apiVersionType.test(alias.type);
}

/**
 * Drops the aliases that azure-native gives every resource for each API version it ever had: 60 for a subnet, 110 for an
 * agent pool. The SDK turns each into a URN through a chain of outputs, some four megabytes a resource in all, though no
 * stack of this project has ever recorded such a type. `npm run bench -- preview` shows the difference.
 *
 * Aliases without an API version stay: they are how a type that the provider renames keeps its state. A stack that was
 * made with `pulumi package add azure-native <module> <version>` must not call this.
 */
export function dropApiVersionAliases(): void {
    pulumi.runtime.registerStackTransformation(({ props, opts }) => ({
        props,
        opts: { ...opts, aliases: opts.aliases?.filter((alias) => !isApiVersionAlias(alias)) },
    }));
}
