import type * as pulumi from "@pulumi/pulumi";

type Hooks = Pick<pulumi.CustomResourceOptions, "hooks">;

/** Resource option that has all the hooks of several. */
export function together(...options: readonly Hooks[]): Hooks {
    const bound = options.map(({ hooks = {} }) => hooks);
    return {
        hooks: {
            beforeCreate: bound.flatMap(({ beforeCreate = [] }) => beforeCreate),
            beforeUpdate: bound.flatMap(({ beforeUpdate = [] }) => beforeUpdate),
            onError: bound.flatMap(({ onError = [] }) => onError),
        },
    };
}
