"""The three ways back: rollback, undo and restore, their plans and what they did."""
