/**
 * A path unit with its service, and what is done to files. `W` stands for the scenario's own directory, in which the steps are run by
 * bash; `@path` and `@service` for the units; `put FILE` makes or replaces a file in one step, because a unit may have run before a slower
 * one is done. After each step all that follows from it is awaited, then the state is written down.
 */
export interface PathScenario {
  readonly name: string;
  readonly path: readonly string[];
  readonly service?: readonly string[];
  readonly unit?: readonly string[];
  /** Shell commands of the service; it counts its runs besides. */
  readonly does?: string;
  /** Before the path unit is started. */
  readonly before?: string;
  /** Shell commands; "start" and "stop" and so on are for the path unit. */
  readonly steps: readonly string[];
  /** How often the unit ran depends on how quickly things come one after the other: only whether it ran counts. */
  readonly uncounted?: boolean;
}

const removes = "rm -f W/go";
const waits = "until [ -e W/release ]; do sleep 0.05; done; rm W/release";

export const pathScenarios: readonly PathScenario[] = [
  {
    name: "PathExists=, part by part",
    path: ["PathExists=W/a/b/go"],
    does: "rm -f W/a/b/go",
    steps: [
      "start @path",
      "mkdir a",
      "mkdir a/b",
      "touch a/other",
      "touch a/b/go",
      "touch a/b/go",
      "mv a c",
      "mkdir -p a/b",
      "touch a/b/go",
      "rm -r a",
      "mkdir -p a/b; touch a/b/go",
      "stop @path",
      "touch a/b/go",
    ],
  },
  {
    name: "PathExists=, there already",
    path: ["PathExists=W/go"],
    does: removes,
    before: "touch go",
    steps: ["start @path"],
  },
  {
    name: "PathExists=, stays, the unit's limit",
    path: ["PathExists=W/go"],
    before: "touch go",
    steps: ["start @path", "reset-failed @path", "reset-failed @service; rm go", "start @path", "touch go"],
  },
  {
    name: "PathExists=, stays, the path's limit",
    path: ["PathExists=W/go", "TriggerLimitIntervalSec=1h", "TriggerLimitBurst=3"],
    unit: ["StartLimitIntervalSec=0"],
    before: "touch go",
    steps: ["start @path", "rm go", "reset-failed @path", "start @path"],
  },
  {
    name: "PathExists=, by a link that is led elsewhere",
    path: ["PathExists=W/link/go"],
    does: "rm -f W/one/go W/two/go",
    before: "mkdir one two; ln -s one link",
    steps: ["start @path", "touch one/go", "touch two/go", "ln -sfn two link", "touch one/go; touch two/go"],
  },
  {
    name: "PathExists=, a link that leads nowhere",
    path: ["PathExists=W/go"],
    does: "rm -f W/go W/nowhere",
    steps: ["start @path", "ln -s nowhere go", "touch nowhere"],
  },
  {
    name: "PathExists= below a file",
    path: ["PathExists=W/file/go"],
    before: "touch file",
    steps: ["start @path", "reset-failed @path", "rm file", "start @path", "mkdir file; touch file/go", "stop @path"],
    service: ["Type=simple"],
    does: waits,
  },
  {
    name: "PathExistsGlob=",
    path: ["PathExistsGlob=W/*.x"],
    does: "rm -rf W/*.x",
    steps: ["start @path", "touch a.y", "touch .x", "touch b.x", "touch c.x d.x", "mkdir e.x", "mv a.y a.x"],
  },
  {
    name: "PathExistsGlob=, a pattern on the way",
    path: ["PathExistsGlob=W/*/go"],
    does: "rm -rf W/s/go",
    steps: ["start @path", "mkdir s", "touch s/go", "touch other", "rm -rf s"],
  },
  {
    name: "PathExistsGlob=, alternatives and classes",
    path: ["PathExistsGlob=W/{one,t[a-w]o}?"],
    does: "rm -f W/one1 W/two2",
    steps: ["start @path", "touch one", "touch txo2", "touch two2", "touch one1"],
  },
  {
    name: "PathChanged= of a file",
    path: ["PathChanged=W/f"],
    steps: [
      "start @path",
      "put f",
      "echo x >> f",
      "exec 3>>f; echo x >&3",
      "exec 3>&-",
      "touch -h f",
      "chmod 600 f",
      "ln f hard",
      "cat f",
      "mv f g",
      "mv g f",
      "put f",
      "rm f",
      "mkdir f",
      "mkdir f/in",
      "mv f gone",
    ],
    unit: ["StartLimitIntervalSec=0"],
  },
  {
    name: "PathModified= of a file",
    path: ["PathModified=W/f"],
    steps: ["start @path", "put f", "exec 3>>f; echo x >&3", "echo x >&3", "exec 3>&-", "rm f"],
    unit: ["StartLimitIntervalSec=0"],
  },
  {
    name: "PathChanged= of a directory",
    path: ["PathChanged=W/d"],
    steps: [
      "start @path",
      "mkdir d",
      "put d/a",
      "echo x >> d/a",
      "chmod 600 d/a",
      "cat d/a",
      "mv d/a d/b",
      "mkdir d/s",
      "touch d/s/deep",
      "rm d/b",
      "mv d gone",
    ],
    unit: ["StartLimitIntervalSec=0"],
  },
  {
    name: "PathChanged=, there already",
    path: ["PathChanged=W/f"],
    before: "touch f",
    steps: ["start @path", "touch other", "echo x > f"],
  },
  {
    name: "DirectoryNotEmpty=",
    path: ["DirectoryNotEmpty=W/d"],
    does: "rm -rf W/d/*",
    steps: [
      "start @path",
      "mkdir d",
      "touch d/.hidden",
      "touch d/backup~",
      "touch d/old.bak",
      "touch d/x",
      "mkdir d/y",
      "touch z; mv z d/z",
      "rm -r d; touch d",
    ],
    unit: ["StartLimitIntervalSec=0"],
  },
  {
    name: "DirectoryNotEmpty=, not empty already",
    path: ["DirectoryNotEmpty=W/d"],
    does: "rm -rf W/d/*",
    before: "mkdir d; touch d/x",
    steps: ["start @path", "touch d/y"],
  },
  {
    name: "MakeDirectory=",
    path: ["DirectoryNotEmpty=W/m/d", "PathExists=W/e/never", "MakeDirectory=yes", "DirectoryMode=0710"],
    does: "rm -rf W/m/d/*",
    steps: ["start @path", "stat -c %a m m/d >modes; ls -d e 2>>modes; cat modes >&2", "touch m/d/x"],
  },
  {
    name: "MakeDirectory=, there already",
    path: ["PathChanged=W/m", "MakeDirectory=yes", "DirectoryMode=0710"],
    before: "mkdir -m 700 m",
    steps: ["start @path", "stat -c %a m >&2", "mkdir m/x"],
  },
  {
    name: "several paths",
    unit: ["StartLimitIntervalSec=0"],
    path: ["PathExists=W/go", "PathChanged=W/f", "DirectoryNotEmpty=W/d"],
    does: "rm -rf W/go W/d/*",
    before: "mkdir d",
    steps: ["start @path", "touch go", "echo x > f", "touch d/x", "echo x > f; touch d/y; touch go", "rm f"],
    uncounted: true,
  },
  {
    name: "the unit is started by hand",
    path: ["PathChanged=W/f"],
    service: ["Type=simple"],
    does: waits,
    steps: ["start @path", "start @service", "echo x > f", "touch release", "echo x > f", "stop @service", "rm -f f"],
  },
  {
    name: "changes while the unit runs",
    path: ["PathChanged=W/f"],
    service: ["Type=simple"],
    does: waits,
    before: "touch f",
    steps: [
      "start @path",
      "echo x > f",
      "echo x > f; echo x > f",
      "rm f",
      "touch release",
      "echo x > f",
      "touch release",
    ],
  },
  {
    name: "it comes while the unit runs",
    path: ["PathExists=W/go"],
    service: ["Type=simple"],
    does: `rm -f W/go; ${waits}`,
    steps: ["start @path", "start @service", "touch go", "touch release", "touch release", "stop @path; touch release"],
  },
  {
    name: "stopped while the unit runs",
    path: ["PathChanged=W/f"],
    service: ["Type=simple"],
    does: waits,
    steps: ["start @path", "echo x > f", "stop @path", "touch release", "echo x > f", "start @path", "echo x > f"],
  },
  {
    name: "the unit fails",
    path: ["PathChanged=W/f"],
    does: "exit 1",
    steps: ["start @path", "put f", "put f", "rm f"],
  },
  {
    name: "a condition of the unit does not hold",
    path: ["PathChanged=W/f"],
    unit: ["ConditionPathExists=/nonexistent"],
    steps: ["start @path", "echo x > f", "rm f"],
  },
  {
    name: "a condition of the unit does not hold, and the path stays",
    path: ["PathExists=W/go", "TriggerLimitIntervalSec=1h", "TriggerLimitBurst=5"],
    unit: ["ConditionPathExists=/nonexistent"],
    steps: ["start @path", "touch go"],
  },
  {
    name: "restarted and started again",
    path: ["PathChanged=W/f"],
    steps: ["start @path", "start @path", "restart @path", "put f", "restart @path", "rm f"],
  },
  {
    name: "daemon-reload",
    path: ["PathChanged=W/f", "PathExists=W/go"],
    does: removes,
    steps: ["start @path", "daemon-reload", "put f", "daemon-reload", "touch go"],
  },
  {
    name: "what it triggers is not there",
    path: ["PathExists=W/go", "Unit=never-written.service"],
    steps: ["start @path"],
  },
  { name: "nothing to wait for", path: ["MakeDirectory=yes"], steps: ["start @path"] },
  {
    name: "started too often",
    path: ["PathExists=W/go"],
    unit: [],
    steps: [
      "for i in 1 2 3 4 5; do systemctl start @path; systemctl stop @path; done",
      "start @path",
      "reset-failed @path",
    ],
  },
  {
    name: "many changes in a row",
    path: ["PathChanged=W/f"],
    unit: ["StartLimitIntervalSec=0"],
    steps: ["start @path", "for i in {1..300}; do echo $i >> f; done", "rm f"],
    uncounted: true,
  },
  {
    name: "it comes and goes in a row",
    path: ["PathExists=W/go"],
    unit: ["StartLimitIntervalSec=0"],
    does: removes,
    steps: ["start @path", "for i in {1..100}; do touch go; done", "ls go >&2 || true"],
    uncounted: true,
  },
  {
    name: "directories come and go in a row",
    path: ["PathExists=W/a/b/c/go"],
    unit: ["StartLimitIntervalSec=0"],
    does: "rm -f W/a/b/c/go",
    steps: ["start @path", "for i in {1..50}; do rm -rf a; mkdir -p a/b/c; done; touch a/b/c/go", "ls a/b/c >&2"],
    uncounted: true,
  },
];
