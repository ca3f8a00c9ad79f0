import { type ThemeConfig, theme } from 'antd';

const FONT =
  'system-ui, -apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif';

/** The same colours as in app.css: Ant Design reckons with its tokens, so that it needs them as values. */
const light = {
  colorPrimary: '#1f63d0',
  colorLink: '#1b5cc4',
  colorText: '#1c2230',
  colorTextSecondary: '#4a5366',
  colorTextTertiary: '#5b6475',
  colorTextDescription: '#5b6475',
  colorTextPlaceholder: '#6a7283',
  colorBgLayout: '#f4f5f8',
  colorBgContainer: '#ffffff',
  colorBorder: '#cfd5df',
  colorBorderSecondary: '#e4e7ed',
  colorError: '#b42318',
  colorSuccess: '#067647',
  colorWarning: '#93590a',
  colorWarningBg: '#fdf3e1',
  colorWarningBorder: '#ecd3a5',
  colorErrorBg: '#fdeeec',
  colorErrorBorder: '#f3c6c0',
};

const dark = {
  colorPrimary: '#3f7fe6',
  colorLink: '#8db9ff',
  colorText: '#e6e9ef',
  colorTextSecondary: '#b4bccb',
  colorTextTertiary: '#9aa4b5',
  colorTextDescription: '#9aa4b5',
  colorTextPlaceholder: '#8b95a7',
  colorBgLayout: '#0f1217',
  colorBgContainer: '#171b22',
  colorBgElevated: '#1d222b',
  colorBorder: '#39414f',
  colorBorderSecondary: '#272e39',
  colorError: '#ff9b8f',
  colorSuccess: '#5fd39a',
  colorWarning: '#f0c069',
  colorWarningBg: '#312510',
  colorWarningBorder: '#5c4720',
  colorErrorBg: '#361b19',
  colorErrorBorder: '#6b332e',
};

/** White on the dark theme's own primary and error colours would be too faint to read. */
const darkButton = {
  colorPrimary: '#2f6fdb',
  colorError: '#b8372c',
  colorErrorHover: '#c9463a',
  colorErrorActive: '#a52f25',
};

/** Left to app.css alone, Ant Design would wait for the end of motions that do not happen, with the focus in between. */
const motion = !matchMedia('(prefers-reduced-motion: reduce)').matches;

export function antTheme(isDark: boolean): ThemeConfig {
  return {
    algorithm: isDark ? theme.darkAlgorithm : theme.defaultAlgorithm,
    // One key for both, so that a change of theme replaces the variables and adds none.
    cssVar: { key: 'postpoint' },
    hashed: false,
    token: { ...(isDark ? dark : light), motion, borderRadius: 8, fontFamily: FONT, fontSize: 14 },
    components: { Button: { primaryShadow: 'none', dangerShadow: 'none', ...(isDark ? darkButton : {}) } },
  };
}
