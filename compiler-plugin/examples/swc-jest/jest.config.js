export default {
  roots: ["<rootDir>", "<rootDir>/../fixture"],
  testEnvironment: "@fams/compiler-plugin/jest-environment",
  extensionsToTreatAsEsm: [".ts"],
  transform: {
    "\\.ts$": [
      "@fams/compiler-plugin/swc-jest",
      { jsc: { target: "es2022", parser: { syntax: "typescript" } } },
    ],
  },
};
