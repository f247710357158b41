import { type DependencyKind, dependencyKinds, kindCode } from "./kind.ts";

/**
 * What a dependency does, one effect at a time. Kinds are bundles of atoms, and whoever acts on dependencies asks by atom:
 * `pull-in-start` rather than "Requires= and BindsTo=". So a new kind is a row in the table below.
 */
export type DependencyAtom =
  /** start and restart: start the other; without it this cannot start. */
  | "pull-in-start"
  /** start and restart: start the other; go on without it. */
  | "pull-in-start-ignored"
  /** start and restart: the other must be active. */
  | "pull-in-verify"
  /** start and restart: stop the other; without that this cannot start. */
  | "pull-in-stop"
  | "pull-in-stop-ignored"
  /** This started by itself: start the other (job mode replace, or fail). */
  | "retroactive-start-replace"
  | "retroactive-start-fail"
  /** This started by itself: stop the other. */
  | "retroactive-stop-on-start"
  /** This stopped by itself: stop the other. */
  | "retroactive-stop-on-stop"
  /** stop of this stops the other. */
  | "propagate-stop"
  /** restart of this restarts the other, if it runs. */
  | "propagate-restart"
  /** This cannot start: neither can the other. */
  | "propagate-start-failure"
  /** This cannot stop: the other cannot start. */
  | "propagate-stop-failure"
  /** A verify-active of this fails when it ends inactive: neither can the other start. */
  | "propagate-inactive-start-as-failure"
  /** The other's end ends this. */
  | "cannot-be-active-without"
  /** When this stops, the other may be needed no more. */
  | "add-stop-when-unneeded-queue"
  /** The other running keeps this needed. */
  | "pins-stop-when-unneeded"
  /** When this stops, look at whether the other has to (BindsTo=). */
  | "add-cannot-be-active-without-queue"
  /** When the other stops, start it again while this runs (Upholds=). */
  | "add-start-when-upheld-queue"
  /** The other wants this to run. */
  | "start-steadily"
  /** If the other is a target, it is ordered after this by default. */
  | "default-target-dependencies"
  | "before"
  | "after"
  | "on-success"
  | "on-success-of"
  | "on-failure"
  | "on-failure-of"
  | "triggers"
  | "triggered-by"
  | "propagates-reload-to"
  | "joins-namespace-of"
  | "in-slice"
  | "slice-of";

const table: Readonly<Record<DependencyKind, readonly DependencyAtom[]>> = {
  Requires: ["pull-in-start", "retroactive-start-replace", "add-stop-when-unneeded-queue"],
  Requisite: ["pull-in-verify", "add-stop-when-unneeded-queue"],
  Wants: ["pull-in-start-ignored", "retroactive-start-fail", "add-stop-when-unneeded-queue"],
  BindsTo: ["pull-in-start", "retroactive-start-replace", "cannot-be-active-without", "add-stop-when-unneeded-queue"],
  PartOf: [],
  Upholds: [
    "pull-in-start-ignored",
    "retroactive-start-replace",
    "add-start-when-upheld-queue",
    "add-stop-when-unneeded-queue",
  ],
  RequiredBy: [
    "propagate-stop",
    "propagate-restart",
    "propagate-start-failure",
    "pins-stop-when-unneeded",
    "default-target-dependencies",
  ],
  RequisiteOf: [
    "propagate-stop",
    "propagate-restart",
    "propagate-start-failure",
    "propagate-inactive-start-as-failure",
    "pins-stop-when-unneeded",
    "default-target-dependencies",
  ],
  WantedBy: ["pins-stop-when-unneeded", "default-target-dependencies"],
  BoundBy: [
    "retroactive-stop-on-stop",
    "propagate-stop",
    "propagate-restart",
    "propagate-start-failure",
    "pins-stop-when-unneeded",
    "add-cannot-be-active-without-queue",
    "default-target-dependencies",
  ],
  UpheldBy: ["start-steadily", "pins-stop-when-unneeded", "default-target-dependencies"],
  ConsistsOf: ["propagate-stop", "propagate-restart"],
  Conflicts: ["pull-in-stop", "retroactive-stop-on-start"],
  ConflictedBy: ["pull-in-stop-ignored", "propagate-stop-failure"],
  Before: ["before"],
  After: ["after"],
  OnSuccess: ["on-success"],
  OnSuccessOf: ["on-success-of"],
  OnFailure: ["on-failure"],
  OnFailureOf: ["on-failure-of"],
  Triggers: ["triggers"],
  TriggeredBy: ["triggered-by"],
  PropagatesReloadTo: ["propagates-reload-to"],
  ReloadPropagatedFrom: [],
  PropagatesStopTo: ["retroactive-stop-on-stop", "propagate-stop"],
  StopPropagatedFrom: [],
  JoinsNamespaceOf: ["joins-namespace-of"],
  NamespaceJoinedBy: [],
  InSlice: ["in-slice"],
  SliceOf: ["slice-of"],
};

/** The atoms of one kind. */
export function atomsOf(kind: DependencyKind): readonly DependencyAtom[] {
  return table[kind];
}

const codesByAtom = new Map<DependencyAtom, number[]>();
for (const kind of dependencyKinds)
  for (const atom of table[kind]) {
    const codes = codesByAtom.get(atom);
    if (codes) codes.push(kindCode(kind));
    else codesByAtom.set(atom, [kindCode(kind)]);
  }

/** Codes of the kinds that have an atom. */
export function kindsWithAtom(atom: DependencyAtom): readonly number[] {
  return codesByAtom.get(atom) ?? [];
}
