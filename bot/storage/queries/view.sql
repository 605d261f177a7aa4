-- name: public
SELECT id FROM source WHERE public = 1

-- name: switches
SELECT chat_id, source_id, enabled FROM chat_source WHERE chat_id {{in_ids:chat_ids}}

-- name: languages
SELECT id, languages FROM chat WHERE id {{in_ids:chat_ids}} AND languages <> ''

-- name: topic_languages
SELECT chat_id, topic_id, languages FROM subscription WHERE chat_id {{in_ids:chat_ids}} AND languages <> ''
