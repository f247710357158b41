/** Shows text in the user's pager (systemctl(1), $SYSTEMD_PAGER): $SYSTEMD_PAGER, $PAGER, less, more, or none. */
import { execa } from "execa";
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
  const env = { LESS: process.env.SYSTEMD_LESS ?? "FRSXMK", LESSCHARSET: "utf-8" };
  for (const [name = "less", ...args] of pagers()) {
    const { code } = await execa(name, args, { input: text, stdout: "inherit", stderr: "inherit", env, reject: false });
    if (code !== "ENOENT") return;
  }
  writeAll(1, text);
}
