import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";

const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "edit-"));
  put("/usr/lib/systemd/system/web.service", "[Unit]\nDescription=Web\n[Service]\nExecStart=/bin/web\n");
  put("/usr/lib/systemd/system/web.service.d/10-more.conf", "[Service]\nNice=5\n");
  put("/usr/lib/systemd/system/job@.service", "[Service]\nExecStart=/bin/web %i\n");
  put("/bin/web", "");
  chmodSync(join(root, "bin/web"), 0o755);
  symlinkSync("web.service", join(root, "usr/lib/systemd/system/www.service"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(path: string, text: string): void {
  mkdirSync(dirname(root + path), { recursive: true });
  writeFileSync(root + path, text);
}
const text = (path: string): string | undefined =>
  existsSync(root + path) ? readFileSync(root + path, "utf8") : undefined;

interface Run {
  readonly code: number;
  readonly err: string;
}

/** Runs `stewardctl --root=… edit` with an editor that is a shell script on "$1". */
async function edit(args: readonly string[], options: { editor?: string; input?: string } = {}): Promise<Run> {
  const script = join(root, "my-editor");
  writeFileSync(script, `#!/bin/sh\n${options.editor ?? "exit 3"}\n`, { mode: 0o755 });
  const run = await execa(process.execPath, ["--conditions=source", main, `--root=${root}`, "edit", ...args], {
    reject: false,
    input: options.input ?? "",
    env: { ...(options.editor && { SYSTEMD_EDITOR: script }), EDITOR: "" },
  });
  return { code: run.exitCode ?? -1, err: run.stderr };
}

const override = "/etc/systemd/system/web.service.d/override.conf";
/** Puts lines after the first marker. */
const insert = (lines: string): string => `for f; do sed -i '3i ${lines}' "$f"; done`;

test("a drop-in, with the original below as comments, no manager needed", async () => {
  const run = await edit(["web"], { editor: `cp "$1" "${root}/seen"; ${insert("[Service]\\nNice=7")}` });
  expect(run).toEqual({ code: 0, err: "" });
  expect(text(override)).toBe("[Service]\nNice=7\n");
  expect(statSync(root + override).mode & 0o777).toBe(0o644);
  const seen = text("/seen");
  expect(seen).toContain("### /usr/lib/systemd/system/web.service\n# [Unit]\n# Description=Web\n");
  expect(seen).toContain("### /usr/lib/systemd/system/web.service.d/10-more.conf\n# [Service]\n# Nice=5");
  // The second time it holds what was written; an alias is its unit.
  await edit(["www"], { editor: `cp "$1" "${root}/seen"; ${insert("[Unit]\\nAfter=x.service")}` });
  expect(text("/seen")).toContain("\n\n[Service]\nNice=7\n\n###");
  expect(text(override)).toBe("[Unit]\nAfter=x.service\n\n[Service]\nNice=7\n");
});

test("--full copies the file; an instance has one of its own", async () => {
  expect(await edit(["--full", "web"], { editor: `echo "# mine" >> "$1"` })).toEqual({ code: 0, err: "" });
  expect(text("/etc/systemd/system/web.service")).toBe(
    "[Unit]\nDescription=Web\n[Service]\nExecStart=/bin/web\n# mine\n",
  );
  await edit(["--full", "job@a"], { editor: `echo "# mine" >> "$1"` });
  expect(text("/etc/systemd/system/job@a.service")).toContain("/bin/web %i");
  await edit(["job@a.service", "job@.service"], { editor: insert("[Service]\\nNice=1") });
  expect(text("/etc/systemd/system/job@a.service.d/override.conf")).toBe("[Service]\nNice=1\n");
  expect(text("/etc/systemd/system/job@.service.d/override.conf")).toBe("[Service]\nNice=1\n");
});

test("what could not be loaded is refused with its line, and kept; --force writes it", async () => {
  const bad = insert("[Service]\\nExecStart=\\nExecStart=relative/path");
  const run = await edit(["web"], { editor: bad });
  expect(run.code).toBe(1);
  expect(run.err).toMatch(/override\.conf:3: .*\n.*3 \| ExecStart=relative\/path/);
  expect(run.err).toContain("Nothing was written");
  const kept = /What you wrote is kept: (\S+)/.exec(run.err)?.[1] ?? "";
  expect(readFileSync(kept, "utf8")).toContain("relative/path");
  rmSync(dirname(kept), { recursive: true });
  expect(text(override)).toBeUndefined();
  expect((await edit(["--force", "web"], { editor: bad })).code).toBe(0);
  expect(text(override)).toContain("relative/path");
});

test("a misspelt directive is said, with what may be meant, and written", async () => {
  const run = await edit(["web"], { editor: insert("[Service]\\nNcie=7") });
  expect(run.code).toBe(0);
  expect(run.err).toMatch(/Unknown key 'Ncie'[\s\S]*Did you mean Nice=\?/);
  expect(text(override)).toBe("[Service]\nNcie=7\n");
});

test("--stdin, --drop-in= and several units", async () => {
  const run = await edit(["--stdin", "--drop-in=50-limits", "web", "job@.service"], { input: "[Service]\nNice=3\n" });
  expect(run).toEqual({ code: 0, err: "" });
  expect(text("/etc/systemd/system/web.service.d/50-limits.conf")).toBe("[Service]\nNice=3\n");
  expect(text("/etc/systemd/system/job@.service.d/50-limits.conf")).toBe("[Service]\nNice=3\n");
  const none = await edit(["--stdin", "web"], { input: "\n" });
  expect(none).toEqual({ code: 1, err: "Standard input is empty: nothing was changed." });
});

test("--runtime writes to /run, unless /etc would hide it", async () => {
  expect((await edit(["--runtime", "--stdin", "web"], { input: "[Service]\nNice=3\n" })).code).toBe(0);
  expect(text("/run/systemd/system/web.service.d/override.conf")).toBe("[Service]\nNice=3\n");
  put(override, "[Service]\nNice=4\n");
  expect(await edit(["--runtime", "--stdin", "web"], { input: "[Service]\nNice=5\n" })).toEqual({
    code: 1,
    err: `Refusing to create "/run/systemd/system/web.service.d/override.conf" because it would be overridden by "${override}" anyway.`,
  });
});

test("what is missing, masked, empty or has no editor", async () => {
  expect(await edit(["nosuch"], { editor: "true" })).toEqual({
    code: 1,
    err: "No files found for nosuch.service.\nRun 'stewardctl edit --force --full nosuch.service' to create a new unit.",
  });
  const made = await edit(["--force", "--full", "new"], {
    editor: `printf '[Service]\\nExecStart=/bin/web\\n' > "$1"`,
  });
  expect(made).toEqual({ code: 0, err: "" });
  expect(text("/etc/systemd/system/new.service")).toBe("[Service]\nExecStart=/bin/web\n");
  symlinkSync("/dev/null", join(root, "etc/systemd/system/off.service"));
  expect((await edit(["off"], { editor: "true" })).err).toBe("Cannot edit off.service: unit is masked.");
  expect(await edit(["web"], { editor: "true" })).toEqual({
    code: 0,
    err: `Editing "${override}" canceled: temporary file is empty.`,
  });
  expect((await edit(["web"])).err).toBe("Cannot edit units if not on a tty.");
  const failed = await edit(["web"], { editor: "exit 3" });
  expect(failed.err).toContain("(editor) failed with exit status 3.");
  rmSync(dirname(/kept: (\S+)/.exec(failed.err)?.[1] ?? "/nonexistent/x"), { recursive: true, force: true });
});
