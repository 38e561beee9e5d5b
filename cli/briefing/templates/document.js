// Draws every chart again so that it fits the page and answers the pointer. What was drawn when the
// page was made stays for print, and for a browser in which this fails.
"use strict";
(() => {
  const narrow = 480; // px
  const labelShare = 0.36; // of the width, for names beside a narrow chart
  const fitted = (spec, width) => {
    spec.width = "container";
    delete spec.encoding?.y?.axis?.minExtent; // an estimate, for where no browser measures
    if (width < narrow) {
      spec.config.axis.labelLimit = Math.round(width * labelShare);
      spec.config.legend = { ...spec.config.legend, columns: 1, labelFontSize: 10 };
    }
    return spec;
  };
  const draw = async (figure) => {
    const live = figure.querySelector(".live");
    const drawn = figure.querySelector(".drawn");
    const spec = JSON.parse(figure.querySelector("script").textContent);
    live.hidden = false;
    try {
      const tooltip = { theme: "plain", disableDefaultStyle: true };
      const options = { actions: false, renderer: "svg", ast: true, tooltip };
      await vegaEmbed(live, fitted(spec, figure.clientWidth), options);
      live.setAttribute("role", "img");
      live.setAttribute("aria-label", drawn.alt);
      drawn.style.display = "none";
    } catch (error) {
      live.hidden = true;
      console.warn(`chart stays as it was drawn: ${error.message}`);
    }
  };
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (entry.isIntersecting) {
        seen.unobserve(entry.target);
        draw(entry.target);
      }
    }
  }, { rootMargin: "600px" });
  for (const figure of document.querySelectorAll("figure.chart")) seen.observe(figure);
})();
