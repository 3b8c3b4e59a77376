"""What a user does, without Qt: open a project, label, pre-label, draw a batch, import, export."""
