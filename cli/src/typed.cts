/** Types for the files of a program, from the nearest tsconfig.json, and what they depend on. */

import { existsSync } from "node:fs";
import type { Project, Types } from "@fams/compiler-plugin";
import { type Cache, hash } from "./cache.cjs";
import { type Answer, Dependencies, digestOf, stillHold } from "./dependencies.cjs";
import { nearestConfig } from "./tsconfig.cjs";

export interface TypedFiles {
  /** Stands for all that the types in the file depend on; undefined when that is not known, or something of it has changed. */
  stateOf(path: string): string | undefined;
  typesOf(path: string, source: string): Types | undefined;
}

/** What is kept of a project from one run to the next. */
interface Kept {
  readonly roots: readonly string[];
  readonly answers: readonly Answer[];
}

interface Opened {
  readonly project: Project;
  readonly dependencies: Dependencies;
}

type OpenProject = (config: string, dependencies: Dependencies, roots: readonly string[]) => Project;

/** @param openProject loads a compiler: with a warm cache it is not called */
export function createTypedFiles(cache: Cache, salt: string, openProject: OpenProject): TypedFiles {
  const opened = new Map<string, Opened>();
  const kept = new Map<string, string | undefined>();
  const keyOf = (config: string) => hash(salt, "project", config);

  return { stateOf, typesOf };

  function stateOf(path: string): string | undefined {
    const config = nearestConfig(path);
    if (config === undefined) return "";
    const open = opened.get(config);
    if (open !== undefined) return open.dependencies.digest;
    if (!kept.has(config)) kept.set(config, verify(recall(config)));
    return kept.get(config);
  }

  function typesOf(path: string, source: string): Types | undefined {
    const config = nearestConfig(path);
    if (config === undefined) return undefined;
    const { project, dependencies } = open(config);
    const before = dependencies.digest;
    const types = project.typesOf(path, source);
    if (dependencies.digest !== before) {
      const { roots } = project;
      cache.set(keyOf(config), JSON.stringify({ roots, answers: dependencies.answers } satisfies Kept));
    }
    return types;
  }

  function open(config: string): Opened {
    const known = opened.get(config);
    if (known !== undefined) return known;
    const dependencies = new Dependencies();
    const roots = recall(config)?.roots.filter((root) => existsSync(root)) ?? [];
    const project = { project: openProject(config, dependencies, roots), dependencies };
    opened.set(config, project);
    return project;
  }

  function recall(config: string): Kept | undefined {
    const text = cache.get(keyOf(config));
    return text === undefined ? undefined : (JSON.parse(text) as Kept);
  }
}

function verify(kept: Kept | undefined): string | undefined {
  return kept !== undefined && stillHold(kept.answers) ? digestOf(kept.answers) : undefined;
}
