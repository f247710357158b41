/** Exec plans, credentials, cgroups and accounting, and the client of the keeper that performs them. */
export { ProtocolError } from "./bytes.ts";
export {
  decodeCommand,
  decodeEvent,
  decodeJournalInput,
  decodeJournalOutput,
  type EventHeader,
  encodeCommand,
  encodeEvent,
  encodeJournalInput,
  encodeJournalOutput,
  type Frame,
  FrameDecoder,
  type JournalInput,
  type JournalOutput,
  type KeeperCommand,
  type KeeperEvent,
  type KeeperEventBody,
} from "./frames.ts";
export { JournalChannel } from "./journal-frames.ts";
export { KeeperClient, type KeeperRecovery } from "./keeper-client.ts";
export {
  type ExecPlan,
  encodePlan,
  opNumber,
  type PlanAction,
  type PlanEnv,
  type PlanInput,
  type PlanStep,
} from "./plan.ts";
export {
  commandTable,
  datagramSource,
  eventTable,
  execState,
  groupMode,
  journalInTable,
  journalOutTable,
  listenerKind,
  maxFrameLength,
  protocolVersion,
  tokenState,
} from "./protocol.ts";
