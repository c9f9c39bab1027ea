/** Which stores need no barrier, whatever a type checker may say. */
import { REASONS, type Reason } from "./diagnostics.js";
import type { Site } from "./sites.js";
import { isElementKey } from "./text.js";
import { TYPED_ARRAYS } from "./views.js";

export interface OracleOptions {
  readonly paranoid: boolean;
  /** Names the file assigns to without binding them: no longer the built-ins. */
  readonly assignedGlobals: ReadonlySet<string>;
  /** Direct eval, which may declare any name in its reach. */
  readonly hasDirectEval: boolean;
}

export function reasonToSkip(site: Site, options: OracleOptions): Reason | undefined {
  if (site.ignored) return REASONS.ignored;
  const key = site.key.operand;
  if (key.is === "literal" && key.string !== undefined && !isElementKey(key.string)) return REASONS.namedKey;
  const base = site.base.operand;
  if (base.is === "fresh" || base.is === "literal") return REASONS.freshReceiver;
  if (options.paranoid) return undefined;
  if (base.is === "identifier" && isOwnView(base.name, site, options)) return REASONS.ownView;
  return site.typeReason;
}

/** A constant that is never anything but a view over memory allocated with it can never come to cover a region. */
function isOwnView(name: string, site: Site, options: OracleOptions): boolean {
  const made = site.scope.resolve(name)?.ownView;
  return (
    made !== undefined &&
    TYPED_ARRAYS.includes(made) &&
    site.scope.resolve(made) === undefined &&
    !options.assignedGlobals.has(made) &&
    !options.hasDirectEval &&
    !site.inWith
  );
}
