// The chat page of the sandbox: everything it knows comes from /sandbox/…, all it shows is built as DOM nodes.

const TEXTS = {
  kk: {
    sandbox: "Жергілікті сынақ алаңы", hint: "Бұл — компьютеріңіздегі шағын Telegram: токен де, интернет те керек емес.",
    chats: "Чаттар", language: "Беттің тілі", messages: "Хабарламалар", commands: "Пәрмендер", write: "Хабарлама жазыңыз",
    send: "Жіберу", attach: "Тіркеу", start: "Бастау", as: "Кім жазады:", skip: "Хабарлама жазуға өту", close: "Жабу",
    newest: "Ең соңғысына", skipClock: "Келесі шолуға өту", sendLocation: "Орналасқан жер: Алматы", sendOcean: "Орналасқан жер: мұхит", photo: "Сурет", enlarge: "Суретті толық ашу", document: "Файл", location: "Орналасқан жер", sendFile: "Файл…",
    sendSticker: "Стикер", sendVoice: "Дауыстық хабарлама", block: "Ботты бұғаттау", unblock: "Бұғаттан шығару",
    blocked: "бұғатталған", more: "Тағы", remove: "Ботты шығару", add: "Ботты қайта қосу", via: "@{} арқылы",
    bot: "бот", group: "топ", channel: "арна", edited: "өзгертілді", silent: "дыбыссыз",
    typing: "жазып жатыр…", what: "Бұл бот не істей алады?", sticker: "Стикер", voice: "Дауыстық хабарлама",
    joined: "қосылды", left: "шықты", newTopic: "Топ супертопқа айналды", other: "Басқа хабарлама", offline: "Байланыс үзілді",
  },
  ru: {
    sandbox: "Локальная песочница", hint: "Это маленький Telegram на вашем компьютере: ни токен, ни интернет не нужны.",
    chats: "Чаты", language: "Язык страницы", messages: "Сообщения", commands: "Команды", write: "Напишите сообщение",
    send: "Отправить", attach: "Прикрепить", start: "Начать", as: "Пишет:", skip: "Перейти к сообщению", close: "Закрыть",
    newest: "К последнему", skipClock: "К следующему дайджесту", sendLocation: "Место: Алматы", sendOcean: "Место: океан", photo: "Фото", enlarge: "Открыть фото целиком", document: "Файл", location: "Место", sendFile: "Файл…",
    sendSticker: "Стикер", sendVoice: "Голосовое сообщение", block: "Заблокировать бота", unblock: "Разблокировать бота",
    blocked: "заблокирован", more: "Ещё", remove: "Убрать бота", add: "Вернуть бота", via: "через @{}",
    bot: "бот", group: "группа", channel: "канал", edited: "изменено", silent: "без звука",
    typing: "печатает…", what: "Что умеет этот бот?", sticker: "Стикер", voice: "Голосовое сообщение",
    joined: "теперь в группе", left: "больше не в группе", newTopic: "Группа стала супергруппой", other: "Другое сообщение",
    offline: "Связь прервалась",
  },
  en: {
    sandbox: "Local sandbox", hint: "A small Telegram on your own computer: no token and no network needed.",
    chats: "Chats", language: "Language of the page", messages: "Messages", commands: "Commands", write: "Write a message",
    send: "Send", attach: "Attach", start: "Start", as: "Write as:", skip: "Skip to the message box", close: "Close",
    newest: "To the newest", skipClock: "To the next digest", sendLocation: "Place: Almaty", sendOcean: "Place: the ocean", photo: "Photo", enlarge: "Open the photo in full", document: "File", location: "Place", sendFile: "File…",
    sendSticker: "Sticker", sendVoice: "Voice message", block: "Block the bot", unblock: "Unblock the bot",
    blocked: "blocked", more: "More", remove: "Remove the bot", add: "Add the bot back", via: "via @{}",
    bot: "bot", group: "group", channel: "channel", edited: "edited", silent: "silent",
    typing: "typing…", what: "What can this bot do?", sticker: "Sticker", voice: "Voice message",
    joined: "joined", left: "left", newTopic: "The group became a supergroup", other: "Another message", offline: "Connection lost",
  },
};
const PLACES = { location: { latitude: 43.238, longitude: 76.945 }, ocean: { latitude: 0, longitude: -30 } };
const PRESENT = new Set(["creator", "administrator", "member"]);
const $ = (id) => document.getElementById(id);

