import type { KeeperClient } from "@steward/process-runtime";
import { say } from "./console.ts";
import { adoptInventory, loadCore } from "./core.ts";
import { EarlyEvents } from "./early-events.ts";
import { lookAround } from "./environment.ts";
import { keeperInstance } from "./keeper-instance.ts";
import { openDoor, setUpKeeper } from "./keeper-setup.ts";
import type { Options } from "./options.ts";
import { PoisonWatch } from "./poison.ts";
import { prepareDirectories } from "./prepare.ts";
import { RecordStore } from "./record/store.ts";
import { Steward } from "./steward.ts";

/**
 * From an inherited keeper to a working manager: look around, take the lock, read the record, open the door. Run by every
 * generation; the first one finds no record.
 */
export async function boot(options: Options, keeper: KeeperClient): Promise<void> {
  const environment = lookAround(options, keeper.recovery.hello);
  const { places, clock } = environment;
  prepareDirectories(places);
  const early = new EarlyEvents(keeper);
  keeper.send({ kind: "lock", path: `${places.stateDirectory}/lock` }, 0);
  const lock = await early.wait("locked");
  if (!lock.ok) {
    say(
      `another stewardd (process ${lock.holderPid}) already runs here (${places.stateDirectory}). Stop it first, or speak to it with stewardctl.`,
      "error",
    );
    keeper.send({ kind: "exit", status: 1 }, 0);
    return;
  }
  setUpKeeper(keeper, places, { cgroupBase: environment.cgroupBase ?? "", journalConfig: environment.journalConfig() });

  const poison = new PoisonWatch(`${places.stateDirectory}/recovering`);
  const store = new RecordStore(`${places.stateDirectory}/record`, {
    keep: options.fullRecord,
    limit: options.recordLimit,
  });
  const instance = keeperInstance(keeper.recovery.hello.keeperPid);
  const poisoned = poison.begin(clock.now().realtimeUsec / 1000);
  if (poisoned) {
    say("five deaths while recovering: the record is set aside, and what runs is taken over as it is", "error");
    store.setAside();
    // Nobody knows any more what these were for; path units have to be started again.
    keeper.send({ kind: "unwatchAll", starts: "path/" }, 0);
  }
  const core = poisoned
    ? adoptInventory(keeper.recovery, environment)
    : loadCore(store, instance, environment, keeper.recovery.hello.lastCommand);
  const steward = new Steward({ options, keeper, environment, store, instance, core });
  early.handOver((event) => steward.take(event));
  await steward.begin();
  openDoor(keeper, places);
  poison.survived();
}
