"""How answers look to people: tables, comparisons, releases. Nothing here asks the server or changes anything."""
