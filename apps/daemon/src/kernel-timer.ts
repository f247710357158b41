/** Soon, and seldom enough not to matter while there is work. */
const soonMs = 20;

let isPending = false;

/**
 * To be called when a timeout was cleared: Node leaves its one kernel timer where it was, and an idle manager would wake for the time-out of
 * something that was over long ago. Any timeout that ends makes Node look anew when the next is due, so a short one ends soon after.
 */
export function letGoOfTimer(): void {
  if (isPending) return;
  isPending = true;
  setTimeout(() => {
    isPending = false;
  }, soonMs).unref();
}
