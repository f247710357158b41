import type { UnitTree } from "./unit-tree.ts";

/** Whether symlinks lead from a path to /dev/null. Below another root there may be no such device: it is the name that counts. */
export function leadsToNull(tree: UnitTree, path: string): boolean {
  let current = path;
  for (let hops = 0; hops < 8; hops++) {
    const target = tree.readlink(current);
    if (target === undefined) return false;
    if (target === "/dev/null") return true;
    current = target.startsWith("/") ? target : resolve(current, target);
  }
  return false;
}

/** Whether a path is a mask: /dev/null by way of symlinks, a device, or an empty file (systemd.unit(5), "Description"). */
export function isMask(tree: UnitTree, path: string): boolean {
  if (leadsToNull(tree, path)) return true;
  const target = tree.stat(path);
  return target !== undefined && (target.kind === "other" || (target.kind === "file" && target.size === 0));
}

function resolve(from: string, target: string): string {
  const parts = from.split("/").slice(0, -1);
  for (const part of target.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/");
}
