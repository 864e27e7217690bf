// Drawing happens once a frame, whatever came in between; paused, nothing moves.

const waiting = new Set();
let asked = false;
let held = false;

/** Draw this before the next frame; the same function is drawn once. */
export function draw(work) {
  waiting.add(work);
  ask();
}

/** Stop drawing what is live, or go on. */
export function hold(on) {
  held = on;
  if (!on) ask();
}

export const isHeld = () => held;

function ask() {
  if (asked || held || waiting.size === 0) return;
  asked = true;
  requestAnimationFrame(() => {
    asked = false;
    if (held) return;
    const works = [...waiting];
    waiting.clear();
    for (const work of works) {
      // One panel that cannot draw must not blank the others.
      try {
        work();
      } catch (error) {
        console.error(error);
      }
    }
  });
}
