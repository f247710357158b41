import {
  defaultFacts,
  defaultSpecifiers,
  formatDiagnostic,
  loadUnit,
  loadUnitFromFiles,
  scanUnitPaths,
  unitSearchPath,
} from "@steward/unit-file";
import { describe, expect, test } from "vitest";
import { type Files, memoryTree } from "./memory-tree.ts";

const path = ["/etc/systemd/system", "/run/systemd/system", "/usr/lib/systemd/system"];
const E = "/etc/systemd/system";
const R = "/run/systemd/system";
const U = "/usr/lib/systemd/system";
const load = (files: Files, name: string) => loadUnit(scanUnitPaths(memoryTree(files), path), name);
const service = (exec: string, more = "") => `[Service]\nExecStart=${exec}\n${more}`;

describe("finding", () => {
  test("a unit that is nowhere", () => {
    expect(load({}, "a.service")).toMatchObject({
      loadState: "not-found",
      loadError: { name: "org.freedesktop.systemd1.NoSuchUnit", message: "Unit a.service not found." },
      fragmentPath: undefined,
    });
  });
  test("a slice needs no file", () => {
    expect(load({}, "a-b.slice")).toMatchObject({ loadState: "loaded", settings: { Slice: { Slice: "a.slice" } } });
  });
  test("a name that is none", () => {
    expect(load({}, "a b")).toMatchObject({
      loadState: "error",
      loadError: { message: "Unit name a b is not valid." },
    });
  });
  test("the first directory of the path wins", () => {
    const unit = load({ [`${U}/a.service`]: service("/u"), [`${E}/a.service`]: service("/e") }, "a.service");
    expect(unit.fragmentPath).toBe(`${E}/a.service`);
    expect(unit.settings.Service.ExecStart.map((c) => c.path)).toEqual(["/e"]);
  });
  test("an instance comes from its template", () => {
    const unit = load({ [`${U}/a@.service`]: service("/bin/%i") }, "a@x.service");
    expect(unit).toMatchObject({ id: "a@x.service", instance: "x", fragmentPath: `${U}/a@.service` });
    expect(unit.settings.Service.ExecStart[0]?.path).toBe("/bin/x");
    expect(unit.settings.Service.Slice).toBe("system-a.slice");
  });
  test("a file of its own goes before the template", () => {
    const unit = load({ [`${U}/a@.service`]: service("/t"), [`${U}/a@x.service`]: service("/x") }, "a@x.service");
    expect(unit.settings.Service.ExecStart[0]?.path).toBe("/x");
  });
  test("a directory where a file belongs", () => {
    expect(load({ [`${U}/a.service/x`]: "" }, "a.service").loadState).toBe("not-found");
  });
});

describe("aliases and masks", () => {
  test("a symlink inside the path is another name", () => {
    const files = { [`${U}/real.service`]: service("/r"), [`${E}/alias.service`]: { link: `${U}/real.service` } };
    for (const name of ["real.service", "alias.service"]) {
      expect(load(files, name)).toMatchObject({
        id: "real.service",
        names: ["real.service", "alias.service"],
        fragmentPath: `${U}/real.service`,
      });
    }
  });
  test("a template's alias serves its instances", () => {
    const files = {
      [`${U}/r@.service`]: service("/%i"),
      [`${E}/a@.service`]: { link: "../../../usr/lib/systemd/system/r@.service" },
    };
    expect(load(files, "a@1.service")).toMatchObject({ id: "r@1.service", names: ["r@1.service", "a@1.service"] });
  });
  test("a symlink out of the path is a linked unit under its own name", () => {
    const files = { "/opt/x.service": service("/o"), [`${E}/x.service`]: { link: "/opt/x.service" } };
    expect(load(files, "x.service")).toMatchObject({
      id: "x.service",
      loadState: "loaded",
      fragmentPath: `${E}/x.service`,
    });
  });
  test.each([
    ["a link to /dev/null", { link: "/dev/null" }],
    ["an empty file", ""],
  ])("%s masks", (_, content) => {
    expect(load({ [`${E}/a.service`]: content, [`${U}/a.service`]: service("/u") }, "a.service")).toMatchObject({
      loadState: "masked",
      fragmentPath: `${E}/a.service`,
      loadError: { name: "org.freedesktop.systemd1.UnitMasked", message: "Unit a.service is masked." },
    });
  });
  test("links that go round in circles are an error, and end", () => {
    const files = { [`${E}/a.service`]: { link: "b.service" }, [`${E}/b.service`]: { link: "a.service" } };
    expect(load(files, "a.service").loadState).toBe("error");
  });
  test("an alias of another type is none", () => {
    const files = { [`${U}/a.service`]: service("/a"), [`${E}/a.socket`]: { link: `${U}/a.service` } };
    expect(load(files, "a.socket").loadState).toBe("not-found");
    expect(scanUnitPaths(memoryTree(files), path).warnings).toHaveLength(1);
  });
  test("a link that leads nowhere", () => {
    expect(load({ [`${E}/a.service`]: { link: "/opt/none.service" } }, "a.service").loadState).toBe("not-found");
  });
  test("a fifo where a file belongs", () => {
    expect(
      load({ [`${E}/x.service`]: { link: "/opt/fifo" }, "/opt/fifo": { other: true } }, "x.service").loadState,
    ).toBe("masked");
  });
});

