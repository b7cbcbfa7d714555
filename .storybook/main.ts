import type { StorybookConfig } from '@storybook/react-vite';
import { defaultClientConditions, mergeConfig } from 'vite';

const config: StorybookConfig = {
  framework: '@storybook/react-vite',
  stories: ['../packages/react/src/**/*.stories.tsx'],
  addons: ['@storybook/addon-docs', '@storybook/addon-a11y', '@storybook/addon-vitest'],
  core: { disableTelemetry: true, disableWhatsNewNotifications: true, enableCrashReports: false },
  typescript: { reactDocgen: 'react-docgen' },
  viteFinal: (config) =>
    mergeConfig(config, {
      // Found on the way, they would reload the page in the middle of a story.
      optimizeDeps: { include: ['@stripe/react-stripe-js', '@stripe/stripe-js/pure/index.js'] },
      resolve: { conditions: ['@meterboard/source', ...defaultClientConditions] },
      build: {
        rolldownOptions: {
          // 'use client' is for frameworks with server components; the bundler says of each file that it drops it.
          onLog: (level, log, report) => {
            if (log.code !== 'MODULE_LEVEL_DIRECTIVE') report(level, log);
          },
        },
      },
    }),
};

export default config;
