// Whether this browser can hold a video call, and whose it is: many messengers open links in one of their own.
import { t } from "../i18n/index.ts";

/** By what its User-Agent says. An app that says nothing looks like a browser, and is asked what it can do. */
const APPS: readonly (readonly [RegExp, string])[] = [
  [/\bMessengerForiOS|FB_IAB\/(?:Messenger|Orca)|\bFBAN\/Messenger/i, "Messenger"],
  [/\bFBAN|\bFBAV|\bFB_IAB/, "Facebook"],
  [/\bInstagram\b/, "Instagram"],
  [/\bWhatsApp\b/, "WhatsApp"],
  [/\bTelegram\b/, "Telegram"],
  [/\bLine\//, "LINE"],
  [/\bMicroMessenger\b/, "WeChat"],
  [/\bLinkedInApp\b/, "LinkedIn"],
  [/\bSnapchat\b/, "Snapchat"],
  [/\bmusical_ly\b|\bBytedanceWebview\b|\bTikTok\b/i, "TikTok"],
  [/\bTwitter\b/, "X"],
  [/\bKAKAOTALK\b/i, "KakaoTalk"],
  [/\bViber\b/i, "Viber"],
  [/\bGSA\//, "Google"],
];
/** Any other Android app that shows pages by itself. */
const ANDROID_APP = /\bAndroid\b.*;\s*wv\)/;

/** The app that this browser belongs to, "" for one without a name, null for a browser of its own. */
export function app(userAgent: string): string | null {
  const [, name] = APPS.find(([pattern]) => pattern.test(userAgent)) ?? [];
  return name ?? (ANDROID_APP.test(userAgent) ? "" : null);
}

/** Without this nothing can be sent or received: no device would help. */
export function canCall(window: { RTCPeerConnection?: unknown; WebSocket?: unknown } = globalThis): boolean {
  return typeof window.RTCPeerConnection === "function" && typeof window.WebSocket === "function";
}

/** What the page says where it cannot call. */
export function cannotCall(userAgent: string): { heading: string; line: string } {
  const name = app(userAgent);
  if (name === null) {
    return {
      heading: t("This browser can’t hold a video call."),
      line: t("Open the link in a recent Chrome, Edge, Firefox or Safari."),
    };
  }
  return {
    heading: name === "" ? t("This app’s own browser can’t hold a video call.") : t("The browser in %(app)s can’t hold a video call.", { app: name }),
    line: t("Open the link in your browser: choose “Open in browser” in the menu of this page, or copy the link and paste it there."),
  };
}

/** An address that makes Android open the link in the person's own browser; null on other systems, which have none. */
export function inOwnBrowser(link: string, userAgent: string): string | null {
  if (!/\bAndroid\b/.test(userAgent) || app(userAgent) === null) return null;
  const { protocol, host, pathname } = new URL(link);
  return `intent://${host}${pathname}#Intent;scheme=${protocol.replace(":", "")};end`;
}
