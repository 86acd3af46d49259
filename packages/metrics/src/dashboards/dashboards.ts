export {
  type AlertGroup,
  type AlertOptions,
  type AlertRule,
  alertRules,
} from './alert-rules.ts';
export { type Dashboard, type DashboardOptions, grafanaDashboard } from './dashboard.ts';
export type { Panel, PanelKind, PanelQuery } from './panel.ts';
