/** Exec plans, credentials, cgroups and accounting, and the client of the keeper that performs them. */
export {
  childProcesses,
  executableOf,
  listProcesses,
  measure,
  type ProcessSource,
  type ResourceUse,
  type UnitProcess,
} from "./accounting.ts";
export { type BuiltPlan, buildPlan, type PassedFd, type PlanRequest } from "./build-plan.ts";
export { ProtocolError } from "./bytes.ts";
export { notCarriedOutOf, type Support, supportOf } from "./carried-out.ts";
export { findCgroupBase, unitCgroupPath } from "./cgroup.ts";
export {
  type Credentials,
  type CredentialsFailure,
  type GroupEntry,
  type NameLookup,
  resolveCredentials,
  type UserEntry,
} from "./credentials.ts";
export { buildEnvironment, defaultPath, type EnvironmentInput, type ProcessFacts } from "./environment.ts";
export {
  bitNumbers,
  type DirectoryKind,
  type DirectorySetting,
  type ExecCommandLine,
  type ExecContext,
  type ResourceLimit,
  type StandardStream,
} from "./exec-context.ts";
export { directoryTargets, removalPlan, systemDirectories, userDirectories } from "./exec-directories.ts";
export { execStatus } from "./exec-status.ts";
export { expandArguments, expandWord, splitWords, type Variables } from "./expand-command.ts";
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
export { systemNames } from "./name-lookup.ts";
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
  socketsStage,
  tokenState,
} from "./protocol.ts";
export type { AddressFacts, PeerAddress, SocketAddress } from "./sockets/address.ts";
export { buildSocketSpec, type SpecFacts } from "./sockets/build-spec.ts";
export { type AcceptedConnection, type ConnectionPeer, describePeer } from "./sockets/peer.ts";
export {
  encodeSocketSpec,
  ignoredLabel,
  portNumber,
  type SocketOption,
  type SocketPort,
  type SocketSpec,
} from "./sockets/spec.ts";
export { streamMetadata } from "./standard-streams.ts";
