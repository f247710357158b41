/** What systemd-escape(1) makes of a string, in each of its modes. */
import {
  escapeName,
  escapePath,
  instantiate,
  isValidUnitName,
  mangleUnitName,
  parseUnitName,
  unescapeName,
  unescapePath,
  unitTypes,
} from "@steward/unit-file";

export interface EscapeMode {
  readonly action: "escape" | "unescape" | "mangle";
  readonly suffix: string | undefined;
  readonly template: string | undefined;
  readonly instance: boolean;
  readonly path: boolean;
}

/** A result, with what there is to say of it. */
type Converted = { readonly text: string; readonly warning?: string } | { readonly problem: string };

/** Why these options do not go together, in systemd-escape's words; undefined where they do. */
export function modeProblem(mode: EscapeMode, count: number): string | undefined {
  const { action, suffix, template, instance, path } = mode;
  if (suffix !== undefined && !(unitTypes as readonly string[]).includes(suffix))
    return `Invalid unit suffix type "${suffix}".`;
  if (template !== undefined && !isValidUnitName(template, "template"))
    return `Template name ${template} is not valid.`;
  if (count === 0) return "Not enough arguments.";
  if (template !== undefined && suffix !== undefined) return "--suffix= and --template= may not be combined.";
  if ((template !== undefined || suffix !== undefined) && action === "mangle")
    return "--suffix= and --template= are not compatible with --mangle.";
  if (suffix !== undefined && action === "unescape") return "--suffix is not compatible with --unescape.";
  if (path && action === "mangle") return "--path may not be combined with --mangle.";
  if (instance && action !== "unescape") return "--instance must be used in conjunction with --unescape.";
  if (instance && template !== undefined) return "--instance may not be combined with --template.";
  return undefined;
}

/** One string through one mode. */
export function convert(text: string, mode: EscapeMode): Converted {
  if (mode.action === "escape") return escapeOne(text, mode);
  if (mode.action === "unescape") return unescapeOne(text, mode);
  return result(mangleUnitName(text), "Failed to mangle name: Invalid argument");
}

function result(text: string | undefined, problem: string): Converted {
  return text === undefined ? { problem } : { text };
}

function escapeOne(text: string, { path, template, suffix }: EscapeMode): Converted {
  const escaped = path ? escapePath(text) : escapeName(text);
  const flaw = path ? pathFlaw(text) : undefined;
  if (escaped === undefined) return { problem: `Input '${text}' is not ${flaw}, failed to escape.` };
  const tail = text === "" ? "going be" : "going to be";
  const warning = flaw && { warning: `Input '${text}' is not ${flaw}, escaping is likely not ${tail} reversible.` };
  if (template !== undefined) {
    const name = instantiate(template, escaped);
    return name === undefined
      ? { problem: "Failed to replace instance: Invalid argument" }
      : { text: name, ...warning };
  }
  return { text: suffix === undefined ? escaped : `${escaped}.${suffix}`, ...warning };
}

/** What keeps a path from being escaped and unescaped to itself. */
function pathFlaw(text: string): string | undefined {
  if (text === "" || text.length >= 4096 || text.split("/").some((part) => part.length > 255))
    return "a valid file system path";
  if (!text.startsWith("/")) return "an absolute file system path";
  return text.split("/").includes("..") ? "a normalized file system path" : undefined;
}

function unescapeOne(text: string, { path, template, instance }: EscapeMode): Converted {
  let name = text;
  if (template !== undefined || instance) {
    const parts = parseUnitName(text);
    if (parts === undefined) return { problem: "Failed to extract instance: Invalid argument" };
    if (parts.instance === undefined || parts.instance === "")
      return { problem: `Unit ${text} is missing the instance name.` };
    const own = `${parts.prefix}@.${parts.type}`;
    if (template !== undefined && own !== template)
      return { problem: `Unit ${text} template ${own} does not match specified template ${template}.` };
    name = parts.instance;
  }
  return result(path ? unescapePath(name) : unescapeName(name), "Failed to unescape string: Invalid argument");
}
