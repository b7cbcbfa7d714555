'use client';
import { type ComponentPropsWithRef, type ReactNode, useId } from 'react';

export interface CardProps extends Omit<ComponentPropsWithRef<'section'>, 'title'> {
  /** Names the part for styling: `data-mb`. */
  part: string;
  title: ReactNode;
  /** The title is for assistive technology only. */
  hideTitle?: boolean;
  /** Beside the title: a tag, a chip. */
  aside?: ReactNode;
}

/** A titled region. Renders a `<section>` named by its `<h3>`. */
export function Card({ part, title, hideTitle = false, aside, children, ...rest }: CardProps) {
  const id = useId();
  return (
    <section data-mb={part} data-mb-card="" aria-labelledby={id} {...rest}>
      <header data-mb={hideTitle ? 'hidden' : 'card-head'}>
        <h3 id={id}>{title}</h3>
        {aside}
      </header>
      {children}
    </section>
  );
}
