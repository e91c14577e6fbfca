import type { ComponentChildren } from "preact";

/** A titled part of the page; the title is its landmark's name. */
export function Panel({
  id,
  title,
  note,
  children,
  class: className = "",
}: {
  id: string;
  title: string;
  note?: ComponentChildren;
  children: ComponentChildren;
  class?: string;
}) {
  return (
    <section class={`panel ${className}`} aria-labelledby={`${id}-title`}>
      <header class="panel-head">
        <h2 id={`${id}-title`}>{title}</h2>
        {note === undefined ? null : <span class="note">{note}</span>}
      </header>
      {children}
    </section>
  );
}

/** Space of the final size while the first picture is under way. */
export function Waiting({ rows }: { rows: number }) {
  return (
    <div class="waiting">
      <span class="unseen">Loading</span>
      {Array.from({ length: rows }, (_, index) => (
        <span class="bone" key={index} />
      ))}
    </div>
  );
}
