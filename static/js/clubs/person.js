/** The page of a person: their last speeches as one chart. */

import "../elements/speech-chart.js";
