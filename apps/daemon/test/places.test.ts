import { expect, test } from "vitest";
import { choosePlaces, type PlaceFacts } from "../src/places.ts";

const facts: PlaceFacts = {
  scope: "system",
  isPid1: false,
  uid: 0,
  env: {},
  machineId: "0".repeat(32),
  exists: () => false,
  foreignSystemd: false,
};

test("as PID 1 and beside another init the places are systemd's", () => {
  for (const isPid1 of [true, false]) {
    const places = choosePlaces({ ...facts, isPid1 });
    expect([places.privateSocket, places.notifySocket, places.stateDirectory]).toEqual([
      "/run/systemd/private",
      "/run/systemd/notify",
      "/run/steward",
    ]);
  }
});

test("beside systemd nothing of it is touched", () => {
  const places = choosePlaces({ ...facts, foreignSystemd: true });
  for (const path of [places.privateSocket, places.notifySocket, places.systemdDirectory, places.journalDirectory])
    expect(path).toMatch(/^\/run\/steward\//);
  expect(places.journalSockets).toBeUndefined();
  expect(places.devLog).toBe(false);
});

test("a user's things are under the user's directories", () => {
  const places = choosePlaces({
    ...facts,
    scope: "user",
    uid: 1000,
    env: { XDG_RUNTIME_DIR: "/run/user/1000/", HOME: "/home/u" },
  });
  expect(places.privateSocket).toBe("/run/user/1000/systemd/private");
  expect(places.journalDirectory).toBe(`/home/u/.local/state/steward/journal/${facts.machineId}`);
  const beside = choosePlaces({
    ...facts,
    scope: "user",
    uid: 1000,
    env: { XDG_RUNTIME_DIR: "/run/user/1000" },
    foreignSystemd: true,
  });
  expect(beside.privateSocket).toBe("/run/user/1000/steward/private");
});

test("journal files persist where /var/log/journal is", () => {
  expect(choosePlaces({ ...facts, exists: (path) => path === "/var/log/journal" }).journalDirectory).toMatch(
    /^\/var\/log\/journal\//,
  );
  expect(choosePlaces(facts).journalDirectory).toMatch(/^\/run\/log\/journal\//);
});
