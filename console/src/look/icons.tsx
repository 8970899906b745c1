import type { ReactNode } from 'react';

interface IconProps {
  /** Pixels, default 18. */
  readonly size?: number | undefined;
}

/** Icons say nothing to a screen reader: the control around them has the name. */
function Svg({ size = 18, children }: IconProps & { readonly children: ReactNode }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.9"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

export const PlayIcon = ({ size }: IconProps) => (
  <Svg size={size}>
    <path d="M8 5.5v13l11-6.5z" fill="currentColor" />
  </Svg>
);
export const PauseIcon = ({ size }: IconProps) => (
  <Svg size={size}>
    <path d="M9 5.5v13" strokeWidth="3" />
    <path d="M15.5 5.5v13" strokeWidth="3" />
  </Svg>
);
export const PlusIcon = ({ size }: IconProps) => (
  <Svg size={size}>
    <path d="M12 5v14M5 12h14" />
  </Svg>
);
export const MoreIcon = ({ size }: IconProps) => (
  <Svg size={size}>
    <path d="M12 5.5v.01M12 12v.01M12 18.5v.01" strokeWidth="3" />
  </Svg>
);
export const EditIcon = ({ size }: IconProps) => (
  <Svg size={size}>
    <path d="m5 19 1-4L16 5l3 3L9 18z" />
  </Svg>
);
export const HistoryIcon = ({ size }: IconProps) => (
  <Svg size={size}>
    <path d="M4 12a8 8 0 1 0 2.5-5.800L4 8.5M4 4v4.5h4.5M12 8v4.5l3 2" />
  </Svg>
);
export const ArchiveIcon = ({ size }: IconProps) => (
  <Svg size={size}>
    <path d="M4 5h16v4H4zM6 9v10h12V9M10 13h4" />
  </Svg>
);
export const TrashIcon = ({ size }: IconProps) => (
  <Svg size={size}>
    <path d="M5 7h14M10 4h4M7 7l1 13h8l1-13" />
  </Svg>
);
export const ResetIcon = ({ size }: IconProps) => (
  <Svg size={size}>
    <path d="M4 12a8 8 0 1 0 2.5-5.800L4 8.5M4 4v4.5h4.5" />
  </Svg>
);
export const FileIcon = ({ size }: IconProps) => (
  <Svg size={size}>
    <path d="M12 15V4m0 0L8 8m4-4 4 4M5 15v4h14v-4" />
  </Svg>
);
export const SaveIcon = ({ size }: IconProps) => (
  <Svg size={size}>
    <path d="M12 4v11m0 0-4-4m4 4 4-4M5 16v3h14v-3" />
  </Svg>
);
export const SearchIcon = ({ size }: IconProps) => (
  <Svg size={size}>
    <path d="M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zm5-2 4 4" />
  </Svg>
);
export const SunIcon = ({ size }: IconProps) => (
  <Svg size={size}>
    <path d="M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 3v2m0 14v2M3 12h2m14 0h2M5.6 5.6 7 7m10 10 1.4 1.400M5.6 18.4 7 17M17 7l1.4-1.4" />,
  </Svg>
);
export const MoonIcon = ({ size }: IconProps) => (
  <Svg size={size}>
    <path d="M19 14.5A7.5 7.5 0 0 1 9.5 5a7.5 7.5 0 1 0 9.5 9.5z" />
  </Svg>
);
export const SystemIcon = ({ size }: IconProps) => (
  <Svg size={size}>
    <path d="M4 5h16v11H4zM9 20h6M12 16v4" />
  </Svg>
);
export const OutboxIcon = ({ size }: IconProps) => (
  <Svg size={size}>
    <path d="M4 13h4l1.5 3h5L16 13h4M4 13l2.5-8h11L20 13v6H4z" />
  </Svg>
);
export const ForkIcon = ({ size }: IconProps) => (
  <Svg size={size}>
    <path d="M12 20v-7M12 13 6.5 7.5V4M12 13l5.5-5.5V4M4.5 6l2-2 2 2M15.5 6l2-2 2 2" />
  </Svg>
);
export const ParkedIcon = ({ size }: IconProps) => (
  <Svg size={size}>
    <path d="M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM10 16V8h3a2.5 2.5 0 0 1 0 5h-3" />
  </Svg>
);
export const WaveIcon = ({ size }: IconProps) => (
  <Svg size={size}>
    <path d="M3 10c3 0 3-3 6-3s3 3 6 3 3-3 6-3M3 16c3 0 3-3 6-3s3 3 6 3 3-3 6-3" />
  </Svg>
);
