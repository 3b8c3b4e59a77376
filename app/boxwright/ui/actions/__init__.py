"""Everything a person can do: the table of actions, their keys, menus, toolbar and palette."""
