// `webpack` on the command line is the package webpack-cli; this is the same from a script.
import webpack from "webpack";
import config from "./webpack.config.js";

webpack(config, (error, stats) => {
  if (error) throw error;
  if (stats.hasWarnings() || stats.hasErrors()) console.error(stats.toString({ colors: false }));
  if (stats.hasErrors()) process.exitCode = 1;
});
