import { ActionIcon, Menu } from '@mantine/core';
import { LoadButton } from '../load/load-button.tsx';
import { FileIcon, MoreIcon, ResetIcon, SaveIcon } from '../look/icons.tsx';
import { download } from '../platform/browser.ts';
import { usePane, useStatus } from './pane-context.ts';

/** What a pane can do beside its tasks. */
export function PaneMenu() {
  const { client, name } = usePane();
  const { pending, parked } = useStatus();
  return (
    <LoadButton>
      {(choose) => (
        <Menu position="bottom-end" shadow="md">
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`More for ${name}`}>
              <MoreIcon />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<FileIcon />} onClick={choose}>
              Load tasks from a file…
            </Menu.Item>
            <Menu.Item leftSection={<ResetIcon />} onClick={() => void client.sync()}>
              Sync now
            </Menu.Item>
            <Menu.Item
              leftSection={<SaveIcon />}
              disabled={pending + parked === 0}
              onClick={() => download(`tidemark-${name}.json`, client.exportUnsynced())}
            >
              Save what is only here
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
    </LoadButton>
  );
}
