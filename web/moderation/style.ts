// How a report looks, wherever it is told.
import { css } from "lit";

export const report = css`
  .report {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    align-items: start;
    gap: calc(2 * var(--step));
    padding: calc(3 * var(--step)) calc(3 * var(--step)) calc(3 * var(--step)) calc(4 * var(--step));
    border-radius: var(--radius);
    background: var(--tint);
    color: var(--ink);
  }

  .report.failed {
    background: color-mix(in srgb, var(--danger) 12%, var(--raised));
  }

  .report p {
    padding-block: 6px;
  }

  .report .close {
    inline-size: 36px;
    min-block-size: 36px;
    padding: 0;
  }

  .report .next {
    grid-row: 2;
    grid-column: 1 / -1;
  }

  .report .next button {
    min-block-size: 40px;
  }
`;
