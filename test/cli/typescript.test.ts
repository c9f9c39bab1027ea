/** TypeScript means at run time what its compiler and its configuration say. */

import { expect } from "chai";
import { Project } from "./project.ts";

describe("TypeScript", () => {
  it("keeps what runs: enums, namespaces, parameter properties, accessors, satisfies, using", () => {
    const project = new Project({
      "main.ts": `enum Color { Red = 2, Blue }
        const enum Small { One = 1 }
        namespace Inner { export const x = 5; }
        class Point { constructor(readonly x: number, public y = 2) {} accessor z = 3; }
        const p = new Point(1);
        { using resource = { [Symbol.dispose ?? Symbol.for("d")]() { console.log("disposed"); } } as Disposable; }
        console.log(Color[2], Color.Blue, Small.One, Inner.x, p.x, p.y, p.z, (1 satisfies number));
        export type { Nothing } from "./nowhere.js";`,
    });
    expect(project.run(["main.ts"])).to.include({ status: 0, stdout: "disposed\nRed 3 1 5 1 2 3 1\n" });
  });

  it("drops imports of types only", () => {
    const project = new Project({
      "main.mts":
        "import { T } from './types.mjs'; import type { U } from './no.mjs'; const t: T | U = 1; console.log(t)",
      "types.mts": "export type T = number; console.log('not loaded')",
    });
    expect(project.run(["main.mts"])).to.include({ status: 0, stdout: "1\n" });
  });

  it("follows tsconfig.json: old decorators, their metadata, assigned fields; through comments and extends", () => {
    const project = new Project({
      "tsconfig.json": `{ // base
        "extends": "./base", "compilerOptions": { "experimentalDecorators": true, /* , */ "emitDecoratorMetadata": true, }, }`,
      "base.json": `{ "compilerOptions": { "useDefineForClassFields": false } }`,
      "main.ts": `(Reflect as any).metadata = (key: string, value: any) => () => console.log(key, value?.name ?? value?.length);
        function seen(target: any, key: string, descriptor: PropertyDescriptor) { console.log(key, typeof descriptor.value); }
        class Base { set x(_: number) { console.log("assigned"); } }
        class A extends Base { x = 1; @seen method(a: string): void {} }
        new A();`,
    });
    const { status, stdout } = project.run(["main.ts"]);
    expect(status).to.equal(0);
    expect(stdout.trim().split("\n")).to.include.members([
      "method function",
      "design:type Function",
      "assigned",
    ]);
  });

  it("has standard decorators and defined fields without a tsconfig.json", () => {
    const project = new Project({
      "main.ts": `function seen(value: unknown, context: DecoratorContext) { console.log(context.kind, context.name); }
        class Base { set x(_: number) { console.log("assigned"); } }
        class A extends Base { override x = 1; @seen method(): void {} }
        console.log(new A().x);`,
    });
    expect(project.run(["main.ts"]).stdout).to.equal("method method\n1\n");
  });

  it("compiles JSX by the jsx options", () => {
    const jsx = "console.log(JSON.stringify(<a b={1}>c</a>))";
    const project = new Project({
      "classic.tsx": `const React = { createElement: (...all: unknown[]) => all }; ${jsx}`,
      "h/tsconfig.json": '{ "compilerOptions": { "jsxFactory": "h" } }',
      "h/main.tsx": `const h = (...all: unknown[]) => all; ${jsx}`,
    });
    expect(project.run(["classic.tsx"]).stdout).to.equal('["a",{"b":1},"c"]\n');
    expect(project.run(["h/main.tsx"]).stdout).to.equal('["a",{"b":1},"c"]\n');
  });

  it("names a broken tsconfig.json", () => {
    const project = new Project({ "tsconfig.json": "{", "main.ts": "1" });
    const { status, stderr } = project.run(["main.ts"]);
    expect(status).to.equal(1);
    expect(stderr).to.include(`${project.path("tsconfig.json")} is not valid JSON`);
  });
});
