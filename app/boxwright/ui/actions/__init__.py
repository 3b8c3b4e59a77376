"""Actions: their table, keys, menus, toolbar and palette."""
