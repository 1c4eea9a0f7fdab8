/** The first meeting of a club: its clock is probably that of whoever plans it. */

const form = document.querySelector("[data-guess-zone]");
const zone = form?.querySelector("select[name=time_zone]");
if (zone instanceof HTMLSelectElement) {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if ([...zone.options].some(({ value }) => value === here)) zone.value = here;
}