describe("drop-ins", () => {
  const base = { [`${U}/a-b-c.service`]: service("/base", "Environment=A=base") };
  const environment = (files: Files, name = "a-b-c.service") =>
    load({ ...base, ...files }, name).settings.Service.Environment;
  test("are read by file name, whatever directory they are in", () => {
    const unit = load(
      {
        ...base,
        [`${E}/a-b-c.service.d/20.conf`]: "[Service]\nEnvironment=A=20",
        [`${U}/a-b-c.service.d/30.conf`]: "[Service]\nEnvironment=A=30",
        [`${R}/a-b-c.service.d/10.conf`]: "[Service]\nEnvironment=A=10",
      },
      "a-b-c.service",
    );
    expect(unit.dropInPaths).toEqual([
      `${R}/a-b-c.service.d/10.conf`,
      `${E}/a-b-c.service.d/20.conf`,
      `${U}/a-b-c.service.d/30.conf`,
    ]);
    expect(unit.settings.Service.Environment).toEqual(["A=30"]);
  });
  test("of one name hide one another, by directory of the path and then by how specific they are", () => {
    expect(
      environment({
        [`${U}/a-b-c.service.d/x.conf`]: "[Service]\nEnvironment=A=u",
        [`${E}/a-.service.d/x.conf`]: "[Service]\nEnvironment=A=e",
      }),
    ).toEqual(["A=e"]);
    expect(
      environment({
        [`${U}/a-b-.service.d/x.conf`]: "[Service]\nEnvironment=A=b",
        [`${U}/a-.service.d/x.conf`]: "[Service]\nEnvironment=A=a",
      }),
    ).toEqual(["A=b"]);
    expect(
      environment({
        [`${E}/service.d/x.conf`]: "[Service]\nEnvironment=A=type",
        [`${U}/a-.service.d/x.conf`]: "[Service]\nEnvironment=A=a",
      }),
    ).toEqual(["A=a"]);
    expect(environment({ [`${E}/service.d/x.conf`]: "[Service]\nEnvironment=A=type" })).toEqual(["A=type"]);
  });
  test("a masked one is nothing, and hides the one below it", () => {
    const files = {
      [`${E}/a-b-c.service.d/x.conf`]: { link: "/dev/null" },
      [`${U}/a-b-c.service.d/x.conf`]: "[Service]\nEnvironment=A=u",
    };
    expect(environment(files)).toEqual(["A=base"]);
  });
  test("of a template count for its instances, and so do those of an alias", () => {
    const files = {
      [`${U}/t@.service`]: service("/t"),
      [`${E}/al@.service`]: { link: `${U}/t@.service` },
      [`${E}/t@.service.d/1.conf`]: "[Service]\nEnvironment=T=%i",
      [`${E}/t@x.service.d/2.conf`]: "[Service]\nEnvironment=X=1",
      [`${E}/al@x.service.d/3.conf`]: "[Service]\nEnvironment=AL=1",
    } satisfies Files;
    expect(load(files, "t@x.service").settings.Service.Environment).toEqual(["T=x", "X=1", "AL=1"]);
  });
  test("reset what was before", () => {
    const files = { [`${E}/a-b-c.service.d/x.conf`]: "[Service]\nExecStart=\nExecStart=/new" };
    expect(load({ ...base, ...files }, "a-b-c.service").settings.Service.ExecStart.map((c) => c.path)).toEqual([
      "/new",
    ]);
  });
  test("that are broken end where they are broken, and the unit is used all the same", () => {
    const files = {
      [`${E}/a-b-c.service.d/1.conf`]: "[Service]\nEnvironment=B=1\nExecStart=/bin/\nEnvironment=C=1",
      [`${E}/a-b-c.service.d/2.conf`]: "[Service\n",
      [`${E}/a-b-c.service.d/3.conf`]: "[Service]\nEnvironment=D=1",
    };
    const unit = load({ ...base, ...files }, "a-b-c.service");
    expect(unit.loadState).toBe("loaded");
    expect(unit.settings.Service.Environment).toEqual(["A=base", "B=1", "D=1"]);
    expect(unit.diagnostics.map(formatDiagnostic)).toEqual([
      `${E}/a-b-c.service.d/1.conf:3: Executable path specifies a directory: /bin/`,
      `${E}/a-b-c.service.d/2.conf:1: Invalid section header '[Service'`,
    ]);
  });
});

