import { describe, expect, test } from "vitest";
import {
  addDependencyUnitFiles,
  busChanges,
  disableUnitFiles,
  enableUnitFiles,
  installBusError,
  installMessages,
  maskUnitFiles,
  reenableUnitFiles,
  systemUnitPaths,
  unitFileStates,
  unmaskUnitFiles,
  userUnitPaths,
} from "../src/index.ts";
import { memoryTree } from "./memory-tree.ts";

const vendor = "/usr/lib/systemd/system";
const etc = "/etc/systemd/system";
const web = "[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\nAlias=www.service\n";
const files = {
  [`${vendor}/web.service`]: web,
  [`${vendor}/static.service`]: "[Service]\nExecStart=/bin/true\n",
  [`${vendor}/tmpl@.service`]: "[Install]\nWantedBy=multi-user.target\nDefaultInstance=one\n",
  [`${vendor}/multi-user.target`]: "[Unit]\nDescription=m\n",
};
const place = (extra: Record<string, string> = {}) => ({
  tree: memoryTree({ ...files, ...extra }),
  paths: systemUnitPaths,
});
const enabled = {
  [`${etc}/www.service`]: `-> ${vendor}/web.service`,
  [`${etc}/multi-user.target.wants/web.service`]: `-> ${vendor}/web.service`,
};

describe("a verb decides and changes nothing", () => {
  test("enable", () => {
    const result = enableUnitFiles(place(), ["web.service"]);
    expect(result).toMatchObject({ carriesInstallInfo: true, warnings: [] });
    expect(result.disk).toEqual([
      { type: "symlink", path: `${etc}/www.service`, target: `${vendor}/web.service`, replace: false },
      {
        type: "symlink",
        path: `${etc}/multi-user.target.wants/web.service`,
        target: `${vendor}/web.service`,
        replace: false,
      },
    ]);
    expect(busChanges(result)).toEqual([
      ["symlink", `${etc}/www.service`, `${vendor}/web.service`],
      ["symlink", `${etc}/multi-user.target.wants/web.service`, `${vendor}/web.service`],
    ]);
    expect(installMessages("enable", result).map(({ text }) => text)).toEqual([
      `Created symlink ${etc}/www.service → ${vendor}/web.service.`,
      `Created symlink ${etc}/multi-user.target.wants/web.service → ${vendor}/web.service.`,
    ]);
  });

  test("what is done already is not done again", () => {
    expect(enableUnitFiles(place(enabled), ["web.service"])).toMatchObject({ disk: [], carriesInstallInfo: true });
  });

  test("disable removes links, then the directory that they leave empty", () => {
    expect(disableUnitFiles(place(enabled), ["web.service"]).disk).toEqual([
      { type: "unlink", path: `${etc}/www.service` },
      { type: "unlink", path: `${etc}/multi-user.target.wants/web.service` },
      { type: "remove-directory", path: `${etc}/multi-user.target.wants` },
    ]);
  });

  test("reenable sees what it has removed itself", () => {
    const types = reenableUnitFiles(place(enabled), ["web.service"]).changes.map(({ type }) => type);
    expect(types).toEqual(["unlink", "unlink", "symlink", "symlink"]);
  });

  test("a template goes by its default instance", () => {
    const [change] = enableUnitFiles(place(), ["tmpl@.service"]).changes;
    expect(change).toMatchObject({
      path: `${etc}/multi-user.target.wants/tmpl@one.service`,
      source: `${vendor}/tmpl@.service`,
    });
  });

  test("--runtime goes below /run, a user's links into his home", () => {
    const [runtime] = maskUnitFiles(place(), ["web.service"], { runtime: true }).disk;
    expect(runtime).toMatchObject({ path: "/run/systemd/system/web.service", target: "/dev/null" });
    const [own] = maskUnitFiles({ ...place(), paths: userUnitPaths({ home: "/home/u" }) }, ["web.service"]).disk;
    expect(own).toMatchObject({ path: "/home/u/.config/systemd/user/web.service" });
  });
});

