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
      part(say('changes.states'), say('lifecycle.state'), states),
    ];
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
    const points = [];
    recencies.forEach((recency, x) => frequencies.forEach((frequency, y) => {
      const cell = at(recency, frequency);
      const fill = mix('low', 'high', cell.customers / most);
      points.push({
        value: [x, y, cell.customers],
        name: named(cell),
        itemStyle: { color: cell.customers === 0 ? colour('faint') : fill },
        label: { color: cell.customers === 0 ? colour('muted') : inkOn(fill) },
      });
    }));
    const map = chart(summary, (width) => Math.min(430, Math.max(300, Math.round(width * 0.7))), (width) => ({
      grid: { left: 52, right: 8, top: 8, bottom: 52 },
      tooltip: tip((point) => [
        say('segments.recency.short', { score: recencies[point.value[0]] }) + '  '
          + say('segments.frequency.short', { score: frequencies[point.value[1]] }),
        say('column.customers') + '  ' + count(point.value[2]), point.name].join('\n')),
      xAxis: {
        type: 'category', data: recencies.map(String), name: say('segments.recency'), nameLocation: 'middle', nameGap: 30,
        nameTextStyle: { color: colour('muted') }, axisLabel: label({}), axisTick: { show: false }, axisLine: { show: false },
      },
      yAxis: {
        type: 'category', data: frequencies.map(String), name: say('segments.frequency'), nameLocation: 'middle', nameGap: 28,
        nameTextStyle: { color: colour('muted') }, axisLabel: label({}), axisTick: { show: false }, axisLine: { show: false },
      },
      series: [{
        type: 'heatmap',
        data: points,
        itemStyle: { borderColor: colour('surface'), borderWidth: 3, borderRadius: 4 },
        emphasis: { itemStyle: { borderColor: colour('accent') } },
        label: {
          show: true, fontSize: width < NARROW ? 12 : 14,
          formatter: (point) => (width < NARROW ? short(point.value[2]) : count(point.value[2])),
        },
      }],
      visualMap: { show: false, min: 0, max: most, inRange: { colorAlpha: 1 } },
    }));
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
    const range = (band) => (band.upper === null
      ? say('and.more', { from: bound(band.lower) })
      : say('range', { from: bound(band.lower), to: bound(band.upper) }));
    const widest = bands.reduce((a, b) => (b.customers > a.customers ? b : a));
    const histogram = chart(
      say('spend.histogram.summary', { band: range(widest), customers: count(widest.customers) }),
      () => 300,
      (width) => ({
        grid: { left: 52, right: 12, top: 12, bottom: 46 },
        tooltip: tip((point) => range(bands[point.dataIndex]) + '\n' + say('column.customers') + '  ' + count(point.value)),
        xAxis: {
          type: 'category',
          data: bands.map((band) => short(band.lower) + (band.upper === null ? '+' : '')),
          name: say('spend.band') + ' (' + data.currency + ')', nameLocation: 'middle', nameGap: 30,
          nameTextStyle: { color: colour('muted') },
          axisLabel: label({ hideOverlap: true }), axisTick: { show: false },
          axisLine: { lineStyle: { color: colour('line') } },
        },
        yAxis: valueAxis(short, { splitNumber: width < NARROW ? 3 : 5 }),
        series: [{
          type: 'bar', barCategoryGap: '8%',
          data: bands.map((band) => ({
            value: band.customers,
            itemStyle: { color: colour(band.upper === null ? 'series-5' : 'series-1'), borderRadius: [3, 3, 0, 0] },
          })),
        }],
      }));
    const parts = [
      block(say('spend.histogram'), say('spend.histogram.note'), pair('beside', histogram,
        table(say('spend.histogram.table'), [
          { title: say('spend.band') },
          { title: say('column.customers'), number: true },
          { title: say('column.share'), number: true },
        ], bands.map((band) => [range(band), count(band.customers), percent(band.customers / data.spend.customers)]),
        'scroll'))),
    ];
    if (gini !== null) {
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
    return [...conformed(), reasons(), gate()];
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
      named(code(row.reason), row.source + ' › ' + row.entity),
      sayOr('outcome.' + row.outcome, row.outcome), count(row.rows),
    ]), 'stack quiet'));
  }

  function gate() {
    const heading = say('quality.gate');
    if (data.checks.length === 0) return block(heading, null, empty('profile'));
    const failed = data.checks.filter((check) => check.passed !== true);
    const passed = data.checks.filter((check) => check.passed === true);
    const rows = (caption, checks) => table(caption, [
      { title: say('quality.check') },
      { title: say('quality.expected') },
      { title: say('quality.found') },
      { title: say('quality.result') },
    ], checks.map((check) => [
      named(sayOr('rule.' + check.rule, check.rule),
        check.table + (check.column && check.column !== '*' ? ' › ' + check.column : ' › ' + say('quality.whole'))),
      check.expected || say('none'), check.found || say('none'),
      make('span', { class: 'state ' + (check.passed ? 'up' : 'down') },
        check.passed ? '✓ ' + say('quality.passed') : '✗ ' + say('quality.notpassed')),
    ]), 'stack');
    const verdict = make('p', { class: 'insight ' + (failed.length === 0 ? 'up' : 'down') },
      (failed.length === 0 ? '✓ ' : '✗ ') + (failed.length === 0
        ? say('quality.gate.passed', { count: count(passed.length) })
        : say('quality.gate.failed', { failed: count(failed.length), count: count(data.checks.length) })));
    return block(heading, null, verdict,
      failed.length > 0 ? rows(say('quality.gate.table'), failed) : null,
      passed.length > 0 ? make('details', {},
        make('summary', {}, say('quality.gate.more', { count: count(passed.length) })),
        rows(say('quality.gate.passed.table'), passed)) : null);
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
    overview, changes, segments: segmentsPart, values, lifecycle, spend, clusters, tags, quality, run,
  };

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
