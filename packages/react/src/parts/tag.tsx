import type { ReactNode } from 'react';

export interface TagProps {
  tone?: 'ok' | 'warn' | 'danger';
  children: ReactNode;
}

/** A word about state. Renders a `<span>`. Styling: `data-tone`. */
export function Tag({ tone, children }: TagProps) {
  return (
    <span data-mb="tag" data-tone={tone}>
      {children}
    </span>
  );
}