let language = [localStorage.language, navigator.language.slice(0, 2), "en"].find((code) => TEXTS[code]);
let state = { users: [], chats: [], bot: {} };
let room = null;
let commands = [];
let speakers = {};
const messages = new Map(); // chat id -> Map(message id -> message)
const unread = new Map();
const pressed = new Map(); // query id -> button
const t = (key) => TEXTS[language][key];

async function ask(path, body) {
  const options = body && { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(`/sandbox/${path}`, options);
  const data = await answer.json();
  if (!answer.ok) throw new Error(data.error);
  return data;
}

function make(tag, properties = {}, ...children) {
  const { dataset, aria, ...rest } = properties;
  const node = Object.assign(document.createElement(tag), rest);
  Object.assign(node.dataset, dataset);
  for (const [name, value] of Object.entries(aria ?? {})) node.setAttribute(`aria-${name}`, value);
  node.append(...children);
  return node;
}

// ------------------------------------------------------------------------------------------------ rich text

const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);
const TAGS = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "pre" };

function wrap(entity, text) {
  if (TAGS[entity.type]) return make(TAGS[entity.type]);
  if (entity.type === "text_link" || entity.type === "url") {
    const address = entity.url ?? (/^\w+:/.test(text) ? text : `http://${text}`);
    return make("a", { href: address, target: "_blank", rel: "noopener noreferrer" });
  }
  if (entity.type === "bot_command") return make("button", { type: "button", className: "command", onclick: () => say(text) });
  if (entity.type === "spoiler") return make("span", { className: "spoiler", onclick() { this.classList.add("shown"); } });
  if (entity.type === "blockquote") return make("blockquote");
  if (entity.type === "expandable_blockquote") return folding();
  return make("span");
}

