import fams from "@fams/compiler-plugin/webpack";

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
        loader: "ts-loader",
        options: {
          configFile: "../fixture/tsconfig.json",
          transpileOnly: true,
          compilerOptions: { sourceMap: true },
        },
      },
    ],
  },
  experiments: { outputModule: true },
  optimization: { minimize: false },
  output: {
    filename: "main.js",
    module: true,
    library: { type: "module" },
    devtoolModuleFilenameTemplate: "[absolute-resource-path]",
  },
};
