// The number of people waiting, in the tab's title: "(2) Preferences".

/** The title with the number, which takes the place of an earlier one. Nobody waiting, no number. */
export function titled(title: string, waiting: number): string {
  const bare = title.replace(/^\(\d+\) /, "");
  return waiting > 0 ? `(${waiting}) ${bare}` : bare;
}
