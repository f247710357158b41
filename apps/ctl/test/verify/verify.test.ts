import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { genuine, own } from "../own-kit.ts";

const hasGenuine = existsSync("/usr/bin/systemd-analyze");
const directory = mkdtempSync(join(tmpdir(), "verify-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const units: { readonly [name: string]: string } = {
  "good.service": "[Unit]\nDescription=x\n[Service]\nExecStart=/bin/true\n",
  "typo.service":
    "[Unit]\nDescriptoin=x\n[Service]\nExecStart=/bin/true\nType=smple\nRestart=alway\n[Instal]\nWantedBy=x.target\n",
  "missing.service":
    "[Unit]\nRequires=gone.service\nAfter=gone.service\n[Service]\nExecStart=/usr/bin/nosuch\nExecStartPre=nosuchname\nExecReload=-/nosuch\n",
  "person.service": "[Service]\nExecStart=/bin/true\nUser=nosuchuser\nGroup=nosuchgroup\n",
  "first.service": "[Unit]\nAfter=second.service\n[Service]\nExecStart=/bin/true\n",
  "second.service": "[Unit]\nAfter=first.service\nWants=first.service\n[Service]\nExecStart=/bin/true\n",
  "empty.service": "[Service]\nType=oneshot\n",
  "lonely.socket": "[Socket]\nListenStream=80\n",
  "plain.service": "[Service]\nExecStart=/etc/passwd\nExecStop=/\n",
  "needs-masked.service": "[Unit]\nRequires=masked.service\n[Service]\nExecStart=/bin/true\n",
  "bad.timer": "[Timer]\nOnCalendar=foo\n",
  "good.timer": "[Timer]\nOnCalendar=daily\n",
  "many@.service": "[Service]\nExecStart=/bin/echo %i\n",
  "sealed.service": "[Service]\nExecStart=/bin/true\nPAMName=x\nRootDirectory=/nosuch\n",
  "quote.service": '[Service]\nExecStart=/bin/echo "a\nTimeoutSec=5 parsecs\n',
};
for (const [name, text] of Object.entries(units)) writeFileSync(join(directory, name), text);
symlinkSync("/dev/null", join(directory, "masked.service"));
const cases = [...Object.keys(units), "masked.service", "nope.service"];

test
  .runIf(hasGenuine)
  .each(cases.flatMap((name) => [[name], [name, "--recursive-errors=yes"], [name, "--recursive-errors=no"]]))(
  "says all that systemd-analyze says: %s %s",
  async (name, ...options) => {
    const path = join(directory, name);
    const [ours, theirs] = [
      await own("verify", "--man=no", ...options, path),
      genuine("systemd-analyze", "verify", "--man=no", ...options, path),
    ];
    // Which of the jobs of a cycle is dropped depends on the order of a hash table there.
    const still = (text: string): string[] =>
      text.replace(/.*(ordering cycle on|Found dependency on|to break ordering cycle).*/g, "$1").split("\n");
    const lines = still(ours.err);
    expect(still(theirs.err).filter((line) => !lines.includes(line))).toEqual([]);
    expect(ours.code).toBe(theirs.code);
  },
);

test("a caret, the man page and what may be meant", async () => {
  const { err } = await own("verify", "--man=no", join(directory, "typo.service"));
  expect(err.replaceAll(directory, "")).toMatchInlineSnapshot(`
    "/typo.service:2: Unknown key 'Descriptoin' in section [Unit], ignoring.
      2 | Descriptoin=x
        | ^^^^^^^^^^^
        = Did you mean Description=? See systemd.unit(5).
    /typo.service:5: Failed to parse service type, ignoring: smple
      5 | Type=smple
        |      ^^^^^
        = Did you mean Type=simple? See systemd.service(5).
    /typo.service:6: Failed to parse service restart specifier, ignoring: alway
      6 | Restart=alway
        |         ^^^^^
        = Did you mean Restart=always? See systemd.service(5).
    /typo.service:7: Unknown section 'Instal'. Ignoring.
      7 | [Instal]
        | ^^^^^^^^
        = Did you mean [Install]?
    "
  `);
});

test("users, dangling dependencies and cycles", async () => {
  const said = async (name: string): Promise<string[]> =>
    JSON.parse((await own("verify", "--man=no", "-o", "json", join(directory, name))).out).map(
      ({ message }: { message: string }) => message,
    );
  expect(await said("person.service")).toEqual(
    expect.arrayContaining(["User=nosuchuser: there is no such user", "Group=nosuchgroup: there is no such group"]),
  );
  expect(await said("missing.service")).toEqual(
    expect.arrayContaining([
      "Requires=gone.service: there is no such unit",
      "After=gone.service: there is no such unit",
    ]),
  );
  expect(await said("second.service")).toEqual(expect.arrayContaining([expect.stringMatching(/^Ordering cycle: /)]));
  expect(await said("sealed.service")).toEqual(
    expect.arrayContaining([expect.stringMatching(/^PAMName= is read and not carried out/)]),
  );
});

test("a whole tree", async () => {
  const root = join(directory, "root");
  mkdirSync(join(root, "etc/systemd/system"), { recursive: true });
  mkdirSync(join(root, "usr/bin"), { recursive: true });
  writeFileSync(join(root, "usr/bin/there"), "", { mode: 0o755 });
  writeFileSync(
    join(root, "etc/systemd/system/a.service"),
    "[Unit]\nDefaultDependencies=no\n[Service]\nExecStart=there\n",
  );
  const good = await own("verify", `--root=${root}`, "-q");
  writeFileSync(
    join(root, "etc/systemd/system/b.service"),
    "[Unit]\nDefaultDependencies=no\n[Service]\nExecStart=/usr/bin/absent\n",
  );
  const bad = await own("verify", `--root=${root}`, "-q");
  expect([good.code, bad.code, bad.err]).toEqual([
    0,
    1,
    expect.stringContaining("b.service: Command /usr/bin/absent is not executable: No such file or directory"),
  ]);
});
