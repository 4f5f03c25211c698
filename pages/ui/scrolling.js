// Brings what Python names into view, once for each turn. What was shown is kept with the window: the element itself is
// made anew with every page.
export default function ({ data }) {
  const turn = data?.turn ?? 0;
  const last = window.semascopeTurn ?? 0;
  window.semascopeTurn = turn;
  if (turn <= last) return;
  // A moment later: the page is still being drawn, and would be too short.
  setTimeout(() => {
    const target = document.querySelector(`.st-key-${CSS.escape(data.target)}`);
    const pane = target?.closest("[data-testid=stMain]");
    if (!pane) return;
    const above = target.getBoundingClientRect().top - pane.getBoundingClientRect().top;
    const header = document.querySelector("[data-testid=stHeader]")?.getBoundingClientRect().height ?? 0;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    pane.scrollBy({ top: above - header - 16, behavior: calm ? "instant" : "smooth" });
  }, 150);
}
