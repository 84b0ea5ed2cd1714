// Follows a ballot that the reader makes up through every round; the page's tables say the same.
(() => {
  const data = JSON.parse(document.getElementById("follow-data").textContent);
  const form = document.getElementById("follow"), list = document.getElementById("followed");
  const show = () => {
    const section = form.elements.section.value;
    const ranks = [...form.querySelectorAll("[name=rank]")].map((each) => each.value);
    const ranking = ranks.filter((name, at) => name && ranks.indexOf(name) === at);
    list.replaceChildren();
    if (!ranking.length) return;
    data.standing.forEach((standing, round) => {
      const holder = ranking.find((name) => standing.includes(name));
      const worth = holder && data.worth[section][round][holder];
      const item = document.createElement("li");
      item.textContent = holder
        ? `Round ${round + 1}: with ${data.names[holder]}` +
          (worth ? `, worth ${worth} per cent of ${data.whole}.` : ".")
        : `Round ${round + 1}: with nobody. It is non-transferable.`;
      list.append(item);
    });
  };
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", show);
  show();
})();
