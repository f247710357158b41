import { unitTypeOf } from "@steward/unit-file";
import { type DependencyAtom, kindsWithAtom } from "./dependencies/atom.ts";
import type { GraphOptions, GraphUnit, Scope } from "./dependencies/graph-unit.ts";
import { impliedDependencies } from "./dependencies/implied.ts";
import { type DependencyKind, dependencyKinds, inverseCodes, isDependencyKind, kindCode } from "./dependencies/kind.ts";
import { mountNamesFor, requiredPaths } from "./dependencies/mount-paths.ts";
import { type DependencyOrigin, originBits, originsIn, PATH_BITS } from "./dependencies/origin.ts";
import { isDroppedDependency } from "./dependencies/refused.ts";
import { hasDefaults } from "./dependencies/rule.ts";
import { isLoaded } from "./dependencies/unit-types.ts";
import { clearBits, deleteEdge, hasEdges, type Node, OTHERS, OWN, putEdge } from "./edges.ts";
import type { Graph } from "./graph.ts";

const BEFORE = kindCode("Before");
const AFTER = kindCode("After");
const REQUIRES = kindCode("Requires");
/** What a target has that its members have the inverse of, with `default-target-dependencies`. */
const targetPulls = kindsWithAtom("default-target-dependencies").map((code) => inverseCodes[code] as number);

/**
 * The graph: nodes have integers, each kind of dependency of a node is one Map from node to bits, and every edge stands at both ends,
 * each end knowing whether it or the other brought it. So taking a unit away takes exactly its own edges.
 */
export class UnitGraph implements Graph {
  readonly scope: Scope;
  readonly options: GraphOptions;
  readonly #nodes: (Node | undefined)[] = [];
  readonly #byName = new Map<string, Node>();
  /** Mount unit name to the nodes that need its path or one below, and why. */
  readonly #mountUsers = new Map<string, Map<number, number>>();

  constructor(options: GraphOptions) {
    this.scope = options.scope ?? "system";
    this.options = options;
  }

  add(units: Iterable<GraphUnit>): void {
    const added: Node[] = [];
    for (const unit of units) {
      const old = this.#byName.get(unit.id);
      if (old?.unit) this.#forget(old);
      added.push(this.#place(unit));
    }
    for (const node of added) this.#connect(node);
    for (const node of added) this.#connectMounts(node);
    for (const node of added) this.#orderTargets(node);
  }

  remove(ids: Iterable<string>): void {
    for (const id of ids) {
      const node = this.#byName.get(id);
      if (node?.unit) this.#forget(node);
    }
  }

  resolve(name: string): string | undefined {
    return this.#byName.get(name)?.id;
  }

  unit(name: string): GraphUnit | undefined {
    return this.#byName.get(name)?.unit;
  }

  *ids(): Iterable<string> {
    for (const node of this.#nodes) if (node?.unit) yield node.id;
  }

  dependencies(name: string, kind: DependencyKind): readonly string[] {
    const edges = this.#byName.get(name)?.edges[kindCode(kind)];
    const out: string[] = [];
    if (edges) for (const other of edges.keys()) out.push((this.#nodes[other] as Node).id);
    return out;
  }

  byAtom(name: string, atom: DependencyAtom): readonly string[] {
    const node = this.#byName.get(name);
    const out: string[] = [];
    if (!node) return out;
    const codes = kindsWithAtom(atom);
    let first: Map<number, number> | undefined;
    let seen: Set<number> | undefined;
    for (const code of codes) {
      const edges = node.edges[code];
      if (!edges) continue;
      if (first && !seen) seen = new Set(first.keys());
      for (const other of edges.keys()) {
        if (seen) {
          if (seen.has(other)) continue;
          seen.add(other);
        }
        out.push((this.#nodes[other] as Node).id);
      }
      first ??= edges;
    }
    return out;
  }

  has(name: string, kind: DependencyKind, other: string): boolean {
    return this.#bits(name, kind, other) !== 0;
  }

  origins(name: string, kind: DependencyKind, other: string): readonly DependencyOrigin[] {
    const bits = this.#bits(name, kind, other);
    return originsIn((bits | (bits >> OTHERS)) & OWN);
  }

  missing(): readonly string[] {
    const out: string[] = [];
    for (const node of this.#nodes) if (node && !node.unit && hasEdges(node)) out.push(node.id);
    return out;
  }

  wantedMounts(): readonly string[] {
    return [...this.#mountUsers.keys()].filter((name) => !this.#byName.get(name)?.unit);
  }

  isReferenced(name: string): boolean {
    const node = this.#byName.get(name);
    return node !== undefined && hasEdges(node);
  }

  #bits(name: string, kind: DependencyKind, other: string): number {
    const node = this.#byName.get(name);
    const target = this.#byName.get(other);
    return (node && target && node.edges[kindCode(kind)]?.get(target.index)) ?? 0;
  }

  #node(name: string): Node {
    let node = this.#byName.get(name);
    if (!node) {
      node = {
        index: this.#nodes.length,
        id: name,
        names: [name],
        unit: undefined,
        type: unitTypeOf(name),
        edges: new Array(dependencyKinds.length),
      };
      this.#nodes.push(node);
      this.#byName.set(name, node);
    }
    return node;
  }

  /** Gives the unit its node, which may be spoken of already, under several names. */
  #place(unit: GraphUnit): Node {
    const node = this.#node(unit.id);
    node.unit = unit;
    for (const name of unit.names) {
      const other = this.#byName.get(name);
      if (other === node) continue;
      if (other) this.#mergeInto(node, other);
      this.#byName.set(name, node);
      node.names.push(name);
    }
    if (node.id !== unit.id) node.id = unit.id;
    return node;
  }

  /** Two names turned out to be one unit: what was said of the one is said of the other. */
  #mergeInto(node: Node, alias: Node): void {
    if (alias.unit) this.#forget(alias);
    for (const [code, edges] of alias.edges.entries()) {
      if (!edges) continue;
      const inverse = inverseCodes[code] as number;
      for (const [index, bits] of edges) {
        const other = this.#nodes[index] as Node;
        const back = other.edges[inverse]?.get(alias.index) ?? 0;
        deleteEdge(other, inverse, alias.index);
        if (other === node || other === alias) continue;
        putEdge(node, code, index, bits);
        putEdge(other, inverse, node.index, back);
      }
    }
    for (const name of alias.names) this.#byName.set(name, node);
    this.#nodes[alias.index] = undefined;
  }

  #connect(node: Node): void {
    const unit = node.unit as GraphUnit;
    for (const { kind, name } of unit.dependencies) if (isDependencyKind(kind)) this.#link(node, kind, name, "file");
    for (const { kind, name, origin } of impliedDependencies(unit, this.options)) this.#link(node, kind, name, origin);
  }

  #link(node: Node, kind: DependencyKind, name: string, origin: DependencyOrigin): void {
    const other = this.#node(name);
    if (other === node || isDroppedDependency(node.id, kind, other.id)) return;
    this.#edge(node, kindCode(kind), other, originBits[origin]);
  }

  #edge(node: Node, code: number, other: Node, bits: number): void {
    putEdge(node, code, other.index, bits);
    putEdge(other, inverseCodes[code] as number, node.index, bits << OTHERS);
  }

  /** RequiresMountsFor= and whatever else needs a path (systemd.unit(5)): ties units and mounts, whichever comes first. */
  #connectMounts(node: Node): void {
    const unit = node.unit as GraphUnit;
    for (const [path, origin] of requiredPaths(unit, this.options)) {
      const bits = origin === "file" ? originBits.pathFile : originBits.pathImplicit;
      for (const name of mountNamesFor(path)) {
        let users = this.#mountUsers.get(name);
        if (!users) {
          users = new Map();
          this.#mountUsers.set(name, users);
        }
        users.set(node.index, (users.get(node.index) ?? 0) | bits);
        const mount = this.#byName.get(name);
        if (mount) this.#needMount(node, mount, bits);
      }
    }
    if (node.type !== "mount") return;
    for (const name of node.names)
      for (const [index, bits] of this.#mountUsers.get(name) ?? [])
        this.#needMount(this.#nodes[index] as Node, node, bits);
  }

  #needMount(node: Node, mount: Node, bits: number): void {
    if (node === mount || mount.unit?.loadState !== "loaded") return;
    this.#edge(node, AFTER, mount, bits);
    if (mount.unit.fragmentPath) this.#edge(node, REQUIRES, mount, bits);
  }