describe("dependencies", () => {
  test("from directives, in the order of the file, each with its place", () => {
    const unit = load(
      {
        [`${U}/a.service`]:
          "[Unit]\nAfter=b.service c.service\nWants=d.service\nAfter=\nAfter=b.service e@%p.service\n[Service]\nExecStart=/a\n",
      },
      "a.service",
    );
    expect(unit.dependencies.map((d) => `${d.kind} ${d.name} ${d.origin.line}`)).toEqual([
      "After b.service 2",
      "After c.service 2",
      "Wants d.service 3",
      "After e@a.service 5",
    ]);
  });
  test("from .wants, .requires and .upholds directories of every name", () => {
    const files = {
      [`${U}/a.target`]: "[Unit]\n",
      [`${E}/alias.target`]: { link: `${U}/a.target` },
      [`${E}/a.target.wants/x.service`]: { link: `${U}/x.service` },
      [`${U}/a.target.wants/y.service`]: { link: "../y.service" },
      [`${E}/a.target.wants/y.service`]: { link: "/dev/null" },
      [`${E}/alias.target.requires/z.service`]: { link: "../z.service" },
      [`${E}/a.target.upholds/u.service`]: { link: "../u.service" },
      [`${E}/a.target.wants/file.service`]: "",
      [`${E}/a.target.wants/odd`]: { link: "../odd" },
    } satisfies Files;
    const unit = load(files, "a.target");
    expect(unit.dependencies.map((d) => `${d.kind} ${d.name} ${d.origin.file}`)).toEqual([
      `Wants x.service ${E}/a.target.wants/x.service`,
      `Requires z.service ${E}/alias.target.requires/z.service`,
      `Upholds u.service ${E}/a.target.upholds/u.service`,
    ]);
    expect(unit.diagnostics.map((d) => d.message)).toEqual([
      `wants dependency dropin ${E}/a.target.wants/file.service is not a symlink, ignoring.`,
      `wants dependency dropin ${E}/a.target.wants/odd is not a valid unit name, ignoring.`,
    ]);
  });
  test("a template in a .wants directory takes the instance", () => {
    const files = {
      [`${U}/t@.service`]: service("/t"),
      [`${U}/t@.service.wants/d@.service`]: { link: "../d@.service" },
    };
    expect(load(files, "t@i.service").dependencies.map((d) => d.name)).toEqual(["d@i.service"]);
  });
});

