import js from "@eslint/js";
import tseslint from "typescript-eslint";

/** Who may import whom: `index -> stacks -> components -> helpers`; the sandbox, the review and the facts stand apart from the program. */
const direction = {
    facts: ["bootstrap", "stacks", "components", "sandbox", "review", "policy", "cli", "index"],
    components: ["bootstrap", "stacks", "sandbox", "review", "policy", "cli", "index"],
    stacks: ["bootstrap", "sandbox", "review", "policy", "cli", "index"],
    bootstrap: ["sandbox", "review", "policy", "cli", "index"],
    sandbox: ["bootstrap", "stacks", "components", "review", "policy", "cli", "index"],
    review: ["bootstrap", "stacks", "components", "sandbox", "policy", "cli", "index"],
    policy: ["bootstrap", "stacks", "components", "sandbox", "review", "cli", "index"],
    images: ["bootstrap", "stacks", "components", "sandbox", "review", "policy", "cli", "index"],
};

const forbid = (folder, others) => ({
    files: [`${folder}/**/*.ts`],
    rules: {
        "no-restricted-imports": [
            "error",
            {
                patterns: [
                    {
                        regex: `^(\\.\\./)+(${others.join("|")})(/|$)`,
                        message: `${folder}/ must not import from there (see CONTRIBUTING, "Direction of imports").`,
                    },
                    {
                        regex: "^@pulumi/azure-native(/[a-z]+)?$",
                        allowTypeImports: true,
                        message:
                            "Import the one resource (@pulumi/azure-native/network/subnet): whole modules cost start-up time and memory.",
                    },
                ],
            },
        ],
    },
});

export default tseslint.config(
    { ignores: ["node_modules/", ".mlplatform/"] },
    js.configs.recommended,
    {
        files: ["**/*.ts"],
        extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
        languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
        rules: {
            "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
            // A resource is often made for its effect alone; the engine holds on to it.
            "no-new": "off",
            "@typescript-eslint/no-extraneous-class": "off",
            "@typescript-eslint/consistent-type-definitions": ["error", "interface"],
        },
    },
    {
        files: ["**/kubernetes/**/*.ts", "bench/restarts.ts"],
        // Objects of @kubernetes/client-node are classes without behaviour, and taken as literals.
        rules: { "@typescript-eslint/no-unsafe-class-instance-assignment": "off" },
    },
    {
        files: ["**/*.cjs"],
        languageOptions: {
            sourceType: "commonjs",
            globals: {
                require: "readonly",
                module: "readonly",
                process: "readonly",
                console: "readonly",
                __dirname: "readonly",
                setTimeout: "readonly",
                setInterval: "readonly",
                clearInterval: "readonly",
                fetch: "readonly",
                AbortSignal: "readonly",
                Buffer: "readonly",
            },
        },
    },
    ...Object.entries(direction).map(([folder, others]) => forbid(folder, others)),
);
