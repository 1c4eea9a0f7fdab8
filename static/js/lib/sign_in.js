/** How a page that was left hears that somebody has signed in elsewhere in the same browser. */

const CHANNEL = "signed-in";

/** Tell every page of this browser. */
export function tellSignedIn() {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(null);
  channel.close();
}

/** @param {() => void} callback */
export function onSignedIn(callback) {
  new BroadcastChannel(CHANNEL).addEventListener("message", callback);
}
