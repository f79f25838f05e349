// The engine writes the whole state after every resource, which is half of its work. A test that kills it says so.
process.env.PULUMI_SKIP_CHECKPOINTS ??= "true";

/** Types are checked by `tsc` alone; swc only strips them. */
module.exports = {
    testEnvironment: "node",
    // Pulumi keeps its state on a global that jest 30 would otherwise clear away.
    testEnvironmentOptions: { globalsCleanup: "off" },
    // The longest tests wait for engines in processes of their own, so a worker for each core, of two as well.
    maxWorkers: "100%",
    // Whole foundations under mocks leave gigabytes behind, which slow down whatever a worker tests next.
    workerIdleMemoryLimit: "1500MB",
    // Nothing is timed by a test; five seconds are little where others have the cores.
    testTimeout: 60_000,
    roots: ["<rootDir>/test"],
    testMatch: ["**/*.test.ts"],
    // Packages without CommonJS, which jest on Node 22 cannot load as they are.
    transformIgnorePatterns: [
        "/node_modules/(?!(@kubernetes/client-node|openid-client|oauth4webapi|jose|jsonpath-plus|.*socks-proxy-agent|.*agent-base|js-yaml|undici)/)",
    ],
    transform: {
        "^.+\\.(ts|js)$": [
            "@swc/jest",
            { jsc: { parser: { syntax: "typescript" }, target: "es2023" }, module: { type: "commonjs" } },
        ],
    },
};
