import fams from "@fams/compiler-plugin/rspack";

export default {
  mode: "production",
  target: "node20",
  devtool: "source-map",
  entry: "../fixture/main.ts",
  plugins: [fams()],
  module: {
    rules: [
      {
        test: /\.ts$/,
        loader: "builtin:swc-loader",
        options: { jsc: { parser: { syntax: "typescript" }, target: "es2022" } },
      },
    ],
  },
  optimization: { minimize: false },
  output: {
    filename: "main.js",
    module: true,
    library: { type: "module" },
    devtoolModuleFilenameTemplate: "[absolute-resource-path]",
  },
};
