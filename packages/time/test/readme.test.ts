import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { expect, test } from "vitest";

test("the example of the README runs, and lists three quarters of an hour on weekdays", () => {
  const readme = fs.readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const code = /```ts\n(.*?)```/s.exec(readme)![1]!;
  const args = ["--conditions=source", "--input-type=module-typescript", "-e", code];
  const cwd = new URL("..", import.meta.url).pathname;
  const lines = execFileSync(process.execPath, args, { cwd, encoding: "utf8" }).trim().split("\n");
  expect(lines).toHaveLength(3);
  for (const line of lines)
    expect(line).toMatch(/^(Mon|Tue|Wed|Thu|Fri) \d{4}-\d\d-\d\d (08|1[0-7]|09):(00|15|30|45):00 CES?T$/);
});
