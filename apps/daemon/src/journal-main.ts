/** The journal process: its descriptor 3 is the keeper's channel. It is started, and started again, by the keeper. */
import { setFlagsFromString } from "node:v8";
import { JournalChannel } from "@steward/process-runtime";
import { JournalProcess } from "./journal/journal-process.ts";
import { keeperInstance } from "./keeper-instance.ts";

// The young generation stays at its first size: after 200,000 lines 128 MB are resident instead of 190, at the same speed.
setFlagsFromString("--semi-space-growth-factor=1");
// It ends when the keeper closes the channel, not by a signal that reaches the whole terminal.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGPIPE"] as const) process.on(signal, () => {});
process.stdout.on("error", () => {});
process.stderr.on("error", () => {});

const journal = new JournalProcess({
  streamAck: (stream, offset) => channel.streamAck(stream, offset),
  datagramAck: (source, seq) => channel.datagramAck(source, seq),
  print: (text) => void process.stdout.write(text),
  complain: (text) => void process.stderr.write(`steward-journal: ${text}\n`),
  colour: process.stdout.isTTY === true,
  instance: keeperInstance,
});
const channel = JournalChannel.overFd((messages) => journal.receive(messages));
channel.onClose(() => {
  journal.end();
  process.exit(0);
});
process.on("SIGUSR1", () => journal.sync());
process.on("SIGUSR2", () => journal.rotate());
