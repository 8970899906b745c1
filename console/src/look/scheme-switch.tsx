import { SegmentedControl, useMantineColorScheme } from '@mantine/core';
import type { ComponentType } from 'react';
import { MoonIcon, SunIcon, SystemIcon } from './icons.tsx';
import classes from './scheme-switch.module.css';

const SCHEMES = ['auto', 'light', 'dark'] as const;
const NAMES = { auto: 'As the system', light: 'Light', dark: 'Dark' } as const;
const ICONS: { readonly [scheme in (typeof SCHEMES)[number]]: ComponentType<{ size?: number }> } = {
  auto: SystemIcon,
  light: SunIcon,
  dark: MoonIcon,
};

/** Light, dark, or as the system has it. */
export function SchemeSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const choices = SCHEMES.map((value) => {
    const Icon = ICONS[value];
    return {
      value,
      label: (
        <span className={classes.choice} title={NAMES[value]}>
          <Icon size={16} />
          <span className={classes.name}>{NAMES[value]}</span>
        </span>
      ),
    };
  });
  return <SegmentedControl aria-label="Colours" size="xs" radius="xl" value={colorScheme} onChange={setColorScheme} data={choices} />;
}
