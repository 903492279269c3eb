"""What the page Story is made of, and the edited story that other pages read."""