  /** The mount goes, and with it what only its path was needed for; or its user goes. */
  #disconnectMounts(node: Node): void {
    for (const path of requiredPaths(node.unit as GraphUnit, this.options).keys())
      for (const name of mountNamesFor(path)) {
        const users = this.#mountUsers.get(name);
        users?.delete(node.index);
        if (users?.size === 0) this.#mountUsers.delete(name);
      }
    if (node.type !== "mount") return;
    for (const name of node.names)
      for (const index of this.#mountUsers.get(name)?.keys() ?? [])
        for (const code of [AFTER, REQUIRES]) this.#unlink(this.#nodes[index] as Node, code, node, PATH_BITS);
  }

  /** systemd.target(5), "Default Dependencies": a target is ordered after what it pulls in, unless that would be a loop. */
  #orderTargets(node: Node): void {
    for (const code of kindsWithAtom("default-target-dependencies"))
      for (const index of node.edges[code]?.keys() ?? []) this.#orderTarget(node, this.#nodes[index] as Node);
    if (node.type !== "target") return;
    for (const code of targetPulls)
      for (const index of node.edges[code]?.keys() ?? []) this.#orderTarget(this.#nodes[index] as Node, node);
  }

  #orderTarget(member: Node, target: Node): void {
    if (target.type !== "target" || !takesDefaults(member) || !takesDefaults(target)) return;
    if (target.edges[BEFORE]?.has(member.index)) return;
    this.#edge(member, BEFORE, target, originBits.memberOfTarget);
  }

  /** Takes away what this unit brought; what others say of it stays. */
  #forget(node: Node): void {
    this.#disconnectMounts(node);
    if (node.type === "target")
      for (const index of node.edges[AFTER]?.keys() ?? [])
        this.#unlink(this.#nodes[index] as Node, BEFORE, node, originBits.memberOfTarget);
    const others = new Set<Node>();
    for (const [code, edges] of node.edges.entries())
      for (const index of edges?.keys() ?? []) {
        const other = this.#nodes[index] as Node;
        others.add(other);
        this.#unlink(node, code, other, OWN);
      }
    node.unit = undefined;
    for (const name of node.names) if (name !== node.id) this.#byName.delete(name);
    node.names = [node.id];
    for (const other of others.add(node)) this.#sweep(other);
  }

  /** Nobody speaks of it any more. */
  #sweep(node: Node): void {
    if (node.unit || hasEdges(node)) return;
    this.#byName.delete(node.id);
    this.#nodes[node.index] = undefined;
  }

  /** Takes bits that `node` brought off an edge, which goes when none are left. */
  #unlink(node: Node, code: number, other: Node, bits: number): void {
    clearBits(node, code, other.index, bits);
    clearBits(other, inverseCodes[code] as number, node.index, bits << OTHERS);
  }
}

function takesDefaults(node: Node): boolean {
  return node.unit !== undefined && isLoaded(node.id, node.unit) && hasDefaults(node.unit);
}
