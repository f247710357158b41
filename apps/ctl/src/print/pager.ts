/** Shows text in the user's pager (systemctl(1), $SYSTEMD_PAGER): $SYSTEMD_PAGER, $PAGER, less, more, or none. */
import { spawn } from "node:child_process";
import { writeAll } from "../output.ts";

/** The commands to try, best first; none when paging is switched off. */
function pagers(): readonly (readonly string[])[] {
  const wish = process.env.SYSTEMD_PAGER ?? process.env.PAGER;
  if (wish === "" || wish === "cat") return [];
  const words = wish?.split(/\s+/).filter((word) => word !== "");
  return [...(words === undefined ? [] : [words]), ["pager"], ["less"], ["more"]];
}

/** Resolves when the reader has seen enough. Where there is no pager the text is just printed. */
export async function page(text: string): Promise<void> {
  if (text === "") return;
  for (const command of pagers()) if (await pageWith(command, text)) return;
  writeAll(1, text);
}

function pageWith([name = "less", ...args]: readonly string[], text: string): Promise<boolean> {
  const env = { ...process.env, LESS: process.env.SYSTEMD_LESS ?? "FRSXMK", LESSCHARSET: "utf-8" };
  return new Promise((resolve) => {
    const child = spawn(name, args, { stdio: ["pipe", "inherit", "inherit"], env });
    child.on("error", () => resolve(false));
    child.on("exit", () => resolve(true));
    child.stdin.on("error", () => {});
    child.stdin.end(text);
  });
}
