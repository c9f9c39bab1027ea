import { expect } from "chai";
import {
  fromEnvironment,
  fromQuery,
  type Invocation,
  NoInvocation,
  parseCommandLine,
  toQuery,
} from "./options.cts";

const parse = (...argv: string[]) => parseCommandLine(argv);
const errorOf = (...argv: string[]) => {
  const result = parse(...argv);
  return result instanceof NoInvocation && typeof result.reason === "object"
    ? result.reason.error
    : undefined;
};

describe("the command line of fams-run", () => {
  it("gives everything after the script to the program", () => {
    const { script, args, verify } = parse("--verify", "a.ts", "--verify", "--", "-x") as Invocation;
    expect({ script, args, verify }).to.deep.equal({
      script: "a.ts",
      args: ["--verify", "--", "-x"],
      verify: true,
    });
  });

  it("ends its own options at --", () => {
    expect(parse("--paranoid", "--", "--odd.js", "x")).to.include({ script: "--odd.js", paranoid: true });
  });

  it("collects repeated options in both spellings", () => {
    const { exclude, require } = parse(
      "--exclude",
      "a",
      "--exclude=b=c",
      "-r",
      "./x.cjs",
      "s.ts",
    ) as Invocation;
    expect({ exclude, require }).to.deep.equal({ exclude: ["a", "b=c"], require: ["./x.cjs"] });
  });

  it("says what is wrong", () => {
    expect(errorOf()).to.equal("No script given");
    expect(errorOf("--verify")).to.equal("No script given");
    expect(errorOf("--no-such", "a.ts")).to.equal("Unknown option --no-such");
    expect(errorOf("--exclude")).to.equal("Option --exclude needs a value");
    expect(errorOf("--verify=no", "a.ts")).to.equal("Unknown option --verify=no");
  });

  it("asks for help and version before it looks for a script", () => {
    expect(parse("--help")).to.deep.equal(new NoInvocation("help"));
    expect(parse("-v")).to.deep.equal(new NoInvocation("version"));
  });

  it("may stand in the environment, as far as it decides loading", () => {
    expect(fromEnvironment("")).to.include({ typed: false, cache: true });
    expect(fromEnvironment(" --typed  --exclude=a --exclude b ")).to.deep.include({
      typed: true,
      exclude: ["a", "b"],
    });
    expect(() => fromEnvironment("--odd")).to.throw("Unknown option --odd");
    expect(() => fromEnvironment("--help")).to.throw("no help to show");
    expect(() => fromEnvironment("--typed main.ts")).to.throw("main.ts is no option");
    expect(() => fromEnvironment("--verify")).to.throw("FAMS_VERIFY=1");
  });

  it("carries what decides loading through the query of a URL", () => {
    const options = {
      exclude: ["**/a b&c", "node_modules"],
      typed: true,
      paranoid: true,
      cache: false,
      report: "/a?b&c",
    };
    expect(fromQuery(new URLSearchParams(toQuery(options)))).to.deep.equal(options);
    const defaults = { exclude: [], typed: false, paranoid: false, cache: true };
    expect(fromQuery(new URLSearchParams(toQuery(defaults)))).to.deep.equal(defaults);
  });
});
