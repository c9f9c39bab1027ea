import { fileURLToPath } from "node:url";

const path = (name) => fileURLToPath(new URL(name, import.meta.url));

export default {
  mode: "development",
  target: "node",
  devtool: "source-map",
  entry: path("../fixture/main.ts"),
  output: { path: path("dist"), filename: "main.cjs" },
  // All modules of the process, bundled or not, must mark in the same barrier.
  externals: [/^fams(\/|$)/],
  externalsType: "commonjs",
  module: {
    rules: [
      {
        test: /\.ts$/,
        use: [
          { loader: "ts-loader", options: { transpileOnly: true, configFile: path("tsconfig.json") } },
          "@fams/compiler-plugin/webpack-loader",
        ],
      },
    ],
  },
};
