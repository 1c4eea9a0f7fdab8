/** The page of a finished speech. */

import "../../elements/copy-field.js";
import "../../elements/speech-chart.js";
import { followQuotes } from "../../speech/reading.js";

followQuotes();
