import { formatScenario, parseScenario } from "@steward/state-machine";
import { describe, expect, test } from "vitest";
import { generate, withKills } from "./laws/generate.ts";

test("what is written is read back, for whatever the laws make up", () => {
  for (let seed = 1; seed <= 300; seed++) {
    const scenario = withKills(generate(seed), seed);
    const { value, diagnostics } = parseScenario(formatScenario(scenario), "x.scenario");
    expect(diagnostics).toEqual([]);
    const { unitLines: _, ...read } = value;
    const units = Object.fromEntries(
      Object.entries(read.units).map(([name, unit]) => [name, unit.replace(/^ +/gm, "")]),
    );
    const steps = read.steps.map(({ atUsec, action }) => ({ atUsec, action }));
    expect({ ...read, units, steps }).toEqual(scenario);
  }
});

test("a whole scenario", () => {
  const text = `
# A database that dies, and what is bound to it.
units ./units
unit db.service
  [Service]
  Type=notify   # stays
  ExecStart=/usr/bin/db
end
program db.service notifies READY=1 "STATUS=All well" after 200ms, ignores SIGTERM SIGINT, takes 2s to die
program db.service ExecStartPre 1 runs 5s, exits 3
program web.service forks after 1ms (runs 1s, dies KILL) writing /run/web.pid, exits 0
unmet cron.service
at 0 start web.service --job-mode=fail
at 5s db.service dies SIGSEGV
after 1min30s kill web.service --signal=HUP --kill-whom=main
after 0 clock back 1h
after 1s connect door.socket
after 0 write "/run/a file"
after 0 scope run.scope (runs 1s) (ignores TERM)
after 0 freeze web.service
after 0 clean web.service
after 0 mount mnt-a.mount
until 10min
`;
  expect(parseScenario(text, "x.scenario")).toMatchSnapshot();
});

describe("errors say line, column and what was expected", () => {
  test.each([
    ["strat web.service", '1:1: Expected units, unit, program, unmet, at, after or until, not "strat".'],
    ["at 5s strat web.service", "1:7:"],
    ["at 5x start web.service", '1:4: "5x" is no time span. Expected one as 200ms, 5s or 1min30s (systemd.time(7)).'],
    ["at 5s start", "1:12: Expected the name of a unit, as web.service, the line ends here."],
    ["at 5s start web", '1:13: "web" is no name of a unit. Expected one as web.service (systemd.unit(5)).'],
    ["at 5s start web.service --job-mode=fial", "1:36:"],
    [
      "at 5s kill web.service --signal=SIGNOT",
      '1:33: "SIGNOT" is no signal. Expected one as SIGTERM, TERM or 15 (signal(7)).',
    ],
    ["at 5s web.service exist 1", "1:19:"],
    ["at 5s web.service exits 999", '1:25: "999" is not an exit status. Expected a number from 0 to 255.'],
    ["at 5s web.service notifies READY", '1:28: "READY" is no field of sd_notify(3). Expected one as READY=1.'],
    ["at 5s\nat 4s start a.service", "1:6:"],
    [
      "at 5s start a.service\nat 4s start a.service",
      "2:4: This is earlier than the line before. Expected the lines in the order of time.",
    ],
    ["program web.service runs 5s exits 1", '1:29: Expected the end of the line, not "exits".'],
    [
      "program web.service runs 5s, (",
      '1:30: Expected runs, exits, dies, dumps, hangs, ignores, handles, notifies, forks, owns, lets, takes, uses, fails or cannot, not "(".',
    ],
    [
      "unit web.service\n[Service]",
      "1:1: The unit file of web.service is not closed. Expected end in a line of its own.",
    ],
    ['units "here', '1:7: This quote is not closed. Expected another " on the same line.'],
  ])("%s", (text, expected) => {
    const [first] = parseScenario(text, "x.scenario").diagnostics;
    expect(`${first!.line}:${first!.column}: ${first!.message}`).toContain(expected);
  });

  test("one that is nearly right is guessed", () => {
    const [first] = parseScenario("at 5s strat web.service", "x.scenario").diagnostics;
    expect(first!.message).toContain("Did you mean start?");
  });
});
