// Who sits before this page, and what they may do. The gateway decides; this only hides what it would refuse.

export const session = { known: false, id: null, rights: null, queues: null, tenants: null, via: null, open: true, csrf: null };

const listeners = new Set();

/** Read `GET /session`; a gateway that has none asks nobody who they are. Returns false when one must sign in first. */
export async function readSession() {
  let answer;
  try {
    answer = await fetch("/session", { headers: { Accept: "application/json" }, cache: "no-store" });
  } catch {
    return true; // it cannot be reached: the banner of the feed says so
  }
  if (answer.status === 401) return false;
  if (!answer.ok) return true;
  Object.assign(session, await answer.json(), { known: true });
  changed();
  return session.open || session.rights.includes("read");
}

/** The feed's `hello` names rights as well. */
export function hearRights(rights) {
  if (!Array.isArray(rights) || session.known) return;
  session.rights = rights;
  changed();
}

/** Whether this right is there; before anybody has said, yes. */
export const may = (right) => session.rights === null || session.rights.includes(right) || session.rights.includes("admin");

/** Whether they are limited to some queues or tenants: then what is about all of the herd is closed to them. */
export const isLimited = () => Boolean(session.queues ?? session.tenants);

export function onSession(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function changed() {
  for (const listener of [...listeners]) listener();
}
