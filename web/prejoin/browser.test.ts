// Browsers that messengers bring, and what they are told.
import { describe, expect, test } from "vitest";
import { app, canCall, cannotCall, inOwnBrowser } from "./browser.ts";

const IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";
const ANDROID = "Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/AP1A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0 Mobile Safari/537.36";
const CHROME = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36";
const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

describe("a browser", () => {
  test.each([
    [`${IPHONE} Mobile/15E148 Instagram 330.0`, "Instagram"],
    [`${IPHONE} Mobile/15E148 [FBAN/FBIOS;FBAV/450.0]`, "Facebook"],
    [`${IPHONE} Mobile/15E148 [FBAN/MessengerForiOS;FBAV/450.0]`, "Messenger"],
    [`${ANDROID} [FB_IAB/FB4A;FBAV/450.0]`, "Facebook"],
    [`${IPHONE} Mobile/15E148 MicroMessenger/8.0.49`, "WeChat"],
    [`${IPHONE} Mobile/15E148 Safari Line/14.8.0`, "LINE"],
    [`${IPHONE} Mobile/15E148 [LinkedInApp]/9.29`, "LinkedIn"],
    [ANDROID, ""],
    [CHROME, null],
    [FIREFOX, null],
    [`${IPHONE} Version/17.5 Mobile/15E148 Safari/604.1`, null],
  ])("%s is that of %s", (userAgent, name) => expect(app(userAgent)).toBe(name));

  test("without calls is told so", () => {
    expect(canCall({ RTCPeerConnection: class {}, WebSocket: class {} })).toBe(true);
    expect(canCall({ WebSocket: class {} })).toBe(false);
    expect(canCall({ RTCPeerConnection: class {} })).toBe(false);
  });

  test("is named where it has a name", () => {
    expect(cannotCall(`${IPHONE} Instagram 330.0`).heading).toBe("The browser in Instagram can’t hold a video call.");
    expect(cannotCall(ANDROID).heading).toBe("This app’s own browser can’t hold a video call.");
    expect(cannotCall(FIREFOX).line).toContain("Firefox or Safari");
  });

  test("of an Android app can hand the link on", () => {
    const link = "https://meet.example/m/abc-def";
    expect(inOwnBrowser(link, ANDROID)).toBe("intent://meet.example/m/abc-def#Intent;scheme=https;end");
    expect(inOwnBrowser(link, CHROME)).toBeNull();
    expect(inOwnBrowser(link, `${IPHONE} Instagram 330.0`)).toBeNull();
  });
});
