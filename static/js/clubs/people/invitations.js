/** The page that shows the link of a new invitation. */

import "../../elements/copy-field.js";
