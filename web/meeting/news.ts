// What the server tells of this meeting while one is in it: one stream, kept as the state now, for all who listen.
import type { Contributions, Hand, MeetingEvents, Notice, Reacted, Rights, Setup } from "../api/shapes.ts";
import { merge } from "../contributions/merge.ts";

type Told = Omit<MeetingEvents, "over">;

/** What an event changed, told after it has been taken in. */
export interface NewsHearing {
  /** The set-up, the rights or the hands are other ones now. `before` is null with the first word of a meeting. */
  changed?: (now: Standing, before: Standing | null, by: string | null) => void;
  notice?: (notice: Notice) => void;
  reaction?: (reaction: Reacted) => void;
  /** The figures are other ones now. `before` is undefined with the first word of a meeting, `by` who had them counted or not. */
  figures?: (now: Contributions | null, before: Contributions | null | undefined, by: string | null) => void;
}

/** How the meeting stands for this person. */
export interface Standing {
  setup: Setup;
  rights: Rights;
  hands: readonly Hand[];
}

export class News {
  #standing: Standing | null = null;
  /** Rights follow the set-up that changed them, and come without a name. */
  #by: string | null = null;
  /** Figures come, or stop, soon after the set-up that says so. */
  #countedBy: string | null = null;
  #figures: Contributions | null | undefined;
  readonly #hearers = new Set<NewsHearing>();
  #first: ((standing: Standing) => void)[] = [];

  /** How it stands, or null until the stream has told. */
  get standing(): Standing | null {
    return this.#standing;
  }

  /** What everybody gave so far: null where nothing is counted, undefined until the stream has told. */
  get figures(): Contributions | null | undefined {
    return this.#figures;
  }

  /** Resolves as soon as it is known how the meeting stands. */
  get told(): Promise<Standing> {
    const standing = this.#standing;
    return standing === null ? new Promise((resolve) => this.#first.push(resolve)) : Promise.resolve(standing);
  }

  /** Listen until the returned function is called. */
  hear(hearing: NewsHearing): () => void {
    this.#hearers.add(hearing);
    return () => this.#hearers.delete(hearing);
  }

  /** Another meeting, or the same anew: what was known is not known any more. */
  begin(): void {
    this.#standing = null;
    this.#figures = undefined;
  }

  /** What a stream of `/api/v1/meetings/{id}/events` hands its events to. */
  readonly on: { readonly [Name in keyof Told]: (data: Told[Name]) => void } = {
    snapshot: ({ setup, rights, hands, contributions }) => {
      this.#by = null;
      this.#change({ setup, rights, hands }, null);
      this.#count(contributions);
    },
    contributions: (news) => this.#count(merge(this.#figures ?? null, news)),
    setup: ({ by, ...setup }) => {
      this.#by = by;
      if ((setup.contributions === "off") !== (this.#standing?.setup.contributions === "off")) this.#countedBy = by;
      this.#with({ setup }, by);
    },
    rights: (rights) => this.#with({ rights }, this.#by),
    hands: ({ hands }) => this.#with({ hands }, null),
    notice: (notice) => this.#hearers.forEach((hearing) => hearing.notice?.(notice)),
    reaction: (reaction) => this.#hearers.forEach((hearing) => hearing.reaction?.(reaction)),
  };

  #count(now: Contributions | null): void {
    const before = this.#figures;
    this.#figures = now;
    for (const hearing of this.#hearers) hearing.figures?.(now, before, this.#countedBy);
    if ((now === null) !== (before === null)) this.#countedBy = null;
  }

  /** Nothing comes before the snapshot. */
  #with(changed: Partial<Standing>, by: string | null): void {
    if (this.#standing !== null) this.#change({ ...this.#standing, ...changed }, by);
  }

  #change(now: Standing, by: string | null): void {
    const before = this.#standing;
    this.#standing = now;
    for (const hearing of this.#hearers) hearing.changed?.(now, before, by);
    for (const resolve of this.#first.splice(0)) resolve(now);
  }
}
