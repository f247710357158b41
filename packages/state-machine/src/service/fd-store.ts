import { logUnit, priority } from "../log/log.ts";
import type { PassedDescriptor } from "../model/effect.ts";
import type { Event } from "../model/event.ts";
import type { ServiceData } from "../model/service.ts";
import type { UnitRecord } from "../model/state.ts";
import { emit, patchUnit, type Turn, unitOf } from "../turn.ts";
import { data, patch, type Service, settings } from "./data.ts";

/**
 * The file descriptor store (systemd.service(5), FileDescriptorStoreMax=; sd_notify(3), FDSTORE=1): the keeper holds the
 * descriptors, the record says whose they are and what they are called. They are passed on with every start of ExecStart=.
 */
type Notify = Extract<Event, { readonly kind: "notify" }>;

/** A process takes no more than this beside its sockets and streams; systemd knows no bound of its own. */
const MOST = 160;
/** What a descriptor without FDNAME= is called. */
const UNNAMED = "stored";

const stored = (s: Service): NonNullable<ServiceData["fdStore"]> => data(s).fdStore ?? [];

/** sd_listen_fds(3): at most 255 characters, none of them a control character or a colon. */
function isValidName(name: string): boolean {
  return name.length <= 255 && /^[\x20-\x39\x3b-\x7e]*$/.test(name);
}

function close(turn: Turn, fds: readonly { readonly fd: number }[]): void {
  for (const { fd } of fds) emit(turn, { kind: "closeFd", fd });
}

/** Descriptors that nobody wants to have. Of BARRIER=1 that is the whole meaning: the sender sees that its message is recorded. */
export function closeReceived(turn: Turn, { fds = [] }: Notify): void {
  close(turn, fds);
}

function add(s: Service, message: Notify, given: string | undefined): void {
  const valid = given === undefined || isValidName(given);
  if (!valid) logUnit(s.turn, priority.warning, s.unit, "Passed FDNAME= name is invalid. Ignoring.");
  const name = valid ? given || UNNAMED : UNNAMED;
  const polled = !message.fields.some(([field, value]) => field === "FDPOLL" && value === "0");
  const max = Math.min(settings(s).fileDescriptorStoreMax, MOST);
  const received = message.fds ?? [];
  for (const [index, { fd, same }] of received.entries()) {
    if (stored(s).length >= max) {
      logUnit(s.turn, priority.warning, s.unit, `Cannot store more fds than ${max}, closing remaining.`);
      close(s.turn, received.slice(index));
      return;
    }
    if (same !== 0 && stored(s).some((one) => one.fd === same)) emit(s.turn, { kind: "closeFd", fd });
    else {
      patch(s, { fdStore: [{ fd, name }, ...stored(s)] });
      if (polled) emit(s.turn, { kind: "watchFd", unit: s.unit, fd });
    }
  }
}

function forget(s: Service, is: (one: { readonly fd: number; readonly name: string }) => boolean): void {
  close(s.turn, stored(s).filter(is));
  patch(s, { fdStore: stored(s).filter((one) => !is(one)) });
}

/** FDSTORE=1 and FDSTOREREMOVE=1; whatever else came along is closed. */
export function onDescriptors(s: Service, message: Notify): void {
  const says = (name: string): boolean => message.fields.some(([field, value]) => field === name && value === "1");
  const name = message.fields.find(([field]) => field === "FDNAME")?.[1];
  if (says("FDSTOREREMOVE")) {
    if (name === undefined || !isValidName(name))
      logUnit(s.turn, priority.warning, s.unit, "FDSTOREREMOVE=1 requested, but no valid FDNAME= passed. Ignoring.");
    else forget(s, (one) => one.name === name);
    closeReceived(s.turn, message);
  } else if (says("FDSTORE")) add(s, message, name);
  else closeReceived(s.turn, message);
}

/** The other end of a stored descriptor is gone (FDPOLL=0 asks not to look). */
export function onFdHung(s: Service, fd: number): void {
  if (!stored(s).some((one) => one.fd === fd)) return;
  forget(s, (one) => one.fd === fd);
  emit(s.turn, { kind: "unitChanged", unit: s.unit });
}

/** What the main process gets from 3 on. */
export function storedDescriptors(s: Service): readonly PassedDescriptor[] {
  return stored(s).map(({ fd, name }) => ({ id: fd, name, stored: true }));
}

/** The store of a unit that rests, or of a record that goes away. */
export function releaseStore(turn: Turn, { id, machine }: UnitRecord): void {
  if (machine.type !== "service" || (machine.fdStore ?? []).length === 0) return;
  close(turn, machine.fdStore ?? []);
  patchUnit(turn, id, { machine: { ...machine, fdStore: [] } });
}

/** At the end of a turn: a service that rests and is not about to be started keeps its store only where it says so (FileDescriptorStorePreserve=). */
export function releaseStoresAtRest(turn: Turn): void {
  for (const id of [...turn.changedUnits]) {
    const record = unitOf(turn, id);
    const { machine, job } = record;
    if (machine.type !== "service" || (machine.fdStore ?? []).length === 0 || job !== undefined) continue;
    if (machine.state.kind !== "dead" && machine.state.kind !== "failed") continue;
    if (settings({ turn, unit: id }).fileDescriptorStorePreserve !== "yes") releaseStore(turn, record);
  }
}
