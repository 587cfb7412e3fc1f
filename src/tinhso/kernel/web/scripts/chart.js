// Charts: ECharts fed from the JSON beside it, in the theme's own colours; the table behind the switch says the same.
const colours = getComputedStyle(document.documentElement);
const colour = (name) => colours.getPropertyValue(`--${name}`).trim();

document.querySelectorAll("[data-chart]").forEach((place) => {
  const given = JSON.parse(document.getElementById(place.dataset.chart).textContent);
  const text = { color: colour("ink-soft"), fontFamily: colour("font-text"), fontSize: 14 };
  const line = { lineStyle: { color: colour("line") } };
  const axis = { axisLabel: text, axisLine: line, axisTick: line, splitLine: line, nameTextStyle: text };
  const dress = (side, kind) => ({ ...axis, type: kind, ...side });
  const chart = window.echarts.init(place, null, { renderer: "svg" });
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  chart.setOption({
    animation: !still, animationDuration: 150, textStyle: text, color: ["blue", "green", "amber", "peach", "ink-soft"].map(colour),
    grid: { left: 8, right: 16, top: 32, bottom: 8, containLabel: true }, tooltip: { trigger: "axis" }, legend: { top: 0, left: 0, textStyle: text },
    ...given,
    ...(given.series?.[0]?.type === "pie" ? {} : { xAxis: dress(given.xAxis, "category"), yAxis: dress(given.yAxis, "value") }),
  });
  new ResizeObserver(() => chart.resize()).observe(place);
});
