import { unescapeName, unescapePath, unitNameToPath } from "./escape-name.ts";
import type { UnitNameParts } from "./names.ts";

/** What the specifiers of systemd.unit(5) stand for, apart from the unit's name. What is undefined cannot be resolved; "" is empty. */
export interface SpecifierContext {
  readonly architecture: string | undefined;
  readonly bootId: string | undefined;
  readonly machineId: string | undefined;
  readonly hostName: string | undefined;
  readonly prettyHostName: string | undefined;
  readonly kernelRelease: string | undefined;
  /** Fields of os-release: ID, VERSION_ID, VARIANT_ID, BUILD_ID, IMAGE_ID, IMAGE_VERSION. */
  readonly osRelease: Readonly<Record<string, string>>;
  readonly userName: string;
  readonly userId: string;
  readonly groupName: string;
  readonly groupId: string;
  readonly home: string | undefined;
  readonly shell: string | undefined;
  /** %t: /run, or $XDG_RUNTIME_DIR. */
  readonly runtimeDirectory: string | undefined;
  /** %S: /var/lib, or $XDG_STATE_HOME (before 254: $XDG_CONFIG_HOME). */
  readonly stateDirectory: string | undefined;
  /** %C: /var/cache, or $XDG_CACHE_HOME. */
  readonly cacheDirectory: string | undefined;
  /** %L: /var/log, or $XDG_STATE_HOME/log. */
  readonly logsDirectory: string | undefined;
  /** %E: /etc, or $XDG_CONFIG_HOME. */
  readonly configDirectory: string | undefined;
  /** %D: /usr/share, or $XDG_DATA_HOME; since 256. */
  readonly dataDirectory?: string | undefined;
  /** %d: where the unit's credentials will be, given its name. */
  readonly credentialsRoot: string | undefined;
  /** %T: /tmp, or $TMPDIR. */
  readonly tmpDirectory: string;
  /** %V: /var/tmp, or $TMPDIR. */
  readonly varTmpDirectory: string;
}

/** What belongs to the one unit. */
export interface SpecifierUnit {
  readonly parts: UnitNameParts;
  readonly fragmentPath: string | undefined;
}

/**
 * Replaces the specifiers of systemd.unit(5), "Specifiers". Undefined where one cannot be resolved; a letter or digit that is no specifier cannot, any other sign after % stays as it is.
 * `subset` "name" takes only those that are safe inside unit names.
 */
export function expandSpecifiers(
  text: string,
  unit: SpecifierUnit,
  context: SpecifierContext,
  subset: "all" | "name" = "all",
): string | undefined {
  let at = text.indexOf("%");
  if (at < 0) return text;
  let out = "";
  let from = 0;
  while (at >= 0 && at + 1 < text.length) {
    const letter = text[at + 1] as string;
    out += text.slice(from, at);
    if (letter === "%") out += "%";
    else if (subset === "name" && notInNames.includes(letter)) return undefined;
    else {
      const resolve = Object.hasOwn(table, letter) ? table[letter] : undefined;
      // Letters and digits that stand for nothing may stand for something in a later version: they are an error.
      if (!resolve && /[A-Za-z0-9]/.test(letter)) return undefined;
      if (!resolve) out += `%${letter}`;
      else {
        const value = resolve(unit, context);
        if (value === undefined) return undefined;
        out += value;
      }
    }
    from = at + 2;
    at = text.indexOf("%", from);
  }
  return out + text.slice(from);
}

/** Whether a text has a specifier that is none: then expandSpecifiers cannot resolve it. */
export function hasUnknownSpecifier(text: string, subset: "all" | "name" = "all"): boolean {
  for (let at = text.indexOf("%"); at >= 0; at = text.indexOf("%", at + 2)) {
    const letter = text[at + 1] ?? "%";
    if (
      /[A-Za-z0-9]/.test(letter) &&
      (!Object.hasOwn(table, letter) || (subset === "name" && notInNames.includes(letter)))
    )
      return true;
  }
  return false;
}

/** Those whose value may hold slashes or whatever else. */
const notInNames = "IJPfyYtSCLEdhsDTV";

type Resolver = (unit: SpecifierUnit, context: SpecifierContext) => string | undefined;

const lastComponent = (prefix: string): string => prefix.slice(prefix.lastIndexOf("-") + 1);
const release =
  (field: string): Resolver =>
  (_, c) =>
    c.osRelease[field] ?? "";

const table: Readonly<Record<string, Resolver>> = {
  i: (u) => u.parts.instance ?? "",
  I: (u) => unescapeName(u.parts.instance ?? ""),
  j: (u) => lastComponent(u.parts.prefix),
  J: (u) => unescapeName(lastComponent(u.parts.prefix)),
  n: (u) => u.parts.name,
  N: (u) => u.parts.name.slice(0, u.parts.name.lastIndexOf(".")),
  p: (u) => u.parts.prefix,
  P: (u) => unescapeName(u.parts.prefix),
  f: (u) => (u.parts.instance === undefined ? unitNameToPath(u.parts.name) : unescapePath(u.parts.instance)),
  y: (u) => u.fragmentPath,
  Y: (u) =>
    u.fragmentPath === undefined ? undefined : u.fragmentPath.slice(0, u.fragmentPath.lastIndexOf("/")) || "/",
  t: (_, c) => c.runtimeDirectory,
  S: (_, c) => c.stateDirectory,
  C: (_, c) => c.cacheDirectory,
  L: (_, c) => c.logsDirectory,
  E: (_, c) => c.configDirectory,
  D: (_, c) => c.dataDirectory ?? "/usr/share",
  d: (u, c) => (c.credentialsRoot === undefined ? undefined : `${c.credentialsRoot}/${u.parts.name}`),
  h: (_, c) => c.home,
  s: (_, c) => c.shell,
  u: (_, c) => c.userName,
  U: (_, c) => c.userId,
  g: (_, c) => c.groupName,
  G: (_, c) => c.groupId,
  H: (_, c) => c.hostName,
  l: (_, c) => (c.hostName === undefined ? undefined : (c.hostName.split(".")[0] as string)),
  q: (_, c) => c.prettyHostName ?? c.hostName,
  m: (_, c) => c.machineId,
  b: (_, c) => c.bootId,
  v: (_, c) => c.kernelRelease,
  a: (_, c) => c.architecture,
  o: release("ID"),
  w: release("VERSION_ID"),
  W: release("VARIANT_ID"),
  B: release("BUILD_ID"),
  M: release("IMAGE_ID"),
  A: release("IMAGE_VERSION"),
  T: (_, c) => c.tmpDirectory,
  V: (_, c) => c.varTmpDirectory,
};
