// How the pop-up at the door lies on the page: bottom right, in the meeting top right, on a phone a sheet.
import { css } from "lit";

export const style = css`
  :host {
    /* Above whatever the page floats, as a popover, too. Only the pop-up itself takes presses. */
    position: fixed;
    inline-size: auto;
    block-size: auto;
    margin: 0;
    padding: 0;
    overflow: visible;
    border: 0;
    background: none;
    --right: max(calc(4 * var(--step)), env(safe-area-inset-right));
    inset: auto var(--right) max(calc(4 * var(--step)), env(safe-area-inset-bottom)) auto;
    z-index: 1000;
    display: block;
    pointer-events: none;
    font: var(--text);
    color: var(--ink);
  }

  :host([place="meeting"]) {
    /* --beside: what stands at that edge of the stage already. */
    inset: max(calc(4 * var(--step)), env(safe-area-inset-top)) calc(var(--right) + var(--beside, 0px)) auto auto;
  }

  .pop-up {
    display: flex;
    flex-direction: column;
    gap: calc(2 * var(--step));
    inline-size: min(432px, calc(100vw - 8 * var(--step)));
    max-block-size: calc(100dvh - 8 * var(--step));
    pointer-events: auto;
  }

  .pop-up[data-view="handle"],
  .pop-up[data-view="notes"],
  .pop-up[data-view="nothing"] {
    inline-size: auto;
    max-inline-size: min(432px, calc(100vw - 8 * var(--step)));
    align-items: flex-end;
  }

  .card,
  .list,
  .note,
  .more,
  .together,
  .handle {
    border: 1px solid var(--hair);
    border-radius: var(--radius);
    background: var(--raised);
    box-shadow: var(--shadow);
  }

  .card {
    gap: calc(3 * var(--step));
    padding: calc(4 * var(--step));
    overflow-y: auto;
  }

  .card:focus,
  .list:focus {
    outline: none;
  }

  .card:focus-visible,
  .list:focus-visible {
    outline: var(--focus);
    outline-offset: 2px;
  }

  .who {
    display: flex;
    align-items: flex-start;
    gap: calc(3 * var(--step));
  }

  .words {
    flex: 1 1 0;
    min-inline-size: 0;
    display: grid;
    gap: 2px;
  }

  h2 {
    font: var(--title);
    overflow-wrap: anywhere;
  }

  /* The seconds pass without moving a line. */
  .standing {
    font-variant-numeric: tabular-nums;
  }

  .message {
    margin-block-start: var(--step);
    max-block-size: 30dvh;
    overflow-y: auto;
    white-space: pre-line;
  }

  .careful {
    display: flex;
    gap: var(--step);
    color: var(--warn);
    font-weight: 500;
  }

  .careful .icon {
    inline-size: 16px;
    block-size: 16px;
    margin-block-start: 2px;
  }

  .away {
    flex: none;
    inline-size: 36px;
    min-block-size: 36px;
    margin: calc(-1 * var(--step)) calc(-1 * var(--step)) 0 0;
    padding: 0;
  }

  .buttons {
    display: flex;
    flex-wrap: wrap;
    justify-content: flex-end;
    gap: calc(2 * var(--step));
  }

  .buttons button {
    padding-inline: calc(3 * var(--step));
  }

  .split {
    display: inline-flex;
  }

  .split > button:first-child {
    border-start-end-radius: 0;
    border-end-end-radius: 0;
  }

  .split > .with-word {
    margin-inline-start: -1px;
    padding-inline: calc(1.5 * var(--step));
    min-inline-size: 30px;
    border-start-start-radius: 0;
    border-end-start-radius: 0;
    color: var(--soft);
  }

  .split > .with-word .icon {
    inline-size: 16px;
    block-size: 16px;
  }

  .word {
    display: grid;
    gap: calc(3 * var(--step));
  }

  .ended {
    font-weight: 500;
  }

  .note,
  .more {
    display: flex;
    align-items: center;
    gap: calc(3 * var(--step));
    padding: calc(3 * var(--step)) calc(4 * var(--step));
  }

  .note .icon {
    color: var(--warn);
  }

  .note a {
    margin-inline-start: auto;
    padding-block: var(--step);
    font-weight: 600;
    white-space: nowrap;
  }

  .more {
    justify-content: space-between;
    padding-block: var(--step);
    padding-inline-end: var(--step);
    color: var(--soft);
  }

  .more button {
    min-block-size: 40px;
    color: var(--accent);
  }

  .together {
    display: grid;
    gap: calc(2 * var(--step));
    padding: calc(3 * var(--step)) calc(4 * var(--step));
  }

  .together:focus {
    outline: none;
  }

  .together:focus-visible {
    outline: var(--focus);
    outline-offset: 2px;
  }

  .together p {
    display: grid;
    gap: var(--step);
    font-variant-numeric: tabular-nums;
  }

  .together span {
    display: flex;
    align-items: center;
    gap: calc(2 * var(--step));
  }

  .together span .icon {
    color: var(--accent);
  }

  .handle {
    border-radius: var(--round);
    font-weight: 500;
  }

  .handle .icon {
    color: var(--accent);
  }

  /* Its height never changes while it is open, so that no line moves when somebody comes or goes. */
  .list {
    display: flex;
    flex-direction: column;
    block-size: min(520px, 70dvh);
    min-block-size: 0;
  }

  .list .head {
    display: flex;
    align-items: center;
    gap: calc(2 * var(--step));
    padding: calc(3 * var(--step)) calc(4 * var(--step));
    border-block-end: 1px solid var(--hair);
  }

  .list .head h2 {
    flex: 1;
  }

  .list .head .away {
    margin: 0;
  }

  .list ul {
    flex: 1;
    padding: 0 calc(4 * var(--step));
    overflow-y: auto;
    list-style: none;
  }

  .list li {
    display: grid;
    gap: calc(3 * var(--step));
    padding-block: calc(4 * var(--step));
  }

  .list li + li {
    border-block-start: 1px solid var(--hair);
  }

  .list li.over h2 {
    color: var(--soft);
    text-decoration: line-through;
  }

  @media (prefers-reduced-motion: no-preference) {
    .card,
    .list,
    .note {
      animation: arrive var(--calm);
    }

    @keyframes arrive {
      from {
        opacity: 0;
        transform: translateY(8px);
      }
    }

    :host([place="meeting"]) .card,
    :host([place="meeting"]) .list,
    :host([place="meeting"]) .note {
      animation-name: descend;
    }

    @keyframes descend {
      from {
        opacity: 0;
        transform: translateY(-8px);
      }
    }
  }

  /* On a phone a sheet from the bottom; in the meeting it stands on the bar, never over it. */
  @media (max-width: 560px) {
    :host {
      --edge: max(calc(4 * var(--step)), env(safe-area-inset-bottom));
      --below: 0px;
      inset: auto 0 0 0;
    }

    :host([place="meeting"]) {
      --below: calc(21 * var(--step) + env(safe-area-inset-bottom));
      inset: auto calc(2 * var(--step)) var(--below);
    }

    .pop-up,
    .pop-up[data-view="handle"],
    .pop-up[data-view="notes"],
    .pop-up[data-view="nothing"] {
      inline-size: 100%;
      max-inline-size: none;
      max-block-size: calc(100dvh - var(--below) - 4 * var(--step));
    }

    :host([place="platform"]) .note,
    :host([place="platform"]) .handle,
    :host([place="platform"]) .together,
    :host([place="platform"]) .more {
      margin: 0 calc(4 * var(--step));
    }

    :host([place="platform"]) .pop-up[data-view="handle"],
    :host([place="platform"]) .pop-up[data-view="notes"] {
      padding-block-end: var(--edge);
    }

    :host([place="platform"]) .card,
    :host([place="platform"]) .list {
      border-inline: 0;
      border-block-end: 0;
      border-end-start-radius: 0;
      border-end-end-radius: 0;
      padding-block-end: var(--edge);
    }

    .buttons > :not(.quiet) {
      flex: 1 1 auto;
    }

    .split > button:first-child {
      flex: 1;
    }

    .more,
    .together {
      order: -1;
    }
  }
`;
