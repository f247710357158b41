/**
 * Every kind of dependency between two units (org.freedesktop.systemd1(5), Properties of Unit objects), in the order in which systemd shows them.
 * The bus and `systemctl show` use these names, but for InSlice (there Slice=) and NamespaceJoinedBy (of which systemd keeps no account);
 * the unit file's directives are the ones that a person may write.
 */
export const dependencyKinds = [
  "Requires",
  "Requisite",
  "Wants",
  "BindsTo",
  "PartOf",
  "Upholds",
  "RequiredBy",
  "RequisiteOf",
  "WantedBy",
  "BoundBy",
  "UpheldBy",
  "ConsistsOf",
  "Conflicts",
  "ConflictedBy",
  "Before",
  "After",
  "OnSuccess",
  "OnSuccessOf",
  "OnFailure",
  "OnFailureOf",
  "Triggers",
  "TriggeredBy",
  "PropagatesReloadTo",
  "ReloadPropagatedFrom",
  "PropagatesStopTo",
  "StopPropagatedFrom",
  "JoinsNamespaceOf",
  "NamespaceJoinedBy",
  "InSlice",
  "SliceOf",
] as const;

/** One kind of dependency, as a property of the unit that has it. */
export type DependencyKind = (typeof dependencyKinds)[number];

const inverses: Readonly<Record<DependencyKind, DependencyKind>> = {
  Requires: "RequiredBy",
  RequiredBy: "Requires",
  Requisite: "RequisiteOf",
  RequisiteOf: "Requisite",
  Wants: "WantedBy",
  WantedBy: "Wants",
  BindsTo: "BoundBy",
  BoundBy: "BindsTo",
  PartOf: "ConsistsOf",
  ConsistsOf: "PartOf",
  Upholds: "UpheldBy",
  UpheldBy: "Upholds",
  Conflicts: "ConflictedBy",
  ConflictedBy: "Conflicts",
  Before: "After",
  After: "Before",
  OnSuccess: "OnSuccessOf",
  OnSuccessOf: "OnSuccess",
  OnFailure: "OnFailureOf",
  OnFailureOf: "OnFailure",
  Triggers: "TriggeredBy",
  TriggeredBy: "Triggers",
  PropagatesReloadTo: "ReloadPropagatedFrom",
  ReloadPropagatedFrom: "PropagatesReloadTo",
  PropagatesStopTo: "StopPropagatedFrom",
  StopPropagatedFrom: "PropagatesStopTo",
  JoinsNamespaceOf: "NamespaceJoinedBy",
  NamespaceJoinedBy: "JoinsNamespaceOf",
  InSlice: "SliceOf",
  SliceOf: "InSlice",
};

/** The kind that the other unit gets: a unit that has Requires=b makes b have RequiredBy=. */
export function inverseKind(kind: DependencyKind): DependencyKind {
  return inverses[kind];
}

const codes = new Map<string, number>(dependencyKinds.map((kind, code) => [kind, code]));

/** A kind's place in the tables of the graph. */
export function kindCode(kind: DependencyKind): number {
  return codes.get(kind) as number;
}

/** Whether a word is a kind of dependency. */
export function isDependencyKind(word: string): word is DependencyKind {
  return codes.has(word);
}

/** The inverse by code. */
export const inverseCodes: readonly number[] = dependencyKinds.map((kind) => kindCode(inverses[kind]));
