/** A speech on an agenda: presets fill its form in. */

import "../../elements/project-presets.js";
