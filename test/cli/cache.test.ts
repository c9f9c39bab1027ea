/** Instrumented files are kept between runs, and a kept one is never the wrong one. */

import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { FAMS_RUN, Project } from "./project.ts";

const MAIN = `const a: number[] = []; function f(x: any) { x[0] = 1 } f(a);
  const compiler = Object.keys(require.cache).some((path) => path.includes("@swc"));
  console.log(compiler ? "compiled" : "kept", /\\.v\\(/.test(String(f)));`;

function projectWithCache() {
  const project = new Project({ "main.cts": MAIN });
  const folder = project.path("cache");
  const run = (...args: string[]) => project.run([...args, "main.cts"], { env: { FAMS_CACHE_DIR: folder } });
  return { project, folder, run };
}

describe("the cache", () => {
  it("spares a second run the compilers", () => {
    const { run, folder } = projectWithCache();
    expect(run().stdout).to.equal("compiled true\n");
    expect(run().stdout).to.equal("kept true\n");
    expect(statSync(folder).mode & 0o777).to.equal(0o700);
    for (const file of readdirSync(folder)) expect(file).to.match(/^[0-9a-f]{64}$/);
  });

  it("knows a file by its text, the options and the configuration beside it", () => {
    const { project, run } = projectWithCache();
    run();
    expect(run("--exclude", "main.cts").stdout).to.equal("compiled false\n");
    expect(run("--paranoid").stdout).to.equal("compiled true\n");
    project.write("tsconfig.json", '{ "compilerOptions": { "target": "es2020" } }');
    expect(run().stdout).to.equal("compiled true\n");
    expect(run().stdout).to.equal("kept true\n");
    project.write("main.cts", `${MAIN}\nconsole.log("changed");`);
    expect(run().stdout).to.equal("compiled true\nchanged\n");
  });

  it("is neither read nor written with --no-cache", () => {
    const { run, folder } = projectWithCache();
    run();
    const before = readdirSync(folder);
    expect(run("--no-cache").stdout).to.equal("compiled true\n");
    const { run: runAnew, folder: untouched } = projectWithCache();
    expect(runAnew("--no-cache").stdout).to.equal("compiled true\n");
    expect(readdirSync(folder)).to.deep.equal(before);
    expect(() => statSync(untouched)).to.throw("ENOENT");
  });

  it("is not trusted when others may write to it, and not needed when it cannot be made", () => {
    const { run, folder } = projectWithCache();
    mkdirSync(folder);
    chmodSync(folder, 0o777);
    expect(run().stdout).to.equal("compiled true\n");
    expect(readdirSync(folder)).to.deep.equal([]);

    const { run: runWithFile, folder: file } = projectWithCache();
    writeFileSync(file, "");
    expect(runWithFile()).to.include({ status: 0, stdout: "compiled true\n" });
  });

  it("takes a damaged entry for a missing one", () => {
    const { run, folder } = projectWithCache();
    run();
    for (const damage of [
      () => "",
      (text: string) => text.slice(0, -1),
      (text: string) => text.replace(/.$/s, "\0"),
      (text: string) => "\0".repeat(text.length),
    ]) {
      for (const name of readdirSync(folder)) {
        const entry = `${folder}/${name}`;
        writeFileSync(entry, damage(readFileSync(entry, "utf8")));
      }
      expect(run()).to.include({ status: 0, stdout: "compiled true\n" });
      expect(run().stdout).to.equal("kept true\n");
    }
  });
});

describe("the start of a program", () => {
  it("takes at most 120 ms longer than under node once its files are kept", function () {
    this.timeout(60_000);
    const project = new Project({ "hello.js": 'console.log("hello")' });
    const time = (...args: string[]) => {
      const begin = performance.now();
      expect(project.node([...args, "hello.js"]).stdout).to.equal("hello\n");
      return performance.now() - begin;
    };
    time(FAMS_RUN);
    const rounds = Array.from({ length: 9 }, () => [time(), time(FAMS_RUN)] as const);
    const least = (which: 0 | 1) => Math.min(...rounds.map((round) => round[which]));
    expect(least(1) - least(0)).to.be.below(120);
  });
});
