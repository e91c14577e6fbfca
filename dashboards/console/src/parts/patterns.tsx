/** Fills that tell verdicts apart without colour; made once, used by bars, legend and map. */
export function Patterns() {
  return (
    <svg class="defs" width="0" height="0" aria-hidden="true" focusable="false">
      <defs>
        <Hatch id="fill-outside" size={6} tone="outside" />
        <Dots id="fill-doubt" size={5} tone="doubt" />
        <CrossHatch id="fill-contradicted" size={6} />
        <Hatch id="map-outside" size={64} tone="outside" />
        <Dots id="map-doubt" size={56} tone="doubt" />
      </defs>
    </svg>
  );
}

function Hatch({ id, size, tone }: { id: string; size: number; tone: string }) {
  return (
    <pattern id={id} width={size} height={size} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <rect class={`tint ${tone}`} width={size} height={size} />
      <rect class={`tone ${tone}`} width={size / 2} height={size} />
    </pattern>
  );
}

function Dots({ id, size, tone }: { id: string; size: number; tone: string }) {
  return (
    <pattern id={id} width={size} height={size} patternUnits="userSpaceOnUse">
      <rect class={`tint ${tone}`} width={size} height={size} />
      <circle class={`tone ${tone}`} cx={size / 2} cy={size / 2} r={size / 4} />
    </pattern>
  );
}

function CrossHatch({ id, size }: { id: string; size: number }) {
  return (
    <pattern id={id} width={size} height={size} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <rect class="tint contradicted" width={size} height={size} />
      <path class="line contradicted" d={`M0 0H${size}M0 0V${size}`} stroke-width={size / 4} />
    </pattern>
  );
}
