import { existsSync, symlinkSync } from "node:fs";
import { join } from "node:path";

/** Programs by whose names scripts and people know the manager's clients. */
const names = ["systemctl", "journalctl"] as const;

/** Where the scripts of Debian's packages look (invoke-rc.d sets its own PATH: /usr/local is not in it). */
const directories = ["/usr/bin", "/bin", "/usr/sbin", "/sbin"];

/**
 * A slim image has neither systemctl nor journalctl, and without them the scripts of a package cannot start its service. As init
 * of such a container stewardctl takes these names, for which it knows what is meant; a package that brings the real ones replaces them.
 * Gives back the links that it made.
 */
export function provideClientNames(stewardctl: string, directory = "/usr/bin"): readonly string[] {
  if (!existsSync(stewardctl)) return [];
  const made: string[] = [];
  for (const name of names) {
    if (directories.some((one) => existsSync(join(one, name)))) continue;
    try {
      symlinkSync(stewardctl, join(directory, name));
      made.push(join(directory, name));
    } catch {
      // A file system that cannot be written: whoever made it so did not want any.
    }
  }
  return made;
}
