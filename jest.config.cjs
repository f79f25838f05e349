/** Types are checked by `tsc` alone; swc only strips them. */
module.exports = {
    testEnvironment: "node",
    // Pulumi keeps its state on a global that jest 30 would otherwise clear away.
    testEnvironmentOptions: { globalsCleanup: "off" },
    // The longest tests wait for engines in processes of their own, so a worker for each core, of two as well.
    maxWorkers: "100%",
    // Whole foundations under mocks leave gigabytes behind, which slow down whatever a worker tests next.
    workerIdleMemoryLimit: "1500MB",
    roots: ["<rootDir>/test"],
    testMatch: ["**/*.test.ts"],
    transform: {
        "^.+\\.ts$": [
            "@swc/jest",
            { jsc: { parser: { syntax: "typescript" }, target: "es2023" }, module: { type: "commonjs" } },
        ],
    },
};
