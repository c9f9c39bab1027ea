export default {
  roots: ["<rootDir>", "<rootDir>/../fixture"],
  testEnvironment: "@fams/compiler-plugin/jest-environment",
  extensionsToTreatAsEsm: [".ts"],
  transform: { "\\.ts$": ["@fams/compiler-plugin/ts-jest", { useESM: true }] },
};
