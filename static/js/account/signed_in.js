/** Where a sign-in in a tab of its own ends: the page that waits for it goes on. */

import { tellSignedIn } from "../lib/sign_in.js";

tellSignedIn();
