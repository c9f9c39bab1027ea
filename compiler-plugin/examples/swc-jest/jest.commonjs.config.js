const swc = { jsc: { target: "es2022", parser: { syntax: "typescript" } } };

export default {
  roots: ["<rootDir>", "<rootDir>/../fixture"],
  testEnvironment: "@fams/compiler-plugin/jest-environment",
  // fams is an ES module: where tests run as CommonJS it has to be transformed, too.
  transform: { "\\.[jt]s$": ["@fams/compiler-plugin/swc-jest", swc] },
  transformIgnorePatterns: ["/node_modules/(?!fams/)"],
};
