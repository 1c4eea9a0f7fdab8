/** A shared speech, as somebody without an account sees it. */

import { followQuotes } from "../speech/reading.js";

followQuotes();
