/** The page of a finished speech. */

import "../../elements/copy-field.js";
import { followQuotes } from "../../speech/reading.js";

followQuotes();
