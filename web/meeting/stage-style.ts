// How the stage looks: dark in both themes, tiles on it, the bar in the thumb's reach.
import { css } from "lit";

export const style = css`
  :host {
    position: fixed;
    inset: 0;
    display: grid;
    grid-template: auto minmax(0, 1fr) auto / minmax(0, 1fr);
    background: var(--stage);
    color: var(--on-stage);
  }

  :host([behind]) {
    visibility: hidden;
  }

  header {
    display: flex;
    align-items: center;
    gap: calc(3 * var(--step));
    min-block-size: 40px;
    padding: max(calc(2 * var(--step)), env(safe-area-inset-top)) max(calc(4 * var(--step)), env(safe-area-inset-right)) 0
      max(calc(4 * var(--step)), env(safe-area-inset-left));
  }

  h1 {
    overflow: hidden;
    font: var(--small);
    font-weight: 500;
    letter-spacing: 0;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  h1:focus {
    outline: none;
  }

  header p {
    flex: none;
    color: var(--soft);
    font: var(--small);
  }

  header .subject {
    flex: 0 1 auto;
    min-inline-size: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .own-share {
    display: flex;
    align-items: center;
    gap: calc(2 * var(--step));
    margin-inline-start: auto;
    color: var(--on-stage);
    font: var(--small);
    font-weight: 500;
  }

  .own-share .icon {
    color: var(--accent);
  }

  .own-share button {
    min-block-size: 32px;
    padding: 0 calc(3 * var(--step));
    border-radius: var(--round);
    font: var(--small);
    font-weight: 600;
  }

  .middle {
    position: relative;
    display: flex;
    grid-row: 2;
    min-block-size: 0;
    min-inline-size: 0;
  }

  .people {
    position: relative;
    display: flex;
    flex-direction: column;
    flex: 1;
    margin: calc(2 * var(--step)) max(calc(2 * var(--step)), env(safe-area-inset-right)) calc(2 * var(--step))
      max(calc(2 * var(--step)), env(safe-area-inset-left));
    min-inline-size: 0;
    min-block-size: 0;
    overflow: hidden;
  }

  .tiles {
    position: relative;
    flex: 1;
    min-block-size: 0;
  }

  .spot {
    position: absolute;
  }

  .spot.corner {
    z-index: 1;
    box-shadow: var(--shadow);
    outline: 2px solid var(--stage);
  }

  /* Where a picture came from and where it goes. */
  @media (prefers-reduced-motion: no-preference) {
    .spot {
      transition:
        left var(--calm),
        top var(--calm),
        width var(--calm),
        height var(--calm);
    }

    .sizing .spot {
      transition: none;
    }
  }

  .beside {
    flex: none;
    inline-size: 360px;
    margin: calc(2 * var(--step)) max(calc(2 * var(--step)), env(safe-area-inset-right)) calc(2 * var(--step)) 0;
  }

  /* On a phone a sheet over the tiles. The bar stays: one mutes oneself while reading, too. */
  :host(.narrow) .beside {
    position: absolute;
    inset: 0;
    z-index: 3;
    inline-size: auto;
    margin: 0;
  }

  /* What comes from people who have no tile on this page. */
  .strays {
    z-index: 2;
  }

  .pages {
    position: absolute;
    inset-block-end: 0;
    inset-inline: 0;
    display: flex;
    align-items: center;
    justify-content: center;
    gap: calc(2 * var(--step));
    block-size: 36px;
    font: var(--small);
    font-variant-numeric: tabular-nums;
  }

  .pages button {
    inline-size: 36px;
    min-block-size: 36px;
    padding: 0;
    border-color: transparent;
    border-radius: var(--round);
    background: #2b2d30;
    color: var(--on-stage);
  }

  .pages .speaks {
    display: flex;
    align-items: center;
    gap: 6px;
    overflow: hidden;
    color: var(--accent);
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .pages .speaks .icon {
    inline-size: 16px;
    block-size: 16px;
  }

  .alone {
    position: absolute;
    inset-block-end: calc(6 * var(--step));
    inset-inline: calc(4 * var(--step));
    z-index: 1;
    display: grid;
    justify-items: center;
    gap: calc(2 * var(--step));
    margin-inline: auto;
    inline-size: fit-content;
    max-inline-size: min(420px, 100% - 8 * var(--step));
    padding: calc(3 * var(--step)) calc(5 * var(--step));
    border-radius: var(--radius);
    background: rgb(30 32 34 / 88%);
    text-align: center;
    backdrop-filter: blur(10px);
  }

  .over,
  :host(.narrow) .banners {
    position: absolute;
    inset-block-start: calc(3 * var(--step));
    inset-inline: 0;
    z-index: 2;
    display: grid;
    justify-items: center;
    gap: calc(2 * var(--step));
    padding-inline: calc(4 * var(--step));
    pointer-events: none;
  }

  .lasting,
  .banners {
    display: contents;
  }

  /* On a phone the first tile is a face of its own: what stays is said above it, and only what passes lies on it. */
  :host(.narrow) .over {
    display: contents;
  }

  :host(.narrow) .lasting {
    display: grid;
    flex: none;
    order: -1;
    justify-items: center;
  }

  :host(.narrow) .lasting .banner {
    margin-block-end: calc(2 * var(--step));
  }

  .banner {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: center;
    gap: calc(2 * var(--step)) calc(3 * var(--step));
    max-inline-size: 560px;
    padding: calc(2 * var(--step)) calc(4 * var(--step));
    border-radius: var(--radius);
    background: var(--raised);
    color: var(--ink);
    box-shadow: var(--shadow);
    pointer-events: auto;
  }

  .banner:has(.away) span {
    flex: 1 1 200px;
  }

  .away {
    inline-size: 36px;
    min-block-size: 36px;
    padding: 0;
  }

  .glimpse bdi {
    display: -webkit-box;
    overflow: hidden;
    overflow-wrap: anywhere;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
  }

  .banner.glimpse {
    padding-block: var(--step);
    font: var(--small);
    pointer-events: none;
  }

  .banner.warn {
    background: #3b2f16;
    color: #ffe3b0;
  }

  .bar {
    display: flex;
    grid-row: 3;
    align-items: center;
    justify-content: center;
    gap: calc(3 * var(--step));
    padding: calc(2 * var(--step)) max(calc(4 * var(--step)), env(safe-area-inset-right))
      max(calc(4 * var(--step)), env(safe-area-inset-bottom)) max(calc(4 * var(--step)), env(safe-area-inset-left));
  }

  .group {
    display: flex;
    gap: calc(3 * var(--step));
  }

  .group + .group {
    margin-inline-start: calc(3 * var(--step));
  }

  .bar button {
    position: relative;
    flex: none;
    min-inline-size: 52px;
    block-size: 52px;
    padding: 0 calc(4 * var(--step));
    border-color: transparent;
    border-radius: var(--round);
    background: #2b2d30;
    color: var(--on-stage);
  }

  .bar button:hover {
    background: #3a3d40;
  }

  .bar button.off {
    background: var(--on-stage);
    color: #8c1d15;
  }

  .bar button.active {
    background: var(--accent);
    color: var(--on-accent);
  }

  .bar button.leave {
    background: #b3261e;
    color: #fff;
    font-weight: 600;
  }

  .bar button.leave:hover {
    background: #98201a;
  }

  /* The words of a button: beside its icon under *More*, and its name everywhere. */
  .bar .caption {
    display: none;
  }

  .bar button:focus-visible,
  .pages button:focus-visible,
  .banner button:focus-visible {
    outline: 2px solid var(--on-stage);
  }

  #more,
  #leaving {
    position: fixed;
    inset: auto;
    max-block-size: calc(100dvh - 100px);
    overflow: auto;
  }

  #more button.active,
  #more button[aria-pressed="true"],
  #more button[aria-checked="true"] {
    color: var(--accent);
    font-weight: 500;
  }

  #more button[aria-checked="true"] .icon,
  #more button[aria-pressed="true"] .icon,
  #more button.active .icon {
    color: var(--accent);
  }

  #more .caption {
    flex: 1;
    text-align: start;
  }

  #more kbd {
    color: var(--soft);
    font: var(--small);
  }

  #more hr {
    margin-block: var(--step);
  }

  :host(.narrow) #more {
    inset: auto 0 0;
    inline-size: auto;
    max-inline-size: none;
    max-block-size: 80dvh;
    padding: calc(3 * var(--step)) calc(3 * var(--step)) max(calc(3 * var(--step)), env(safe-area-inset-bottom));
    border-width: 1px 0 0;
    border-radius: calc(2 * var(--radius)) calc(2 * var(--radius)) 0 0;
  }

  /* A sheet that goes on below says so. */
  :host(.narrow) #more::before {
    content: "";
    display: block;
    flex: none;
    inline-size: 36px;
    block-size: 4px;
    margin: 0 auto calc(2 * var(--step));
    border-radius: var(--round);
    background: var(--line);
  }

  :host(.narrow) #more {
    background: var(--fades), var(--raised);
  }

  :host(.narrow) #more::backdrop {
    background: var(--veil);
  }

  :host(.narrow) #more button {
    min-block-size: 48px;
  }

  /* The picture that goes into the small window: as large as one, but behind everything. */
  .window {
    position: absolute;
    inset-block-start: 0;
    inset-inline-start: 0;
    z-index: -1;
    inline-size: 640px;
    block-size: 360px;
    opacity: 0;
    pointer-events: none;
  }

  /* Short breaks mend themselves before anybody needs to read of them. */
  @media (prefers-reduced-motion: no-preference) {
    .banner {
      animation: appear var(--calm);
    }

    .banner.warn {
      animation: appear var(--calm) 700ms backwards;
    }

    @keyframes appear {
      from {
        opacity: 0;
        transform: translateY(-4px);
      }
    }
  }

  @media (prefers-reduced-motion: no-preference) {
    .beside {
      animation: beside var(--calm);
    }

    :host(.narrow) .beside {
      animation-name: sheet;
    }

    @keyframes beside {
      from {
        opacity: 0;
        transform: translateX(24px);
      }
    }

    @keyframes sheet {
      from {
        opacity: 0;
        transform: translateY(24px);
      }
    }
  }

  @media (max-width: 400px) {
    :host(.narrow) .group {
      gap: calc(2 * var(--step));
    }

    :host(.narrow) .bar button {
      padding: 0 calc(3 * var(--step));
    }
  }

  /* A phone's keyboard takes half the window: while one writes, the other half is for reading. */
  @media (max-height: 480px) and (hover: none) {
    .middle:has(chat-panel[writing]) ~ .bar {
      display: none;
    }
  }

  @media (max-height: 420px) {
    /* Heard, and not seen: each row counts. */
    header {
      position: absolute;
      inline-size: 1px;
      block-size: 1px;
      min-block-size: 0;
      overflow: hidden;
      clip-path: inset(50%);
    }

    .bar {
      padding-block: var(--step);
    }
  }
`;
