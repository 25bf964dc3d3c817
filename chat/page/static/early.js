// Runs before the first paint, so that chosen colours and text size do not flash.
for (const name of ["size", "colours"]) {
  try {
    const value = localStorage.getItem("caveat-" + name);
    if (value) document.documentElement.dataset[name] = value;
  } catch { /* storage is switched off: the device's own settings stand */ }
}