describe("settings", () => {
  test("hold defaults, and say where they were set", () => {
    const unit = loadUnitFromFiles("a.service", [
      { path: "/f", text: service("/a", "Restart=always\nRestart=no\n") },
      { path: "/d", text: "[Service]\nRestart=on-failure\n" },
    ]);
    expect(unit.settings.Service.Restart).toBe("on-failure");
    expect(unit.origins("Service", "Restart").map((p) => `${p.file}:${p.line}`)).toEqual(["/f:3", "/f:4", "/d:2"]);
    expect(unit.origins("Service", "RestartSec")).toEqual([]);
    expect(unit.settings.Service.RestartSec).toBe(100_000);
    expect(unit.settings.Timer.AccuracySec).toBe(60_000_000);
  });
  test("one unit's settings are not another's", () => {
    const one = loadUnitFromFiles("a.service", [{ path: "/f", text: service("/a", "Nice=5") }]);
    const two = loadUnitFromFiles("b.service", [{ path: "/f", text: service("/b") }]);
    expect([one.settings.Service.Nice, two.settings.Service.Nice]).toEqual([5, undefined]);
  });
  test("[Install] is kept as it is written", () => {
    const { Install } = loadUnitFromFiles("a@.service", [
      {
        path: "/f",
        text: "[Service]\nExecStart=/a\n[Install]\nWantedBy=multi-user.target x@%i.service\nAlso=b.socket\nAlias=c.service\nDefaultInstance=d\nRequiredBy=\nUpheldBy=u.service",
      },
    ]).settings;
    expect(Install).toMatchObject({
      WantedBy: ["multi-user.target", "x@%i.service"],
      Also: ["b.socket"],
      Alias: ["c.service"],
      DefaultInstance: "d",
      UpheldBy: ["u.service"],
    });
  });
  test.each([
    ["simple", "ExecStart=/a"],
    ["dbus", "ExecStart=/a\nBusName=org.example.A"],
    ["oneshot", "ExecStop=/a\nRemainAfterExit=yes"],
  ])("a service that states no type is %s", (type, text) => {
    expect(loadUnitFromFiles("a.service", [{ path: "/f", text: `[Service]\n${text}\n` }]).settings.Service.Type).toBe(
      type,
    );
  });
});

test("the usual search paths", () => {
  expect(unitSearchPath({ scope: "system" })).toHaveLength(13);
  expect(unitSearchPath({ scope: "system", environment: { SYSTEMD_UNIT_PATH: "/x:/y" } })).toEqual(["/x", "/y"]);
  expect(unitSearchPath({ scope: "system", environment: { SYSTEMD_UNIT_PATH: "/x:" } })[1]).toBe(
    "/etc/systemd/system.control",
  );
  // `systemd-analyze --user unit-paths` of systemd 252 with these variables.
  const environment = {
    HOME: "/h",
    XDG_CONFIG_HOME: "/xc",
    XDG_DATA_HOME: "/xd",
    XDG_RUNTIME_DIR: "/xr",
    XDG_CONFIG_DIRS: "/a:/b",
    XDG_DATA_DIRS: "/c:/d",
  };
  expect(unitSearchPath({ scope: "user", environment })).toEqual([
    "/xc/systemd/user.control",
    "/xr/systemd/user.control",
    "/xr/systemd/transient",
    "/xr/systemd/generator.early",
    "/xc/systemd/user",
    "/a/systemd/user",
    "/b/systemd/user",
    "/etc/systemd/user",
    "/xr/systemd/user",
    "/run/systemd/user",
    "/xr/systemd/generator",
    "/xd/systemd/user",
    "/c/systemd/user",
    "/d/systemd/user",
    "/usr/local/lib/systemd/user",
    "/usr/local/share/systemd/user",
    "/usr/lib/systemd/user",
    "/usr/share/systemd/user",
    "/xr/systemd/generator.late",
  ]);
});

describe("a user's manager", () => {
  const facts = { ...defaultFacts, scope: "user" as const };
  const specifiers = { ...defaultSpecifiers, home: "/home/u", runtimeDirectory: "/run/user/1000" };
  const loadUser = (name: string, text: string) =>
    loadUnitFromFiles(name, [{ path: "/f", text }], { facts, specifiers });
  // As `systemd --user` of systemd 252 shows them.
  test("puts services into app.slice and starts them at home", () => {
    const { Service } = loadUser("a@b.service", service("/a", "RuntimeDirectory=x\nPIDFile=a.pid")).settings;
    expect(Service).toMatchObject({
      Slice: "app-a.slice",
      KeyringMode: "inherit",
      PIDFile: "/run/user/1000/a.pid",
      WorkingDirectory: { path: "/home/u", home: false, missingOk: true },
    });
  });
  test("leaves mounts where they are", () => {
    expect(loadUser("a.mount", "[Mount]\nWhat=x\n").settings.Mount.Slice).toBe("-.slice");
  });
  test("can end itself and nothing more", () => {
    const unit = loadUser("a.service", `[Unit]\nFailureAction=reboot\nSuccessAction=exit\n${service("/a")}`);
    expect(unit.settings.Unit).toMatchObject({ FailureAction: "exit-force", SuccessAction: "exit" });
    expect(unit.diagnostics.map((d) => d.message)).toEqual([
      'FailureAction= in user mode specified as "reboot", using "exit-force" instead.',
    ]);
  });
});
