import type { Signs } from '../../../local/sandbox/labels.ts';

/** What the sandbox model goes by at the IT desk. */
export const SIGNS: Signs = {
  account: [
    [
      /\b(password|passcode|account|sign[ -]?in|log ?in|locked out|authenticator|two-factor|second factor|backup codes?)\b/,
      3,
    ],
    [/\b(mailbox|e-?mails?|mails?|out-of-office|calendar|attachment|inbox|phishing)\b/, 3],
  ],
  device: [
    [/\b(laptop|notebook|macbook|computer|battery|charger|disk|mac)\b/, 3],
    [/\b(toner|paper|monitor|screen|keyboard|mouse|headset|docking|projector|badge|door)\b/, 3],
    [/\b(printers?|print\w*|scan\w*)\b/, 4],
    [/\b(work phone|phone|sim|roaming|iphone|usb)\b/, 2],
  ],
  network: [
    [
      /\b(vpn|wi-?fi|wlan|internet|network|connection|guest|hotspot|shared folder|cloud drive|synchroni[sz]ed?|sync|northgate connect)\b/,
      3,
    ],
    [/\b(backup|restore|file|files|folder)\b/, 2],
  ],
  software: [
    [
      /\b(software|program|app|install\w*|licen[cs]e|update\w*|office programs|browser|certificate|cache|video call|meeting room|recording|wiki|expense\w*|receipts?|virtual desktop)\b/,
      3,
    ],
  ],
  access: [[/\b(access to|rights|permissions?|admin\w*)\b/, 4]],
  security: [[/\b(virus|malware|stolen|hacked|ransom\w*)\b/, 4]],
};
