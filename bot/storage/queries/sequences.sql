-- name: take
-- The update locks the row to the commit, also where count is 0: that makes the order of numbers the order of commits.
UPDATE counter SET value = value + :count WHERE name = :name RETURNING value

-- name: last
SELECT value FROM counter WHERE name = :name
