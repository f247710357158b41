import { busLabelEscape, busLabelUnescape } from "@steward/ipc";

/** Object paths of org.freedesktop.systemd1(5). */
export const managerPath = "/org/freedesktop/systemd1";
export const unitPrefix = `${managerPath}/unit`;
export const jobPrefix = `${managerPath}/job`;

export function unitPath(name: string): string {
  return `${unitPrefix}/${busLabelEscape(name)}`;
}

export function jobPath(id: number): string {
  return `${jobPrefix}/${id}`;
}

/** The unit name in the last part of a path. */
export function unitNameOfLabel(label: string): string {
  return busLabelUnescape(label);
}
