// The store's clock as this tab knows it: times of jobs are compared with that one, never with the tab's own.

let ahead = 0;

/** The server says that it is `seconds` now. */
export function hear(seconds) {
  const said = seconds - Date.now() / 1000;
  // A frame that was late must not move the clock: the largest of what is plausible wins, and drifts down slowly.
  ahead = Math.abs(said - ahead) > 2 ? said : Math.max(said, ahead - 0.01);
}

/** Epoch seconds by the store's clock. */
export const now = () => Date.now() / 1000 + ahead;
