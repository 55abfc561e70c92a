// The mark: a curve that runs down into its valley.

export function Mark() {
  return (
    <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true" class="mark">
      <path
        d="M3 6 C 9 6, 11 25, 18 25 S 26 19, 29 14"
        fill="none"
        stroke="currentColor"
        stroke-width="2.6"
        stroke-linecap="round"
      />
      <circle cx="18" cy="25" r="3.6" class="ball" />
    </svg>
  );
}
