BEGIN TRANSACTION;
CREATE TABLE alert_cursor (
    id INTEGER PRIMARY KEY,
    done_seq BIGINT NOT NULL,
    up_to BIGINT NOT NULL,
    after_chat BIGINT
);
INSERT INTO "alert_cursor" VALUES(1,0,0,NULL);
CREATE TABLE alert_pace (
    chat_id BIGINT PRIMARY KEY REFERENCES chat (id) ON DELETE CASCADE,
    window_start BIGINT NOT NULL,
    sent BIGINT NOT NULL,
    due_at BIGINT
) WITHOUT ROWID;
CREATE TABLE article (
    id INTEGER PRIMARY KEY,
    source_id TEXT NOT NULL REFERENCES source (id),
    story_id BIGINT NOT NULL,
    url TEXT NOT NULL,
    title TEXT NOT NULL,
    summary TEXT NOT NULL,
    language TEXT NOT NULL,
    image TEXT,
    published_at BIGINT NOT NULL,
    stored_at BIGINT NOT NULL,
    text TEXT NOT NULL,
    
    posting_keys BLOB NOT NULL
);
INSERT INTO "article" VALUES(1,'dala',1,'https://a.kz/400122445','Тоқаев Иран президентімен кездесті','Астанада екі ел басшысы сауданы талқылады.','kk',NULL,1772430600000,1772431200000,'Астанада екі ел басшысы сауданы талқылады.',X'0012AE35619F388F81A6A36CFA4334911AE50224B189219E47BA382A0E1A00A5B2916BD353A583B5C7F93BFEC993F9B54F8C6E911BCA92B60842F9D1B9D571BD203B5385610F98C86DD4AE1C242E7CCE7C4B3F59740270D0DCDC98C0F296A9DF9305A0E7DA6727F9E3D1135DB26686057533003EFA88D90D844D87F557548F13E7F3CAECA2490926DCFFCC2FF8C6233B471DE6542669E042408A59B09FA0A35F3B522473AA56717B');
INSERT INTO "article" VALUES(2,'dala',2,'https://a.kz/1056470138','Мұнай бағасы төрт пайызға өсті','Баррель бағасы 68 доллардан асты.','kk',NULL,1772430600000,1772431200000,'Баррель бағасы 68 доллардан асты.',X'A205703FEA81FE8E8F7B03E75FA62590C08C45B98A86C0946004514D6E2B509978EFE2626D66EF999B526189C7CE64B34FB962DF6DB604B8D135DF68FC862FC1C6C620D4C4F766CBFAEC7963EEA968DF6D4F509A3E7E66E0407C2606E2DD22E2F46AA9A5EC17B8E326153A0DE34ABDE330B5FAFD86A0540AA2643B9AE7BA4034F61666ED58D90B5F726A240D691B1765D2A0075DEB739A77');
INSERT INTO "article" VALUES(3,'kurier',1,'https://a.kz/1601109432','Токаев встретился с президентом Ирана','В Астане главы двух стран обсудили торговлю.','ru',NULL,1772430600000,1772431200000,'В Астане главы двух стран обсудили торговлю.',X'0012AE35619F388F3DF7394D27CEC88F4F8C6E911BCA92B623414D37616E53BC0842F9D1B9D571BDBB26BB41821A69D0DDFA9E6F22C7EDDCDCDC98C0F296A9DF4A8BD1CD7E1F83E807E2CA9828BBCDEC254E02B300559FFCA7B27702A708291B57BF61AAF3152E1D026CA25077613D1DE0940539D5B0141F27EEFD06F7E7D13CD5A0D2CC0DDFD240FE481CFAF27EB842A26F33660589454CFEEAE1DEA91680552BB424DC0DEA4E6A38155FFDB27803789B634787CC61CD7A02AA61033A8A7A7E');
INSERT INTO "article" VALUES(4,'kurier',2,'https://a.kz/2924739990','Нефть подорожала на четыре процента','Баррель стоит дороже 68 долларов.','ru',NULL,1772430600000,1772431200000,'Баррель стоит дороже 68 долларов.',X'DE77A8774C80C69032429983EA4D779895221BCC09908FA5651FE147842D3EAA9B526189C7CE64B3C1A4D5F942777ABE6B919B5063F035DF5843AE691D84E4E226153A0DE34ABDE3F0CC22EB7A6A5C04C706F8B47BD604056AA968F7511BEC10A4B0E3A7B6087230A2643B9AE7BA40341080F5676B0B593984EF3B61B63A17458F709A58EC4CF36ED2A0075DEB739A77');
INSERT INTO "article" VALUES(5,'monitor',1,'https://a.kz/3758736942','Tokayev meets Iran''s president','The two leaders discussed trade in Astana.','en',NULL,1772430600000,1772431200000,'The two leaders discussed trade in Astana.',X'1A133CF2B044DD8C95B42D888629849AB366DDC91839FBA96BB372C6353912AE4F8C6E911BCA92B60842F9D1B9D571BD80122D68EE30D2CDDCDC98C0F296A9DFB98FB0764878B7F3EB839B12A24BC9F61EF28BD495DAE6F7B211CFAC42FCD9FA2CC2F956EC0D9DFDEE55BE2FF3C2C303AB80F35060BB5B1CB14FDD08EF1198224ACD5FCC32025D267BB8A2965F0AF3286B9237F20ED46437B9144072E7464A3A19986033CF37C44EEAF37B58D619B155');
INSERT INTO "article" VALUES(6,'monitor',6,'https://a.kz/2433586261','Chess: a draw in round nine','The match is level.','en',NULL,1772430600000,1772431200000,'The match is level.',X'08AED37ADE9A4B8273D40CC2D2CBECA76BB372C6353912AE0F9128DC816D8AD9F918A6DB5709ECEAEB839B12A24BC9F6A668ED22D9CFCBF70EBF42409A9598FB5676BAD0B9A13802C01A5AF89032AD2F6908AEC97B556738C5BC5ACFC81A8A3E97B9AE9F310483473DB1560EE7C5B94CEAF37B58D619B155473417C3BEEDB163');
CREATE TABLE broadcast (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    chat_id BIGINT NOT NULL,
    text TEXT NOT NULL,
    state TEXT NOT NULL,
    after_chat BIGINT NOT NULL DEFAULT 0,
    queued BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL
);
CREATE TABLE chat (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    locale TEXT NOT NULL,
    zone TEXT NOT NULL,
    schedule TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    next_digest_at BIGINT,
    next_weekly_at BIGINT,
    
    next_slot_at BIGINT,
    thread_id BIGINT,
    quiet TEXT NOT NULL,
    digest_when_empty BIGINT NOT NULL
, languages TEXT NOT NULL DEFAULT '', compact BIGINT NOT NULL DEFAULT 0);
INSERT INTO "chat" VALUES(-100,'group','ru','Asia/Almaty','08:30; weekly sun 10:00','active',1772431200000,1772508600000,1772946000000,1772508600000,NULL,'',0,'',0);
INSERT INTO "chat" VALUES(7,'private','kk','Asia/Almaty','11:30; weekly sun 10:00','active',1772431200000,1772519400000,1772946000000,1772519400000,NULL,'',0,'',0);
INSERT INTO "chat" VALUES(8,'private','ru','Asia/Almaty','mon,fri 09:00; weekly sun 10:00','active',1772431200000,1772769600000,1772946000000,1772769600000,NULL,'',0,'',0);
INSERT INTO "chat" VALUES(9,'private','en','Asia/Almaty','08:30; weekly sun 10:00','paused',1772431200000,1772508600000,1772946000000,1772508600000,NULL,'23:00-07:00',0,'',0);
CREATE TABLE chat_source (
    chat_id BIGINT NOT NULL REFERENCES chat (id) ON DELETE CASCADE,
    source_id TEXT NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    enabled BIGINT NOT NULL,
    PRIMARY KEY (chat_id, source_id)
) WITHOUT ROWID;
CREATE TABLE composition (
    id INTEGER PRIMARY KEY,
    chat_id BIGINT NOT NULL,
    pages TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE TABLE counter (
    name TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO "counter" VALUES('seq',8);
INSERT INTO "counter" VALUES('generation',4);
INSERT INTO "counter" VALUES('article',6);
INSERT INTO "counter" VALUES('composition',0);
CREATE TABLE entry (
    source_id TEXT NOT NULL,
    uid_hash TEXT NOT NULL,
    article_id BIGINT NOT NULL,
    content_hash TEXT NOT NULL,
    listed_at BIGINT NOT NULL,
    PRIMARY KEY (source_id, uid_hash)
) WITHOUT ROWID;
INSERT INTO "entry" VALUES('dala','94144fb5b50a47034435d7ffc5b6df70',2,'8ab6c19181fccadb3abfa147aa65d7da',1772431200000);
INSERT INTO "entry" VALUES('dala','ff95062dc64306b06517a04a8bcc79f7',1,'025f0414313f277bea159b37c7f10c5e',1772431200000);
INSERT INTO "entry" VALUES('kurier','64cd6f0a213e72ebcc41504b9bf1ef95',3,'c35b304974d94555a5ea0a11e1457400',1772431200000);
INSERT INTO "entry" VALUES('kurier','ae00bc97a72a48b5f276b5790eab8837',4,'7cb0ee2652e1f3cd5ac1272dc15780ac',1772431200000);
INSERT INTO "entry" VALUES('monitor','e2059ea6d9944896091697453d85c052',6,'ca6b57287a1cef76e58dbafd196d36b9',1772431200000);
INSERT INTO "entry" VALUES('monitor','edb001a4a4ec013fc6600bc869e15694',5,'d9d7ba1cd6faa4753f31ca00f38a5c45',1772431200000);
CREATE TABLE inbox (
    update_id INTEGER PRIMARY KEY,
    chat_id BIGINT,
    payload TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    available_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    lease_owner TEXT,
    lease_until BIGINT NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'waiting',
    error TEXT,
    finished_at BIGINT
);
INSERT INTO "inbox" VALUES(1,7,'{"update_id": 1, "message": {"message_id": 100, "date": 100, "chat": {"id": 7, "type": "private", "first_name": "A"}, "from": {"id": 7, "is_bot": false, "first_name": "A", "language_code": "kk"}, "text": "/start", "entities": [{"type": "bot_command", "offset": 0, "length": 6}]}}',1772431200000,1772431200000,0,NULL,0,'done',NULL,1772431200000);
INSERT INTO "inbox" VALUES(2,7,'{"update_id": 2, "message": {"message_id": 101, "date": 101, "chat": {"id": 7, "type": "private", "first_name": "A"}, "from": {"id": 7, "is_bot": false, "first_name": "A", "language_code": "kk"}, "text": "/subscribe \u0418\u0440\u0430\u043d", "entities": [{"type": "bot_command", "offset": 0, "length": 10}]}}',1772431200000,1772431200000,0,NULL,0,'done',NULL,1772431200000);
INSERT INTO "inbox" VALUES(3,7,'{"update_id": 3, "message": {"message_id": 102, "date": 102, "chat": {"id": 7, "type": "private", "first_name": "A"}, "from": {"id": 7, "is_bot": false, "first_name": "A", "language_code": "kk"}, "text": "/subscribe \u043c\u04b1\u043d\u0430\u0439", "entities": [{"type": "bot_command", "offset": 0, "length": 10}]}}',1772431200000,1772431200000,0,NULL,0,'done',NULL,1772431200000);
INSERT INTO "inbox" VALUES(4,7,'{"update_id": 4, "message": {"message_id": 103, "date": 103, "chat": {"id": 7, "type": "private", "first_name": "A"}, "from": {"id": 7, "is_bot": false, "first_name": "A", "language_code": "kk"}, "text": "/schedule 11:30", "entities": [{"type": "bot_command", "offset": 0, "length": 9}]}}',1772431200000,1772431200000,0,NULL,0,'done',NULL,1772431200000);
INSERT INTO "inbox" VALUES(5,7,'{"update_id": 5, "message": {"message_id": 104, "date": 104, "chat": {"id": 7, "type": "private", "first_name": "A"}, "from": {"id": 7, "is_bot": false, "first_name": "A", "language_code": "kk"}, "text": "/timezone Asia/Almaty", "entities": [{"type": "bot_command", "offset": 0, "length": 9}]}}',1772431200000,1772431200000,0,NULL,0,'done',NULL,1772431200000);
INSERT INTO "inbox" VALUES(6,8,'{"update_id": 6, "message": {"message_id": 105, "date": 105, "chat": {"id": 8, "type": "private", "first_name": "A"}, "from": {"id": 7, "is_bot": false, "first_name": "A", "language_code": "ru"}, "text": "/start", "entities": [{"type": "bot_command", "offset": 0, "length": 6}]}}',1772431200000,1772431200000,0,NULL,0,'done',NULL,1772431200000);
INSERT INTO "inbox" VALUES(7,8,'{"update_id": 7, "message": {"message_id": 106, "date": 106, "chat": {"id": 8, "type": "private", "first_name": "A"}, "from": {"id": 7, "is_bot": false, "first_name": "A", "language_code": "ru"}, "text": "/subscribe \u043d\u0435\u0444\u0442\u044c -\u043f\u0440\u043e\u0433\u043d\u043e\u0437", "entities": [{"type": "bot_command", "offset": 0, "length": 10}]}}',1772431200000,1772431200000,0,NULL,0,'done',NULL,1772431200000);
INSERT INTO "inbox" VALUES(8,8,'{"update_id": 8, "message": {"message_id": 107, "date": 107, "chat": {"id": 8, "type": "private", "first_name": "A"}, "from": {"id": 7, "is_bot": false, "first_name": "A", "language_code": "ru"}, "text": "/schedule mon,fri 09:00", "entities": [{"type": "bot_command", "offset": 0, "length": 9}]}}',1772431200000,1772431200000,0,NULL,0,'done',NULL,1772431200000);
INSERT INTO "inbox" VALUES(9,8,'{"update_id": 9, "message": {"message_id": 108, "date": 108, "chat": {"id": 8, "type": "private", "first_name": "A"}, "from": {"id": 7, "is_bot": false, "first_name": "A", "language_code": "ru"}, "text": "/schedule weekly sun 10:00", "entities": [{"type": "bot_command", "offset": 0, "length": 9}]}}',1772431200000,1772431200000,0,NULL,0,'done',NULL,1772431200000);
INSERT INTO "inbox" VALUES(10,9,'{"update_id": 10, "message": {"message_id": 109, "date": 109, "chat": {"id": 9, "type": "private", "first_name": "A"}, "from": {"id": 7, "is_bot": false, "first_name": "A", "language_code": "en"}, "text": "/start", "entities": [{"type": "bot_command", "offset": 0, "length": 6}]}}',1772431200000,1772431200000,0,NULL,0,'done',NULL,1772431200000);
INSERT INTO "inbox" VALUES(11,9,'{"update_id": 11, "message": {"message_id": 110, "date": 110, "chat": {"id": 9, "type": "private", "first_name": "A"}, "from": {"id": 7, "is_bot": false, "first_name": "A", "language_code": "en"}, "text": "/subscribe Tokayev", "entities": [{"type": "bot_command", "offset": 0, "length": 10}]}}',1772431200000,1772431200000,0,NULL,0,'done',NULL,1772431200000);
INSERT INTO "inbox" VALUES(12,9,'{"update_id": 12, "message": {"message_id": 111, "date": 111, "chat": {"id": 9, "type": "private", "first_name": "A"}, "from": {"id": 7, "is_bot": false, "first_name": "A", "language_code": "en"}, "text": "/quiet 23:00-07:00", "entities": [{"type": "bot_command", "offset": 0, "length": 6}]}}',1772431200000,1772431200000,0,NULL,0,'done',NULL,1772431200000);
INSERT INTO "inbox" VALUES(13,9,'{"update_id": 13, "message": {"message_id": 112, "date": 112, "chat": {"id": 9, "type": "private", "first_name": "A"}, "from": {"id": 7, "is_bot": false, "first_name": "A", "language_code": "en"}, "text": "/language en", "entities": [{"type": "bot_command", "offset": 0, "length": 9}]}}',1772431200000,1772431200000,0,NULL,0,'done',NULL,1772431200000);
INSERT INTO "inbox" VALUES(14,9,'{"update_id": 14, "message": {"message_id": 113, "date": 113, "chat": {"id": 9, "type": "private", "first_name": "A"}, "from": {"id": 7, "is_bot": false, "first_name": "A", "language_code": "en"}, "text": "/pause", "entities": [{"type": "bot_command", "offset": 0, "length": 6}]}}',1772431200000,1772431200000,0,NULL,0,'done',NULL,1772431200000);
INSERT INTO "inbox" VALUES(15,-100,'{"update_id": 15, "message": {"message_id": 114, "date": 114, "chat": {"id": -100, "type": "group", "title": "G"}, "from": {"id": 7, "is_bot": false, "first_name": "A", "language_code": "ru"}, "text": "/subscribe \u0418\u0440\u0430\u043d", "entities": [{"type": "bot_command", "offset": 0, "length": 10}]}}',1772431200000,1772431200000,0,NULL,0,'done',NULL,1772431200000);
INSERT INTO "inbox" VALUES(900,7,'{"update_id": 900, "message": {}}',1772433900000,1772433900000,0,NULL,0,'waiting',NULL,NULL);
CREATE TABLE kept_work (
    name TEXT PRIMARY KEY,
    data BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE offer (
    source_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    language TEXT NOT NULL,
    offered_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dedupe_key TEXT NOT NULL UNIQUE,
    chat_id BIGINT NOT NULL,
    priority TEXT NOT NULL,
    state TEXT NOT NULL,
    text TEXT NOT NULL,
    keyboard TEXT NOT NULL,
    thread_id BIGINT,
    edits BIGINT,
    silent BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    available_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    uncertain BIGINT NOT NULL DEFAULT 0,
    lease_owner TEXT,
    lease_until BIGINT,
    message_id BIGINT,
    error TEXT,
    settled_at BIGINT
, file_kind TEXT, file_name TEXT, file_data BLOB);
INSERT INTO "outbox" VALUES(1,'reply:1:0',7,'0-reply','pending','Сәлем! Мен — <b>Жаршы</b>. Қазақша, орысша және ағылшынша жаңалықтарды оқып, өзіңізге керегін жеткіземін.

Қызықтыратын тақырыпты жазып жіберіңіз: <i>Иран</i>, <i>теңге бағамы</i>, <i>Тоқаев</i>. Мақала қай тілде жазылса да, сөз қай жалғаумен тұрса да, табамын.

Шолу күн сайын таңертең келеді. Уақытын өзгерту: /schedule. Барлық пәрмен: /help.','[[["✓ Қазақша","1:language:kk",null],["Русский","1:language:ru",null],["English","1:language:en",null]],[["Тақырып таңдау","1:topics:0",null]],[["Соңғы жаңалықтар","n:0",null]]]',NULL,NULL,0,1772431200000,1772431200000,1772432100000,0,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(2,'reply:2:0',7,'0-reply','pending','«Иран» тақырыбына жазылдыңыз.
Іздейтінім: Иран / Iran','[[["Соңғы жаңалықтар","n:1",null],["Бас тарту","u:1",null]],[["Тек мақала атауында: Иран","r:1:headline",null]]]',NULL,NULL,0,1772431200000,1772431200000,1772432100000,0,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(3,'reply:3:0',7,'0-reply','pending','«мұнай» тақырыбына жазылдыңыз.
Іздейтінім: мұнай','[[["Соңғы жаңалықтар","n:2",null],["Бас тарту","u:2",null]],[["Қосу: нефть, oil, crude","r:2:wider",null]],[["Тек мақала атауында: мұнай","r:2:headline",null]]]',NULL,NULL,0,1772431200000,1772431200000,1772432100000,0,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(4,'reply:4:0',7,'0-reply','pending','Шолу күн сайын келеді: 11:30.
Апталық шолу: жексенбі, 10:00.
Келесі шолу: 2 наурыз, дүйсенбі, 11:30.','[[["Барлық баптау","e:main",null]]]',NULL,NULL,0,1772431200000,1772431200000,1772432100000,0,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(5,'reply:5:0',7,'0-reply','pending','Уақыт белдеуі: Алматы (Asia/Almaty), қазір сағат 11:00.
Шолу күн сайын келеді: 11:30.
Апталық шолу: жексенбі, 10:00.
Келесі шолу: 2 наурыз, дүйсенбі, 11:30.','[[["Барлық баптау","e:main",null]]]',NULL,NULL,0,1772431200000,1772431200000,1772432100000,0,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(6,'reply:6:0',8,'0-reply','pending','Здравствуйте! Я — <b>Жаршы</b>. Читаю новости на казахском, русском и английском и приношу то, что нужно вам.

Напишите тему: <i>Иран</i>, <i>курс тенге</i>, <i>Токаев</i>. Я найду статьи на всех трёх языках, в какой бы форме ни стояло слово.

Дайджест приходит каждое утро. Изменить время: /schedule. Все команды: /help.','[[["Қазақша","1:language:kk",null],["✓ Русский","1:language:ru",null],["English","1:language:en",null]],[["Выбрать темы","1:topics:0",null]],[["Последние новости","n:0",null]]]',NULL,NULL,0,1772431200000,1772431200000,1772432100000,0,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(7,'reply:7:0',8,'0-reply','pending','Вы подписались на тему «нефть -прогноз».
Ищу: нефть − прогноз','[[["Последние новости","n:3",null],["Отписаться","u:3",null]]]',NULL,NULL,0,1772431200000,1772431200000,1772432100000,0,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(8,'reply:8:0',8,'0-reply','pending','Дни дайджеста: понедельник, пятница. Время: 09:00.
Итоги недели: воскресенье, 10:00.
Следующий дайджест: пятница, 6 марта, 09:00.','[[["Все настройки","e:main",null]]]',NULL,NULL,0,1772431200000,1772431200000,1772432100000,0,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(9,'reply:9:0',8,'0-reply','pending','Дни дайджеста: понедельник, пятница. Время: 09:00.
Итоги недели: воскресенье, 10:00.
Следующий дайджест: пятница, 6 марта, 09:00.','[[["Все настройки","e:main",null]]]',NULL,NULL,0,1772431200000,1772431200000,1772432100000,0,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(10,'reply:10:0',9,'0-reply','pending','Hello! I am <b>Jarshy</b>. I read the news in Kazakh, Russian and English and bring you what you care about.

Write a topic: <i>Iran</i>, <i>tenge</i>, <i>Tokayev</i>. I find articles in all three languages, however the word is inflected.

The digest comes every morning. To change the hour: /schedule. All commands: /help.','[[["Қазақша","1:language:kk",null],["Русский","1:language:ru",null],["✓ English","1:language:en",null]],[["Choose topics","1:topics:0",null]],[["The latest stories","n:0",null]]]',NULL,NULL,0,1772431200000,1772431200000,1772432100000,0,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(11,'reply:11:0',9,'0-reply','pending','You now follow “Tokayev”.
Looking for: Қасым-Жомарт Тоқаев / Касым-Жомарт Токаев / Kassym-Jomart Tokayev','[[["The latest stories","n:4",null],["Stop following","u:4",null]],[["Headlines only: Tokayev","r:4:headline",null]]]',NULL,NULL,0,1772431200000,1772431200000,1772432100000,0,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(12,'reply:12:0',9,'0-reply','pending','Quiet hours: 23:00–07:00.
Alerts wait until they end and then come as one message. A digest at an hour that you chose comes without a sound.','[[["All settings","e:main",null]]]',NULL,NULL,0,1772431200000,1772431200000,1772432100000,0,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(13,'reply:13:0',9,'0-reply','pending','We speak English now.','[[["Қазақша","l:kk",null],["Русский","l:ru",null],["English","l:en",null]],[["All settings","e:main",null]]]',NULL,NULL,0,1772431200000,1772431200000,1772432100000,0,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(14,'reply:14:0',9,'0-reply','pending','Digests are on hold. Your topics and settings stay. Send them again: /resume','[]',NULL,NULL,0,1772431200000,1772431200000,1772432100000,0,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(15,'reply:15:0',-100,'0-reply','pending','Вы подписались на тему «Иран».
Ищу: Иран / Iran','[[["Последние новости","n:1",null],["Отписаться","u:1",null]],[["Только в заголовке: Иран","r:1:headline",null]]]',NULL,NULL,0,1772431200000,1772431200000,1772432100000,0,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(16,'digest:7:20260302T0630Z:0',7,'2-digest','pending','<b>Жаңалықтар шолуы</b>
2 наурыз, дүйсенбі · 2 жаңалық

<b><u>Иран</u></b>

<b><a href="https://a.kz/400122445">Тоқаев Иран президентімен кездесті</a></b>
<i>Дала жаршысы +2 · 10:50</i>
Астанада екі ел басшысы сауданы талқылады.

<b><u>мұнай</u></b>

<b><a href="https://a.kz/1056470138">Мұнай бағасы төрт пайызға өсті</a></b>
<i>Дала жаршысы +1 · 10:50</i>
Баррель бағасы 68 доллардан асты.','[]',NULL,NULL,0,1772433900000,1772433900000,1772520300000,0,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE pace (
    chat_id INTEGER PRIMARY KEY,
    next_at BIGINT NOT NULL,
    paid_until BIGINT NOT NULL DEFAULT 0
);
CREATE TABLE posting (
    key BIGINT NOT NULL,
    article_id BIGINT NOT NULL,
    PRIMARY KEY (key, article_id)
) WITHOUT ROWID;
INSERT INTO "posting" VALUES(-9057975945191510520,6);
INSERT INTO "posting" VALUES(-8296399411777629414,5);
INSERT INTO "posting" VALUES(-8142928233152641630,2);
INSERT INTO "posting" VALUES(-8126570287728815616,1);
INSERT INTO "posting" VALUES(-8126570287728815616,3);
INSERT INTO "posting" VALUES(-8085986462749034691,3);
INSERT INTO "posting" VALUES(-8059853027281765489,2);
INSERT INTO "posting" VALUES(-8014577420945819682,4);
INSERT INTO "posting" VALUES(-7983681496577497471,1);
INSERT INTO "posting" VALUES(-7728029030195819328,2);
INSERT INTO "posting" VALUES(-7460408588090392014,4);
INSERT INTO "posting" VALUES(-7399366435026172832,2);
INSERT INTO "posting" VALUES(-7354547046476222600,2);
INSERT INTO "posting" VALUES(-7312674237155789675,5);
INSERT INTO "posting" VALUES(-7052204147579099878,1);
INSERT INTO "posting" VALUES(-6557212409311217081,1);
INSERT INTO "posting" VALUES(-6516831764028382571,4);
INSERT INTO "posting" VALUES(-6346473668812680077,6);
INSERT INTO "posting" VALUES(-6198297683516627277,5);
INSERT INTO "posting" VALUES(-6179451592540872859,4);
INSERT INTO "posting" VALUES(-5903593258403843221,5);
INSERT INTO "posting" VALUES(-5903593258403843221,6);
INSERT INTO "posting" VALUES(-5520059886850714981,2);
INSERT INTO "posting" VALUES(-5520059886850714981,4);
INSERT INTO "posting" VALUES(-5367264551447588430,1);
INSERT INTO "posting" VALUES(-5334069787880588857,1);
INSERT INTO "posting" VALUES(-5290944392454042545,1);
INSERT INTO "posting" VALUES(-5290944392454042545,3);
INSERT INTO "posting" VALUES(-5290944392454042545,5);
INSERT INTO "posting" VALUES(-5186820287808489137,2);
INSERT INTO "posting" VALUES(-4876432607693422301,3);
INSERT INTO "posting" VALUES(-4795817134104428024,1);
INSERT INTO "posting" VALUES(-4795817134104428024,3);
INSERT INTO "posting" VALUES(-4795817134104428024,5);
INSERT INTO "posting" VALUES(-4721330129801468735,4);
INSERT INTO "posting" VALUES(-4526250681834719791,2);
INSERT INTO "posting" VALUES(-3992424158140876000,1);
INSERT INTO "posting" VALUES(-3790069611641125178,2);
INSERT INTO "posting" VALUES(-3615773750316952960,5);
INSERT INTO "posting" VALUES(-3567926072149355411,1);
INSERT INTO "posting" VALUES(-3429180494515067205,3);
INSERT INTO "posting" VALUES(-3427236617692165252,1);
INSERT INTO "posting" VALUES(-2771282216181264113,6);
INSERT INTO "posting" VALUES(-2527144865169474851,3);
INSERT INTO "posting" VALUES(-2362718120141155989,4);
INSERT INTO "posting" VALUES(-2348440364337468166,2);
INSERT INTO "posting" VALUES(-2330165362830025508,1);
INSERT INTO "posting" VALUES(-2330165362830025508,3);
INSERT INTO "posting" VALUES(-2330165362830025508,5);
INSERT INTO "posting" VALUES(-2276993754247180435,2);
INSERT INTO "posting" VALUES(-2151913709094142912,2);
INSERT INTO "posting" VALUES(-2097406264585862312,4);
INSERT INTO "posting" VALUES(-2037852526226085132,2);
INSERT INTO "posting" VALUES(-2036389117461654234,2);
INSERT INTO "posting" VALUES(-2036389117461654234,4);
INSERT INTO "posting" VALUES(-1692474405481772214,3);
INSERT INTO "posting" VALUES(-1518828701378799367,6);
INSERT INTO "posting" VALUES(-1383243727496355321,3);
INSERT INTO "posting" VALUES(-885106549130752071,5);
INSERT INTO "posting" VALUES(-663916310591470613,5);
INSERT INTO "posting" VALUES(-663916310591470613,6);
INSERT INTO "posting" VALUES(-591150394568251226,6);
INSERT INTO "posting" VALUES(-583538764646976994,5);
INSERT INTO "posting" VALUES(-493311444287224429,1);
INSERT INTO "posting" VALUES(-370988130984062542,5);
INSERT INTO "posting" VALUES(-317339283994001650,6);
INSERT INTO "posting" VALUES(-243382393363083739,3);
INSERT INTO "posting" VALUES(-171965902047559124,5);
INSERT INTO "posting" VALUES(160055606214555222,6);
INSERT INTO "posting" VALUES(271274752306206190,5);
INSERT INTO "posting" VALUES(314243150172572912,4);
INSERT INTO "posting" VALUES(361649696901957319,4);
INSERT INTO "posting" VALUES(398118533320659427,1);
INSERT INTO "posting" VALUES(744396340070102320,2);
INSERT INTO "posting" VALUES(997979400802677621,1);
INSERT INTO "posting" VALUES(1219379637967694186,4);
INSERT INTO "posting" VALUES(1409437945148427652,1);
INSERT INTO "posting" VALUES(1957105026463150759,3);
INSERT INTO "posting" VALUES(2043432878292041899,5);
INSERT INTO "posting" VALUES(2102642212308369239,3);
INSERT INTO "posting" VALUES(2106947365761084418,3);
INSERT INTO "posting" VALUES(2239609344541168864,3);
INSERT INTO "posting" VALUES(2492762112093147057,5);
INSERT INTO "posting" VALUES(2740802812337910759,1);
INSERT INTO "posting" VALUES(2764368163475803466,5);
INSERT INTO "posting" VALUES(2950713586523224187,5);
INSERT INTO "posting" VALUES(3435457688976890560,6);
INSERT INTO "posting" VALUES(3490862241759342756,4);
INSERT INTO "posting" VALUES(3765214792369530018,2);
INSERT INTO "posting" VALUES(3765214792369530018,4);
INSERT INTO "posting" VALUES(3991548330415460971,5);
INSERT INTO "posting" VALUES(4064311178878126185,6);
INSERT INTO "posting" VALUES(4132346689022689296,4);
INSERT INTO "posting" VALUES(4200247562344600761,5);
INSERT INTO "posting" VALUES(4261468441678774236,1);
INSERT INTO "posting" VALUES(4382538960568446503,3);
INSERT INTO "posting" VALUES(4506443826912214213,6);
INSERT INTO "posting" VALUES(4671041013900550357,3);
INSERT INTO "posting" VALUES(4807732184261347582,3);
INSERT INTO "posting" VALUES(4818967214640471367,1);
INSERT INTO "posting" VALUES(4978512468071149444,4);
INSERT INTO "posting" VALUES(5152967009820916119,6);
INSERT INTO "posting" VALUES(5495949576558047138,3);
INSERT INTO "posting" VALUES(5528667613742674237,6);
INSERT INTO "posting" VALUES(5675722793453393945,5);
INSERT INTO "posting" VALUES(6160949209087470334,3);
INSERT INTO "posting" VALUES(6174744972499874794,5);
INSERT INTO "posting" VALUES(6174744972499874794,6);
INSERT INTO "posting" VALUES(6848806634310211318,2);
INSERT INTO "posting" VALUES(6891528462525893184,1);
INSERT INTO "posting" VALUES(7183784284205298759,6);
INSERT INTO "posting" VALUES(7284321060301073010,2);
INSERT INTO "posting" VALUES(7660317361452659755,3);
INSERT INTO "posting" VALUES(7994818341495271567,4);
INSERT INTO "posting" VALUES(8618328291642155218,2);
INSERT INTO "posting" VALUES(8618328291642155218,4);
INSERT INTO "posting" VALUES(8647888419631863096,3);
INSERT INTO "posting" VALUES(8848836373923718043,3);
INSERT INTO "posting" VALUES(8894986029109629499,1);
INSERT INTO "posting" VALUES(9113748777707088386,3);
CREATE TABLE schema_version (
        version BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL
    );
INSERT INTO "schema_version" VALUES(1,'0001_foundation',1796011840532);
INSERT INTO "schema_version" VALUES(2,'0002_source_health',1796011840561);
INSERT INTO "schema_version" VALUES(3,'0003_kept_work',1796011840574);
INSERT INTO "schema_version" VALUES(4,'0004_alerts',1796011840585);
INSERT INTO "schema_version" VALUES(5,'0005_reading',1796011840601);
INSERT INTO "schema_version" VALUES(6,'0006_attachments',1796011840622);
INSERT INTO "schema_version" VALUES(7,'0007_broadcasts',1796011840641);
INSERT INTO "schema_version" VALUES(8,'0008_polling_wishes',1796011840649);
CREATE TABLE send_budget (
    id INTEGER PRIMARY KEY,
    next_at DOUBLE PRECISION NOT NULL,
    held_until BIGINT NOT NULL
);
INSERT INTO "send_budget" VALUES(1,0.0,0);
CREATE TABLE source (
    id TEXT PRIMARY KEY,
    position BIGINT NOT NULL,
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    language TEXT NOT NULL,
    category TEXT NOT NULL,
    alternatives TEXT NOT NULL,
    zone TEXT NOT NULL,
    selectors TEXT NOT NULL,
    enabled BIGINT NOT NULL,
    public BIGINT NOT NULL,
    next_fetch_at BIGINT NOT NULL,
    etag TEXT,
    last_modified TEXT,
    body_hash TEXT,
    url_index BIGINT NOT NULL DEFAULT 0,
    moved_to TEXT,
    moved_seen BIGINT NOT NULL DEFAULT 0,
    failures BIGINT NOT NULL DEFAULT 0,
    error TEXT,
    checked_at BIGINT,
    changed_at BIGINT,
    gone BIGINT NOT NULL DEFAULT 0,
    lease_owner TEXT,
    lease_until BIGINT NOT NULL DEFAULT 0
, failing_since BIGINT, rhythm BIGINT, skip_hours TEXT NOT NULL DEFAULT '', skip_days TEXT NOT NULL DEFAULT '');
INSERT INTO "source" VALUES('dala',0,'{"kk":"Дала жаршысы","ru":"Степной вестник","en":"Steppe Herald"}','https://dala.kz/rss','kk','','[]','Asia/Almaty','{}',1,1,1772431200000,NULL,NULL,NULL,0,NULL,0,0,NULL,NULL,NULL,0,'test',1772431200000,NULL,NULL,'','');
INSERT INTO "source" VALUES('kurier',1,'{"kk":"Курьер","ru":"Курьер","en":"Courier"}','https://kurier.kz/rss','ru','','[]','Asia/Almaty','{}',1,1,1772431200000,NULL,NULL,NULL,0,NULL,0,0,NULL,NULL,NULL,0,'test',1772431200000,NULL,NULL,'','');
INSERT INTO "source" VALUES('monitor',2,'{"kk":"Монитор","ru":"Монитор","en":"Monitor"}','https://monitor.kz/rss','en','','[]','Asia/Almaty','{}',1,1,1772431200000,NULL,NULL,NULL,0,NULL,0,0,NULL,NULL,NULL,0,NULL,0,NULL,NULL,'','');
CREATE TABLE subscription (
    chat_id BIGINT NOT NULL REFERENCES chat (id) ON DELETE CASCADE,
    topic_id BIGINT NOT NULL REFERENCES topic (id),
    label TEXT NOT NULL,
    started_at_seq BIGINT NOT NULL,
    watermark BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    mode TEXT NOT NULL,
    muted_until BIGINT,
    PRIMARY KEY (chat_id, topic_id)
) WITHOUT ROWID;
INSERT INTO "subscription" VALUES(-100,1,'Иран',0,0,1772431200000,'digest',NULL);
INSERT INTO "subscription" VALUES(7,1,'Иран',0,8,1772431200000,'digest',NULL);
INSERT INTO "subscription" VALUES(7,2,'мұнай',0,8,1772431200000,'digest',NULL);
INSERT INTO "subscription" VALUES(8,3,'нефть -прогноз',0,0,1772431200000,'digest',NULL);
INSERT INTO "subscription" VALUES(9,4,'Tokayev',0,0,1772431200000,'digest',NULL);
CREATE TABLE topic (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    canonical TEXT NOT NULL UNIQUE,
    generation BIGINT NOT NULL
);
INSERT INTO "topic" VALUES(1,'иран',1);
INSERT INTO "topic" VALUES(2,'мұнай',2);
INSERT INTO "topic" VALUES(3,'нефть -прогноз',3);
INSERT INTO "topic" VALUES(4,'tokayev',4);
CREATE TABLE topic_match (
    topic_id BIGINT NOT NULL,
    article_id BIGINT NOT NULL,
    reasons TEXT NOT NULL,
    PRIMARY KEY (topic_id, article_id)
) WITHOUT ROWID;
INSERT INTO "topic_match" VALUES(1,1,'["Иран"]');
INSERT INTO "topic_match" VALUES(1,3,'["Ирана"]');
INSERT INTO "topic_match" VALUES(1,5,'["Iran''s"]');
INSERT INTO "topic_match" VALUES(2,2,'["Мұнай"]');
INSERT INTO "topic_match" VALUES(3,4,'["Нефть"]');
INSERT INTO "topic_match" VALUES(4,1,'["Тоқаев"]');
INSERT INTO "topic_match" VALUES(4,3,'["Токаев"]');
INSERT INTO "topic_match" VALUES(4,5,'["Tokayev"]');
CREATE TABLE topic_story (
    topic_id BIGINT NOT NULL,
    story_id BIGINT NOT NULL,
    source_id TEXT NOT NULL,
    first_seq BIGINT NOT NULL,
    stored_at BIGINT NOT NULL,
    backfilled BIGINT NOT NULL, language TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (topic_id, story_id, source_id)
) WITHOUT ROWID;
INSERT INTO "topic_story" VALUES(1,1,'dala',1,1772431200000,0,'kk');
INSERT INTO "topic_story" VALUES(1,1,'kurier',4,1772431200000,0,'ru');
INSERT INTO "topic_story" VALUES(1,1,'monitor',7,1772431200000,0,'en');
INSERT INTO "topic_story" VALUES(2,2,'dala',3,1772431200000,0,'kk');
INSERT INTO "topic_story" VALUES(3,2,'kurier',6,1772431200000,0,'ru');
INSERT INTO "topic_story" VALUES(4,1,'dala',2,1772431200000,0,'kk');
INSERT INTO "topic_story" VALUES(4,1,'kurier',5,1772431200000,0,'ru');
INSERT INTO "topic_story" VALUES(4,1,'monitor',8,1772431200000,0,'en');
CREATE INDEX source_due ON source (next_fetch_at) WHERE enabled = 1 AND gone = 0;
CREATE INDEX article_story ON article (story_id);
CREATE INDEX article_stored ON article (stored_at);
CREATE INDEX entry_article ON entry (article_id);
CREATE INDEX entry_listed ON entry (listed_at);
CREATE INDEX topic_generation ON topic (generation);
CREATE INDEX topic_match_article ON topic_match (article_id);
CREATE INDEX topic_story_seq ON topic_story (topic_id, first_seq);
CREATE INDEX topic_story_stored ON topic_story (stored_at);
CREATE INDEX chat_due ON chat (next_slot_at) WHERE state = 'active' AND next_slot_at IS NOT NULL;
CREATE INDEX chat_source_source ON chat_source (source_id);
CREATE INDEX subscription_topic ON subscription (topic_id, mode);
CREATE INDEX composition_chat ON composition (chat_id);
CREATE INDEX composition_created ON composition (created_at);
CREATE INDEX outbox_waiting ON outbox (priority, available_at, id) WHERE state IN ('pending', 'retry');
CREATE INDEX outbox_due ON outbox (available_at) WHERE state IN ('pending', 'retry');
CREATE INDEX outbox_expiry ON outbox (expires_at) WHERE state IN ('pending', 'retry');
CREATE INDEX outbox_leased ON outbox (lease_until) WHERE state IN ('leased', 'sending');
CREATE INDEX outbox_chat ON outbox (chat_id, priority, id) WHERE settled_at IS NULL;
CREATE INDEX outbox_settled ON outbox (settled_at) WHERE settled_at IS NOT NULL;
CREATE INDEX pace_next ON pace (next_at);
CREATE INDEX inbox_open ON inbox (update_id) WHERE finished_at IS NULL;
CREATE INDEX inbox_chat ON inbox (chat_id, update_id) WHERE finished_at IS NULL;
CREATE INDEX inbox_finished ON inbox (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX offer_old ON offer (offered_at);
CREATE INDEX alert_due ON alert_pace (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX topic_story_first ON topic_story (first_seq);
CREATE INDEX broadcast_going ON broadcast (id) WHERE state = 'going';
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('outbox',16);
INSERT INTO "sqlite_sequence" VALUES('topic',4);
COMMIT;
