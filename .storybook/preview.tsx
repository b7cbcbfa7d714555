import { MeterboardProvider } from '@meterboard/react';
import { createFixtureClient, type FixtureOptions } from '@meterboard/react/testing';
import type { Preview } from '@storybook/react-vite';
import { useEffect, useMemo } from 'react';
import '@meterboard/react/styles.css';
import './preview.css';

/** What a story may say about the data that it stands on: `parameters.fixture`. */
interface FixtureParameters {
  fixture?: FixtureOptions;
}

const preview: Preview = {
  parameters: {
    layout: 'padded',
    a11y: { test: 'error' },
    controls: { expanded: true },
  },
  globalTypes: {
    scheme: {
      description: 'Colour scheme',
      toolbar: { title: 'Scheme', icon: 'mirror', items: ['light', 'dark'], dynamicTitle: true },
    },
    locale: {
      description: 'Language of numbers and dates',
      toolbar: { title: 'Locale', icon: 'globe', items: ['en', 'de', 'hu', 'ja', 'ar'], dynamicTitle: true },
    },
    direction: {
      description: 'Writing direction',
      toolbar: { title: 'Direction', icon: 'transfer', items: ['ltr', 'rtl'], dynamicTitle: true },
    },
  },
  // Purchases under way are remembered in the browser: each story begins without.
  beforeEach() {
    localStorage.clear();
    sessionStorage.clear();
  },
  initialGlobals: { scheme: 'light', locale: 'en', direction: 'ltr' },
  decorators: [
    function WithMeterboard(Story, { globals, parameters, id }) {
      const { fixture } = parameters as FixtureParameters;
      const client = useMemo(() => createFixtureClient(fixture), [fixture]);
      const { scheme, direction, locale } = globals;
      useEffect(() => {
        document.documentElement.dataset.scheme = scheme;
        document.documentElement.dir = direction;
      }, [scheme, direction]);
      return (
        <MeterboardProvider key={id} client={client} locale={locale}>
          <Story />
        </MeterboardProvider>
      );
    },
  ],
};

export default preview;