describe("refusals are values", () => {
  test.each([
    [
      "no such unit",
      () => enableUnitFiles(place(), ["nope.service"]),
      "NoSuchUnit",
      "Unit file nope.service does not exist.",
    ],
    [
      "masked",
      () => enableUnitFiles(place({ [`${etc}/web.service`]: "-> /dev/null" }), ["web.service"]),
      "UnitMasked",
      `Unit file ${etc}/web.service is masked.`,
    ],
    [
      "in the way",
      () => maskUnitFiles(place({ [`${etc}/web.service`]: "[Unit]\n" }), ["web.service"]),
      "UnitExists",
      `File ${etc}/web.service already exists.`,
    ],
    [
      "a link in the way",
      () => maskUnitFiles(place({ [`${etc}/web.service`]: "-> /opt/x.service" }), ["web.service"]),
      "UnitExists",
      `File ${etc}/web.service already exists and is a symlink to /opt/x.service.`,
    ],
    [
      "nothing but failures is a failure, though disable itself ends well",
      () => disableUnitFiles(place(), ["nope.service"]),
      "NoSuchUnit",
      "Unit file nope.service does not exist.",
    ],
    [
      "a template wanted by a target that is none",
      () => addDependencyUnitFiles(place(), ["tmpl@.service"], "multi-user.target", "Wants"),
      "BadUnitSetting",
      "Destination unit multi-user.target is a non-template unit.",
    ],
  ])("%s", (_, run, name, message) => {
    expect(installBusError(run())).toEqual({ name: `org.freedesktop.systemd1.${name}`, message });
  });
});

describe("states", () => {
  test.each([
    ["web.service", {}, "disabled"],
    ["web.service", enabled, "enabled"],
    ["www.service", enabled, "alias"],
    ["static.service", {}, "static"],
    ["web.service", { [`${etc}/web.service`]: "-> /dev/null" }, "masked"],
    ["web.service", { "/run/systemd/system/web.service": "" }, "masked-runtime"],
    ["out.service", { [`${etc}/out.service`]: "-> /opt/out.service", "/opt/out.service": "[Service]\n" }, "linked"],
    ["gen.service", { "/run/systemd/generator/gen.service": "[Service]\n" }, "generated"],
    ["tr.service", { "/run/systemd/transient/tr.service": "[Service]\n" }, "transient"],
    ["tmpl@.service", { [`${etc}/x.target.wants/tmpl@one.service`]: `-> ${vendor}/tmpl@.service` }, "enabled"],
    ["tmpl@.service", { [`${etc}/x.target.wants/tmpl@two.service`]: `-> ${vendor}/tmpl@.service` }, "indirect"],
    ["tmpl@two.service", { [`${etc}/x.target.wants/tmpl@two.service`]: `-> ${vendor}/tmpl@.service` }, "enabled"],
  ])("%s with %j is %s", (name, extra, state) => {
    expect(unitFileStates(place(extra)).stateOf(name)).toEqual({ state });
  });

  test("loops, directories and nothing are errors", () => {
    const states = unitFileStates(
      place({
        [`${etc}/a.service`]: "-> b.service",
        [`${etc}/b.service`]: "-> a.service",
        [`${etc}/d.service/x`]: "",
      }),
    );
    expect(states.stateOf("a.service")).toEqual({ error: "ELOOP" });
    expect(states.stateOf("d.service")).toEqual({ error: "EISDIR" });
    expect(states.stateOf("none.service")).toEqual({ error: "ENOENT" });
    expect(states.stateOf("no name")).toEqual({ error: "EINVAL" });
  });

  test("the list has rows by type and name, with presets where they matter", () => {
    const preset = { "/usr/lib/systemd/system-preset/90.preset": "disable web.*\nenable *\n" };
    const rows = unitFileStates(place(preset)).list();
    expect(rows.map(({ name, state, preset: says }) => [name, state, says])).toEqual([
      ["static.service", "static", undefined],
      ["tmpl@.service", "disabled", "enabled"],
      ["web.service", "disabled", "disabled"],
      ["multi-user.target", "static", undefined],
    ]);
  });
});

test("a generator's mask is only reported", () => {
  const result = unmaskUnitFiles(place({ "/run/systemd/generator/web.service": "-> /dev/null" }), ["web.service"]);
  expect(installMessages("unmask", result).map(({ text }) => text)).toEqual([
    "Unit web.service is masked via a generator and cannot be unmasked.",
  ]);
});

describe("specifiers in [Install]", () => {
  const unit = (line: string) => ({ [`${vendor}/s-t@x.service`]: `[Install]\n${line}\n` });
  const facts = (letter: string) => (letter === "H" ? "host" : undefined);
  const links = (line: string) => {
    const result = enableUnitFiles({ ...place(unit(line)), facts }, ["s-t@x.service"]);
    return (
      result.error ??
      result.changes.filter(({ type }) => type === "symlink").map(({ path }) => path.slice(etc.length + 1))
    );
  };
  test.each([
    ["WantedBy=%p-%i.target", ["s-t-x.target.wants/s-t@x.service"]],
    ["WantedBy=%j.target %H.target", ["t.target.wants/s-t@x.service", "host.target.wants/s-t@x.service"]],
    ["WantedBy=%%.target", "EUCLEAN"],
    ["WantedBy=%m.target", "EUNATCH"],
    ["WantedBy=%x.target", "EBADSLT"],
    ["Also=%x.service", "EBADSLT"],
  ])("%s", (line, expected) => {
    expect(links(line)).toEqual(expected);
  });
});
