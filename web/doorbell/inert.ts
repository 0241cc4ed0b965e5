// How long a press does nothing after what it is about has changed: nobody admits the wrong person.
export const INERT_MS = 500;
