(() => {
  'use strict';

  const data = JSON.parse(document.getElementById('report-data').textContent);
  const messages = JSON.parse(document.getElementById('report-messages').textContent);
  const TAGS = { en: 'en', zh: 'zh-Hant' };
  const LOCALES = { en: 'en', zh: 'zh-Hant-TW' };
  const STORED = 'portrait.language';
  const NARROW = 560;
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  const charts = [];
  let language = firstLanguage();

  // Language: the address (#zh), else what was chosen last, else the browser's.

  function firstLanguage() {
    const asked = location.hash.slice(1);
    if (asked in TAGS) return asked;
    try {
      const stored = localStorage.getItem(STORED);
      if (stored in TAGS) return stored;
    } catch (e) {
      // Storage may be refused to a local file.
    }
    return (navigator.language || '').toLowerCase().startsWith('zh') ? 'zh' : 'en';
  }

  function rememberLanguage() {
    try {
      localStorage.setItem(STORED, language);
    } catch (e) {
      // Then the address alone remembers.
    }
    history.replaceState(null, '', '#' + language);
  }

  function say(key, values) {
    const text = messages[language][key];
    if (text === undefined) return key;
    return text.replace(/\{([a-z]+)\}/g, (slot, name) =>
      values && name in values ? values[name] : slot);
  }

  function sayOr(key, otherwise) {
    return key in messages[language] ? messages[language][key] : otherwise;
  }

  function title(item, part = 'title') {
    return item[part + (language === 'zh' ? 'Zh' : 'En')] || item.code || '';
  }

  function listed(items) {
    return items.join(language === 'zh' ? '、' : ', ');
  }

  // Numbers and dates.

  const formats = new Map();

  function format(value, options) {
    if (value === null || value === undefined) return say('none');
    const key = language + JSON.stringify(options);
    if (!formats.has(key)) formats.set(key, new Intl.NumberFormat(LOCALES[language], options));
    return formats.get(key).format(value);
  }

  const count = (value) => format(value, {});
  const difference = (value) => format(value, { signDisplay: 'exceptZero' });
  const percent = (value) =>
    format(value, { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const tick = (value) => format(value, { style: 'percent', maximumFractionDigits: 1 });
  const signed = (value) =>
    format(value, { signDisplay: 'exceptZero', minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const short = (value) => format(value, { notation: 'compact', maximumFractionDigits: 1 });

  const rounded = (value) => format(value, { style: 'percent', maximumFractionDigits: 0 });
  const digits = (value, places) =>
    format(value, { minimumFractionDigits: places, maximumFractionDigits: places });

  function plain(value) {
    const size = Math.abs(value);
    return format(value, { maximumFractionDigits: size < 10 ? 2 : size < 1000 ? 1 : 0 });
  }

  function money(value) {
    const whole = Math.abs(value) >= 1000;
    const digits = whole ? 0 : data.decimals;
    return format(value, {
      style: 'currency',
      currency: data.currency,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
  }

  function bound(value) {
    const digits = Number.isInteger(value) ? 0 : data.decimals;
    return format(value, {
      style: 'currency',
      currency: data.currency,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
  }

  // Bands: of an amount, of points, of a probability.

  const amountRange = (band) => (band.upper === null
    ? say('and.more', { from: bound(band.lower) })
    : say('range', { from: bound(band.lower), to: bound(band.upper) }));
  const amountsFrom = (band) => short(band.lower) + (band.upper === null ? '+' : '');
  const pointRange = (band) => say('range', { from: plain(band.lower), to: plain(band.upper) });
  const chanceRange = (band) => say('range', { from: rounded(band.lower), to: rounded(band.upper) });
  const largest = (bands) => bands.reduce((a, b) => (b.customers > a.customers ? b : a));

  function day(text, style = 'long') {
    return new Intl.DateTimeFormat(LOCALES[language], { dateStyle: style, timeZone: 'UTC' })
      .format(new Date(text + 'T00:00:00Z'));
  }

  function moment(text) {
    return new Intl.DateTimeFormat(LOCALES[language], {
      dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC',
    }).format(new Date(text));
  }

  const ratio = (part, whole) => (part === null || !whole ? null : part / whole);
  const total = (rows, value) => rows.reduce((sum, row) => sum + (value(row) || 0), 0);

  /** Says why amounts are missing, where there are groups that are too small for one. */
  const few = (groups) => (groups.some((group) => group.customers > 0 && group.customers < 5)
    ? paragraph('note', say('few')) : null);

  // Elements. Text always enters as text.

  function make(name, attributes, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (value !== null && value !== undefined) element.setAttribute(key, value);
    }
    for (const child of children) {
      if (child !== null && child !== undefined) element.append(child);
    }
    return element;
  }

  const paragraph = (kind, text) => make('p', { class: kind }, text);
  const under = (text) => make('span', { class: 'under' }, text);
  const code = (text) => make('code', {}, text);

  function named(name, more) {
    const fragment = document.createDocumentFragment();
    fragment.append(name);
    if (more) fragment.append(under(more));
    return fragment;
  }

  function empty(step) {
    return paragraph('empty', say('empty', { step: say('step.' + step) }));
  }

  function block(heading, note, ...children) {
    return make('div', { class: 'block' },
      make('h3', {}, heading), note ? paragraph('note', note) : null, ...children);
  }

  /** Chart and table, below each other, or beside each other where there is room. */
  function pair(kind, ...children) {
    return make('div', { class: 'pair' + (kind ? ' ' + kind : '') }, ...children);
  }

  /**
   * A table. Its first column names the row. Roles are explicit because a phone shows a wide table
   * as a list of rows, which would take them away.
   */
  function table(caption, columns, rows, kind = '') {
    const head = make('tr', { role: 'row' }, ...columns.map((column) => make('th', {
      role: 'columnheader', scope: 'col', class: column.number ? 'number' : null,
    }, column.title)));
    const body = rows.map((cells) => make('tr', { role: 'row' }, ...cells.map((cell, i) =>
      i === 0
        ? make('th', { role: 'rowheader', scope: 'row' }, cell)
        : make('td', {
          role: 'cell', class: columns[i].number ? 'number' : null, 'data-title': columns[i].title,
        }, cell))));
    return make('div', { class: 'table' + (kind.includes('scroll') ? ' scroll' : '') },
      make('table', { role: 'table', class: kind },
        make('caption', { class: kind.includes('quiet') ? 'unseen' : null }, make('span', {}, caption)),
        make('thead', { role: 'rowgroup' }, head),
        make('tbody', { role: 'rowgroup' }, ...body)));
  }

  /** A region that scrolls must be reachable by keyboard, and only then. */
  function markScrolling() {
    for (const region of document.querySelectorAll('.table')) {
      const scrolls = region.scrollWidth > region.clientWidth + 1
        || region.scrollHeight > region.clientHeight + 1;
      if (scrolls) {
        region.tabIndex = 0;
        region.setAttribute('role', 'region');
        region.setAttribute('aria-label', region.querySelector('caption').textContent);
      } else {
        region.removeAttribute('tabindex');
        region.removeAttribute('role');
        region.removeAttribute('aria-label');
      }
    }
  }

  // Charts.

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();

  function channels(hex) {
    return [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
  }

  function mix(from, to, share) {
    const a = channels(colour(from));
    const b = channels(colour(to));
    const hex = a.map((value, i) => Math.round(value + (b[i] - value) * share));
    return '#' + hex.map((value) => value.toString(16).padStart(2, '0')).join('');
  }

  /** Black or white, whichever is easier to read on a colour. */
  function inkOn(hex) {
    const light = channels(hex)
      .map((value) => value / 255)
      .map((value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
      .reduce((sum, value, i) => sum + value * [0.2126, 0.7152, 0.0722][i], 0);
    return light > 0.18 ? '#10181c' : '#ffffff';
  }

  /**
   * A chart.
   *
   * @param summary what it shows, in words
   * @param height pixels, from its width
   * @param option ECharts' option, from its width
   */
  function chart(summary, height, option) {
    const place = make('div', { class: 'chart', role: 'img', 'aria-label': summary });
    charts.push({ place, summary, height, option, width: 0, instance: null });
    return make('figure', {}, place);
  }

  function draw(item) {
    const width = item.place.clientWidth;
    if (width === 0 || width === item.width) return;
    item.width = width;
    item.place.style.height = item.height(width) + 'px';
    if (item.instance === null) {
      item.instance = echarts.init(item.place, null, { renderer: 'svg' });
    } else {
      item.instance.resize();
    }
    item.instance.setOption({
      animation: false,
      aria: { enabled: true, label: { description: item.summary } },
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: colour('ink') },
      ...item.option(width),
    }, true);
  }

  const watcher = new ResizeObserver(() => {
    charts.forEach(draw);
    markScrolling();
  });

  // Tool tips are drawn as text, so that no name can become markup.
  const tip = (formatter) => ({
    renderMode: 'richText',
    confine: true,
    backgroundColor: colour('surface'),
    borderColor: colour('line'),
    textStyle: { color: colour('ink'), fontSize: 13 },
    formatter,
  });

  const label = (more) => ({ color: colour('muted'), fontSize: 12, ...more });

  function valueAxis(formatter, more) {
    return {
      type: 'value',
      axisLabel: label({ formatter, hideOverlap: true }),
      splitLine: { lineStyle: { color: colour('line') } },
      ...more,
    };
  }

  function nameAxis(names, width, more) {
    return {
      type: 'category',
      data: names,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: colour('line') } },
      axisLabel: label({ width: nameWidth(width, names), overflow: 'break', color: colour('ink'), lineHeight: 15 }),
      ...more,
    };
  }

  /** Room for the longest name, at most a third of the width. */
  function nameWidth(width, names) {
    const lengths = names.map((name) =>
      [...name].reduce((sum, letter) => sum + (letter.codePointAt(0) > 0x2e80 ? 12.5 : 7), 4));
    return Math.round(Math.min(190, width * 0.36, Math.max(...lengths)));
  }

  /** Horizontal bars, first name on top. */
  function bars(summary, items, series, formatter, more = {}) {
    return chart(summary, () => 46 + items.length * (20 + 14 * series.length) + (series.length > 1 ? 26 : 0),
      (width) => ({
        grid: { left: nameWidth(width, items) + 12, right: 58, top: series.length > 1 ? 34 : 6, bottom: 26 },
        legend: series.length > 1
          ? { top: 0, left: 0, itemWidth: 14, itemHeight: 10, textStyle: { color: colour('ink') } } : undefined,
        tooltip: {
          trigger: 'axis', axisPointer: { type: 'shadow' },
          ...tip((points) => [points[0].name, ...points.map((point) =>
            point.seriesName + '  ' + formatter(point.value))].join('\n')),
        },
        xAxis: valueAxis(more.axis || formatter, { splitNumber: width < NARROW ? 2 : 5 }),
        yAxis: nameAxis(items, width, { inverse: true }),
        series: series.map((one, i) => ({
          name: one.name,
          type: 'bar',
          barMaxWidth: 20,
          itemStyle: { color: colour('series-' + (i + 1)), borderRadius: 3 },
          label: {
            show: true, position: 'right', color: colour('ink'), fontSize: 12,
            formatter: (point) => formatter(point.value),
          },
          data: one.values,
        })),
      }));
  }

  /** Vertical bars, one a band; a band without an upper bound has another colour. */
  function histogram(summary, bands, axis, name, range) {
    return chart(summary, () => 300, (width) => ({
      grid: { left: 52, right: 12, top: 12, bottom: 46 },
      tooltip: tip((point) => range(bands[point.dataIndex]) + '\n'
        + say('column.customers') + '  ' + count(point.value)),
      xAxis: {
        type: 'category', data: bands.map(name), name: axis, nameLocation: 'middle', nameGap: 30,
        nameTextStyle: { color: colour('muted') },
        axisLabel: label({ hideOverlap: true }), axisTick: { show: false },
        axisLine: { lineStyle: { color: colour('line') } },
      },
      yAxis: valueAxis(short, { splitNumber: width < NARROW ? 3 : 5, minInterval: 1 }),
      series: [{
        type: 'bar', barCategoryGap: '8%',
        data: bands.map((band) => ({
          value: band.customers,
          itemStyle: { color: colour(band.upper === null ? 'series-5' : 'series-1'), borderRadius: [3, 3, 0, 0] },
        })),
      }],
    }));
  }

  /**
   * Customers by two short scales.
   *
   * @param points a cell each: value [column, row, customers], name
   * @param most customers of the largest cell
   * @param scales columns, rows, their names, and what the tool tip of a cell says
   */
  function heatMap(summary, points, most, scales) {
    const axis = (data, name, gap) => ({
      type: 'category', data: data.map(String), name, nameLocation: 'middle', nameGap: gap,
      nameTextStyle: { color: colour('muted') }, axisLabel: label({}), axisTick: { show: false }, axisLine: { show: false },
    });
    return chart(summary, (width) => Math.min(430, Math.max(300, Math.round(width * 0.7))), (width) => ({
      grid: { left: 52, right: 8, top: 8, bottom: 52 },
      tooltip: tip((point) => scales.tip(point.value[0], point.value[1], point).join('\n')),
      xAxis: axis(scales.columns, scales.columnName, 30),
      yAxis: axis(scales.rows, scales.rowName, 28),
      series: [{
        type: 'heatmap',
        data: points.map((point) => {
          const fill = mix('low', 'high', point.value[2] / most);
          const isEmpty = point.value[2] === 0;
          return {
            ...point,
            itemStyle: { color: isEmpty ? colour('faint') : fill },
            label: { color: isEmpty ? colour('muted') : inkOn(fill) },
          };
        }),
        itemStyle: { borderColor: colour('surface'), borderWidth: 3, borderRadius: 4 },
        emphasis: { itemStyle: { borderColor: colour('accent') } },
        label: {
          show: true, fontSize: width < NARROW ? 12 : 14,
          formatter: (point) => (width < NARROW ? short(point.value[2]) : count(point.value[2])),
        },
      }],
      visualMap: { show: false, min: 0, max: most, inRange: { colorAlpha: 1 } },
    }));
  }

  // Parts of the page.

  const LIFECYCLE = ['new', 'active', 'returned', 'dormant', 'lost'];

  const segments = [...data.segments].sort((a, b) =>
    b.customers - a.customers || (a.code < b.code ? -1 : 1));
  const states = [...data.lifecycle].sort((a, b) =>
    (LIFECYCLE.indexOf(a.code) + 99) % 99 - (LIFECYCLE.indexOf(b.code) + 99) % 99);

  function overview() {
    const now = data.headline;
    const before = data.previousHeadline || {};
    const since = (value, earlier, write) =>
      value === null || earlier === null || earlier === undefined ? null
        : say('overview.since', { difference: write(value - earlier), date: day(data.previousAsOf, 'medium') });
    const signedMoney = (value) => (value > 0 ? '+' : '') + money(value);
    const alive = states.filter((state) => !['dormant', 'lost'].includes(state.code));
    const lifecycleTotal = total(states, (state) => state.customers);
    const aliveTotal = total(alive, (state) => state.customers);
    const average = ratio(now.sales, now.orders);
    const averageBefore = before.sales === undefined ? null : ratio(before.sales, before.orders);
    const card = (name, key, value, ...notes) => make('div', { class: 'card' },
      make('dt', {}, name),
      make('dd', {},
        make('div', { class: 'figure', 'data-figure': key }, value),
        ...notes.filter((note) => note !== null).map((note) => make('div', { class: 'under' }, note))));
    return [make('dl', { class: 'cards' },
      card(say('overview.customers'), 'customers', count(now.customers),
        since(now.customers, before.customers, difference)),
      card(say('overview.buyers'), 'buyers', count(now.buyers),
        now.customers ? say('overview.buyers.note', { share: percent(now.buyers / now.customers) }) : null,
        since(now.buyers, before.buyers, difference)),
      card(say('overview.sales'), 'sales', money(now.sales),
        say('overview.sales.note'), since(now.sales, before.sales, signedMoney)),
      card(say('overview.average'), 'average', money(average),
        now.orders ? say('overview.orders.note', { orders: count(now.orders) }) : null,
        since(average, averageBefore, signedMoney)),
      card(say('overview.active'), 'active', percent(ratio(aliveTotal, lifecycleTotal)),
        lifecycleTotal ? say('overview.active.note', { customers: count(aliveTotal) }) : null),
      card(say('overview.asof'), 'asOf', day(data.asOf, 'medium'), say('overview.asof.note')))];
  }

  function changes() {
    if (!data.previousAsOf) return [paragraph('empty', say('changes.first'))];
    const before = data.previousHeadline;
    const now = data.headline;
    const comparison = [
      { title: say('column.before'), number: true },
      { title: say('column.now'), number: true },
      { title: say('column.difference'), number: true },
    ];
    const gap = (a, b) => (a === null || b === null || a === undefined || b === undefined ? null : a - b);
    const compare = (name, a, b, write) => {
      const by = gap(a, b);
      return [name, write(b), write(a), write === count ? difference(by)
        : by === null ? say('none') : (by > 0 ? '+' : '') + money(by)];
    };
    const part = (heading, first, rows) => {
      const known = rows.filter((row) => gap(row.customers, row.previousCustomers) !== null);
      if (known.length === 0) return null;
      const values = known.map((row) => row.customers - row.previousCustomers);
      const summary = say('changes.summary', {
        date: day(data.previousAsOf),
        items: listed(known.map((row, i) => title(row) + ' ' + difference(values[i]))),
      });
      return block(heading, null, pair('beside',
        chart(summary, () => 40 + known.length * 32, (width) => ({
          grid: { left: nameWidth(width, known.map((row) => title(row))) + 12, right: 16, top: 6, bottom: 26 },
          tooltip: tip((point) => point.name + '  ' + difference(point.value)),
          xAxis: valueAxis(difference, {
            splitNumber: width < NARROW ? 2 : 4,
            boundaryGap: ['12%', '12%'],
            minInterval: 1,
          }),
          yAxis: nameAxis(known.map((row) => title(row)), width, { inverse: true, axisLine: { show: false } }),
          series: [{
            name: say('changes.chart'),
            type: 'bar',
            barMaxWidth: 20,
            data: values.map((value) => ({
              value,
              itemStyle: { color: colour(value < 0 ? 'below' : 'above'), borderRadius: 3 },
              label: { position: value < 0 ? 'left' : 'right' },
            })),
            label: {
              show: true, color: colour('ink'), fontSize: 12, formatter: (point) => difference(point.value),
            },
          }],
        })),
        table(heading, [{ title: first }, ...comparison],
          rows.map((row) => compare(title(row), row.customers, row.previousCustomers, count)),
          'quiet')));
    };
    return [
      paragraph('lead', say('changes.lead', { date: day(data.previousAsOf) })),
      table(say('changes.totals'), [{ title: say('changes.measure') }, ...comparison], [
        compare(say('overview.customers'), now.customers, before.customers, count),
        compare(say('overview.buyers'), now.buyers, before.buyers, count),
        compare(say('overview.sales'), now.sales, before.sales, money),
        compare(say('changes.orders'), now.orders, before.orders, count),
      ], 'stack'),
      part(say('changes.segments'), say('changes.segment'), segments),
      data.flows.length > 0 ? flows() : null,
      part(say('changes.states'), say('lifecycle.state'), states),
    ];
  }

  /** Who went from which segment to which; those who stayed are the straight bands. */
  function flows() {
    const titles = new Map(segments.map((segment) => [segment.code, title(segment)]));
    const known = (name, nobody) => (name === null ? say(nobody) : titles.get(name) || name);
    const before = (flow) => known(flow.from, 'changes.flows.arrived');
    const now = (flow) => known(flow.to, 'changes.flows.gone');
    const rows = [...data.flows].sort((a, b) => b.customers - a.customers);
    const moved = rows.filter((flow) => flow.from !== flow.to);
    const all = total(rows, (flow) => flow.customers);
    const summary = say('changes.flows.summary', {
      moved: percent(ratio(total(moved, (flow) => flow.customers), all)),
      items: listed(moved.slice(0, 5).map((flow) => before(flow) + ' → ' + now(flow) + ' ' + count(flow.customers))),
    });
    const places = [...segments.map((segment) => title(segment)), say('changes.flows.arrived'), say('changes.flows.gone')];
    // A name stands on both sides, and a node needs one of its own.
    const node = (side, name) => side + name;
    const shade = (name) => mix('low', 'high', 0.25 + 0.75 * (places.indexOf(name) / places.length));
    const nodes = [...new Set([
      ...rows.map((flow) => node('<', before(flow))), ...rows.map((flow) => node('>', now(flow))),
    ])];
    const map = chart(summary, (width) => (width < NARROW ? 460 : 520), (width) => ({
      tooltip: tip((point) => (point.dataType === 'edge'
        ? point.data.source.slice(1) + ' → ' + point.data.target.slice(1) + '\n' + count(point.value)
        : point.name.slice(1) + '\n' + count(point.value))),
      series: [{
        type: 'sankey',
        left: 4, right: nameWidth(width, places) + 8, top: 8, bottom: 8,
        nodeGap: 10, nodeWidth: 14, draggable: false,
        label: {
          color: colour('ink'), fontSize: 12, width: nameWidth(width, places), overflow: 'break',
          formatter: (point) => (width < NARROW && point.name.startsWith('<') ? '' : point.name.slice(1)),
        },
        lineStyle: { color: 'source', opacity: 0.35, curveness: 0.5 },
        data: nodes.map((name) => ({ name, itemStyle: { color: shade(name.slice(1)) } })),
        links: rows.map((flow) => ({
          source: node('<', before(flow)), target: node('>', now(flow)), value: flow.customers,
        })),
      }],
    }));
    return block(say('changes.flows'), say('changes.flows.note'), pair('', map,
      table(say('changes.flows.table'), [
        { title: say('changes.flows.from') },
        { title: say('changes.flows.to') },
        { title: say('column.customers'), number: true },
        { title: say('column.share'), number: true },
      ], moved.slice(0, 20).map((flow) => [
        before(flow), now(flow), count(flow.customers), percent(ratio(flow.customers, all)),
      ]), 'scroll')));
  }

  // How much a customer can and will buy, how loyal they are, whether they leave.

  /** Scores whose points are shown; the others are in the table of all. */
  const SHOWN_SCORES = ['purchasing_power', 'loyalty', 'credit'];

  function scores() {
    if (data.scores.length === 0) return [empty('score')];
    return [
      paragraph('lead', say('scores.lead')),
      allScores(),
      data.powerByLoyalty.length > 0 ? powerByLoyalty() : null,
      ...data.scores.filter((score) => SHOWN_SCORES.includes(score.code) && score.points.length > 0)
        .map(scorePoints),
      data.credit.length > 0 ? credit() : null,
    ];
  }

  function allScores() {
    const graded = data.scores.filter((score) => score.levels.length > 0);
    const most = Math.max(0, ...graded.flatMap((score) => score.levels.map((one) => one.level)));
    const levels = Array.from({ length: most }, (unused, i) => i + 1);
    const at = (score, level) => (score.levels.find((one) => one.level === level) || { customers: 0 }).customers;
    const share = (score, level) => ratio(at(score, level), total(score.levels, (one) => one.customers));
    const names = graded.map((score) => title(score));
    const fill = (level) => mix('low', 'high', most > 1 ? (level - 1) / (most - 1) : 1);
    const summary = say('scores.summary', {
      items: listed(graded.map((score) => title(score) + ' ' + percent(share(score, most)))),
    });
    const bars = graded.length === 0 ? null : chart(summary, () => 66 + graded.length * 34, (width) => ({
      grid: { left: nameWidth(width, names) + 12, right: 24, top: 34, bottom: 26 },
      legend: { top: 0, left: 0, itemWidth: 14, itemHeight: 10, itemGap: 8, textStyle: { color: colour('ink'), fontSize: 12 } },
      tooltip: {
        trigger: 'axis', axisPointer: { type: 'shadow' },
        ...tip((shown) => [shown[0].name, ...shown.map((point) =>
          point.seriesName + '  ' + percent(point.value))].join('\n')),
      },
      xAxis: valueAxis(tick, { max: 1, splitNumber: width < NARROW ? 2 : 5 }),
      yAxis: nameAxis(names, width, { inverse: true }),
      series: levels.map((level) => ({
        name: say('scores.level', { level }), type: 'bar', stack: 'levels', barMaxWidth: 22,
        color: fill(level),
        itemStyle: { borderColor: colour('surface'), borderWidth: 0.5 },
        label: {
          show: true, color: inkOn(fill(level)), fontSize: 12,
          formatter: (point) => (point.value * width < 45 ? '' : rounded(point.value)),
        },
        data: graded.map((score) => share(score, level)),
      })),
    }));
    return block(say('scores.levels'), say('scores.levels.note'), pair('', bars,
      table(say('scores.table'), [
        { title: say('scores.score') },
        { title: say('scores.mean'), number: true },
        { title: say('scores.covered'), number: true },
        { title: say('scores.known'), number: true },
        ...levels.map((level) => ({ title: say('scores.level', { level }), number: true })),
      ], data.scores.map((score) => [
        title(score), score.mean === null ? say('none') : digits(score.mean, 1),
        percent(ratio(score.scoredCustomers, score.customers)), percent(score.coverage),
        ...levels.map((level) => (score.levels.length === 0 ? say('none') : count(at(score, level)))),
      ]), 'stack')));
  }

  function powerByLoyalty() {
    const scale = (value) => Array.from(
      { length: Math.max(...data.powerByLoyalty.map(value)) }, (unused, i) => i + 1);
    const powers = scale((cell) => cell.power);
    const loyalties = scale((cell) => cell.loyalty);
    const at = (power, loyalty) => (data.powerByLoyalty.find((cell) =>
      cell.power === power && cell.loyalty === loyalty) || { customers: 0 }).customers;
    const peak = largest(data.powerByLoyalty);
    const summary = say('scores.grid.summary', {
      power: peak.power, loyalty: peak.loyalty, customers: count(peak.customers),
    });
    const cells = loyalties.flatMap((loyalty, x) => powers.map((power, y) =>
      ({ value: [x, y, at(power, loyalty)], name: '' })));
    return block(say('scores.grid'), say('scores.grid.note'), pair('beside',
      heatMap(summary, cells, peak.customers, {
        columns: loyalties, rows: powers,
        columnName: say('scores.loyalty'), rowName: say('scores.power'),
        tip: (x, y, cell) => [
          say('scores.loyalty') + '  ' + loyalties[x], say('scores.power') + '  ' + powers[y],
          say('column.customers') + '  ' + count(cell.value[2])],
      }),
      table(say('scores.grid.table'), [
        { title: say('scores.power') },
        ...loyalties.map((level) => ({ title: say('scores.loyalty.short', { level }), number: true })),
      ], [...powers].reverse().map((power) => [
        say('scores.level', { level: power }), ...loyalties.map((loyalty) => count(at(power, loyalty))),
      ]), 'matrix grid')));
  }

  function scorePoints(score) {
    const most = largest(score.points);
    const summary = say('scores.points.summary', {
      title: title(score), band: pointRange(most), customers: count(most.customers),
    });
    const note = say('scores.points.note', {
      mean: digits(score.mean, 1), share: percent(ratio(score.scoredCustomers, score.customers)),
      known: percent(score.coverage),
    });
    return block(title(score), note, pair('beside',
      histogram(summary, score.points, say('scores.points'), (band) => plain(band.lower), pointRange),
      table(say('scores.points.table', { title: title(score) }), [
        { title: say('scores.points') },
        { title: say('column.customers'), number: true },
        { title: say('column.share'), number: true },
      ], score.points.map((band) => [
        pointRange(band), count(band.customers), percent(ratio(band.customers, score.scoredCustomers)),
      ]), score.points.length > 12 ? 'scroll' : '')));
  }

  function credit() {
    const grades = [...new Set(data.credit.map((cell) => cell.grade))].filter((grade) => grade !== null);
    const routes = [...new Set(data.credit.map((cell) => cell.route))];
    const customers = (rows) => total(rows, (cell) => cell.customers);
    // Cells of so few customers that one of them could be told have no probability.
    const probability = (rows) => {
      const shown = rows.filter((cell) => cell.probability !== null);
      return ratio(total(shown, (cell) => cell.probability * cell.customers), customers(shown));
    };
    const all = customers(data.credit);
    const of = (grade) => data.credit.filter((cell) => cell.grade === grade);
    const summary = say('credit.summary', {
      items: listed(grades.map((grade) => grade + ' ' + count(customers(of(grade))))),
    });
    return block(say('credit.grades'), say('credit.note'), pair('beside',
      grades.length === 0 ? null : bars(summary, grades,
        [{ name: say('column.customers'), values: grades.map((grade) => customers(of(grade))) }], count, { axis: short }),
      table(say('credit.grades.table'), [
        { title: say('credit.grade') },
        { title: say('column.customers'), number: true },
        { title: say('column.share'), number: true },
        { title: say('credit.default'), number: true },
      ], grades.map((grade) => [
        grade, count(customers(of(grade))), percent(customers(of(grade)) / all),
        percent(probability(of(grade))),
      ]), 'fit')),
    pair('', table(say('credit.routes.table'), [
      { title: say('credit.route') },
      { title: say('column.customers'), number: true },
      { title: say('column.share'), number: true },
    ], routes.map((route) => {
      const rows = data.credit.filter((cell) => cell.route === route);
      return [title(rows[0]), count(customers(rows)), percent(customers(rows) / all)];
    }))));
  }

  function worth() {
    if (data.value === null && data.alive === null) {
      return [data.valueModels.length === 0 ? empty('value') : paragraph('empty', say('worth.none'))];
    }
    const parts = [paragraph('lead', say('worth.lead'))];
    if (data.value !== null) {
      const { bands, topShare, customers, amount } = data.value;
      const most = largest(bands);
      if (topShare !== null) {
        parts.push(paragraph('insight', say('worth.insight', { top: percent(topShare), amount: money(amount) })));
      } else if (amount > 0) {
        parts.push(paragraph('insight', say('worth.total', { amount: money(amount) })));
      }
      parts.push(block(say('worth.histogram'), say('spend.histogram.note'), pair('beside',
        histogram(say('worth.histogram.summary', { band: amountRange(most), customers: count(most.customers) }),
          bands, say('worth.amount') + ' (' + data.currency + ')', amountsFrom, amountRange),
        table(say('worth.histogram'), [
          { title: say('worth.amount') },
          { title: say('column.customers'), number: true },
          { title: say('column.share'), number: true },
        ], bands.map((band) => [amountRange(band), count(band.customers), percent(band.customers / customers)]),
        bands.length > 12 ? 'scroll quiet' : 'quiet'))));
    }
    if (data.alive !== null) {
      const { bands, expectedSpend } = data.alive;
      parts.push(probabilities('worth.alive', bands, say('worth.expected'),
        expectedSpend === null ? null : say('worth.alive.note', { amount: money(expectedSpend) })));
    }
    return parts;
  }

  function churn() {
    if (data.churn === null) {
      return [data.models.length === 0 ? empty('predict') : paragraph('empty', say('churn.none'))];
    }
    const { bands, sales, atRisk } = data.churn;
    const model = data.models.find((one) => one.model === 'churn' && !one.baseline);
    return [
      paragraph('lead', say('churn.lead')),
      atRisk === null ? null : paragraph('insight', say('churn.insight', {
        amount: money(atRisk), share: percent(ratio(atRisk, sales)),
      })),
      probabilities('churn.chart', bands, say('churn.sales'),
        model ? say('churn.chart.note', { days: count(model.horizonDays) }) : null),
      data.valueByChurn.length > 0 ? valueByChurn() : null,
    ];
  }

  /** Whom to keep first: worth much and likely to leave. */
  function valueByChurn() {
    const fifths = [1, 2, 3, 4, 5];
    const at = (value, chance) => data.valueByChurn.find((cell) =>
      cell.value === value && cell.churn === chance) || { customers: 0, amount: 0 };
    const chances = fifths.map((fifth) => chanceRange({ lower: (fifth - 1) / 5, upper: fifth / 5 }));
    const worths = fifths.map((fifth) => say('churn.quadrant.fifth', { fifth }));
    const first = data.valueByChurn.filter((cell) => cell.value >= 4 && cell.churn >= 4);
    const summary = say('churn.quadrant.summary', {
      customers: count(total(first, (cell) => cell.customers)), amount: money(total(first, (cell) => cell.amount)),
    });
    const cells = fifths.flatMap((chance, x) => fifths.map((value, y) =>
      ({ value: [x, y, at(value, chance).customers], name: '' })));
    return block(say('churn.quadrant'), say('churn.quadrant.note'),
      paragraph('insight', summary),
      pair('beside',
        heatMap(summary, cells, Math.max(...data.valueByChurn.map((cell) => cell.customers)), {
          columns: chances, rows: worths,
          columnName: say('probability'), rowName: say('churn.quadrant.value'),
          tip: (x, y, cell) => [worths[y], chances[x],
            say('column.customers') + '  ' + count(cell.value[2]),
            say('churn.quadrant.amount') + '  ' + money(at(fifths[y], fifths[x]).amount)],
        }),
        table(say('churn.quadrant.table'), [
          { title: say('churn.quadrant.value') },
          ...chances.map((chance) => ({ title: chance, number: true })),
        ], [...fifths].reverse().map((value) => [
          worths[value - 1],
          ...fifths.map((chance) => {
            const cell = at(value, chance);
            const fragment = document.createDocumentFragment();
            fragment.append(count(cell.customers), under(money(cell.customers === 0 ? 0 : cell.amount)));
            return fragment;
          }),
        ]), 'matrix grid')));
  }

  /** Customers by tenth of a probability, with the amount of each where it is known. */
  function probabilities(key, bands, amountTitle, note) {
    const most = largest(bands);
    const all = total(bands, (band) => band.customers);
    const hasAmount = bands.some((band) => band.amount !== null);
    return block(say(key), note, pair('beside',
      histogram(say(key + '.summary', { band: chanceRange(most), customers: count(most.customers) }),
        bands, say('probability'), (band) => rounded(band.lower), chanceRange),
      table(say(key), [
        { title: say('probability') },
        { title: say('column.customers'), number: true },
        { title: say('column.share'), number: true },
        ...(hasAmount ? [{ title: amountTitle, number: true }] : []),
      ], bands.map((band) => [
        chanceRange(band), count(band.customers), percent(ratio(band.customers, all)),
        ...(hasAmount ? [money(band.customers === 0 ? 0 : band.amount)] : []),
      ]), 'fit quiet')));
  }

  function groups() {
    const all = data.namedSegments;
    if (all.length === 0) return [empty('segment')];
    const moved = all.some((group) => group.entered !== null);
    return [
      paragraph('lead', say('groups.lead')),
      moved ? null : paragraph('note', say('groups.first')),
      block(say('groups.chart'), null, pair('',
        bars(say('groups.summary', { items: listed(all.map((group) => title(group) + ' ' + count(group.customers))) }),
          all.map((group) => title(group)),
          [{ name: say('column.customers'), values: all.map((group) => group.customers) }], count, { axis: short }),
        table(say('groups.table'), [
          { title: say('groups.group') },
          { title: say('column.customers'), number: true },
          { title: say('column.share'), number: true },
          { title: say('groups.value'), number: true },
          { title: say('groups.entered'), number: true },
          { title: say('groups.left'), number: true },
        ], all.map((group) => {
          const name = named(title(group), title(group, 'action'));
          name.append(make('span', { class: 'under' }, code(group.rule)));
          return [name, count(group.customers), percent(group.share),
            group.meanValue === null ? say('none') : money(group.meanValue),
            count(group.entered), count(group.left)];
        }), 'stack'))),
      few(all),
    ];
  }

  // Models, each beside the simple rules that it must beat.

  function models() {
    if (data.models.length === 0 && data.valueModels.length === 0) return [empty('predict')];
    const names = [...new Set(data.models.map((one) => one.model))];
    return [
      paragraph('lead', say('models.lead')),
      data.models.length === 0 ? empty('predict') : null,
      ...names.map((name) => model(name, data.models.filter((one) => one.model === name))),
      ...['date', 'category'].map((question) =>
        nextPurchase(question, data.nextPurchaseTests.filter((row) => row.question === question))),
      data.valueTests.length === 0 ? null : valueTests(),
      data.valueModels.length === 0 ? null : valueModels(),
    ];
  }

  function predictor(row) {
    if (!row.baseline) return say('models.model');
    return row.ruleDays === null || row.ruleDays === undefined ? sayOr('predictor.' + row.predictor, row.predictor)
      : say('predictor.days', { days: count(row.ruleDays) });
  }

  function model(name, rows) {
    const heading = sayOr('model.' + name, name);
    const own = rows.find((row) => !row.baseline) || rows[0];
    if (own.reason !== null) {
      return block(heading, null,
        paragraph('empty', say('models.missing', { reason: sayOr('reason.' + own.reason, own.reason) })));
    }
    const bins = data.calibration.filter((bin) => bin.model === name);
    const rules = rows.filter((row) => row.baseline && row.auc !== null);
    const best = rules.length === 0 ? null : rules.reduce((a, b) => (b.auc > a.auc ? b : a));
    const note = say('models.note', {
      days: count(own.horizonDays), date: day(own.cutoff), customers: count(own.customers),
      positives: count(own.positives), share: percent(ratio(own.positives, own.customers)),
      cutoffs: count(own.trainingCutoffs), trained: count(own.trainedHorizonDays),
    });
    return block(heading, note,
      best === null || own.auc === null ? null : make('p', { class: 'insight ' + (own.auc > best.auc ? 'up' : 'down') },
        say(own.auc > best.auc ? 'models.better' : 'models.worse', {
          model: digits(own.auc, 3), rule: digits(best.auc, 3), name: predictor(best),
        })),
      table(say('models.table', { title: heading }), [
        { title: say('models.predictor') },
        { title: 'AUC', number: true },
        { title: 'PR-AUC', number: true },
        { title: say('models.brier'), number: true },
        { title: say('models.lift'), number: true },
        { title: say('models.calibration'), number: true },
      ], rows.map((row) => [
        predictor(row), ...[row.auc, row.prAuc, row.brier].map((value) => digits(value, 3)),
        digits(row.lift, 2), digits(row.calibrationError, 3),
      ]), 'stack quiet'),
      bins.length === 0 ? null : calibration(heading, bins));
  }

  function calibration(heading, bins) {
    const top = Math.max(...bins.map((bin) => Math.max(bin.probability, bin.observed)));
    const end = Math.min(1, Math.ceil(top * 10) / 10);
    const summary = say('models.calibration.summary', {
      title: heading,
      items: listed(bins.map((bin) => percent(bin.probability) + ' / ' + percent(bin.observed))),
    });
    return pair('beside',
      chart(summary, (width) => (width < NARROW ? 300 : 340), () => ({
        grid: { left: 52, right: 20, top: 36, bottom: 48 },
        legend: { top: 0, left: 0, textStyle: { color: colour('ink') }, itemWidth: 18 },
        tooltip: tip((point) => say('models.probability') + '  ' + percent(point.value[0]) + '\n'
          + say('models.observed') + '  ' + percent(point.value[1])),
        xAxis: valueAxis(tick, {
          min: 0, max: end, name: say('models.probability'), nameLocation: 'middle', nameGap: 30,
          nameTextStyle: { color: colour('muted') },
        }),
        yAxis: valueAxis(tick, { min: 0, max: end }),
        series: [
          {
            name: say('models.observed'), type: 'line', symbolSize: 9, color: colour('series-1'),
            lineStyle: { width: 2 }, data: bins.map((bin) => [bin.probability, bin.observed]),
          },
          {
            name: say('models.perfect'), type: 'line', symbol: 'none', color: colour('series-5'),
            lineStyle: { type: 'dashed', width: 2 }, data: [[0, 0], [end, end]],
          },
        ],
      })),
      table(say('models.calibration.table', { title: heading }), [
        { title: say('models.bin') },
        { title: say('column.customers'), number: true },
        { title: say('models.probability'), number: true },
        { title: say('models.observed'), number: true },
      ], bins.map((bin) => [
        count(bin.bin), count(bin.customers), percent(bin.probability), percent(bin.observed),
      ])));
  }

  /** How near the expected day comes (fewer days are better), or how often the category is hit (more is). */
  function nextPurchase(question, rows) {
    if (rows.length === 0) return null;
    const heading = say('models.next.' + question);
    const own = rows.find((row) => !row.baseline) || rows[0];
    if (own.reason !== null) {
      return block(heading, null,
        paragraph('empty', say('models.valueTest.missing', { reason: sayOr('reason.' + own.reason, own.reason) })));
    }
    const isDate = question === 'date';
    const gain = (row) => (isDate ? -row.meanError : row.hitRate);
    const figure = (row) => (isDate ? digits(row.meanError, 1) : percent(row.hitRate));
    const rules = rows.filter((row) => row.baseline);
    const best = rules.length === 0 ? null : rules.reduce((a, b) => (gain(b) > gain(a) ? b : a));
    const isBetter = best !== null && gain(own) > gain(best);
    const note = say('models.next.' + question + '.note', {
      days: count(own.horizonDays), date: day(own.cutoff), customers: count(own.customers),
    });
    return block(heading, note,
      best === null ? null : make('p', { class: 'insight ' + (isBetter ? 'up' : 'down') },
        say('models.next.' + question + (isBetter ? '.better' : '.worse'), {
          model: figure(own), rule: figure(best), name: predictor(best),
        })),
      table(say('models.table', { title: heading }), [
        { title: say('models.predictor') },
        ...(isDate
          ? [{ title: say('models.next.meanError'), number: true }, { title: say('models.next.medianError'), number: true }]
          : [{ title: say('models.next.hitRate'), number: true }]),
      ], rows.map((row) => [
        predictor(row), ...(isDate ? [digits(row.meanError, 1), digits(row.medianError, 1)] : [percent(row.hitRate)]),
      ]), 'stack quiet'));
  }

  function valueTests() {
    const heading = say('models.valueTest');
    const own = data.valueTests.find((row) => !row.baseline) || data.valueTests[0];
    if (own.reason !== null) {
      return block(heading, null,
        paragraph('empty', say('models.valueTest.missing', { reason: sayOr('reason.' + own.reason, own.reason) })));
    }
    const rule = data.valueTests.find((row) => row.baseline && row.rankCorrelation !== null);
    const isBetter = rule !== undefined && own.rankCorrelation > rule.rankCorrelation;
    const note = say('models.valueTest.note', {
      days: count(own.horizonDays), date: day(own.cutoff), customers: count(own.customers),
    });
    return block(heading, note,
      rule === undefined || own.rankCorrelation === null ? null : make('p', { class: 'insight ' + (isBetter ? 'up' : 'down') },
        say(isBetter ? 'models.valueTest.better' : 'models.valueTest.worse', {
          model: digits(own.rankCorrelation, 3), rule: digits(rule.rankCorrelation, 3), name: predictor(rule),
        })),
      table(say('models.table', { title: heading }), [
        { title: say('models.predictor') },
        { title: say('models.rankCorrelation'), number: true },
        { title: say('models.absoluteError'), number: true },
        { title: say('models.meanPredicted'), number: true },
        { title: say('models.meanObserved'), number: true },
      ], data.valueTests.map((row) => [
        predictor(row), digits(row.rankCorrelation, 3), money(row.meanError), money(row.meanPredicted), money(row.meanObserved),
      ]), 'stack quiet'));
  }

  function valueModels() {
    const names = [...new Set(data.valueModels.map((row) => row.model))];
    return block(say('models.value'), say('models.value.note'), ...names.map((name) => {
      const rows = data.valueModels.filter((row) => row.model === name);
      const heading = sayOr('model.' + name, name);
      if (!rows[0].fitted) {
        return paragraph('empty', say('models.value.missing', {
          title: heading, reason: sayOr('reason.' + rows[0].reason, rows[0].reason),
        }));
      }
      return table(say('models.value.table', { title: heading, customers: count(rows[0].customers) }), [
        { title: say('models.parameter') },
        { title: say('models.estimate'), number: true },
        { title: say('models.error'), number: true },
      ], rows.map((row) => [row.parameter, digits(row.value, 4), digits(row.standardError, 4)]));
    }));
  }

  function segmentMap() {
    const sales = total(segments, (segment) => segment.monetary);
    const average = (segment) => ratio(segment.monetary, segment.customers);
    const most = Math.max(...segments.map((segment) => average(segment) || 0));
    const summary = say('segments.summary', {
      items: listed(segments.map((segment) => title(segment) + ' ' + count(segment.customers))),
    });
    const leader = [...segments].sort((a, b) => b.monetary - a.monetary)[0];
    const map = chart(summary, (width) => (width < NARROW ? 380 : 400), (width) => ({
      tooltip: tip((point) => [point.name,
        say('column.customers') + '  ' + count(point.data.value) + ' (' + percent(point.data.share) + ')',
        say('column.average') + '  ' + money(point.data.average)].join('\n')),
      series: [{
        type: 'treemap',
        left: 0, right: 0, top: 4, bottom: 4,
        roam: false,
        nodeClick: false,
        breadcrumb: { show: false },
        visibleMin: 1,
        itemStyle: { borderColor: colour('surface'), borderWidth: 2, gapWidth: 2 },
        label: { fontSize: width < NARROW ? 12 : 14, lineHeight: 18, padding: [6, 7], position: 'insideTopLeft' },
        data: segments.filter((segment) => segment.customers > 0).map((segment) => {
          const fill = mix('low', 'high', most > 0 ? Math.sqrt(Math.max(0, average(segment)) / most) : 0);
          return {
            name: title(segment),
            value: segment.customers,
            share: segment.share,
            average: average(segment),
            itemStyle: { color: fill },
            label: {
              color: inkOn(fill), overflow: 'break',
              formatter: () => title(segment) + '\n' + percent(segment.share),
            },
          };
        }),
      }],
    }));
    return [
      leader.monetary > 0 ? paragraph('insight', say('segments.insight', {
        title: title(leader), share: percent(leader.share), sales: percent(leader.monetary / sales),
      })) : null,
      block(say('segments.map'), say('segments.map.note'), pair('', map,
        table(say('segments.table'), [
          { title: say('segments.segment') },
          { title: say('column.customers'), number: true },
          { title: say('column.share'), number: true },
          { title: say('column.sales'), number: true },
          { title: say('column.sales.share'), number: true },
          { title: say('column.average'), number: true },
        ], segments.map((segment) => [
          named(title(segment), title(segment, 'action')),
          count(segment.customers), percent(segment.share), money(segment.monetary),
          percent(ratio(segment.monetary, sales)), money(average(segment)),
        ]), 'stack'))),
      few(segments),
    ];
  }

  function scoreGrid() {
    const scores = (score) => [...new Set(data.grid.map(score))].sort((a, b) => a - b);
    const span = (values) => {
      const all = [];
      for (let i = Math.min(1, values[0]); i <= Math.max(5, values[values.length - 1]); i++) all.push(i);
      return all;
    };
    const recencies = span(scores((cell) => cell.recency));
    const frequencies = span(scores((cell) => cell.frequency));
    const cells = new Map();
    for (const cell of data.grid) {
      const key = cell.recency + ' ' + cell.frequency;
      const known = cells.get(key) || { customers: 0, largest: 0, segment: null };
      known.customers += cell.customers;
      if (cell.customers > known.largest) {
        known.largest = cell.customers;
        known.segment = cell.segment;
      }
      cells.set(key, known);
    }
    const at = (recency, frequency) => cells.get(recency + ' ' + frequency) || { customers: 0, segment: null };
    const titles = new Map(segments.map((segment) => [segment.code, title(segment)]));
    const named = (cell) => (cell.segment === null ? '' : titles.get(cell.segment) || cell.segment);
    const most = Math.max(...[...cells.values()].map((cell) => cell.customers));
    const [peakKey] = [...cells].find(([, cell]) => cell.customers === most);
    const [peakRecency, peakFrequency] = peakKey.split(' ');
    const summary = say('segments.grid.summary', {
      recency: peakRecency, frequency: peakFrequency, customers: count(most),
    });
    const cellPoints = recencies.flatMap((recency, x) => frequencies.map((frequency, y) => {
      const cell = at(recency, frequency);
      return { value: [x, y, cell.customers], name: named(cell) };
    }));
    const map = heatMap(summary, cellPoints, most, {
      columns: recencies, rows: frequencies,
      columnName: say('segments.recency'), rowName: say('segments.frequency'),
      tip: (x, y, cell) => [
        say('segments.recency.short', { score: recencies[x] }) + '  '
          + say('segments.frequency.short', { score: frequencies[y] }),
        say('column.customers') + '  ' + count(cell.value[2]), cell.name],
    });
    return block(say('segments.grid'), say('segments.grid.note'), pair('beside', map,
      table(say('segments.grid.table'), [
        { title: say('segments.frequency') },
        ...recencies.map((score) => ({ title: say('segments.recency.short', { score }), number: true })),
      ], [...frequencies].reverse().map((frequency) => [
        say('segments.frequency.short', { score: frequency }),
        ...recencies.map((recency) => {
          const cell = at(recency, frequency);
          const fragment = document.createDocumentFragment();
          fragment.append(count(cell.customers), under(named(cell)));
          return fragment;
        }),
      ]), 'matrix grid')));
  }

  function segmentsPart() {
    if (segments.length === 0) return [empty('score')];
    return [
      paragraph('lead', say('segments.lead')),
      ...segmentMap(),
      data.grid.length > 0 ? scoreGrid() : null,
      data.interests.length > 0 ? interests() : null,
    ];
  }

  /** What interests each segment: the share of its customers whose first interest is a category. */
  function interests() {
    const sum = (rows) => total(rows, (row) => row.customers);
    const categories = [...new Set(data.interests.map((row) => row.category))]
      .map((category) => ({ category, customers: sum(data.interests.filter((row) => row.category === category)) }))
      .sort((a, b) => b.customers - a.customers || (a.category < b.category ? -1 : 1))
      .map((one) => one.category);
    const shown = segments.filter((segment) => data.interests.some((row) => row.segment === segment.code));
    const share = (segment, category) => {
      const own = data.interests.filter((row) => row.segment === segment.code);
      return ratio(sum(own.filter((row) => row.category === category)), sum(own)) || 0;
    };
    const most = Math.max(...shown.flatMap((segment) => categories.map((category) => share(segment, category))));
    const favourite = (segment) => categories.reduce((a, b) => (share(segment, b) > share(segment, a) ? b : a));
    const names = shown.map((segment) => title(segment));
    const summary = say('segments.interests.summary', {
      items: listed(shown.map((segment) => title(segment) + ': ' + favourite(segment) + ' '
        + rounded(share(segment, favourite(segment))))),
    });
    const map = chart(summary, () => 70 + shown.length * 34, (width) => ({
      grid: { left: nameWidth(width, names) + 12, right: 4, top: 64, bottom: 4 },
      tooltip: tip((point) => names[point.value[1]] + '\n' + categories[point.value[0]] + '  ' + percent(point.value[2])),
      xAxis: {
        type: 'category', position: 'top', data: categories, axisTick: { show: false }, axisLine: { show: false },
        axisLabel: label({ interval: 0, rotate: 40, width: 90, overflow: 'truncate', fontSize: width < NARROW ? 10 : 12 }),
      },
      yAxis: nameAxis(names, width, { inverse: true, axisLine: { show: false } }),
      visualMap: { show: false, min: 0, max: most, inRange: { colorAlpha: 1 } },
      series: [{
        type: 'heatmap',
        data: shown.flatMap((segment, y) => categories.map((category, x) => {
          const fill = mix('low', 'high', share(segment, category) / most);
          return { value: [x, y, share(segment, category)], itemStyle: { color: fill }, label: { color: inkOn(fill) } };
        })),
        itemStyle: { borderColor: colour('surface'), borderWidth: 2, borderRadius: 4 },
        emphasis: { itemStyle: { borderColor: colour('accent') } },
        label: { show: width >= NARROW, fontSize: 12, formatter: (point) => rounded(point.value[2]) },
      }],
    }));
    return block(say('segments.interests'), say('segments.interests.note'), pair('', map,
      table(say('segments.interests.table'), [
        { title: say('segments.segment') },
        ...categories.map((category) => ({ title: category, number: true })),
      ], shown.map((segment) => [
        title(segment), ...categories.map((category) => percent(share(segment, category))),
      ]), 'scroll matrix')));
  }

  // Customers by region, age and segment, chosen and split by whoever reads the page.

  const chosen = { region: 'all', age: 'all', segment: 'all', split: 'segment' };

  const DIMENSIONS = {
    region: (cell) => (cell.isOtherRegion ? 'other' : cell.region === null ? 'none' : 'is ' + cell.region),
    age: (cell) => (cell.ageBand === null ? 'none' : 'is ' + cell.ageBand),
    segment: (cell) => (cell.segment === null ? 'none' : 'is ' + cell.segment),
  };

  function dimensionTitle(dimension, value) {
    if (value === 'other') return say('explore.other');
    if (value === 'none') return say(dimension === 'segment' ? 'explore.nobuyer' : 'explore.unknown');
    const name = value.slice(3);
    const segment = dimension === 'segment' && segments.find((one) => one.code === name);
    return segment ? title(segment) : name;
  }

  function explore() {
    if (data.cross === null || data.cross.cells.length === 0) return [empty('profile')];
    const result = make('div', { 'aria-live': 'polite' });
    const show = () => refill(result, () => explored());
    const choice = (name, text, options) => {
      const select = make('select', { 'data-choice': name },
        ...options.map(([value, shown]) => make('option', { value }, shown)));
      select.value = chosen[name];
      select.addEventListener('change', () => {
        chosen[name] = select.value;
        show();
      });
      return make('label', { class: 'choice' }, make('span', {}, text), select);
    };
    const values = (dimension) => [...new Set(data.cross.cells.map(DIMENSIONS[dimension]))]
      .map((value) => [value, dimensionTitle(dimension, value)])
      .sort((a, b) => a[0].startsWith('is ') - b[0].startsWith('is ') === 0
        ? a[1].localeCompare(b[1], LOCALES[language], { numeric: true }) : b[0].startsWith('is ') - a[0].startsWith('is '));
    const filter = (dimension) => choice(dimension, say('explore.' + dimension),
      [['all', say('explore.all')], ...values(dimension)]);
    show();
    return [
      paragraph('lead', say('explore.lead')),
      make('div', { class: 'choices', role: 'group', 'aria-label': say('explore.title') },
        filter('region'), filter('age'), filter('segment'),
        choice('split', say('explore.split'),
          Object.keys(DIMENSIONS).map((dimension) => [dimension, say('explore.' + dimension)]))),
      result,
      data.cross.hiddenCustomers > 0
        ? paragraph('note', say('explore.hidden', { customers: count(data.cross.hiddenCustomers) })) : null,
    ];
  }

  function explored() {
    const cells = data.cross.cells.filter((cell) => Object.entries(DIMENSIONS).every(
      ([dimension, value]) => chosen[dimension] === 'all' || chosen[dimension] === value(cell)));
    if (cells.length === 0) return [paragraph('empty', say('explore.nobody'))];
    const sum = (rows, value) => (rows.every((row) => value(row) === null) ? null : total(rows, value));
    const figures = (rows) => {
      const customers = total(rows, (cell) => cell.customers);
      const known = total(rows, (cell) => cell.churnCustomers);
      return {
        customers,
        sales: sum(rows, (cell) => cell.sales),
        value: ratio(sum(rows, (cell) => cell.value), customers),
        churn: known === 0 ? null : total(rows, (cell) => (cell.churn || 0) * cell.churnCustomers) / known,
      };
    };
    const worth = (value) => (value === null ? say('none') : money(value));
    const all = figures(cells);
    const card = (key, value) => make('div', { class: 'card' },
      make('dt', {}, say('explore.' + key)),
      make('dd', {}, make('div', { class: 'figure', 'data-explored': key }, value)));
    const groups = new Map();
    for (const cell of cells) {
      const value = DIMENSIONS[chosen.split](cell);
      groups.set(value, [...(groups.get(value) || []), cell]);
    }
    const rows = [...groups].map(([value, members]) => ({
      name: dimensionTitle(chosen.split, value), ...figures(members),
    })).sort((a, b) => b.customers - a.customers || (a.name < b.name ? -1 : 1));
    const summary = say('explore.summary', {
      items: listed(rows.slice(0, 8).map((row) => row.name + ' ' + count(row.customers))),
    });
    return [
      make('dl', { class: 'cards' },
        card('customers', count(all.customers)), card('sales', worth(all.sales)),
        card('value', worth(all.value)), card('churn', percent(all.churn))),
      pair('',
        bars(summary, rows.map((row) => row.name),
          [{ name: say('column.customers'), values: rows.map((row) => row.customers) }], count, { axis: short }),
        table(say('explore.table'), [
          { title: say('explore.' + chosen.split) },
          { title: say('column.customers'), number: true },
          { title: say('column.share'), number: true },
          { title: say('explore.sales'), number: true },
          { title: say('explore.value'), number: true },
          { title: say('explore.churn'), number: true },
        ], rows.map((row) => [
          row.name, count(row.customers), percent(row.customers / all.customers),
          worth(row.sales), worth(row.value), percent(row.churn),
        ]), 'stack')),
    ];
  }

  // One customer of the sample.

  let wanted = '';

  function customer() {
    if (data.sample === null) return [paragraph('empty', say('customer.off'))];
    const people = data.sample.customers;
    if (people.length === 0) return [empty('profile')];
    const result = make('div', { 'aria-live': 'polite' });
    const find = () => people.find((one) => one.id === wanted)
      || (wanted === '' ? people[0] : people.find((one) => one.id.startsWith(wanted)));
    const show = () => refill(result, () => {
      const found = find();
      return found === undefined ? [paragraph('empty', say('customer.unknown'))] : oneCustomer(found);
    });
    const input = make('input', {
      type: 'search', list: 'customer-ids', autocomplete: 'off', spellcheck: 'false', placeholder: people[0].id,
    });
    input.value = wanted;
    input.addEventListener('input', () => {
      wanted = input.value.trim();
      show();
    });
    show();
    return [
      paragraph('lead', say('customer.lead', { count: count(people.length) })),
      make('div', { class: 'choices' }, make('label', { class: 'choice' }, make('span', {}, say('customer.id')), input),
        make('datalist', { id: 'customer-ids' }, ...people.map((one) => make('option', { value: one.id })))),
      result,
    ];
  }

  function oneCustomer(person) {
    const at = (name) => {
      const place = data.sample.columns.findIndex((column) => column.code === name);
      return place < 0 ? null : person.values[place];
    };
    const show = (column, value) => {
      if (value === null) return say('none');
      if (typeof value === 'boolean') return say(value ? 'yes' : 'no');
      if (typeof value === 'number') {
        if (['share', 'probability'].includes(column.unit)) return percent(value);
        if (column.unit === 'currency') return money(value);
        return plain(value);
      }
      const state = [...segments, ...states].find((one) => one.code === value);
      return state && ['segment', 'lifecycle_state'].includes(column.code) ? title(state) : value;
    };
    const mine = data.sample.columns
      .map((column, i) => ({ column, value: person.values[i] }))
      .filter(({ column }) => !column.code.endsWith(language === 'zh' ? '_en' : '_zh'));
    const facts = ['segment', 'lifecycle_state', 'customer_value', 'churn_probability', 'purchasing_power', 'loyalty']
      .map((name) => mine.find(({ column }) => column.code === name)).filter((fact) => fact !== undefined);
    const level = (name) => (at(name + '_level') === null ? null : say('scores.level', { level: at(name + '_level') }));
    return [
      make('h3', {}, code(person.id)),
      make('dl', { class: 'cards' }, ...facts.map(({ column, value }) => make('div', { class: 'card' },
        make('dt', {}, title(column)),
        make('dd', {}, make('div', { class: 'figure', 'data-fact': column.code }, show(column, value)),
          level(column.code) ? make('div', { class: 'under' }, level(column.code)) : null)))),
      table(say('customer.table'), [{ title: say('customer.what') }, { title: say('customer.value') }],
        mine.filter(({ value }) => value !== null).map(({ column, value }) => [title(column), show(column, value)]),
        'scroll'),
    ];
  }

  function values() {
    if (data.valueTypes.length === 0) return [empty('score')];
    const types = [...data.valueTypes].sort((a, b) => b.monetary - a.monetary || (a.code < b.code ? -1 : 1));
    const sales = total(types, (type) => type.monetary);
    const share = (type) => ratio(type.monetary, sales);
    const summary = say('values.summary', {
      items: listed(types.map((type) => title(type) + ' ' + percent(type.share) + ' / ' + percent(share(type)))),
    });
    return [
      paragraph('lead', say('values.lead')),
      block(say('values.chart'), null, pair('beside',
        bars(summary, types.map((type) => title(type)), [
          { name: say('column.customers'), values: types.map((type) => type.share) },
          { name: say('column.sales'), values: types.map(share) },
        ], percent, { axis: tick }),
        table(say('values.table'), [
          { title: say('values.type') },
          { title: say('column.customers'), number: true },
          { title: say('column.share'), number: true },
          { title: say('column.sales'), number: true },
          { title: say('column.sales.share'), number: true },
        ], types.map((type) => [
          title(type), count(type.customers), percent(type.share), money(type.monetary), percent(share(type)),
        ]), 'stack'))),
      few(types),
    ];
  }

  function lifecycle() {
    if (states.length === 0) return [empty('score')];
    const all = total(states, (state) => state.customers);
    const gone = total(states.filter((state) => ['dormant', 'lost'].includes(state.code)), (state) => state.customers);
    const summary = say('lifecycle.summary', {
      items: listed(states.map((state) => title(state) + ' ' + count(state.customers))),
    });
    return [
      paragraph('lead', say('lifecycle.lead')),
      all > 0 ? paragraph('insight', say('lifecycle.insight', { share: percent(gone / all) })) : null,
      block(say('lifecycle.chart'), null, pair('beside',
        bars(summary, states.map((state) => title(state)),
          [{ name: say('column.customers'), values: states.map((state) => state.customers) }], count, { axis: short }),
        table(say('lifecycle.table'), [
          { title: say('lifecycle.state') },
          { title: say('column.customers'), number: true },
          { title: say('column.share'), number: true },
        ], states.map((state) => [title(state), count(state.customers), percent(state.share)])))),
    ];
  }

  function spend() {
    if (data.spend === null) return [empty('score')];
    const { bands, deciles, gini } = data.spend;
    const widest = largest(bands);
    const spent = histogram(
      say('spend.histogram.summary', { band: amountRange(widest), customers: count(widest.customers) }),
      bands, say('spend.band') + ' (' + data.currency + ')', amountsFrom, amountRange);
    const parts = [
      block(say('spend.histogram'), say('spend.histogram.note'), pair('beside', spent,
        table(say('spend.histogram.table'), [
          { title: say('spend.band') },
          { title: say('column.customers'), number: true },
          { title: say('column.share'), number: true },
        ], bands.map((band) => [amountRange(band), count(band.customers), percent(band.customers / data.spend.customers)]),
        'scroll'))),
    ];
    if (gini !== null && deciles.length === 0) {
      parts.push(paragraph('note', say('spend.few')));
    } else if (gini !== null) {
      const share = { top: percent(deciles[9].share), half: percent(deciles[4].cumulativeShare) };
      parts.unshift(paragraph('insight', say('spend.insight', share)));
      const curve = chart(say('spend.lorenz.summary', share), (width) => (width < NARROW ? 320 : 400), () => ({
        grid: { left: 52, right: 20, top: 36, bottom: 48 },
        legend: { top: 0, left: 0, textStyle: { color: colour('ink') }, itemWidth: 18 },
        tooltip: { trigger: 'axis', ...tip((points) => [percent(points[0].value[0]),
          ...points.map((point) => point.seriesName + '  ' + percent(point.value[1]))].join('\n')) },
        xAxis: valueAxis(tick, {
          min: 0, max: 1, name: say('spend.buyers'), nameLocation: 'middle', nameGap: 30, nameTextStyle: { color: colour('muted') },
        }),
        yAxis: valueAxis(tick, { min: 0, max: 1 }),
        series: [
          {
            name: say('spend.curve'), type: 'line', symbolSize: 7, color: colour('series-1'),
            lineStyle: { width: 3 }, areaStyle: { opacity: 0.12 },
            data: [[0, 0], ...deciles.map((tenth) => [tenth.decile / 10, tenth.cumulativeShare])],
          },
          {
            name: say('spend.equal'), type: 'line', symbol: 'none', color: colour('series-5'),
            lineStyle: { type: 'dashed', width: 2 },
            data: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((i) => [i / 10, i / 10]),
          },
        ],
      }));
      parts.push(block(say('spend.lorenz'),
        say('spend.lorenz.note', { gini: format(gini, { minimumFractionDigits: 2, maximumFractionDigits: 2 }) }),
        pair('beside', curve, table(say('spend.lorenz.table'), [
          { title: say('spend.decile') },
          { title: say('column.sales'), number: true },
          { title: say('column.share'), number: true },
          { title: say('spend.cumulative'), number: true },
        ], deciles.map((tenth) => [
          count(tenth.decile), money(tenth.amount), percent(tenth.share), percent(tenth.cumulativeShare),
        ])))));
    }
    return parts;
  }

  function clusters() {
    if (data.clusters.length === 0) return [empty('cluster')];
    const all = data.clusters;
    const parts = [
      paragraph('lead', say('clusters.lead')),
      table(say('clusters.table'), [
        { title: say('clusters.cluster') },
        { title: say('column.customers'), number: true },
        { title: say('column.share'), number: true },
      ], all.map((cluster) => [
        named('#' + cluster.id + ' ' + title(cluster), title(cluster, 'description')),
        count(cluster.customers), percent(cluster.share),
      ])),
    ];
    if (data.clusterFeatures.length === 0) return parts;
    const features = new Map();
    for (const cell of data.clusterFeatures) {
      if (!features.has(cell.code)) {
        features.set(cell.code, { code: cell.code, first: cell, cells: new Map(), most: 0 });
      }
      const feature = features.get(cell.code);
      feature.cells.set(cell.cluster, cell);
      feature.most = Math.max(feature.most, Math.abs(cell.deviation));
    }
    const rows = [...features.values()].sort((a, b) => b.most - a.most || (a.code < b.code ? -1 : 1));
    const titles = new Map(all.map((cluster) => [cluster.id, title(cluster)]));
    const strongest = [...data.clusterFeatures]
      .sort((a, b) => Math.abs(b.deviation) - Math.abs(a.deviation))
      .slice(0, 5)
      .map((cell) => (titles.get(cell.cluster) || cell.cluster) + ': ' + title(cell) + ' ' + signed(cell.deviation));
    const points = [];
    rows.forEach((feature, y) => all.forEach((cluster, x) => {
      const cell = feature.cells.get(cluster.id);
      if (!cell) return;
      const strength = Math.min(1, Math.abs(cell.deviation) / 2);
      const fill = mix('middle', cell.deviation < 0 ? 'below' : 'above', strength);
      points.push({
        value: [x, y, cell.deviation], itemStyle: { color: fill }, label: { color: inkOn(fill) },
      });
    }));
    const names = rows.map((feature) => title(feature.first));
    const column = (width) => (width - nameWidth(width, names)) / all.length;
    const wide = (width) => column(width) > 84;
    const map = chart(say('clusters.summary', { items: listed(strongest) }),
      (width) => rows.length * 34 + (wide(width) ? 58 : 34),
      (width) => ({
        grid: { left: nameWidth(width, names) + 12, right: 4, top: wide(width) ? 54 : 30, bottom: 4 },
        tooltip: tip((point) => [titles.get(all[point.value[0]].id), title(rows[point.value[1]].first)
          + '  ' + signed(point.value[2])].join('\n')),
        xAxis: {
          type: 'category', position: 'top', axisTick: { show: false }, axisLine: { show: false },
          data: all.map((cluster) => (wide(width) ? title(cluster) : '#' + cluster.id)),
          axisLabel: label({
            interval: 0, color: colour('ink'), overflow: 'break', lineHeight: 15,
            width: column(width) - 10,
          }),
        },
        yAxis: nameAxis(names, width, { inverse: true, axisLine: { show: false } }),
        visualMap: { show: false, min: -2, max: 2, inRange: { colorAlpha: 1 } },
        series: [{
          type: 'heatmap',
          data: points,
          itemStyle: { borderColor: colour('surface'), borderWidth: 2, borderRadius: 4 },
          emphasis: { itemStyle: { borderColor: colour('accent') } },
          label: { show: true, fontSize: 12, formatter: (point) => signed(point.value[2]) },
        }],
      }));
    parts.push(block(say('clusters.apart'), say('clusters.apart.note'), pair('', map,
      table(say('clusters.apart.table'), [
        { title: say('clusters.feature') },
        { title: say('clusters.population'), number: true },
        ...all.map((cluster) => ({ title: '#' + cluster.id + ' ' + title(cluster), number: true })),
      ], rows.map((feature) => [
        title(feature.first), plain(feature.first.populationMean),
        ...all.map((cluster) => {
          const cell = feature.cells.get(cluster.id);
          if (!cell) return say('none');
          const fragment = document.createDocumentFragment();
          fragment.append(plain(cell.mean), under(signed(cell.deviation)));
          return fragment;
        }),
      ]), 'matrix'))));
    return parts;
  }

  function tags() {
    if (data.tags.length === 0) return [empty('profile')];
    const children = new Map();
    const known = new Set(data.tags.map((tag) => tag.code));
    for (const tag of data.tags) {
      const parent = known.has(tag.parent) ? tag.parent : null;
      children.set(parent, [...(children.get(parent) || []), tag]);
    }
    const ordered = [];
    const visit = (parent, path) => (children.get(parent) || []).forEach((tag) => {
      ordered.push({ tag, path });
      visit(tag.code, [...path, title(tag)]);
    });
    visit(null, []);
    const most = data.tags.filter((tag) => tag.rule !== null && tag.customers > 0)
      .sort((a, b) => b.customers - a.customers || (a.code < b.code ? -1 : 1)).slice(0, 12);
    const leaves = ordered.filter(({ tag }) => tag.rule !== null);
    const parts = table(say('tags.table'), [
      { title: say('tags.tag') },
      { title: say('column.customers'), number: true },
      { title: say('column.share'), number: true },
      { title: say('tags.sensitivity') },
    ], leaves.map(({ tag, path }) => {
      const fragment = document.createDocumentFragment();
      if (path.length > 0) fragment.append(under(path.join(' › ')));
      fragment.append(title(tag), make('span', { class: 'under' }, code(tag.rule)));
      return [fragment, count(tag.customers), percent(tag.share),
        sayOr('tags.sensitivity.' + tag.sensitivity, tag.sensitivity || say('none'))];
    }), 'stack scroll');
    return [
      paragraph('lead', say('tags.lead')),
      most.length === 0 ? parts : block(say('tags.chart'), null, pair('beside',
        bars(say('tags.summary', { items: listed(most.map((tag) => title(tag) + ' ' + count(tag.customers))) }),
          most.map((tag) => title(tag)),
          [{ name: say('column.customers'), values: most.map((tag) => tag.customers) }], count, { axis: short }),
        parts)),
    ];
  }

  function quality() {
    return [...conformed(), reasons(), expectations(), completeness(), qualityDays(), gate()];
  }

  /** Why a row was refused: a column and what is wrong, in words where they are known. */
  function reasonText(reason) {
    const [, column, what] = /^(\w+): (.*)$/.exec(reason) || [];
    if (column === undefined) return code(reason);
    const rule = what.replace(/^expectation /, '');
    const expected = rule !== what && data.checks.find((check) => check.rule === rule && check.titleEn);
    const [known, list] = what.startsWith('not one of ') ? ['not one of', what.slice(10)] : [what, ''];
    const words = expected ? say('fault.expectation', { title: title(expected) }) : sayOr('fault.' + known.replace(/ /g, '_'), null);
    if (words === null) return code(reason);
    const fragment = document.createDocumentFragment();
    fragment.append(code(column), say('colon'), words + list);
    return fragment;
  }

  function conformed() {
    const rows = data.conformed;
    if (rows.length === 0) return [empty('conform')];
    const sum = (value) => total(rows, value);
    const own = (row) => row.rowsIn - (row.elsewhere || 0);
    const name = (row) => row.source + ' › ' + row.entity;
    const share = (value) => (row) => ratio(value(row) || 0, own(row)) || 0;
    const series = [
      { name: say('quality.duplicate'), values: rows.map(share((row) => row.duplicate)) },
      { name: say('quality.rejected'), values: rows.map(share((row) => row.rejected)) },
      { name: say('quality.deleted'), values: rows.map(share((row) => row.deleted)) },
    ];
    return [
      paragraph('insight', say('quality.insight', {
        in: count(sum(own)), kept: count(sum((row) => row.kept)),
        share: percent(ratio(sum((row) => row.kept), sum(own))),
        rejected: count(sum((row) => row.rejected)), duplicate: count(sum((row) => row.duplicate)),
      })),
      block(say('quality.rows'), say('quality.rows.note'), pair('',
        chart(say('quality.rows.summary', {
          items: listed(rows.map((row) => name(row) + ' ' + percent(1 - share((one) => one.kept)(row)))),
        }), () => 66 + rows.length * 30, (width) => ({
          grid: { left: nameWidth(width, rows.map(name)) + 12, right: 24, top: 34, bottom: 26 },
          legend: { top: 0, left: 0, itemWidth: 14, itemHeight: 10, itemGap: 8, textStyle: { color: colour('ink'), fontSize: 12 } },
          tooltip: {
            trigger: 'axis', axisPointer: { type: 'shadow' },
            ...tip((points) => [points[0].name, ...points.map((point) =>
              point.seriesName + '  ' + percent(point.value))].join('\n')),
          },
          xAxis: valueAxis(tick, { splitNumber: width < NARROW ? 2 : 5 }),
          yAxis: nameAxis(rows.map(name), width, { inverse: true }),
          series: series.map((one, i) => ({
            name: one.name, type: 'bar', stack: 'rows', barMaxWidth: 18, data: one.values,
            itemStyle: { color: colour('series-' + [2, 3, 5][i]), borderColor: colour('surface'), borderWidth: 0.5 },
          })),
        })),
        table(say('quality.rows.table'), [
          { title: say('quality.source') },
          { title: say('quality.batches'), number: true },
          { title: say('quality.in'), number: true },
          { title: say('quality.elsewhere'), number: true },
          { title: say('quality.kept'), number: true },
          { title: say('quality.rejected'), number: true },
          { title: say('quality.duplicate'), number: true },
          { title: say('quality.deleted'), number: true },
        ], rows.map((row) => [
          name(row), count(row.batches), count(row.rowsIn), count(row.elsewhere), count(row.kept),
          count(row.rejected), count(row.duplicate), count(row.deleted),
        ]), 'stack'))),
    ];
  }

  function reasons() {
    if (data.conformed.length === 0) return null;
    const heading = say('quality.reasons');
    if (data.reasons.length === 0) return block(heading, say('quality.reasons.none'));
    return block(heading, null, table(heading, [
      { title: say('quality.reason') },
      { title: say('quality.outcome') },
      { title: say('quality.count'), number: true },
    ], data.reasons.map((row) => [
      named(reasonText(row.reason), row.source + ' › ' + row.entity),
      sayOr('outcome.' + row.outcome, row.outcome), count(row.rows),
    ]), 'stack quiet'));
  }

  const isFailed = (check) => check.passed === false;
  const isUnchecked = (check) => check.passed === null || check.passed === undefined;

  function outcome(check) {
    if (isUnchecked(check)) return make('span', { class: 'state' }, '– ' + say('quality.unchecked'));
    return make('span', { class: 'state ' + (check.passed ? 'up' : 'down') },
      check.passed ? '✓ ' + say('quality.passed') : '✗ ' + say('quality.notpassed'));
  }

  function checkTable(caption, checks) {
    return table(caption, [
      { title: say('quality.check') },
      { title: say('quality.severity') },
      { title: say('quality.expected') },
      { title: say('quality.found') },
      { title: say('quality.result') },
    ], checks.map((check) => [
      named(check.titleEn ? title(check) : sayOr('rule.' + check.rule, check.rule),
        check.table + (check.column && check.column !== '*' ? ' › ' + check.column : ' › ' + say('quality.whole'))),
      sayOr('severity.' + check.severity, check.severity || say('none')),
      check.expected || say('none'), check.found || say('none'), outcome(check),
    ]), 'stack');
  }

  /** What failed and what could not be checked; what passed on demand. */
  function checkTables(caption, checks) {
    const told = checks.filter((check) => check.passed !== true);
    const passed = checks.filter((check) => check.passed === true);
    return [
      told.length > 0 ? checkTable(caption, told) : null,
      passed.length > 0 ? make('details', {},
        make('summary', {}, say('quality.gate.more', { count: count(passed.length) })),
        checkTable(say('quality.gate.passed.table'), passed)) : null,
    ];
  }

  function verdict(isGood, text) {
    return make('p', { class: 'insight ' + (isGood ? 'up' : 'down') }, (isGood ? '✓ ' : '✗ ') + text);
  }

  function expectations() {
    const declared = data.checks.filter((check) => check.rule !== 'completeness'
      && (check.titleEn || !check.table.startsWith('gold/')));
    if (declared.length === 0) return null;
    const failed = declared.filter(isFailed).length;
    const unchecked = declared.filter(isUnchecked).length;
    return block(say('quality.expectations'), say('quality.expectations.note'),
      verdict(failed === 0, say('quality.expectations.insight', {
        met: count(declared.length - failed - unchecked), count: count(declared.length),
        failed: count(failed), unchecked: count(unchecked),
      })),
      ...checkTables(say('quality.expectations.table'), declared));
  }

  function completeness() {
    const rows = data.checks.filter((check) => check.rule === 'completeness' && check.rowsChecked > 0)
      .map((check) => ({
        name: check.table, values: check.rowsChecked, missing: check.rowsFailed,
        share: 1 - check.rowsFailed / check.rowsChecked,
      }))
      .sort((a, b) => a.share - b.share || (a.name < b.name ? -1 : 1));
    if (rows.length === 0) return null;
    return block(say('quality.completeness'), say('quality.completeness.note'), pair('',
      bars(say('quality.completeness.summary', { items: listed(rows.map((row) => row.name + ' ' + percent(row.share))) }),
        rows.map((row) => row.name),
        [{ name: say('quality.completeness'), values: rows.map((row) => row.share) }], percent, { axis: tick }),
      table(say('quality.completeness.table'), [
        { title: say('quality.tablename') },
        { title: say('quality.values'), number: true },
        { title: say('quality.missing'), number: true },
        { title: say('quality.completeness'), number: true },
      ], rows.map((row) => [row.name, count(row.values), count(row.missing), percent(row.share)]), 'stack')));
  }

  function qualityDays() {
    if (data.qualityDays.length < 2) return null;
    return block(say('quality.days'), say('quality.days.note'), table(say('quality.days.table'), [
      { title: say('quality.days.date') },
      { title: say('quality.completeness'), number: true },
      { title: say('quality.days.passed'), number: true },
      { title: say('quality.days.warned'), number: true },
      { title: say('quality.days.rejecting'), number: true },
      { title: say('quality.days.stopped'), number: true },
      { title: say('quality.days.unchecked'), number: true },
    ], data.qualityDays.map((row) => [
      day(row.asOf, 'medium'), percent(row.completeness), count(row.passed), count(row.warned),
      count(row.rejecting), count(row.stopped), count(row.unchecked),
    ]), 'stack'));
  }

  function gate() {
    const heading = say('quality.gate');
    const checks = data.checks.filter((check) => check.table.startsWith('gold/') && check.severity !== 'warn');
    if (checks.length === 0) return block(heading, null, empty('profile'));
    const failed = checks.filter(isFailed).length;
    return block(heading, null,
      verdict(failed === 0, failed === 0
        ? say('quality.gate.passed', { count: count(checks.length) })
        : say('quality.gate.failed', { failed: count(failed), count: count(checks.length) })),
      ...checkTables(say('quality.gate.table'), checks));
  }

  function run() {
    if (data.steps.length === 0) return [empty('ingest')];
    const seconds = (value) => format(value, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
    return [
      paragraph('lead', say('run.lead')),
      paragraph('insight', say('run.insight', {
        steps: count(data.steps.length), seconds: seconds(total(data.steps, (step) => step.seconds)),
      })),
      table(say('run.table'), [
        { title: say('run.step') },
        { title: say('run.status') },
        { title: say('run.in'), number: true },
        { title: say('run.out'), number: true },
        { title: say('run.rejected'), number: true },
        { title: say('run.duplicate'), number: true },
        { title: say('run.seconds'), number: true },
        { title: say('run.started') },
      ], data.steps.map((step) => [
        named(sayOr('step.' + step.job, step.job), step.runId),
        make('span', { class: 'state ' + (step.status === 'failed' ? 'down' : 'up') },
          sayOr('run.status.' + step.status, step.status)),
        count(step.rowsIn), count(step.rowsOut), count(step.rowsRejected), count(step.rowsDuplicate),
        seconds(step.seconds), moment(step.startedAt),
      ]), 'stack'),
    ];
  }

  const PARTS = {
    overview, explore, changes, customer, scores, worth, churn, groups, segments: segmentsPart, values, lifecycle, spend, clusters, tags,
    models, quality, run,
  };

  /** Fills a place of the page anew, and draws the charts in it once the place is on the page. */
  function refill(place, parts) {
    charts.filter((item) => place.contains(item.place)).forEach((item) => {
      if (item.instance) item.instance.dispose();
      charts.splice(charts.indexOf(item), 1);
    });
    const known = charts.length;
    place.replaceChildren(...parts().filter((child) => child !== null && child !== undefined));
    if (!place.isConnected) return;
    charts.slice(known).forEach((item) => {
      draw(item);
      watcher.observe(item.place);
    });
    markScrolling();
  }

  function render() {
    const place = window.scrollY;
    watcher.disconnect();
    charts.forEach((item) => item.instance && item.instance.dispose());
    charts.length = 0;
    document.documentElement.lang = TAGS[language];
    document.title = say('page.title') + ' – ' + data.deployment + ' – ' + data.asOf;
    document.getElementById('deployment').textContent = data.deployment;
    document.getElementById('period').textContent = say('page.period', { date: day(data.asOf) });
    for (const element of document.querySelectorAll('[data-message]')) {
      element.textContent = say(element.dataset.message);
    }
    document.getElementById('footer').textContent = data.sample === null
      ? say('page.footer') : say('page.footer.sample', { count: count(data.sample.customers.length) });
    for (const element of document.querySelectorAll('[data-label]')) {
      element.setAttribute('aria-label', say(element.dataset.label));
    }
    const button = document.getElementById('language');
    button.textContent = say('page.language');
    button.lang = language === 'en' ? TAGS.zh : TAGS.en;
    button.setAttribute('aria-label', say('page.language.label'));
    for (const [name, part] of Object.entries(PARTS)) {
      const children = part().filter((child) => child !== null && child !== undefined);
      document.querySelector('[data-part="' + name + '"]').replaceChildren(...children);
    }
    charts.forEach(draw);
    markScrolling();
    charts.forEach((item) => watcher.observe(item.place));
    window.scrollTo({ top: place, behavior: 'instant' });
  }

  document.getElementById('language').addEventListener('click', () => {
    language = language === 'en' ? 'zh' : 'en';
    rememberLanguage();
    render();
  });
  dark.addEventListener('change', render);
  document.addEventListener('toggle', markScrolling, true);

  const links = [...document.querySelectorAll('nav a')];
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries.filter((one) => one.isIntersecting)) {
      links.forEach((link) => (link.hash === '#' + entry.target.id
        ? link.setAttribute('aria-current', 'true') : link.removeAttribute('aria-current')));
    }
  }, { rootMargin: '-10% 0px -80% 0px' });
  document.querySelectorAll('section').forEach((section) => seen.observe(section));

  render();
})();
