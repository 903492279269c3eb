// Follows Streamlit's own sliders and choices while a hand moves them, and shows the frame of the
// value under the hand. The widgets commit as ever; without this script they still do.

const PATIENCE = 60; // ms that the mouse rests on a control before its frames are asked for

let stop = () => {};

export default function ({ data, setStateValue }) {
  stop();
  let resting;

  const control = (node) => {
    const keyed = node instanceof Element && node.closest('[class*="st-key-"]');
    const key = keyed && data.keys.find((name) => keyed.classList.contains(`st-key-${name}`));
    return key ? { key, node: keyed } : null;
  };

  const want = ({ target }, patience) => {
    clearTimeout(resting);
    const found = control(target);
    if (found && found.key !== data.key) {
      resting = setTimeout(() => setStateValue("wanted", found.key), patience);
    }
  };

  const value = (node) => {
    const slider = node.querySelector("input[type=range]");
    if (slider) return Math.round((slider.value - slider.min) / (Number(slider.step) || 1));
    return [...node.querySelectorAll("[role=radio]")].findIndex((choice) => choice.ariaChecked === "true");
  };

  // Only a control in the user's hand is followed: one that the server moves brings its own pictures.
  const show = () => {
    const node = data.key && document.querySelector(`.st-key-${data.key}`);
    const held = node?.contains(document.activeElement);
    const frame = held && data.frames[value(node)];
    // What cannot follow is dimmed until the server has answered: see app.css.
    document.body.classList.toggle("ce-ahead", Boolean(held) && data.at !== null && value(node) !== data.at);
    for (const [slot, content] of Object.entries(frame || {})) {
      for (const place of document.querySelectorAll(`[data-live="${slot}"]`)) {
        if (place instanceof HTMLImageElement) {
          place.decoding = "sync"; // in the frame that shows it, not in one after
          if (place.src !== content.src) place.src = content.src;
          place.alt = content.alt;
        } else if (place.textContent !== content) {
          place.textContent = content;
        }
      }
    }
  };

  const moved = new MutationObserver((changes) => {
    if (changes.some(({ target }) => control(target)?.key === data.key)) show();
  });
  moved.observe(document.body, { subtree: true, attributeFilter: ["value", "aria-checked"] });

  const hover = (event) => want(event, PATIENCE);
  const touch = (event) => want(event, 0);
  document.addEventListener("pointerover", hover);
  document.addEventListener("pointerdown", touch);
  document.addEventListener("focusin", touch);

  // The pictures are decoded now, so that the first swap does not wait for it.
  for (const frame of data.frames) {
    for (const { src } of Object.values(frame)) if (src) Object.assign(new Image(), { src });
  }
  show();

  stop = () => {
    clearTimeout(resting);
    moved.disconnect();
    document.body.classList.remove("ce-ahead");
    document.removeEventListener("pointerover", hover);
    document.removeEventListener("pointerdown", touch);
    document.removeEventListener("focusin", touch);
  };
  return () => stop();
}
