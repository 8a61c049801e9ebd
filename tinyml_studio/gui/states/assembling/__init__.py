"""From the studio's state to the state of one view each; nothing here knows Qt."""
