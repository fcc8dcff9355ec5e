/** A bar as long as a number is large, beside others of its kind. */
export function Meter({ value, of }: { readonly value: number; readonly of: number }) {
  return (
    <span class="meter" aria-hidden="true">
      <span
        class="meter-fill"
        style={{ width: `${of === 0 ? 0 : Math.max(value > 0 ? 1 : 0, (100 * value) / of)}%` }}
      />
    </span>
  );
}
