/** One module of a bundle, under the name that the bundler gives it, through instrument(). */
import { isAbsolute } from "node:path";
import { InstrumentError } from "../../errors.js";
import { type Instrumented, instrument } from "../../instrument.js";
import type { Project } from "../../project.js";
import type { ModuleFormat } from "../../syntax.js";
import { adapterOptions } from "../options.js";
import type { Options } from "./options.js";

const SCRIPT = /\.[cm]?[jt]sx?$/;

/** What follows the question mark may name the language of a part of the file: `file.vue?vue&lang.ts`. */
const withoutQuery = (id: string): string => id.replace(/[?#].*$/, "");

export const isScript = (id: string): boolean => SCRIPT.test(id) || SCRIPT.test(withoutQuery(id));

export interface BundledModule {
  readonly code: string;
  readonly id: string;
  /** undefined: the extension and the syntax decide. */
  readonly format?: ModuleFormat | undefined;
  /** The extension that the code deserves, if not that of the id. */
  readonly language?: string | undefined;
}

/** @throws InstrumentError ERR_FAMS_PARSE, ERR_FAMS_TSCONFIG */
export function instrumentModule(
  { code, id, format, language }: BundledModule,
  options: Options,
  project: Project | undefined,
): Instrumented {
  const path = withoutQuery(id);
  const named = SCRIPT.test(id) ? id : path;
  const types = path === id && isAbsolute(id) ? project?.typesOf(id, code) : undefined;
  const result = instrument(code, {
    filename: language === undefined ? named : `${named}.${language}`,
    ...adapterOptions(options),
    ...(format === undefined ? {} : { format }),
    ...(types === undefined ? {} : { types }),
  });
  if (result.map !== null) result.map.sources = [path];
  return result;
}

/** What `attempt` gives; undefined if the code does not parse. */
export function unlessUnreadable<T>(attempt: () => T): T | undefined {
  try {
    return attempt();
  } catch (error) {
    if (error instanceof InstrumentError && error.code === "ERR_FAMS_PARSE") return undefined;
    throw error;
  }
}

/** To a bundler that has no CommonJS of its own, a file that does not use a word of it is a module. */
export function formatAmongModules(code: string): ModuleFormat | undefined {
  return /\b(?:require|module|exports)\b/.test(code) ? undefined : "module";
}
