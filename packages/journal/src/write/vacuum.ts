import { randomBytes } from "node:crypto";
import { hexFromId } from "../bytes.ts";
import type { FileAccess } from "./file-access.ts";
import type { JournalLimits } from "./limits.ts";

interface ArchivedFile {
  readonly seqnumId: Uint8Array;
  readonly headSeqnum: number;
  readonly headRealtimeUsec: number;
}

const hex16 = (value: number): string => value.toString(16).padStart(16, "0");

/** The name of an archived file: where its sequence starts, so that files can be ordered without being opened. */
export function archivedName(name: string, file: ArchivedFile): string {
  return `${name}@${hexFromId(file.seqnumId)}-${hex16(file.headSeqnum)}-${hex16(file.headRealtimeUsec)}.journal`;
}

/** The name under which a file is set aside that cannot be continued; journalctl reads it all the same. */
export function setAsideName(name: string): string {
  return `${name}@${hex16(Date.now() * 1000)}-${randomBytes(8).toString("hex")}.journal~`;
}

/** Removes archived files of this name, oldest first, until the limits hold. The active file is never removed. */
export function vacuum(
  files: FileAccess,
  directory: string,
  name: string,
  limits: JournalLimits & { readonly olderThanRealtimeUsec?: number },
): string[] {
  const all = files
    .list(directory)
    .filter((file) => file.name === `${name}.journal` || file.name.startsWith(`${name}@`));
  const archived = all
    .flatMap((file) => {
      const match =
        /@(?:[0-9a-f]{32}-([0-9a-f]{16})-([0-9a-f]{16})\.journal|([0-9a-f]{16})-[0-9a-f]{16}\.journal~)$/.exec(
          file.name,
        );
      return match === null
        ? []
        : [{ ...file, seqnum: match[1] ?? "", realtimeUsec: Number.parseInt(match[2] ?? match[3]!, 16) }];
    })
    .sort((a, b) => a.realtimeUsec - b.realtimeUsec || (a.seqnum < b.seqnum ? -1 : 1));
  let used = all.reduce((sum, file) => sum + file.bytes, 0);
  let free = files.space(directory).free;
  let left = archived.length;
  const removed: string[] = [];
  for (const file of archived) {
    const tooMuch = used > limits.maxUseBytes || free < limits.keepFreeBytes || left > limits.maxFiles;
    if (!tooMuch && file.realtimeUsec >= (limits.olderThanRealtimeUsec ?? 0)) break;
    files.unlink(`${directory}/${file.name}`);
    removed.push(file.name);
    used -= file.bytes;
    free += file.bytes;
    left--;
  }
  return removed;
}