function folding() {
  const toggle = (quote) => quote.setAttribute("aria-expanded", quote.getAttribute("aria-expanded") === "false");
  const quote = make("blockquote", { className: "folding", tabIndex: 0, aria: { expanded: "false" } });
  quote.setAttribute("role", "button");
  quote.onclick = (event) => event.target.closest("a") || toggle(quote);
  quote.onkeydown = (event) => {
    if (event.target !== quote || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    toggle(quote);
  };
  return quote;
}

function rich(text, entities, from = 0, to = text.length) {
  const parts = document.createDocumentFragment();
  let at = from;
  for (let i = 0; i < entities.length; i++) {
    const entity = entities[i];
    const end = Math.min(entity.offset + entity.length, to);
    if (entity.offset < at || entity.offset >= to) continue;
    parts.append(text.slice(at, entity.offset));
    const inner = rich(text, entities.slice(i + 1), entity.offset, end);
    const node = wrap(entity, text.slice(entity.offset, end));
    node.append(node.classList.contains("folding") ? make("span", {}, inner) : inner);
    parts.append(node);
    at = end + (BLOCKS.has(entity.type) && text[end] === "\n" ? 1 : 0); // a block ends its own line
  }
  parts.append(text.slice(at, to));
  return parts;
}

// ------------------------------------------------------------------------------------------------- messages

const nameOf = (user) => (user?.is_bot ? state.bot.name : user?.first_name) ?? "";
const clock = (seconds) => new Date(seconds * 1000).toLocaleTimeString(language === "en" ? "en-GB" : language, { hour: "2-digit", minute: "2-digit" });
const isMine = (message) => !message.from_bot && (room.type === "private" || message.from?.id === speaker()?.id);

const place = (at) => `${at.latitude.toFixed(3)}, ${at.longitude.toFixed(3)}`;

function preview(message) {
  const kind = ["photo", "document", "location", "sticker", "voice"].find((one) => message[one]);
  const words = message.text ?? message.caption ?? message.document?.file_name ?? (message.location && place(message.location));
  return kind ? [t(kind), words].filter(Boolean).join(" · ") : words ?? service(message);
}

function service(message) {
  const people = message.new_chat_members ?? (message.left_chat_member ? [message.left_chat_member] : []);
  if (people.length) return `${people.map(nameOf).join(", ")} ${t(message.new_chat_members ? "joined" : "left")}`;
  return message.migrate_to_chat_id || message.migrate_from_chat_id ? t("newTopic") : t("other");
}

function attachment(message) {
  const file = (id) => `/sandbox/file?file_id=${encodeURIComponent(id)}`;
  if (message.photo) return make("a", { href: file(message.photo.at(-1).file_id), target: "_blank", rel: "noopener noreferrer", aria: { label: t("enlarge") } }, make("img", { className: "photo", src: file(message.photo.at(-1).file_id), alt: message.caption ?? "", width: message.photo.at(-1).width || 320, onload: stick }));
  if (message.document) return make("a", { className: "file", href: file(message.document.file_id), download: message.document.file_name }, `${t("document")} · ${message.document.file_name}`);
  if (message.location) return `${t("location")} · ${place(message.location)}`;
  if (message.sticker) return `${message.sticker.emoji} ${t("sticker")}`;
  if (message.voice) return `${t("voice")}, 0:0${message.voice.duration}`;
  return "";
}

function bubble(message) {
  if (message.service) return make("p", { className: "service", id: `m${message.message_id}` }, service(message));
  const marks = [message.via_bot && t("via").replace("{}", message.via_bot.username), message.edit_date && t("edited"), message.silent && t("silent"), clock(message.date)];
  const author = room.type === "group" || room.type === "supergroup" ? make("p", { className: "from" }, nameOf(message.from)) : "";
  const body = make("div", { className: "body" }, attachment(message), rich(message.text ?? message.caption ?? "", message.entities ?? message.caption_entities ?? []));
  body.append(make("span", { className: "meta" }, marks.filter(Boolean).join(" · ")));
  const paper = make("div", { className: "bubble" }, isMine(message) ? "" : author, body);
  const whole = make("article", { className: `message${isMine(message) ? " mine" : ""}`, id: `m${message.message_id}` }, paper);
  if (message.reply_markup) whole.append(keyboard(message));
  return whole;
}

function keyboard(message) {
  const rows = message.reply_markup.inline_keyboard.map((row) => make("div", {}, ...row.map((button) => {
    if (button.url) return make("a", { href: button.url, target: "_blank", rel: "noopener noreferrer" }, button.text);
    return make("button", { type: "button", onclick(event) { press(message, button, event.currentTarget); } }, button.text);
  })));
  return make("div", { className: "keyboard" }, ...rows);
}

async function press(message, button, node) {
  node.setAttribute("aria-busy", "true");
  setTimeout(() => node.removeAttribute("aria-busy"), 10000);
  try {
    const { query_id } = await ask("press", { chat_id: room.id, user_id: speaker().id, message_id: message.message_id, data: button.callback_data });
    pressed.set(query_id, node);
  } catch (error) {
    toast(error.message);
  }
}

const log = $("log");
const near = () => log.scrollHeight - log.scrollTop - log.clientHeight < 160;
let sticking = true;
function stick() { if (sticking) log.scrollTop = log.scrollHeight; }
log.onscroll = () => { sticking = near(); $("down").hidden = sticking; };
$("down").onclick = () => log.scrollTo({ top: log.scrollHeight, behavior: "smooth" });

function showRoom() {
  const all = [...(messages.get(room.id)?.values() ?? [])];
  log.setAttribute("aria-busy", "true"); // a chat that was opened is not read out as news
  log.replaceChildren(...(all.length ? all.map(bubble) : [empty()]));
  log.removeAttribute("aria-busy");
  sticking = true;
  stick();
}

function empty() {
  const description = state.bot.description || state.bot.short_description;
  return make("div", { className: "empty" }, make("strong", {}, room.type === "private" ? t("what") : room.title), description || t("hint"));
}

function put(message) {
  const chat = message.chat.id;
  if (!messages.has(chat)) messages.set(chat, new Map());
  const known = messages.get(chat).has(message.message_id);
  messages.get(chat).set(message.message_id, message);
  if (chat !== room.id) {
    if (message.from_bot && !known) unread.set(chat, (unread.get(chat) ?? 0) + 1);
    return;
  }
  const old = $(`m${message.message_id}`);
  const focused = old?.contains(document.activeElement) && document.activeElement;
  const node = bubble(message);
  if (old) old.replaceWith(node);
  else {
    log.querySelector(".empty")?.remove();
    log.append(node);
  }
  if (focused) refocus(node, focused);
  if (!message.from_bot) sticking = true;
  $("status").textContent = statusOf();
  if (!sticking || node !== log.lastElementChild) return;
  stick();
  const top = node.offsetTop - log.offsetTop - 12;
  if (top < log.scrollTop) log.scrollTop = top; // a message taller than the window is read from its beginning
}

// Whoever pressed a button goes on from there: at the same button, ticked or not, else at the first of the new ones.
function refocus(node, before) {
  const plain = (one) => one.textContent.replace(/^✓ /, "");
  const choices = [...node.querySelectorAll(before.matches(".keyboard *") ? ".keyboard > div > *" : "a, button, [tabindex]")];
  const next = choices.find((one) => plain(one) === plain(before)) ?? choices[0] ?? node;
  if (next === node) node.tabIndex = -1;
  next.focus({ preventScroll: true });
}

// ---------------------------------------------------------------------------------------------------- chats

const userOf = (chat) => state.users.find((user) => user.id === chat.id);
const titleOf = (chat) => chat.title ?? chat.first_name;
const speaker = () => (room.type === "private" ? userOf(room) : state.users.find((user) => user.id === speakers[room.id]));
const started = () => room.type !== "private" || messages.get(room.id)?.size > 0;
const blocked = () => room.bot_status === "kicked" || room.bot_status === "left";
const statusOf = () => (room.type === "private" ? `${titleOf(room)} · ${blocked() ? t("blocked") : `${t("bot")} @${state.bot.username}`}` : t(room.type === "channel" ? "channel" : "group"));

function face(chat, node = make("span", { className: "face", aria: { hidden: "true" } })) {
  node.textContent = [...titleOf(chat)][0];
  node.dataset.hue = state.chats.findIndex((one) => one.id === chat.id) % 5;
  return node;
}

function showChats() {
  $("chats").replaceChildren(...state.chats.map((chat) => {
    const last = [...(messages.get(chat.id)?.values() ?? [])].at(-1);
    const code = userOf(chat)?.language_code;
    const lines = make("span", { className: "lines" }, make("span", { className: "name" }, titleOf(chat) + (code ? ` · ${code}` : "")), make("span", { className: "last" }, last ? preview(last) : chat.type === "private" ? `@${chat.username ?? chat.id}` : t(chat.type === "channel" ? "channel" : "group")));
    const count = unread.get(chat.id);
    return make("button", { type: "button", onclick: () => open(chat), aria: { current: chat.id === room?.id } }, face(chat), lines, count ? make("span", { className: "unread" }, count) : "");
  }));
}

async function open(chat) {
  room = chat;
  localStorage.chat = chat.id;
  unread.delete(chat.id);
  document.body.classList.remove("listing");
  const members = state.users.filter((user) => PRESENT.has(chat.members[user.id]));
  speakers[chat.id] ??= members[0]?.id;
  $("speaker-box").hidden = chat.type === "private" || chat.type === "channel";
  $("speaker").replaceChildren(...members.map((user) => make("option", { value: user.id, selected: user.id === speakers[chat.id] }, user.first_name)));
  commands = [];
  showHead();
  showRoom();
  showChats();
  commands = await ask(`commands?chat_id=${chat.id}&user_id=${speaker().id}`);
}

function showHead() {
  face(room, $("face"));
  $("title").textContent = room.type === "private" ? state.bot.name : titleOf(room);
  $("brand").textContent = state.bot.name;
  $("status").textContent = statusOf();
  document.title = `${state.bot.name} · ${titleOf(room)}`;
  $("block").textContent = t(room.type === "private" ? (blocked() ? "unblock" : "block") : blocked() ? "add" : "remove");
  $("block").setAttribute("aria-pressed", blocked());
  for (const one of $("composer").children) if (one.matches("textarea, .round")) one.hidden = !started();
  $("start").hidden = started();
  $("skip-clock").hidden = !state.can_skip;
}

async function load() {
  state = await ask(`state?language=${language}`);
  for (const chat of state.chats) messages.set(chat.id, new Map((await ask(`messages?chat_id=${chat.id}`)).map((one) => [one.message_id, one])));
  const wanted = room?.id ?? Number(localStorage.chat);
  const own = state.chats.find((chat) => userOf(chat)?.language_code === language);
  await open(state.chats.find((chat) => chat.id === wanted) ?? own ?? state.chats[0]);
}

// ----------------------------------------------------------------------------------------------- what comes

let typing;
const HANDLERS = {
  message: (event) => put(event.message),
  edit: (event) => put(event.message),
  delete(event) { messages.get(event.chat_id)?.delete(event.message_id); if (event.chat_id === room.id) $(`m${event.message_id}`)?.remove(); },
  answer(event) {
    pressed.get(event.query_id)?.removeAttribute("aria-busy");
    pressed.delete(event.query_id);
    if (!event.text || event.user_id !== speaker()?.id) return;
    if (!event.show_alert) return toast(event.text);
    $("alert").querySelector("p").textContent = event.text;
    $("alert").showModal();
  },
  inline: (event) => offerResults(event),
  action(event) {
    if (event.chat_id !== room.id) return;
    $("status").textContent = t("typing");
    clearTimeout(typing);
    typing = setTimeout(() => { $("status").textContent = statusOf(); }, 5000);
  },
};

async function listen() {
  for (;;) {
    try {
      const { events, cursor, born } = await ask(`events?after=${state.cursor}&timeout=25`);
      if (born !== state.born) { await load(); continue; }
      state.cursor = cursor;
      for (const event of events) HANDLERS[event.type]?.(event);
      if (events.some((event) => event.type === "menu" || event.type === "chats")) {
        state = { ...(await ask(`state?language=${language}`)), cursor };
        await open(state.chats.find((chat) => chat.id === room.id) ?? state.chats[0]);
      } else if (events.length) { showHead(); showChats(); }
    } catch {
      toast(t("offline"));
      await new Promise((resolve) => setTimeout(resolve, 1500));
    }
  }
}

let toasting;
function toast(text) {
  $("toast").textContent = text;
  clearTimeout(toasting);
  toasting = setTimeout(() => $("toast").replaceChildren(), 4000);
}

// ------------------------------------------------------------------------------------------------- composer

const field = $("text");
const here = () => ({ chat_id: room.id, user_id: speaker().id });
const attempt = (promise) => promise.catch((error) => toast(error.message));
const say = (text) => attempt(ask("say", { ...here(), text }));

function send() {
  const text = field.value.trim();
  if (text) say(text);
  field.value = "";
  fit();
  suggest(false);
}

function fit() { field.style.height = "auto"; field.style.height = `${field.scrollHeight}px`; }

function suggest(open, filter = "") {
  const found = commands.filter((one) => one.command.startsWith(filter));
  offer(open ? found.map((one) => [`/${one.command}`, one.description, () => say(`/${one.command}`)]) : []);
}

function offer(choices, stacked = false) {
  $("commands").classList.toggle("stacked", stacked);
  $("menu").setAttribute("aria-expanded", choices.length > 0);
  $("commands").hidden = choices.length === 0;
  $("commands").replaceChildren(...choices.map(([name, description, act], index) => {
    const pick = () => { offer([]); act(); field.value = ""; fit(); field.focus(); };
    const item = make("button", { type: "button", tabIndex: -1, onclick: pick, aria: { selected: index === 0 } }, make("b", {}, name), make("span", {}, description));
    item.setAttribute("role", "option");
    return item;
  }));
}

// "@bot words" asks the bot for inline results, as in Telegram; the newest question alone is shown.
let asking, asked;
function inline(query) {
  clearTimeout(asking);
  asking = setTimeout(async () => { ({ query_id: asked } = await ask("inline", { user_id: speaker().id, query })); }, 300);
}

function offerResults(event) {
  if (event.query_id !== asked || !field.value.startsWith("@")) return;
  const results = event.results.map((one) => [one.title ?? one.id, one.description ?? "", () => attempt(ask("choose", { ...here(), query_id: event.query_id, result_id: one.id }))]);
  const own = { chat_id: speaker().id, user_id: speaker().id };
  const button = event.button ? [[event.button.text, "", () => attempt(ask("say", { ...own, text: `/start ${event.button.start_parameter}` }))]] : [];
  offer([...button, ...results], true);
}

function move(step) {
  const items = [...$("commands").children];
  const at = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
  const next = (at + step + items.length) % items.length;
  items.forEach((item, index) => item.setAttribute("aria-selected", index === next));
  items[next].scrollIntoView({ block: "nearest" });
}

field.oninput = () => {
  fit();
  const typed = /^\/(\w*)$/.exec(field.value);
  const address = `@${state.bot.username} `;
  suggest(Boolean(typed), typed?.[1]);
  if (field.value.startsWith(address)) inline(field.value.slice(address.length));
};
field.onkeydown = (event) => {
  const choosing = !$("commands").hidden;
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    const chosen = choosing && $("commands").querySelector('[aria-selected="true"]');
    if (chosen && field.value !== chosen.firstChild.textContent) chosen.click(); else send();
  } else if (choosing && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    move(event.key === "ArrowDown" ? 1 : -1);
  } else if (choosing && event.key === "Tab" && !event.shiftKey) {
    event.preventDefault();
    field.value = `${$("commands").querySelector('[aria-selected="true"]').firstChild.textContent} `;
    suggest(false);
  }
};
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  suggest(false);
  attachments(false);
  more(false);
});
document.addEventListener("click", (event) => {
  if (!event.target.closest("#commands, #menu, #text")) suggest(false);
  if (!event.target.closest("#attachments, #attach")) attachments(false);
  if (!event.target.closest("#actions select, #more")) more(false);
});

