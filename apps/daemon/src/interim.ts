import type { LoadedUnit } from "@steward/unit-file";
export const unitProperties = (unit: LoadedUnit): { name: string; signature: string; value: any }[] => [
  { name: "Description", signature: "s", value: unit.settings.Unit.Description || unit.id },
  { name: "FragmentPath", signature: "s", value: unit.fragmentPath ?? "" },
];
