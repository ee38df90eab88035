// htmx extension "no-eval": attributes that carry script (hx-on, js: values) fail loudly instead of being evaluated.
function RefuseToEvaluate() {
  throw new EvalError("Attributes may not carry script on this site.");
}

window.htmx.registerExtension("no-eval", {
  /** @param {{initSecurity(...words: unknown[]): void}} api */
  init: (api) => api.initSecurity(null, RefuseToEvaluate, RefuseToEvaluate),
});
