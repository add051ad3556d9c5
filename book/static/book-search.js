// Excerpts under the results. Sphinx fetches every page that it found, which a browser refuses where
// pages are opened as files, and which is megabytes elsewhere. Here the plain texts come in one file.
"use strict";

if (typeof Search !== "undefined" && window.bookTexts) {
  const suffix = DOCUMENTATION_OPTIONS.FILE_SUFFIX;
  const root = document.documentElement.dataset.content_root;
  window.fetch = (address) => {
    const name = String(address).slice(root.length, -suffix.length);
    return Promise.resolve({ text: () => Promise.resolve(window.bookTexts[name] || "") });
  };
  Search.htmlToText = (text) => text;
}
