/**
 * The manager process. Descriptor 3 is the keeper. Everything here may be killed at any instant: the next generation reads
 * the record, asks the keeper what is there, and goes on.
 */
import { KeeperClient } from "@steward/process-runtime";
import { boot } from "./boot.ts";
import { say } from "./console.ts";
import { parseOptions } from "./options.ts";
import { PrepareError } from "./prepare.ts";

/** EX_USAGE of sysexits(3); systemd uses 1. */
const usageStatus = 1;

const options = parseOptions(process.argv.slice(2));
const keeper = await KeeperClient.overFd(3);
keeper.onClose(() => process.exit(0));
if (options.problems.length > 0) {
  for (const problem of options.problems) say(problem, "error");
  keeper.send({ kind: "exit", status: usageStatus }, 0);
} else {
  try {
    await boot(options, keeper);
  } catch (error) {
    if (!(error instanceof PrepareError)) throw error;
    say(error.message, "error");
    keeper.send({ kind: "exit", status: 1 }, 0);
  }
}
