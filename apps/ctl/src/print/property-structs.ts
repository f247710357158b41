/** Properties that are structs or lists of them, each in the form that `show` gives it. */
import type { Value, Variant } from "@steward/ipc";
import { formatTimespan } from "@steward/time";
import { EXITED, endings } from "./exit-status-names.ts";
import { signalName } from "./signals.ts";
import type { Times } from "./times.ts";

type Row = readonly Value[];
type Form = (value: Row, name: string, times: Times) => readonly string[];

const MAX = 0xffff_ffff_ffff_ffffn;
const span = (value: Value | undefined): string => formatTimespan(value === MAX ? Infinity : Number(value), 0);
const yes = (value: Value | undefined): string => (value === true ? "yes" : "no");
const rows = (value: Row): readonly Row[] => value as readonly Row[];

/** One `{ path=… }` of an Exec property; the Ex kind has flags where the other has ignore_errors. */
function execText(row: Row, times: Times): string {
  const [path, argv, failure, start, , stop, , pid, code, status] = row as [
    string,
    string[],
    Value,
    bigint,
    bigint,
    bigint,
    bigint,
    number,
    number,
    number,
  ];
  const how = Array.isArray(failure) ? `flags=${failure.join(" ")}` : `ignore_errors=${yes(failure)}`;
  const time = (usec: bigint): string => times.absolute(Number(usec)) ?? "n/a";
  const signal = code === EXITED ? "" : `/${signalName(status)}`;
  return `{ path=${path} ; argv[]=${argv.join(" ")} ; ${how} ; start_time=[${time(start)}] ; stop_time=[${time(stop)}] ; pid=${pid} ; code=${endings[code] || "(null)"} ; status=${status}${signal} }`;
}

function setting(allow: Value | undefined, names: Value | undefined): string[] {
  const list = names as string[];
  return [`${allow === false ? "~" : ""}${list.join(" ")}`];
}

function address([family, bytes, prefix]: Row): string {
  const raw = bytes as Uint8Array;
  if (family === 2) return `${[...raw].join(".")}/${String(prefix)}`;
  const words = Array.from({ length: 8 }, (_, index) => ((raw[index * 2]! << 8) | raw[index * 2 + 1]!).toString(16));
  const full = words.join(":");
  const runs = [...full.matchAll(/\b0(?::0)+\b/g)].sort((a, b) => b[0].length - a[0].length);
  const short =
    runs[0] === undefined
      ? full
      : `${full.slice(0, runs[0].index).replace(/:$/, "")}::${full.slice(runs[0].index + runs[0][0].length).replace(/^:/, "")}`;
  return `${short}/${String(prefix)}`;
}

const pairs =
  (format: (a: string, b: string) => string): Form =>
  (value) =>
    rows(value).map(([a, b]) => format(String(a), String(b)));

const byName: { readonly [name: string]: Form } = {
  Job: ([id]) => (Number(id) > 0 ? [String(id)] : [""]),
  Unit: ([name]) => [String(name)],
  LoadError: ([name, message]) => (name === "" && message === "" ? [""] : [`${String(name)} "${String(message)}"`]),
  EnvironmentFiles: (value) => rows(value).map(([path, ignore]) => `${String(path)} (ignore_errors=${yes(ignore)})`),
  Paths: pairs((kind, path) => `${path} (${kind})`),
  Listen: pairs((kind, address_) => `${address_} (${kind})`),
  TimersMonotonic: (value) =>
    rows(value).map(([base, at, next]) => `{ ${String(base)}=${span(at)} ; next_elapse=${span(next)} }`),
  TimersCalendar: (value, _, times) =>
    rows(value).map(
      ([base, at, next]) =>
        `{ ${String(base)}=${String(at)} ; next_elapse=${(next === MAX ? undefined : times.absolute(Number(next))) ?? "(null)"} }`,
    ),
  DeviceAllow: pairs((path, access) => `${path} ${access}`),
  IPAddressAllow: (value) => [rows(value).map(address).join(" ")],
  IPAddressDeny: (value) => [rows(value).map(address).join(" ")],
  RestartPreventExitStatus: exitStatuses,
  RestartForceExitStatus: exitStatuses,
  SuccessExitStatus: exitStatuses,
  BindPaths: bindPaths,
  BindReadOnlyPaths: bindPaths,
  TemporaryFileSystem: (value) => [
    rows(value)
      .map(([path, options]) => (options === "" ? String(path) : `${String(path)}:${String(options)}`))
      .join(" "),
  ],
  LogExtraFields: (value) => [
    (value as readonly Uint8Array[]).map((field) => Buffer.from(field).toString("utf8")).join(" "),
  ],
  ExtensionImages: images,
  MountImages: images,
};

function images(value: Row): string[] {
  return [
    rows(value)
      .map(([source, target]) => (Array.isArray(target) ? String(source) : `${String(source)}:${String(target)}`))
      .join(" "),
  ];
}

function exitStatuses([statuses, signals]: Row): string[] {
  return [[...(statuses as number[]).map(String), ...(signals as number[]).map(signalName)].join(" ")];
}

function bindPaths(value: Row): string[] {
  const texts = rows(value).map(
    ([source, target, ignore, flags]) =>
      `${ignore === true ? "-" : ""}${String(source)}:${String(target)}:${flags === 0n ? "norbind" : "rbind"}`,
  );
  return [texts.join(" ")];
}

/** The lines of a struct property; undefined where no form is known: it is not shown, as in systemctl. An empty list has no line. */
export function structValues(name: string, { signature, value }: Variant, times: Times): readonly string[] | undefined {
  const known = Object.hasOwn(byName, name) ? byName[name] : undefined;
  if (known !== undefined) return known(value as Row, name, times);
  if (signature === "a(sasbttttuii)" || signature === "a(sasasttttuii)")
    return rows(value as Row).map((row) => execText(row, times));
  if (signature === "(bas)") return setting((value as Row)[0], (value as Row)[1]);
  if (signature === "(bs)") return [`${(value as Row)[0] === true ? "-" : ""}${String((value as Row)[1])}`];
  if (signature === "a(st)")
    return rows(value as Row).map(
      ([path, amount]) => `${String(path)} ${name.endsWith("USec") ? span(amount) : String(amount)}`,
    );
  return undefined;
}