function more(open) { $("actions").classList.toggle("open", open); $("more").setAttribute("aria-expanded", open); }
function attachments(open) { $("attachments").hidden = !open; $("attach").setAttribute("aria-expanded", open); }

async function upload(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  await ask("send", { ...here(), kind: file.type.startsWith("image/") ? "photo" : "document", name: file.name, media_type: file.type || "application/octet-stream", base64 });
}

$("composer").onsubmit = (event) => { event.preventDefault(); send(); };
$("menu").onclick = () => { suggest($("commands").hidden); field.focus(); };
$("attach").onclick = () => attachments($("attachments").hidden);
$("attachments").onclick = (event) => {
  const kind = event.target.dataset.send;
  if (kind === "file") $("file").click();
  else if (PLACES[kind]) attempt(ask("send", { ...here(), kind: "location", ...PLACES[kind] }));
  else if (kind) attempt(ask("send", { ...here(), kind }));
  if (kind) attachments(false);
};
$("file").onchange = () => { for (const file of $("file").files) attempt(upload(file)); $("file").value = ""; };
$("start").onclick = async () => { await say("/start"); field.focus(); };
$("more").onclick = () => more(!$("actions").classList.contains("open"));
$("speaker").onchange = () => { speakers[room.id] = Number($("speaker").value); open(room); };
$("back").onclick = () => document.body.classList.add("listing");
$("skip-clock").onclick = () => { sticking = true; attempt(ask("skip", { language })); }; // whoever asks for the digest wants to see it
$("block").onclick = () => attempt(ask("bot", { ...here(), status: blocked() ? (room.type === "channel" ? "administrator" : "member") : "kicked" }));

// ------------------------------------------------------------------------------------------------- language

async function speak(code) {
  language = localStorage.language = code;
  document.documentElement.lang = code;
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = t(node.dataset.text);
  for (const node of document.querySelectorAll("[data-placeholder]")) node.placeholder = t(node.dataset.placeholder);
  for (const node of document.querySelectorAll("[data-label]")) { node.setAttribute("aria-label", t(node.dataset.label)); if (node.matches("button")) node.title = t(node.dataset.label); }
  for (const node of document.querySelectorAll("[data-language]")) node.setAttribute("aria-pressed", node.dataset.language === code);
  await load();
}

for (const node of document.querySelectorAll("[data-language]")) node.onclick = () => speak(node.dataset.language);
await speak(language);
document.body.dataset.ready = "yes";
listen();
