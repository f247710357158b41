/** Unit files on a disk: finding and reading them, generators, and the changes that enable, mask and their like make. */
export { nodeTree } from "./node-tree.ts";
