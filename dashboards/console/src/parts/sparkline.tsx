import { useRef } from "preact/hooks";
import { bytes } from "../format.ts";

const HOLD_MS = 60_000;

/** A bar a minute; violations are hatched within it. The scale grows at once and shrinks only after a minute. */
export function Sparkline({ up, violation }: { up: readonly number[]; violation: readonly number[] }) {
  const scale = useRef({ top: 1, sinceMs: 0 });
  const most = Math.max(1, ...up);
  const now = Date.now();
  if (most >= scale.current.top) scale.current = { top: most, sinceMs: now };
  else if (now - scale.current.sinceMs > HOLD_MS) scale.current = { top: most, sinceMs: now };
  const { top } = scale.current;
  const total = up.reduce((a, b) => a + b, 0);
  const bad = violation.reduce((a, b) => a + b, 0);
  return (
    <svg
      class="spark"
      viewBox="0 0 360 40"
      width="360"
      height="40"
      preserveAspectRatio="none"
      role="img"
      aria-label={`${bytes(total)} in 60 minutes, of these ${bytes(bad)} in violation; most in a minute ${bytes(most)}`}
    >
      <path class="axis" d="M0 39.5H360" />
      {up.map((value, index) => {
        const height = (value / top) * 37;
        const badHeight = ((violation[index] ?? 0) / top) * 37;
        return (
          <g key={index}>
            {value > 0 ? <rect class="spark-up" x={index * 6} y={39 - height} width="5" height={Math.max(0.8, height)} /> : null}
            {badHeight > 0 ? <rect class="spark-bad" x={index * 6} y={39 - badHeight} width="5" height={Math.max(1.5, badHeight)} /> : null}
          </g>
        );
      })}
    </svg>
  );
}
